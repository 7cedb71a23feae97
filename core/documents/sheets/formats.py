"""Cell formats of a workbook, made once each."""

from __future__ import annotations

from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

from core.documents import blocks as b

FONT = "仿宋"
HEAD_FONT = "黑体"
USUAL: dict[str, Any] = {"font_name": FONT, "font_size": 11, "font_scheme": None}
DAY = 'yyyy"年"m"月"d"日"'
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\n")


def default_format() -> dict[str, Any]:
    """Return the option for a workbook's own format; the library changes what it gets.

    Without a font scheme Excel keeps the named font instead of the theme's.
    """
    return {"default_format_properties": {**USUAL}}


class Formats:
    """Hands out formats by what they say; equal wishes share one format."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self.made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def get(self, **wishes: Any) -> Format:
        """Return a format with these properties over the common ones."""
        key = tuple(sorted(wishes.items()))
        if key not in self.made:
            self.made[key] = self.workbook.add_format(
                {**USUAL, "valign": "vcenter", **wishes}
            )
        return self.made[key]

    def title(self) -> Format:
        """Return the format of a sheet's title."""
        return self.get(font_name=HEAD_FONT, font_size=16, text_wrap=True)

    def head(self) -> Format:
        """Return the format of a table's head."""
        return self.get(
            font_name=HEAD_FONT,
            align="center",
            text_wrap=True,
            border=1,
            border_color="#BFBFBF",
            bg_color="#EFEFEF",
        )

    def cell(self, column: b.Column, value: b.Value, total: bool) -> Format:
        """Return the format of a table cell; what looks like a formula is quoted."""
        align = column.align or {b.TEXT: "left", b.DATE: "center"}.get(
            column.kind, "right"
        )
        wishes: dict[str, Any] = {
            "border": 1,
            "border_color": "#BFBFBF",
            "align": align,
            "text_wrap": column.kind == b.TEXT,
            "num_format": number_format(column.kind, column.decimals),
        }
        if total:
            wishes |= {"font_name": HEAD_FONT, "bg_color": "#F7F7F7"}
        if value is None:
            wishes["font_color"] = "#808080"
        if isinstance(value, str) and value.startswith(FORMULA_SIGNS):
            wishes["quote_prefix"] = True
        return self.get(**wishes)

    def text(self, value: str, **wishes: Any) -> Format:
        """Return a format for words; what looks like a formula stays quoted."""
        quoted = {"quote_prefix": True} if value.startswith(FORMULA_SIGNS) else {}
        return self.get(**wishes, **quoted)


def number_format(kind: str, decimals: int | None) -> str:
    """Return Excel's format for a kind of value."""
    if kind == b.MONEY:
        return "#,##0.00"
    if kind == b.DATE:
        return DAY
    if kind == b.PERCENT:
        return f"0{_places(1 if decimals is None else decimals)}%"
    if kind == b.NUMBER:
        return "General" if decimals is None else f"#,##0{_places(decimals)}"
    return "@"


def _places(decimals: int) -> str:
    return "." + "0" * decimals if decimals else ""
