"""One table on a sheet: title, frozen head, typed cells, widths."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from xlsxwriter.worksheet import Worksheet

from core.documents import blocks as b
from core.documents.layout import print_table
from core.documents.text import in_yuan, text_width

from .formats import Formats

WIDEST, NARROWEST = 48.0, 8.0
FIRST_ROW = 2


def write_grid(sheet: Worksheet, table: b.Table, title: str, formats: Formats) -> int:
    """Write a table from `FIRST_ROW` on and return the row below its last line."""
    sheet.write_string(0, 0, title, formats.get(font_name="黑体", font_size=14))
    for column, head in enumerate(table.columns):
        sheet.write_string(1, column, head.title, formats.head())
    printed = print_table(table)
    lines = [*table.rows, *([table.total] if table.total is not None else [])]
    texts = [*printed["rows"], *([printed["total"]] if printed["total"] else [])]
    for offset, (values, words) in enumerate(zip(lines, texts, strict=True)):
        total = offset == len(table.rows)
        _row(sheet, FIRST_ROW + offset, (table.columns, values, words), formats, total)
    for column in range(len(table.columns)):
        sheet.set_column(column, column, _width(table, texts, column))
    sheet.freeze_panes(FIRST_ROW, 1)
    sheet.repeat_rows(1)
    if table.rows:
        last = FIRST_ROW + len(table.rows) - 1
        sheet.autofilter(1, 0, last, len(table.columns) - 1)
    if len(table.columns) > 7:
        sheet.set_landscape()
    return FIRST_ROW + len(lines)


def _row(
    sheet: Worksheet,
    row: int,
    line: tuple[Sequence[b.Column], Sequence[b.Value], Sequence[str]],
    formats: Formats,
    total: bool,
) -> None:
    for at, (column, value, words) in enumerate(zip(*line, strict=True)):
        form = formats.cell(column, value, total)
        if value is None or isinstance(value, str):
            sheet.write_string(row, at, words, form)
        elif isinstance(value, date):
            sheet.write_datetime(row, at, value, form)
        else:
            number = in_yuan(value) if column.kind == b.MONEY else value
            sheet.write_number(row, at, number, form)


def _width(table: b.Table, texts: Sequence[Sequence[str]], column: int) -> float:
    longest = max((text_width(row[column]) for row in texts), default=0.0)
    wished = max(longest, text_width(table.columns[column].title) + 2) * 2 + 2
    return min(max(wished, NARROWEST), WIDEST)
