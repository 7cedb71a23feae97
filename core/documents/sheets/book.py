"""The workbook: cover, contents, properties."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from core.documents import blocks as b
from core.documents.data import from_data
from core.documents.layout import Printed, chart_table
from core.documents.text import MISSING, in_yuan

from .charts import add_chart
from .formats import Formats, default_format, number_format
from .grid import FIRST_ROW, write_grid
from .names import SheetNames

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
A4 = 9
LABEL_WIDTH, VALUE_WIDTH, NOTE_WIDTH = 22, 34, 34


def render_xlsx(data: Mapping[str, Any], printed: Printed) -> bytes:
    """Render frozen data as a workbook; its layout gives captions and state."""
    document = from_data(data)
    target = BytesIO()
    with Workbook(target, {**OPTIONS, **default_format()}) as workbook:
        book = _Book(workbook, printed)
        book.cover(document)
        for block, caption in _tables(document, printed):
            book.sheet(block, caption)
    return target.getvalue()


def _tables(
    document: b.Document, printed: Printed
) -> Iterator[tuple[b.Table | b.Chart, Printed]]:
    """Pair each table and chart with its printed form, in order."""
    blocks = [*document.blocks, *document.appendix]
    found = [block for block in blocks if isinstance(block, b.Table | b.Chart)]
    captions = [
        block
        for block in _flat([*printed["blocks"], *printed["appendix"]])
        if block["type"] in ("table", "chart")
    ]
    return zip(found, captions, strict=True)


def _flat(blocks: list[Printed]) -> Iterator[Printed]:
    for block in blocks:
        if block["type"] == "lying":
            yield from block["blocks"]
        else:
            yield block


class _Book:
    """Writes the sheets of one document."""

    def __init__(self, workbook: Workbook, printed: Printed) -> None:
        self.workbook = workbook
        self.printed = printed
        self.formats = Formats(workbook)
        self.names = SheetNames()
        self._set_properties()

    def _set_properties(self) -> None:
        printed = self.printed
        day = date.fromisoformat(printed["date_iso"])
        self.workbook.set_properties(
            {
                "title": printed["title"],
                "author": printed["issuer"],
                "subject": "　".join(printed["facts"]),
                "keywords": f"sha256:{printed['digest']}",
                "status": printed["status_label"],
                "comments": printed["foot"],
                "created": datetime.combine(day, time()),
            }
        )
        self.workbook.set_custom_property("SHA-256", printed["digest"])

    def add(self, name: str) -> Worksheet:
        sheet = self.workbook.add_worksheet(self.names.take(name))
        sheet.set_paper(A4)
        sheet.set_margins(left=1.1, right=1.02, top=1.0, bottom=1.0)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L&8SHA-256 {self.printed['digest']}&R&9第 &P 页 / 共 &N 页")
        return sheet

    def cover(self, document: b.Document) -> None:
        sheet = self.add("封面")
        sheet.hide_gridlines(2)
        for column, width in enumerate((LABEL_WIDTH, VALUE_WIDTH, NOTE_WIDTH)):
            sheet.set_column(column, column, width)
        title = self.printed["title"]
        title_format = self.formats.title()
        sheet.merge_range(0, 0, 0, 2, "", title_format)
        sheet.write_string(0, 0, title, title_format)
        sheet.set_row(0, 22 * (1 + len(title) // 30) + 6)
        row = self._facts(sheet, 1)
        row = self._figures(sheet, document, row + 1)
        for source in document.sources:
            sheet.write_string(row, 0, source, self.formats.text(source))
            row += 1

    def _facts(self, sheet: Worksheet, row: int) -> int:
        printed = self.printed
        signers = [
            (signer["role"], f"{signer['name']} {signer['date']}".strip())
            for signer in printed["signers"]
        ]
        facts = [
            ("副标题", printed["subtitle"]),
            ("期间、地区、文号", "　".join(printed["facts"])),
            ("发文字号", printed["doc_number"]),
            ("编制单位", printed["issuer"]),
            ("编制日期", printed["date"]),
            ("状态", printed["status_label"]),
            *signers,
            ("数据校验 SHA-256", printed["digest"]),
        ]
        optional = {"副标题", "期间、地区、文号", "发文字号"}
        for label, value in facts:
            if value or label not in optional:
                sheet.write_string(
                    row, 0, label, self.formats.get(font_color="#595959")
                )
                sheet.write_string(row, 1, value, self.formats.text(value))
                row += 1
        return row

    def _figures(self, sheet: Worksheet, document: b.Document, row: int) -> int:
        blocks = (*document.blocks, *document.appendix)
        groups = (block.items for block in blocks if isinstance(block, b.KeyFigures))
        for figure in (figure for group in groups for figure in group):
            label = f"{figure.label}（{figure.unit}）" if figure.unit else figure.label
            sheet.write_string(row, 0, label, self.formats.text(label))
            self._figure(sheet, row, figure)
            sheet.write_string(row, 2, figure.note, self.formats.text(figure.note))
            row += 1
        return row + 1

    def _figure(self, sheet: Worksheet, row: int, figure: b.KeyFigure) -> None:
        value = figure.value
        wishes = {"align": "left"}
        if value is None or isinstance(value, str):
            text = MISSING if value is None else value
            sheet.write_string(row, 1, text, self.formats.text(text, **wishes))
            return
        wishes["num_format"] = number_format(figure.kind, figure.decimals)
        form = self.formats.get(**wishes)
        if isinstance(value, date):
            sheet.write_datetime(row, 1, value, form)
        else:
            number = in_yuan(value) if figure.kind == b.MONEY else value
            sheet.write_number(row, 1, number, form)

    def sheet(self, block: b.Table | b.Chart, printed: Printed) -> None:
        if isinstance(block, b.Table):
            self._grid(block, block.caption, printed)
            return
        table = replace(chart_table(block), note=block.note)
        sheet, below = self._grid(table, block.title, printed)
        add_chart(self.workbook, sheet, block, FIRST_ROW, below)

    def _grid(
        self, table: b.Table, name: str, printed: Printed
    ) -> tuple[Worksheet, int]:
        """Write a table with its notes; return the sheet and the first row below."""
        sheet = self.add(name or printed["number"])
        row = write_grid(sheet, table, printed["caption"], self.formats) + 1
        for line in filter(None, (table.note, self.printed["foot"])):
            form = self.formats.text(line, font_size=9, font_color="#808080")
            sheet.write_string(row, 0, line, form)
            row += 1
        return sheet, row + 1
