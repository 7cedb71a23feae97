"""WordprocessingML written as text: runs, paragraphs, tables, pictures, sections."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from docx.oxml.ns import nsdecls

from .measures import CHAR_SPACE, LINE_PITCH, Page

NAMESPACES = nsdecls("w", "r", "wp", "a", "pic")
EMU_A_TWIP = 635
PICTURE = "http://schemas.openxmlformats.org/drawingml/2006/picture"


def run(text: str, style: str = "", size: str = "") -> str:
    """Write a run; a line break in the text becomes one in Word. Size in points."""
    half = round(float(size) * 2) if size else 0
    points = f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>' if size else ""
    mark = f'<w:rStyle w:val="{style}"/>' if style else ""
    mark = f"<w:rPr>{mark}{points}</w:rPr>" if mark or points else ""
    lines = [
        f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n")
    ]
    return f"<w:r>{mark}{'<w:br/>'.join(lines)}</w:r>"


def paragraph(content: str, style: str, extra: str = "") -> str:
    """Write a paragraph of runs; `extra` holds further paragraph properties."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{extra}</w:pPr>{content}</w:p>'


def text(words: str, style: str, extra: str = "") -> str:
    """Write a paragraph of plain text."""
    return paragraph(run(words), style, extra)


def cell(content: str, width: int, properties: str = "") -> str:
    """Write a table cell."""
    size = f'<w:tcW w:w="{width}" w:type="dxa"/>'
    return f"<w:tc><w:tcPr>{size}{properties}</w:tcPr>{content}</w:tc>"


def row(cells: Sequence[str], head: bool = False) -> str:
    """Write a table row that stays whole; a head row repeats on every page."""
    mark = "<w:tblHeader/>" if head else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{mark}</w:trPr>{''.join(cells)}</w:tr>"


def table(rows: Sequence[str], widths: Sequence[int], style: str, title: str) -> str:
    """Write a table of fixed column widths, centred."""
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    name = f"<w:tblCaption w:val={quoteattr(title)}/>" if title else ""
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{style}"/>'
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblLayout w:type="fixed"/>{name}</w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def picture(relation: str, number: int, size: tuple[int, int], alt: str) -> str:
    """Write an inline picture; the size is in twips."""
    width, height = (length * EMU_A_TWIP for length in size)
    name = f'id="{number}" name="图 {number}" descr={quoteattr(alt)}'
    return (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{width}" cy="{height}"/><wp:docPr {name}/>'
        f'<a:graphic><a:graphicData uri="{PICTURE}"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr id="{number}" name="图 {number}"/><pic:cNvPicPr/>'
        f'</pic:nvPicPr><pic:blipFill><a:blip r:embed="{relation}"/>'
        f"<a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm>"
        f'<a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>'
        f"</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def section(page: Page, references: str) -> str:
    """Write the properties of a section: page, margins, character grid."""
    turn = ' w:orient="landscape"' if page.lying else ""
    return (
        f'<w:sectPr>{references}<w:type w:val="nextPage"/>'
        f'<w:pgSz w:w="{page.width}" w:h="{page.height}"{turn}/>'
        f'<w:pgMar w:top="{page.top}" w:right="{page.right}" w:bottom="{page.bottom}" '
        f'w:left="{page.left}" w:header="851" w:footer="{page.footer}" w:gutter="0"/>'
        f'<w:docGrid w:type="linesAndChars" w:linePitch="{LINE_PITCH}" '
        f'w:charSpace="{CHAR_SPACE}"/></w:sectPr>'
    )


def field(code: str) -> str:
    """Write a field that Word computes, such as PAGE."""
    kinds = ("begin", "separate", "end")
    begin, separate, end = (
        f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in kinds
    )
    inner = f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
    return f"{begin}{inner}{separate}<w:r><w:t>1</w:t></w:r>{end}"
