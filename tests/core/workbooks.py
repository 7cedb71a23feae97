"""Workbooks as offices really make them, for the tests of the import engine."""

import io
from collections.abc import Iterable
from typing import Any

import openpyxl

HEADS = ("名称", "类别", "来源", "登记日期")


def xlsx(*rows: Iterable[Any], sheet: str = "名录", change: Any = None) -> bytes:
    """Return a workbook of one sheet; ``change(sheet)`` may alter it before saving."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for row in rows:
        page.append(list(row))
    if change:
        change(page)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """Return a workbook as bytes."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def csv_of(*rows: Iterable[Any], encoding: str = "utf-8-sig") -> bytes:
    """Return the rows as CSV."""
    lines = (
        ",".join("" if cell is None else str(cell) for cell in row) for row in rows
    )
    return "\r\n".join(lines).encode(encoding)
