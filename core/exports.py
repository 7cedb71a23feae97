"""Lists as files: XLSX or CSV of exactly the rows asked for, safe to open."""

import csv
import math
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.db.models import Field, QuerySet
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from core.days import today
from core.tables import ExportColumn, Table

FORMATS = ("xlsx", "csv")
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK = 2000
MAX_ROWS = 1_048_575
DANGEROUS = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
)
CELL_FORMATS = {
    "number": {"num_format": "#,##0.######"},
    "money": {"num_format": "#,##0.00"},
    "percent": {"num_format": "0.0%"},
    "date": {"num_format": "yyyy-mm-dd"},
    "datetime": {"num_format": "yyyy-mm-dd hh:mm"},
}
WIDTHS = {
    "text": 22,
    "number": 12,
    "money": 16,
    "percent": 10,
    "date": 12,
    "datetime": 17,
}
DIGITS_KEPT = 15


def export_response(
    source: Table | QuerySet[Any], fmt: str, *, name: str
) -> HttpResponseBase:
    """Return a download of a table (its columns, filter and order) or of a queryset.

    ``name`` is the Chinese name of the list; the day is added to it. Raises
    ValueError for a format other than ``xlsx`` and ``csv``.
    """
    columns, rows = _columns_and_rows(source)
    return rows_response(columns, rows, fmt, name=name)


def rows_response(
    columns: Sequence[ExportColumn], rows: Iterable[Any], fmt: str, *, name: str
) -> HttpResponseBase:
    """Return a download of any rows, given how each column reads a row."""
    if fmt not in FORMATS:
        raise ValueError(f"unknown export format {fmt!r}")
    filename = f"{name}_{today():%Y-%m-%d}.{fmt}"
    if fmt == "csv":
        response: HttpResponseBase = StreamingHttpResponse(
            csv_lines(columns, rows), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = content_disposition_header(True, filename)
        return response
    book = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    write_xlsx(book, columns, rows, sheet=name)
    book.seek(0)
    return FileResponse(
        book, as_attachment=True, filename=filename, content_type=XLSX_TYPE
    )


def _columns_and_rows(
    source: Table | QuerySet[Any],
) -> tuple[list[ExportColumn], Iterable[Any]]:
    if isinstance(source, Table):
        source.settle_order()
        return source.export_columns(), _stream(source.data.data)
    return _field_columns(source), _stream(source)


def _stream(rows: Any) -> Iterable[Any]:
    return rows.iterator(chunk_size=CHUNK) if isinstance(rows, QuerySet) else rows


def _field_columns(queryset: QuerySet[Any]) -> list[ExportColumn]:
    fields = [f for f in queryset.model._meta.concrete_fields if not f.primary_key]
    return [
        ExportColumn(str(f.verbose_name), _kind_of(f), _field_getter(f)) for f in fields
    ]


def _kind_of(field: "Field[Any, Any]") -> str:
    kinds = {
        "DateField": "date",
        "DateTimeField": "datetime",
        "DecimalField": "number",
        "FloatField": "number",
    }
    name = field.get_internal_type()
    return kinds.get(name, "number" if name.endswith("IntegerField") else "text")


def _field_getter(field: "Field[Any, Any]") -> Any:
    if field.choices:
        return lambda row: getattr(row, f"get_{field.name}_display")()
    return lambda row: getattr(row, field.name)


def escape(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would read as a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def plain(value: Any) -> Any:
    """Return the value as a cell holds it: number, day, local moment or text."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return local.replace(tzinfo=None)
    if value is None or isinstance(value, int | float | Decimal | date):
        return value
    if isinstance(value, (list, tuple)):
        return "、".join(str(item) for item in value)
    text = str(value)
    return strip_tags(text) if hasattr(value, "__html__") else text


class _Line:
    """A file that hands back what is written, one line at a time."""

    def write(self, text: str) -> str:
        return text


def csv_lines(columns: Sequence[ExportColumn], rows: Iterable[Any]) -> Iterator[str]:
    """Yield the lines of a CSV file in UTF-8 with a byte-order mark."""
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow([escape(c.label) for c in columns])
    for row in rows:
        yield writer.writerow([_csv_cell(plain(c.get(row))) for c in columns])


def _csv_cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return escape(value) if isinstance(value, str) else value


def write_xlsx(
    stream: IO[bytes],
    columns: Sequence[ExportColumn],
    rows: Iterable[Any],
    *,
    sheet: str = "",
) -> int:
    """Write a workbook in constant memory; return the number of rows written."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    book = xlsxwriter.Workbook(stream, options)
    page = book.add_worksheet(_sheet_name(sheet))
    cells = {kind: book.add_format(look) for kind, look in CELL_FORMATS.items()}
    # The apostrophe of a spreadsheet, kept as a property of the cell: text stays text.
    cells["quoted"] = book.add_format({"quote_prefix": True})
    _write_heads(book, page, columns)
    count = 0
    for count, row in enumerate(rows, start=1):
        if count > MAX_ROWS:
            raise ValueError(_("超过 Excel 单张表的行数上限，请缩小筛选范围或改用 CSV"))
        for at, column in enumerate(columns):
            _write_cell(page, count, at, plain(column.get(row)), column.kind, cells)
    page.autofilter(0, 0, max(count, 1), max(len(columns) - 1, 0))
    book.close()
    return count


def _is_exact_number(value: Any) -> bool:
    """Tell whether a spreadsheet keeps every digit (it holds fifteen)."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int | Decimal):
        return len(str(value).strip("-").replace(".", "")) <= DIGITS_KEPT
    return False


def _sheet_name(name: str) -> str:
    clean = "".join(" " if c in "[]:*?/\\'" else c for c in name).strip()
    return clean[:31] or "Sheet1"


def _write_heads(book: Any, page: Any, columns: Sequence[ExportColumn]) -> None:
    head = book.add_format({"bold": True, "bg_color": "#EEF1F5", "bottom": 1})
    page.freeze_panes(1, 0)
    page.repeat_rows(0)
    page.set_landscape()
    page.set_paper(9)
    for at, column in enumerate(columns):
        page.set_column(at, at, max(WIDTHS[column.kind], len(column.label) * 2 + 2))
    for at, column in enumerate(columns):
        page.write_string(0, at, column.label, head)


def _write_cell(
    page: Any, row: int, at: int, value: Any, kind: str, cells: dict[str, Any]
) -> None:
    if value is None or value == "":
        return
    if isinstance(value, datetime):
        page.write_datetime(row, at, value, cells["datetime"])
    elif isinstance(value, date):
        page.write_datetime(
            row, at, datetime(value.year, value.month, value.day), cells["date"]
        )
    elif _is_exact_number(value):
        page.write_number(row, at, value, cells.get(kind, cells["number"]))
    else:
        text = str(value)[:32_767]
        quoted = cells["quoted"] if text.startswith(DANGEROUS) else None
        page.write_string(row, at, text, quoted)
