"""Pages of deliveries: list, one with its rows, upload, moves, results as a file."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import reaches
from core.exports import FORMATS
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
    MovePage,
    ObjectMixin,
    Page,
)
from core.views.listing import Tab
from roster.bundles.exporting import take_export
from roster.bundles.receiving import receive_bundle
from roster.bundles.results import names_of, results_response
from roster.changes import changes_of, target_of
from roster.choices import Collection, RowResult, RunState
from roster.filters import SyncRunFilter
from roster.forms import BundleForm, ExportForm
from roster.models import SyncRow, SyncRun
from roster.permissions import ADD, CHANGE_SOURCE, VIEW
from roster.tables import SyncRunTable, total_of
from roster.verdicts import Verdicts, verdict_counts

SHOWN = 100
"""How many rows of a run stand on its page; the file has them all."""


class SyncRunListPage(ListPage):
    """The deliveries the user may know of."""

    model = SyncRun
    permission = VIEW
    title, unit = gettext_lazy("名册同步"), gettext_lazy("次")
    lead = gettext_lazy(
        "外部系统送来的机构、班级、人员名册：何时送来、写入多少、退回什么。"
    )
    table_class = SyncRunTable
    filterset_class = SyncRunFilter
    tabs = (
        Tab(gettext_lazy("待审批"), "state=HELD"),
        Tab(gettext_lazy("待确认"), "state=PREVIEW"),
        Tab(gettext_lazy("失败"), "state=FAILED"),
    )
    empty = Empty(
        gettext_lazy("还没有同步记录"),
        gettext_lazy("登记来源后，外部系统即可送来名册，也可在此上传数据包。"),
        icon="refresh",
    )

    def get_queryset(self) -> QuerySet[Any]:
        """Return the deliveries with their source."""
        return super().get_queryset().select_related("source")

    def get_actions(self) -> Sequence[Action]:
        """Offer uploading a bundle, and the sources."""
        return [
            Action(
                _("来源"),
                reverse("roster:source-list"),
                "api",
                permission=CHANGE_SOURCE,
            ),
            Action(
                _("读取客户端"),
                reverse("roster:reader-list"),
                "api",
                permission="bureau.view_apiclient",
            ),
            Action(
                _("学生最小名册"),
                reverse("roster:pupils"),
                "users",
                permission="roster.change_pupilroster",
            ),
            Action(
                _("导出数据包"),
                reverse("roster:bundle-export"),
                "download",
                permission=CHANGE_SOURCE,
            ),
            Action(
                _("上传数据包"),
                reverse("roster:bundle-create"),
                "upload",
                True,
                permission=ADD,
            ),
        ]


class SyncRunPage(DetailPage):
    """One delivery: counts by collection, its rows with reasons, what is to decide."""

    model = SyncRun
    permission = VIEW
    template_name = "roster/run_detail.html"
    move_url_name = "roster:run-move"
    shows_files = False

    def get_queryset(self) -> QuerySet[Any]:
        """Return the deliveries with what the page says of them."""
        return (
            super()
            .get_queryset()
            .select_related("source__region", "job", "sent_by", "decided_by")
        )

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the list."""
        return [Crumb(_("名册同步"), reverse("roster:home"))]

    def get_facts(self) -> Sequence[Fact]:
        """Show where it came from, how and when."""
        run = self.object
        facts = [
            Fact(_("来源"), run.source.name, run.source.get_absolute_url()),
            Fact(_("方式"), run.get_kind_display()),
            Fact(_("收到时间"), moment(run.received_at)),
            Fact(
                _("完成时间"),
                moment(run.finished_at) if run.finished_at else _("尚未完成"),
            ),
            Fact(_("上传人"), run.sent_by or _("接口")),
        ]
        if run.decided_by or run.state == RunState.HELD:
            facts.append(Fact(_("审批人"), run.decided_by or _("待审批")))
        return facts

    def get_actions(self) -> Sequence[Action]:
        """Offer the rows as a file."""
        if not self.object.counts:
            return []
        base = reverse("roster:run-results", args=[self.object.pk])
        query = f"&result={self.wanted}" if self.wanted else ""
        return [
            Action(_("下载 XLSX"), f"{base}?export=xlsx{query}", "download"),
            Action(_("下载 CSV"), f"{base}?export=csv{query}", "download"),
        ]

    @property
    def wanted(self) -> str:
        """The result the rows are narrowed to."""
        given = self.request.GET.get("result")
        if given is None:
            return self._looked_at_first()
        return given if given in RowResult.values else ""

    def _looked_at_first(self) -> str:
        """Return the rows a person has to look at: those to go, those sent back."""
        run = self.object
        if run.state == RunState.HELD:
            return str(RowResult.DELETED)
        sent_back = total_of(run, RowResult.REJECTED)
        return str(RowResult.REJECTED) if sent_back else ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the counts, the choices of the filter and the first rows."""
        run = self.object
        told = verdict_counts(run)
        choices = [
            (value, label, told[value])
            for value, label in RowResult.choices
            if told.get(value)
        ]
        return super().get_context_data(
            counts=counts_of(run),
            choices=choices,
            wanted=self.wanted,
            rows=self._rows() if told else [],
            shown=SHOWN,
            told=told.get(self.wanted, 0) if self.wanted else sum(told.values()),
            is_forgotten=run.rows_are_forgotten,
            kept_days=settings.SYNC_ROW_DAYS,
            faults=run.manifest.get("faults", []),
            written=total_of(run, *(r for r in ("created", "updated", "deleted"))),
            is_open=run.state in {RunState.RECEIVED, RunState.VALIDATING}
            or run.state == RunState.APPLYING,
            **kwargs,
        )

    def _rows(self) -> list[tuple[SyncRow, str]]:
        rows = Verdicts(self.object, self.wanted).page(0, SHOWN)
        names = names_of(self.object, rows, self.request.user)
        return [(row, names.get((row.collection, row.sourced_id), "")) for row in rows]


def counts_of(run: SyncRun) -> list[dict[str, Any]]:
    """Return the counts of each collection as the page draws them."""
    return [
        {
            "label": Collection(name).label,
            "received": counts.get("received", 0),
            "results": [(counts.get(v, 0), label) for v, label in RowResult.choices],
            "good": counts.get("received", 0) - counts.get("rejected", 0),
        }
        for name, counts in (
            (c.value, run.counts[c.value]) for c in Collection if c.value in run.counts
        )
    ]


class SyncRunMovePage(MovePage):
    """Going on with a previewed delivery, deciding on a held one."""

    model = SyncRun
    permission = VIEW

    def get_queryset(self) -> QuerySet[Any]:
        """Return the deliveries with their region."""
        return super().get_queryset().select_related("source__region")


class SyncRowPage(ObjectMixin, Page):
    """What a delivery changed in one row: each fact before and after."""

    model = SyncRun
    permission = VIEW

    def get_queryset(self) -> QuerySet[Any]:
        """Return the deliveries with their source."""
        return super().get_queryset().select_related("source")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the delivery."""
        return [
            Crumb(_("名册同步"), reverse("roster:home")),
            Crumb(str(self.object), self.object.get_absolute_url()),
        ]

    def get_title(self) -> str:
        """Name the collection and the row."""
        row = self.row
        return _("%(what)s第 %(number)s 行的变更") % {
            "what": row.get_collection_display(),
            "number": row.number,
        }

    @cached_property
    def row(self) -> SyncRow:
        """The row of the delivery."""
        found = SyncRow.objects.filter(run=self.object, pk=self.kwargs["row"]).first()
        if found is None:
            raise Http404(_("没有找到该行。"))
        found.run = self.object
        return found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Draw the facts that changed, of an object the user may see."""
        target = target_of(self.row)
        if target is not None and not reaches(request.user, _seeing(target), target):
            target = None
        context = self.get_context_data(
            row=self.row,
            run=self.object,
            target=target,
            changes=changes_of(self.row, target) if target is not None else [],
        )
        return TemplateResponse(request, "roster/row_changes.html", context)


def _seeing(obj: Any) -> str:
    return f"{obj._meta.app_label}.view_{obj._meta.model_name}"


class SyncRunResults(ObjectMixin, Page):
    """The rows of a delivery as a file."""

    model = SyncRun
    permission = VIEW

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Return XLSX or CSV."""
        run, fmt = self.object, request.GET.get("export", "csv")
        result = request.GET.get("result", "")
        if fmt not in FORMATS or result not in {"", *RowResult.values}:
            raise Http404
        return results_response(run, Verdicts(run, result), fmt)


class BundleExportPage(FormPage):
    """Take the roster of a region as a bundle: whole, or what changed since a day."""

    model = SyncRun
    permission = CHANGE_SOURCE
    form_class = ExportForm
    title = gettext_lazy("导出名册数据包")
    submit_label = gettext_lazy("下载")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the list."""
        return [Crumb(_("名册同步"), self.back_url())]

    def back_url(self) -> str:
        """Lead back to the list."""
        return reverse("roster:home")

    def get_effects(self, form: Any) -> Effects:
        """Tell that the file holds names and that taking it is recorded."""
        return Effects(
            immediately=[_("文件含教师和学生姓名，导出人、事由会记入访问日志")]
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Hand the file over, or come back with every error named."""
        form: Any = self.get_form(request.POST)
        if not form.is_valid():
            return self._answer(form)
        file = take_export(by=request.user, **form.cleaned_data)
        name = f"{form.cleaned_data['region'].name}_{_('名册')}.zip"
        return FileResponse(file, as_attachment=True, filename=name)


class BundleCreatePage(FormPage):
    """Bring a bundle: it is validated first and written when told to."""

    model = SyncRun
    permission = ADD
    form_class = BundleForm
    title = gettext_lazy("上传名册数据包")
    submit_label = gettext_lazy("上传并核对")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the list."""
        return [Crumb(_("名册同步"), self.back_url())]

    def back_url(self) -> str:
        """Lead back to the list."""
        return reverse("roster:home")

    def get_effects(self, form: Any) -> Effects:
        """Tell that nothing is written yet."""
        return Effects(
            immediately=[_("先核对并给出预览，不写入名册；确认后才写入")],
            approvals=[_("移除的记录较多时，须由另一人审批")],
        )

    def save(self, form: Any) -> SyncRun:
        """Keep the bundle and queue its validation."""
        file = form.cleaned_data["file"]
        run, self.is_new_run = receive_bundle(
            form.cleaned_data["source"],
            file.name,
            file.read(),
            by=self.request.user,
            preview=True,
        )
        return run

    def success_message(self, saved: SyncRun) -> str:
        """Say what was done."""
        if self.is_new_run:
            return _("已上传，正在核对")
        return _("该文件此前已上传，以下是当时的结果")

    def success_url(self, saved: SyncRun) -> str:
        """Lead to the run."""
        return saved.get_absolute_url()
