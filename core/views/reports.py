"""Compiled reports: list, the report as a page, its files."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.documents import render_fragment
from core.filters import FilterSet
from core.models import ReportRun
from core.registries import reports
from core.reports import files_of, is_intact
from core.tables import (
    Column,
    MomentColumn,
    NameColumn,
    NumberColumn,
    StateColumn,
    Table,
)
from core.views.detail import DetailPage, Fact, ObjectMixin
from core.views.listing import Empty, ListPage
from core.views.page import Action, Crumb, Page

VIEW = "core.view_reportrun"
LIST = gettext_lazy("报告")
ICONS = {"docx": "file-type-docx", "pdf": "file-type-pdf", "xlsx": "file-spreadsheet"}
NAMES = {"docx": "Word", "pdf": "PDF", "xlsx": "Excel"}


class ReportRunTable(Table):
    """Compiled reports, newest first."""

    title = NameColumn(verbose_name=gettext_lazy("报告"))
    period = Column()
    version = NumberColumn()
    compiled_at = MomentColumn()
    digest = Column(css="mono", orderable=False)
    state = StateColumn()

    def render_digest(self, value: str) -> str:
        """Return the first digits of the digest."""
        return value[:12]

    def value_digest(self, record: ReportRun) -> str:
        """Return the whole digest, for a file."""
        return record.digest


class ReportRunFilter(FilterSet):
    """Reports by title and state."""

    class Meta:
        model = ReportRun
        fields = ["state"]
        search_fields = ("title", "period")
        open_fields = ("state",)


class ReportListPage(ListPage):
    """The compiled reports the user may read."""

    model = ReportRun
    permission = VIEW
    title, unit = LIST, gettext_lazy("份")
    table_class = ReportRunTable
    filterset_class = ReportRunFilter
    empty = Empty(
        gettext_lazy("还没有报告"),
        gettext_lazy(
            "编制完成的年度报告、集团分册会列在这里，可下载 Word、PDF 和 Excel。"
        ),
        icon="report",
    )

    def get_queryset(self) -> Any:
        """Return the runs without their data."""
        return super().get_queryset().defer("data")


class ReportPage(DetailPage):
    """One compiled report: the document itself, its files and its digest."""

    model = ReportRun
    permission = VIEW
    template_name = "core/report_detail.html"
    shows_files = False

    def get_crumbs(self) -> list[Crumb]:
        """Return the way back to the list."""
        return [Crumb(LIST, reverse("core:report-list"))]

    def get_title(self) -> Any:
        """Return the report's title."""
        return self.object.title

    def get_facts(self) -> list[Fact]:
        """Return kind, period, version, when and by whom."""
        run = self.object
        builder = reports.find(run.code)
        by = run.compiled_by.full_name if run.compiled_by else _("系统定时编制")
        return [
            Fact(_("类别"), builder.title if builder else run.code),
            Fact(_("周期"), run.period),
            Fact(_("版本"), str(run.version)),
            Fact(_("编制"), f"{by} {run.compiled_at:%Y-%m-%d}"),
        ]

    def get_actions(self) -> list[Action]:
        """Offer the files."""
        return [
            Action(
                _("下载 %(name)s") % {"name": NAMES[f.label]},
                reverse("core:report-download", args=[self.object.pk, f.label]),
                ICONS[f.label],
                primary=f.label == "pdf",
            )
            for f in self.files
        ]

    @property
    def files(self) -> list[Any]:
        """Return the files of the run, fetched once."""
        if not hasattr(self, "_files"):
            self._files = files_of(self.object)
        return self._files

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the drawn document and the check of its digest."""
        run = self.object
        return super().get_context_data(
            document=render_fragment(run.data, status=run.state),
            is_intact=is_intact(run),
            run_files=self.files,
            versions=self.versions(),
            **kwargs,
        )

    def versions(self) -> list[ReportRun]:
        """Return the other versions of the same report that the user may read."""
        rows = self.get_queryset().defer("data").filter(run_key=self.object.run_key)
        return list(rows.exclude(pk=self.object.pk).order_by("-version"))


class ReportDownload(ObjectMixin, Page):
    """The file of one format; who may read the report may have it."""

    model = ReportRun
    permission = VIEW

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Lead to the file."""
        for found in files_of(self.object):
            if found.label == kwargs["fmt"]:
                return HttpResponseRedirect(found.get_absolute_url())
        raise Http404(_("这份报告没有该格式的文件。"))
