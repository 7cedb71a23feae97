"""Excel workbooks, old and new, with the row numbers a person sees."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from core.imports.cells import UNCALCULATED
from core.imports.errors import ImportRefused
from core.imports.readers.guard import Inspection, broken, inspect
from core.imports.readers.tables import NumberedRow

ZIP = b"PK"
MERGED_ROWS = 5_000
RELATION = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")
SHEET_TAG = re.compile(r"<(?:\w+:)?sheet\b[^>]*>")
ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')


class WorkbookTable:
    """An XLSX or XLS file; hidden sheets and chart sheets are left aside."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name = name
        is_zip = content.startswith(ZIP)
        self.inspection = inspect(name, content) if is_zip else Inspection()
        self.files = _sheet_files(content) if is_zip else {}
        self.book = _open(name, content)
        self.kept: CalamineSheet | None = None
        self.sheets = [
            sheet.name
            for sheet in self.book.sheets_metadata
            if sheet.visible == SheetVisibleEnum.Visible
            and sheet.typ == SheetTypeEnum.WorkSheet
        ]
        if not self.sheets:
            raise ImportRefused(_("“%s”中没有可见的工作表") % name, "no_sheet")

    def heads(self) -> None:
        """The heads stand somewhere in the rows."""
        return None

    def estimate(self, sheet: str) -> int:
        """Return the row of the last cell."""
        return self._page(sheet).total_height

    def rows(self, sheet: str) -> Iterator[NumberedRow]:
        """Yield the rows; a cell merged downwards counts for each of its rows."""
        page = self._page(sheet)
        if page.start is None:
            return
        formulas = self.inspection.empty_formulas.get(self.files.get(sheet, ""), {})
        left = page.start[1]
        merged = _MergedCells(page, left)
        rows: Iterator[list[Any]] = page.iter_rows()
        for at, cells in enumerate(rows):
            for column in formulas.get(at, ()):
                if 0 <= column - left < len(cells):
                    cells[column - left] = UNCALCULATED
            merged.fill(at, cells)
            yield at + 1, cells

    def _page(self, sheet: str) -> CalamineSheet:
        if self.kept is None or self.kept.name != sheet:
            self.kept = _guarded(self.name, lambda: self.book.get_sheet_by_name(sheet))
        return self.kept


class _MergedCells:
    """Hands the value of a cell merged downwards to the rows it covers."""

    def __init__(self, page: CalamineSheet, left: int) -> None:
        self.left = left
        self.starting: dict[int, list[tuple[int, int]]] = {}
        self.open: list[tuple[int, int, Any]] = []
        for (top, first), (bottom, last) in page.merged_cell_ranges or []:
            if first == last and 0 < bottom - top <= MERGED_ROWS:
                self.starting.setdefault(top, []).append((first - left, bottom))

    def fill(self, at: int, cells: list[Any]) -> None:
        """Fill the covered cells of the row, then note the merges that begin here."""
        self.open = [entry for entry in self.open if entry[1] >= at]
        if self.open and any(cell != "" for cell in cells):
            for column, _bottom, value in self.open:
                cells[column] = value
        for column, bottom in self.starting.get(at, ()):
            if 0 <= column < len(cells):
                self.open.append((column, bottom, cells[column]))


def _open(name: str, content: bytes) -> CalamineWorkbook:
    try:
        book: CalamineWorkbook = _guarded(
            name, lambda: CalamineWorkbook.from_filelike(io.BytesIO(content))
        )
    except PasswordError as error:
        raise ImportRefused(
            _("“%s”设有打开密码。请取消密码后再上传") % name, "password"
        ) from error
    return book


def _guarded(name: str, read: Any) -> Any:
    try:
        return read()
    except PasswordError:
        raise
    except CalamineError as error:
        raise broken(name) from error
    except BaseException as error:
        # The reader is not written in Python; its panics are no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise broken(name) from error


def _sheet_files(content: bytes) -> dict[str, str]:
    """Return sheet name → file in the archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        try:
            book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
            links = archive.read("xl/_rels/workbook.xml.rels").decode(
                "utf-8", "replace"
            )
        except KeyError:
            return {}
    targets = {}
    for tag in RELATION.findall(links):
        pairs = dict(ATTRIBUTE.findall(tag))
        target = pairs.get("Target", "").lstrip("/")
        targets[pairs.get("Id", "")] = (
            target if target.startswith("xl/") else f"xl/{target}"
        )
    sheets = [dict(ATTRIBUTE.findall(tag)) for tag in SHEET_TAG.findall(book)]
    return {s.get("name", ""): targets.get(s.get("r:id", ""), "") for s in sheets}
