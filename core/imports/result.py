"""Workbooks about an import: the file again with its results, and an empty template."""

import io
from collections.abc import Iterable, Iterator
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from core.exports import write_xlsx
from core.imports.errors import ImportRefused
from core.imports.intake import open_run
from core.imports.kinds import ImportKind, kind_of
from core.imports.readers import Layout, data_rows
from core.imports.readers.layout import shown
from core.models import ImportRow, ImportRun, RowVerdict, StagingRow
from core.tables import ExportColumn

Verdicts = dict[int, tuple[str, str]]
CHUNK = 2_000
EXAMPLE_ROWS = 500


def rows_of(run: ImportRun) -> Any:
    """Return the rows of a run: staged while it is open, kept once it is applied."""
    if run.is_open:
        return StagingRow.objects.filter(run_id=run.pk).order_by("number")
    return ImportRow.objects.filter(run=run).order_by("number")


def reasons(row: Any) -> str:
    """Return everything said about a row as one text."""
    said = [problem["message"] for problem in found_problems(row)]
    question = getattr(row, "question", None)
    if question and row.verdict == RowVerdict.ASKED:
        said.append(question["message"])
    return "；".join(said)


def found_problems(row: Any) -> list[dict[str, str]]:
    """Return the problems of a staged or kept row."""
    found: list[dict[str, str]] = (
        row.all_problems if isinstance(row, StagingRow) else row.problems
    )
    return found


def write_result(run: ImportRun, stream: IO[bytes]) -> int:
    """Write the rows as they came, with 结果 and 原因 behind; return how many."""
    heads, rows = _original(run)
    columns = [ExportColumn(_("行号"), "number", lambda row: row[0])]
    columns += [_column(head, at) for at, head in enumerate(heads)]
    columns += [
        ExportColumn(_("结果"), "text", lambda row: row[2]),
        ExportColumn(_("原因"), "text", lambda row: row[3]),
    ]
    return write_xlsx(stream, columns, rows, sheet=_("导入结果"))


def _column(head: str, at: int) -> ExportColumn:
    label = head or _("第 %d 列") % (at + 1)
    return ExportColumn(label, "text", lambda row: row[1][at])


Line = tuple[int, list[str], str, str]


def _original(run: ImportRun) -> tuple[list[str], Iterator[Line]]:
    """Return the heads and lines of the file, or of what was kept of it."""
    if kind_of(run.kind).secrets:
        return _from_rows(run)
    try:
        table = open_run(run)
    except ImportRefused:
        return _from_rows(run)
    layout = Layout(**{k: v for k, v in run.layout.items() if k != "names"})
    cells = (
        (number, [shown(cell) for cell in row])
        for number, row in data_rows(table, layout, lambda number, text: None)
    )
    return layout.heads, _joined(cells, rows_of(run).iterator(chunk_size=CHUNK))


def _joined(
    cells: Iterable[tuple[int, list[str]]], rows: Iterator[Any]
) -> Iterator[Line]:
    """Walk the file and its rows side by side, both in the order of numbers."""
    row = next(rows, None)
    for number, texts in cells:
        while row is not None and row.number < number:
            row = next(rows, None)
        if row is not None and row.number == number:
            yield number, texts, row.get_verdict_display(), reasons(row)


def _from_rows(run: ImportRun) -> tuple[list[str], Iterator[Line]]:
    columns = kind_of(run.kind).columns

    def lines() -> Iterator[Line]:
        for row in rows_of(run).iterator(chunk_size=CHUNK):
            values = values_of(row)
            texts = [str(values.get(column.name, "")) for column in columns]
            yield row.number, texts, row.get_verdict_display(), reasons(row)

    return [str(column.label) for column in columns], lines()


def values_of(row: Any) -> dict[str, Any]:
    """Return what was written in the cells of a row, by column name."""
    if isinstance(row, StagingRow):
        return {**row.data, **row.shown}
    kept: dict[str, Any] = row.values
    return kept


def template_workbook(kind: ImportKind) -> bytes:
    """Return an empty workbook with the kind's heads; every cell is text."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    page = book.add_worksheet(str(kind.title)[:31])
    text = book.add_format({"num_format": "@"})
    looks = {
        True: book.add_format({"bold": True, "bg_color": "#FDE9D9", "bottom": 1}),
        False: book.add_format({"bold": True, "bg_color": "#EEF1F5", "bottom": 1}),
    }
    page.freeze_panes(1, 0)
    for at, column in enumerate(kind.columns):
        page.set_column(at, at, max(16, len(str(column.label)) * 2 + 4), text)
        page.write_string(0, at, str(column.label), looks[column.required])
        if note := _help(column):
            page.write_comment(0, at, note, {"x_scale": 2})
        if words := _list_words(column):
            page.data_validation(
                1, at, EXAMPLE_ROWS, at, {"validate": "list", "source": words}
            )
    book.close()
    return stream.getvalue()


def _help(column: Any) -> str:
    parts = [_("必填") if column.required else "", str(column.help or "")]
    if column.example:
        parts.append(_("例如：%s") % column.example)
    return "\n".join(part for part in parts if part)


def _list_words(column: Any) -> list[str]:
    if column.kind == "bool":
        return [_("是"), _("否")]
    if column.kind != "choice":
        return []
    table = column.choices() if callable(column.choices) else column.choices
    first: dict[Any, str] = {}
    for word, value in table.items():
        first.setdefault(value, str(word))
    words = list(first.values())
    return words if len("".join(words)) + len(words) < 250 else []
