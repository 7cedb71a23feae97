"""What an import did, its result sheet, the way back, and the list of runs."""

import tempfile
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import scope_ids
from core.exports import XLSX_TYPE
from core.imports.errors import ImportRefused, UndoBlocked
from core.imports.kinds import kind_of
from core.imports.result import write_result
from core.imports.undo import undo_blocks
from core.imports.work import may_run, start_undoing
from core.models import ImportEffect, ImportRun
from core.registries import import_kinds
from core.tables import (
    Column,
    MomentColumn,
    NameColumn,
    NumberColumn,
    StateColumn,
    Table,
)
from core.transitions import Effects
from core.views.imports.base import (
    RowsPage,
    RunPage,
)
from core.views.listing import Empty, ListPage
from core.views.page import Action


class ImportDetail(RowsPage):
    """Step four: what was done, with the result sheet and the way back."""

    template_name = "core/import_detail.html"
    step = 4

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the result."""
        moved = self.elsewhere("APPLIED", "UNDONE", "DISCARDED")
        return moved or self.draw(run=self.run, **self.rows_context())

    def get_actions(self) -> list[Action]:
        """Offer the result sheet, undo, and the next file."""
        run = self.run
        found = [
            Action(
                _("下载结果表"),
                reverse("core:import-result", args=[run.pk]),
                "download",
            )
        ]
        if may_run(self.request.user, run):
            again = reverse("core:import-start", args=[run.kind])
            found.append(Action(_("再导入一个文件"), again, "file-import"))
            if run.state == ImportRun.State.APPLIED:
                url = reverse("core:import-undo", args=[run.pk])
                found.append(Action(_("撤销这次导入"), url, "arrow-back-up"))
        return found


class ImportResult(RunPage):
    """The file again, each row with its result and reason."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send the workbook."""
        if self.run.state == ImportRun.State.STAGED:
            raise Http404(_("这次导入还没有结果。"))
        book = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it
        write_result(self.run, book)
        book.seek(0)
        stem = self.run.file_name.rsplit(".", 1)[0]
        return FileResponse(
            book,
            as_attachment=True,
            filename=_("%s_导入结果.xlsx") % stem,
            content_type=XLSX_TYPE,
        )


class ImportUndo(RunPage):
    """Before a run is taken back: what goes, comes back, stands in the way."""

    template_name = "core/import_undo.html"
    step = 4

    def get_title(self) -> Any:
        """Return what is taken back."""
        return _("撤销导入：%s") % self.run

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show what undo would do."""
        self.require_right()
        return self.elsewhere("APPLIED") or self._confirm(undo_blocks(self.run))

    def _confirm(self, blocks: list[str], status: int = 200) -> HttpResponseBase:
        return self.draw(status, run=self.run, blocks=blocks, effects=self._effects())

    def _effects(self) -> Effects:
        counts = {
            action: ImportEffect.objects.filter(run=self.run, action=action).count()
            for action in ImportEffect.Action.values
        }
        lines = []
        if counts["I"]:
            lines.append(_("移除这次新增的 %d 条记录") % counts["I"])
        if counts["U"]:
            lines.append(_("把 %d 条记录恢复成导入前的样子") % counts["U"])
        if counts["D"]:
            lines.append(_("找回这次移除的 %d 条记录") % counts["D"])
        return Effects(immediately=lines or [_("这次导入没有写入任何内容")])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Undo; what stands in the way is named."""
        self.require_right()
        moved = self.elsewhere("APPLIED")
        if moved:
            return moved
        try:
            url = start_undoing(self.run, by=request.user)
        except UndoBlocked as blocked:
            return self._confirm(blocked.blocks, 409)
        except ImportRefused as refusal:
            return self.refused(refusal)
        return HttpResponseRedirect(url)


class RunTable(Table):
    """Runs: file, kind, counts, state."""

    file_name = NameColumn()
    kind = Column(verbose_name=gettext_lazy("类别"))
    state = StateColumn()
    created = NumberColumn()
    updated = NumberColumn()
    unchanged = NumberColumn()
    rejected = NumberColumn()
    by = Column(
        accessor="by__full_name", verbose_name=gettext_lazy("导入人"), default="—"
    )
    created_at = MomentColumn()

    def render_kind(self, value: str) -> str:
        """Return the title of the kind."""
        return str(kind_of(value).title) if value in import_kinds else value

    def value_kind(self, record: Any) -> str:
        """Return the title of the kind for an export."""
        return self.render_kind(record.kind)


class ImportList(ListPage):
    """The runs a user may know of, newest first."""

    model = ImportRun
    permission = "core.view_importrun"
    title = gettext_lazy("导入记录")
    unit = gettext_lazy("次")
    table_class = RunTable
    can_save_views = False
    empty = Empty(
        gettext_lazy("还没有导入过文件"),
        gettext_lazy(
            "从右上角选择要导入的名册，每次导入都会留在这里，可以下载结果或撤销。"
        ),
        icon="file-import",
    )

    def get_queryset(self) -> QuerySet[Any]:
        """Return the runs with who made them."""
        return super().get_queryset().select_related("by")

    def get_actions(self) -> list[Action]:
        """Offer every kind the user may import into some scope."""
        user = self.request.user
        return [
            Action(
                _("导入%s") % kind.title,
                reverse("core:import-start", args=[kind.key]),
                "file-import",
                permission=kind.permission,
            )
            for kind in import_kinds.values()
            if not kind.scope or scope_ids(user, kind.scope, kind.permission)
        ]
