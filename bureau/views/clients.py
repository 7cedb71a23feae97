"""Programs that use the API: list, register, re-key, pause."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.filters import ApiClientFilter
from bureau.forms import ApiClientForm
from bureau.models import ApiClient
from bureau.services import create_client, pause_client, rotate_secret
from bureau.services.clients import known_scopes
from bureau.standing import region_of
from bureau.tables import ApiClientTable
from core.forms import ReasonForm
from core.templatetags.formats import moment
from core.transitions import Effects
from core.views import (
    Action,
    Crumb,
    DetailPage,
    Empty,
    Fact,
    FormPage,
    ListPage,
    Page,
)

SHOWN_ONCE = "bureau/client_secret.html"


class ApiClientListPage(ListPage):
    """The programs of the regions in the user's charge."""

    model = ApiClient
    permission = "bureau.view_apiclient"
    title, unit = gettext_lazy("接口客户端"), gettext_lazy("个")
    lead = gettext_lazy("外部系统凭客户端凭据访问，只能看到所属地区的数据。")
    table_class = ApiClientTable
    filterset_class = ApiClientFilter
    empty = Empty(
        gettext_lazy("还没有接口客户端"),
        gettext_lazy("为需要对接的系统登记一个客户端。"),
        icon="api",
    )

    def get_queryset(self) -> QuerySet[Any]:
        """Return the programs with their region."""
        return super().get_queryset().select_related("region")

    def get_actions(self) -> Sequence[Action]:
        """Offer registering one."""
        url = reverse("bureau:client-create")
        permission = "bureau.add_apiclient"
        return [Action(_("登记客户端"), url, "plus", True, permission=permission)]


class ApiClientPage(DetailPage):
    """One program."""

    model = ApiClient
    permission = "bureau.view_apiclient"
    template_name = "bureau/client_detail.html"
    shows_files = False

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the list."""
        return [Crumb(_("接口客户端"), reverse("bureau:client-list"))]

    def get_facts(self) -> Sequence[Fact]:
        """Show the identifier, the region and whether it may work."""
        client = self.object
        return [
            Fact(_("客户端标识（client_id）"), client.client_id),
            Fact(_("地区"), client.region.name),
            Fact(_("联系人"), client.contact),
            Fact(_("最近使用"), moment(client.last_used_at)),
            Fact(_("状态"), _("已停用") if client.paused_at else _("使用中")),
        ]

    def get_actions(self) -> Sequence[Action]:
        """Offer a new secret, and stopping or starting."""
        pk, permission = self.object.pk, "bureau.add_apiclient"
        paused = self.object.paused_at is not None
        return [
            Action(
                _("更换密钥"),
                reverse("bureau:client-rotate", args=[pk]),
                "refresh",
                permission=permission,
            ),
            Action(
                _("恢复使用") if paused else _("停用"),
                reverse("bureau:client-pause", args=[pk]),
                "player-play" if paused else "player-pause",
                permission=permission,
            ),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the scopes in words."""
        words = known_scopes()
        scopes = [(scope, words.get(scope, "")) for scope in self.object.scopes]
        return super().get_context_data(scopes=scopes, **kwargs)


class ApiClientCreatePage(FormPage):
    """Register a program; the secret is shown on the next page, once."""

    model = ApiClient
    permission = "bureau.add_apiclient"
    form_class = ApiClientForm
    title = gettext_lazy("登记接口客户端")
    submit_label = gettext_lazy("登记")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the list."""
        return [Crumb(_("接口客户端"), self.back_url())]

    def back_url(self) -> str:
        """Lead back to the list."""
        return reverse("bureau:client-list")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Start with the region where the user stands."""
        here = region_of(self.request)
        first = {"region": here.pk if here else None}
        return {**super().get_form_kwargs(), "initial": first}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Register and show the secret, or come back with every error named."""
        self.secret = ""
        response = super().post(request, *args, **kwargs)
        if not self.secret:
            return response
        list(messages.get_messages(request))
        return shown_once(self, self.client, self.secret)

    def save(self, form: Any) -> ApiClient:
        """Register."""
        values = dict(form.cleaned_data)
        self.client, self.secret = create_client(by=self.request.user, **values)
        return self.client


def shown_once(page: Page, client: ApiClient, secret: str) -> HttpResponseBase:
    """Show identifier and secret; the page is never stored."""
    context = page.get_context_data(client=client, secret=secret, form=None)
    context["title"] = _("请立即保存密钥")
    response = TemplateResponse(page.request, SHOWN_ONCE, context)
    response.headers["Cache-Control"] = "no-store"
    return response


class ApiClientActPage(FormPage):
    """Something done to a program, with a reason."""

    model = ApiClient
    permission = "bureau.add_apiclient"
    form_class = ReasonForm

    def get_queryset(self) -> QuerySet[Any]:
        """Return the programs with their region."""
        return super().get_queryset().select_related("region")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the program."""
        client = self.object
        return [
            Crumb(_("接口客户端"), reverse("bureau:client-list")),
            Crumb(client.name, client.get_absolute_url()),
        ]


class ApiClientRotatePage(ApiClientActPage):
    """Give a program a new secret, shown once."""

    title = submit_label = gettext_lazy("更换密钥")

    def get_effects(self, form: Any) -> Effects:
        """Tell that the program stands still until it has the new secret."""
        return Effects(
            immediately=[
                _("原密钥和已发出的令牌立即失效，对接系统须换用新密钥"),
                _("新密钥只在下一页显示一次"),
            ]
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Change the secret and show it, or ask for the reason again."""
        form = self.get_form(request.POST)
        if not form.is_valid():
            return self._answer(form)
        secret = rotate_secret(self.object, by=request.user, **form.cleaned_data)
        return shown_once(self, self.object, secret)


class ApiClientPausePage(ApiClientActPage):
    """Stop a program, or let it work again."""

    @property
    def pauses(self) -> bool:
        """Whether the program works now and would be stopped."""
        return self.object.paused_at is None

    def get_title(self) -> str:
        """Say what would be done."""
        told = _("停用客户端：%s") if self.pauses else _("恢复使用：%s")
        return told % self.object.name

    def get_crumb_title(self) -> Any:
        """Leave the program to the step before."""
        return self.submit_label

    @property
    def submit_label(self) -> str:
        """Say it on the button."""
        return _("停用") if self.pauses else _("恢复使用")

    def get_effects(self, form: Any) -> Effects:
        """Tell what the program can do afterwards."""
        words = _("对接系统立即无法访问") if self.pauses else _("对接系统立即可以访问")
        return Effects(immediately=[words])

    def save(self, form: Any) -> ApiClient:
        """Switch between stopped and working."""
        return pause_client(
            self.object, by=self.request.user, paused=self.pauses, **form.cleaned_data
        )

    def success_message(self, saved: ApiClient) -> str:
        """Say what was done."""
        return _("已停用") if saved.paused_at else _("已恢复使用")
