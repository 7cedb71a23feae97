"""Tables: of data with a repeating head, of key figures, of lines to sign."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.documents.layout import Printed

from . import markup as m
from .measures import UPRIGHT, Page

GAP = m.text("", "Gap")
MIDDLE = '<w:vAlign w:val="center"/>'
HEAD = f'<w:shd w:val="clear" w:color="auto" w:fill="EFEFEF"/>{MIDDLE}'
TOTAL = f'<w:shd w:val="clear" w:color="auto" w:fill="F7F7F7"/>{MIDDLE}'
KEEP = "<w:keepNext/>"
USUAL_SIZE = "10.5"


def table_grid(table: Printed, page: Page) -> str:
    """Write a table of data as wide as the text block."""
    columns, size = table["columns"], table["size"]
    widths = _spread([column["share"] for column in columns], page.text_width)
    places = [f'<w:jc w:val="{column["align"]}"/>' for column in columns]
    keep = [KEEP + place for place in places] if table["whole"] else places
    last = len(table["rows"]) - (0 if table["total"] else 1)
    heads = [c["title"] for c in columns]
    rows = [_row(heads, widths, HEAD, "TableHead", size, [KEEP] * len(widths))]
    for index, row in enumerate(table["rows"]):
        held = keep if index < last else places
        rows.append(_row(row, widths, MIDDLE, "TableText", size, held))
    if table["total"]:
        rows.append(_row(table["total"], widths, TOTAL, "TableHead", size, places))
    return m.table(rows, widths, "Grid", table.get("caption", ""))


def _row(
    texts: Sequence[str],
    widths: Sequence[int],
    properties: str,
    style: str,
    size: str,
    places: Sequence[str],
) -> str:
    points = "" if size == USUAL_SIZE else size
    cells = [
        m.cell(m.paragraph(m.run(text, size=points), style, place), width, properties)
        for text, width, place in zip(texts, widths, places, strict=True)
    ]
    return m.row(cells, head=properties is HEAD)


def figures_grid(block: Printed) -> str:
    """Write key figures as cards, side by side."""
    count = block["columns"]
    widths = _spread([1] * count, UPRIGHT.text_width)
    rows = [
        m.row([*map(_card, part, widths), *_empty(widths[len(part) :])])
        for part in _chunks(block["items"], count)
    ]
    return m.table(rows, widths, "Grid", "")


def _card(item: Printed, width: int) -> str:
    unit = m.run(f" {item['unit']}", size=USUAL_SIZE) if item["unit"] else ""
    parts = [
        m.text(item["label"], "Label"),
        m.paragraph(m.run(item["value"]) + unit, "Figure"),
        m.text(item["note"], "Small") if item["note"] else "",
    ]
    return m.cell("".join(parts), width)


def signers_grid(signers: Sequence[Printed]) -> str:
    """Write the lines of those who prepared, reviewed and signed."""
    count = min(len(signers), 3)
    widths = _spread([1] * count, UPRIGHT.text_width)
    rows = [
        m.row([*map(_signer, part, widths), *_empty(widths[len(part) :])])
        for part in _chunks(signers, count)
    ]
    return m.table(rows, widths, "Plain", "")


def _signer(signer: Printed, width: int) -> str:
    words = f"{signer['role']}：{signer['name']}"
    if signer["date"]:
        words += f"\n{signer['date']}"
    return m.cell(m.text(words, "SignLine"), width)


def _empty(widths: Sequence[int]) -> list[str]:
    return [m.cell(GAP, width) for width in widths]


def _chunks(items: Sequence[Printed], size: int) -> Iterator[Sequence[Printed]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _spread(shares: Sequence[int], width: int) -> list[int]:
    """Divide a width by shares, to the twip."""
    ends = [
        sum(shares[: index + 1]) * width // sum(shares) for index in range(len(shares))
    ]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]
