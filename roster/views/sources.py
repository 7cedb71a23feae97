"""Pages of sources: list, one with its program and deliveries, register, pause."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.standing import region_of
from core.forms import ReasonForm
from core.transitions import Effects
from core.views import (
    Action,
    Crumb,
    DetailPage,
    Empty,
    Fact,
    FormPage,
    ListPage,
)
from roster.choices import RunState
from roster.filters import SourceFilter
from roster.forms import SourceForm
from roster.inbound.sources import pause_source, register_source
from roster.models import Source
from roster.permissions import CHANGE_SOURCE, VIEW, can_change_source
from roster.tables import SourceTable, SyncRunTable

SHOWN = 20
SHOWN_ONCE = "bureau/client_secret.html"


class SourceListPage(ListPage):
    """The sending systems of the regions in the user's charge."""

    model = Source
    permission = CHANGE_SOURCE
    title, unit = gettext_lazy("名册来源"), gettext_lazy("个")
    lead = gettext_lazy("每个来源属于一个地区，只能写入该地区及下级的学校。")
    table_class = SourceTable
    filterset_class = SourceFilter
    empty = Empty(
        gettext_lazy("还没有名册来源"),
        gettext_lazy("为要送来名册的系统登记一个来源，同时得到它的接口密钥。"),
        icon="api",
    )

    def get_queryset(self) -> QuerySet[Any]:
        """Return the sources with their last delivery."""
        held = Count("runs", filter=Q(runs__state=RunState.HELD))
        rows = Source.objects.visible_to(self.request.user, VIEW)
        rows = rows.select_related("region", "client")
        return rows.annotate(last_at=Max("runs__received_at"), runs_held=held)

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the deliveries."""
        return [Crumb(_("名册同步"), reverse("roster:home"))]

    def get_actions(self) -> Sequence[Action]:
        """Offer registering one."""
        url = reverse("roster:source-create")
        return [Action(_("登记来源"), url, "plus", True, permission=CHANGE_SOURCE)]


class SourcePage(DetailPage):
    """One sending system: its program, its last deliveries."""

    model = Source
    permission = "roster.view_syncrun"
    template_name = "roster/source_detail.html"
    shows_files = False

    def get_queryset(self) -> QuerySet[Any]:
        """Return the sources with region and program."""
        return super().get_queryset().select_related("region", "client")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the list."""
        return [Crumb(_("名册同步"), reverse("roster:home"))]

    def get_facts(self) -> Sequence[Fact]:
        """Show code, region and whether it may send."""
        source = self.object
        client = source.client
        return [
            Fact(_("代码"), source.code),
            Fact(_("地区"), source.region.name),
            Fact(
                _("接口客户端"),
                client.client_id if client else _("无，只由人员上传"),
                client.get_absolute_url() if client else "",
            ),
            Fact(_("状态"), _("已停用") if source.paused_at else _("使用中")),
        ]

    def get_actions(self) -> Sequence[Action]:
        """Offer stopping or starting, and a new secret of the program."""
        source = self.object
        if not can_change_source(self.request.user, source.region):
            return []
        found = [
            Action(
                _("恢复使用") if source.paused_at else _("停用"),
                reverse("roster:source-pause", args=[source.pk]),
                "player-play" if source.paused_at else "player-pause",
                permission=CHANGE_SOURCE,
            )
        ]
        if source.client_id:
            found.append(
                Action(
                    _("更换密钥"),
                    reverse("bureau:client-rotate", args=[source.client_id]),
                    "refresh",
                    permission="bureau.add_apiclient",
                )
            )
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the last deliveries and the address to send to."""
        rows = self.object.runs.select_related("source").order_by("-pk")[:SHOWN]
        table = SyncRunTable(list(rows), request=self.request, exclude=("source",))
        return super().get_context_data(table=table, **kwargs)


class SourceCreatePage(FormPage):
    """Register a sending system; its program's secret is shown once."""

    model = Source
    permission = CHANGE_SOURCE
    form_class = SourceForm
    title = gettext_lazy("登记名册来源")
    submit_label = gettext_lazy("登记")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the list."""
        return [Crumb(_("名册来源"), self.back_url())]

    def back_url(self) -> str:
        """Lead back to the list."""
        return reverse("roster:source-list")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Start with the region where the user stands."""
        here = region_of(self.request)
        first = {"region": here.pk if here else None}
        return {**super().get_form_kwargs(), "initial": first}

    def get_effects(self, form: Any) -> Effects:
        """Tell what the system may do afterwards."""
        return Effects(
            immediately=[
                _("同时登记一个接口客户端，密钥只显示一次"),
                _("该系统只能写入名册，不能读取任何数据"),
            ]
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Register and show the secret, or come back with every error named."""
        self.secret = ""
        response = super().post(request, *args, **kwargs)
        if not self.secret:
            return response
        list(messages.get_messages(request))
        context = self.get_context_data(
            client=self.source.client, secret=self.secret, form=None
        )
        context["title"] = _("请立即保存密钥")
        shown = TemplateResponse(request, SHOWN_ONCE, context)
        shown.headers["Cache-Control"] = "no-store"
        return shown

    def save(self, form: Any) -> Source:
        """Register."""
        values = dict(form.cleaned_data)
        self.source, self.secret = register_source(by=self.request.user, **values)
        return self.source


class SourcePausePage(FormPage):
    """Stop a source, or let it send again."""

    model = Source
    permission = CHANGE_SOURCE
    form_class = ReasonForm

    def get_queryset(self) -> QuerySet[Any]:
        """Return the sources with their region."""
        return super().get_queryset().select_related("region")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the source."""
        source = self.object
        return [
            Crumb(_("名册来源"), reverse("roster:source-list")),
            Crumb(source.name, source.get_absolute_url()),
        ]

    @property
    def pauses(self) -> bool:
        """Whether the source works now and would be stopped."""
        return self.object.paused_at is None

    def get_title(self) -> str:
        """Say what would be done."""
        told = _("停用来源：%s") if self.pauses else _("恢复来源：%s")
        return told % self.object.name

    def get_crumb_title(self) -> Any:
        """Leave the source to the step before."""
        return self.submit_label

    @property
    def submit_label(self) -> str:
        """Say it on the button."""
        return _("停用") if self.pauses else _("恢复使用")

    def get_effects(self, form: Any) -> Effects:
        """Tell what the source can do afterwards."""
        words = (
            _("不再接收该来源的数据，已写入的名册不变")
            if self.pauses
            else _("立即可以接收该来源的数据")
        )
        return Effects(immediately=[words])

    def save(self, form: Any) -> Source:
        """Switch between stopped and working."""
        return pause_source(
            self.object, by=self.request.user, paused=self.pauses, **form.cleaned_data
        )

    def success_message(self, saved: Source) -> str:
        """Say what was done."""
        return _("已停用") if saved.paused_at else _("已恢复使用")
