"""What the pages of an import share: steps, kind, run, rows by verdict."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page as RowPage
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import holds
from core.imports.errors import ImportRefused
from core.imports.kinds import ImportKind, kind_of
from core.imports.preview import preview_rows
from core.imports.result import rows_of
from core.imports.summary import head_names
from core.imports.work import may_run
from core.models import ImportRun, RowVerdict
from core.registries import import_kinds
from core.views.detail import ObjectMixin
from core.views.listing import ShownTab
from core.views.page import Crumb, Page
from core.views.page import permission_words as words_of

STEPS = (
    gettext_lazy("上传文件"),
    gettext_lazy("对应列"),
    gettext_lazy("核对预览"),
    gettext_lazy("导入结果"),
)


PAGE_SIZES = (20, 50, 100, 200)


VERDICT_TABS = (
    RowVerdict.ASKED,
    RowVerdict.REJECTED,
    RowVerdict.CREATED,
    RowVerdict.UPDATED,
    RowVerdict.UNCHANGED,
    RowVerdict.SKIPPED,
)


def crumb_to_list() -> list[Crumb]:
    """Return the way back to the list of runs."""
    return [Crumb(_("导入记录"), reverse("core:import-list"))]


class ImportPage(Page):
    """Base of the wizard's pages."""

    permission = "core.view_importrun"
    template_name = ""
    step = 1

    def get_crumbs(self) -> list[Crumb]:
        """Return the way back to the list of runs."""
        return crumb_to_list()

    def draw(self, status: int = 200, **context: Any) -> HttpResponseBase:
        """Draw the page with its place among the steps."""
        full = self.get_context_data(steps=STEPS, current=self.step, **context)
        return TemplateResponse(self.request, self.template_name, full, status=status)


class KindPage(ImportPage):
    """Base of pages about a kind: an unknown one is 404, without its permission 403."""

    @cached_property
    def kind(self) -> ImportKind:
        """The kind asked for."""
        if self.kwargs["kind"] not in import_kinds:
            raise Http404(_("没有这类导入。"))
        kind = kind_of(self.kwargs["kind"])
        if not holds(self.request.user, kind.permission):
            raise PermissionDenied(
                _("您的账号没有“%s”的权限。") % words_of(kind.permission)
            )
        return kind


class RunPage(ObjectMixin, ImportPage):
    """Base of the pages of one run; a run outside the user's reach is 404."""

    model = ImportRun

    def get_queryset(self) -> QuerySet[Any]:
        """Return the runs the user may know of."""
        return super().get_queryset().select_related("by", "job", "undone_by")

    @property
    def run(self) -> ImportRun:
        """The run of the page."""
        found: ImportRun = self.object
        return found

    @cached_property
    def kind(self) -> ImportKind:
        """The kind of the run."""
        return kind_of(self.run.kind)

    def get_title(self) -> Any:
        """Return kind and file."""
        return _("导入%(kind)s：%(file)s") % {"kind": self.kind.title, "file": self.run}

    def require_right(self) -> None:
        """Raise PermissionDenied unless the user may import this kind in this scope."""
        if not may_run(self.request.user, self.run):
            raise PermissionDenied(
                _("您的账号没有“%s”的权限。") % words_of(self.kind.permission)
            )

    def elsewhere(self, *states: str) -> HttpResponseBase | None:
        """Return the way to where a run stands that is not in one of the states."""
        if self.run.state in states:
            return None
        return HttpResponseRedirect(self.run.get_absolute_url())

    def refused(self, refusal: ImportRefused) -> HttpResponseBase:
        """Tell a refusal and stay on the page."""
        messages.error(self.request, refusal.message)
        return HttpResponseRedirect(self.request.path)


class RowsPage(RunPage):
    """Shows the rows of a run by verdict: tabs, pages, each row with its reasons."""

    def rows_context(self) -> dict[str, Any]:
        """Return the tabs and the current page of rows."""
        counts = {v: getattr(self.run, v.lower()) for v in VERDICT_TABS}
        current = self._verdict(counts)
        rows = rows_of(self.run).filter(verdict=current)
        page = self._page(rows)
        heads = head_names(self.run)
        shown = [
            (column.name, heads[column.name])
            for column in self.kind.columns
            if column.name in self.run.mapping
        ]
        return {
            "tabs": self._tabs(counts, current),
            "verdict": current,
            "rows": preview_rows(self.run, list(page.object_list)),
            "row_heads": shown,
            "page": page,
            "page_numbers": page.paginator.get_elided_page_range(page.number),
            "size": page.paginator.per_page,
            "page_sizes": PAGE_SIZES,
            "count": page.paginator.count,
            "unit": _("行"),
        }

    def _verdict(self, counts: dict[Any, int]) -> str:
        asked = self.request.GET.get("show", "").upper()
        if asked in RowVerdict.values:
            return str(asked)
        return str(next((v for v in VERDICT_TABS if counts[v]), RowVerdict.CREATED))

    def _tabs(self, counts: dict[Any, int], current: str) -> list[ShownTab]:
        always = {RowVerdict.CREATED, RowVerdict.UPDATED, RowVerdict.UNCHANGED}
        return [
            ShownTab(
                f"{verdict.label} {counts[verdict]}",
                f"?show={verdict.lower()}",
                verdict == current,
            )
            for verdict in (*VERDICT_TABS[2:5], *VERDICT_TABS[1::-1], VERDICT_TABS[5])
            if counts[verdict] or verdict in always or verdict == RowVerdict.REJECTED
        ]

    def _page(self, rows: QuerySet[Any]) -> "RowPage[Any]":
        size = self.request.GET.get("size", "")
        per_page = int(size) if size in {str(s) for s in PAGE_SIZES} else 50
        return Paginator(rows, per_page).get_page(self.request.GET.get("page"))
