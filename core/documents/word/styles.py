"""The styles of an official document, set in code over python-docx's template."""

from __future__ import annotations

from dataclasses import dataclass

from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from lxml import etree

from .measures import (
    BODY_SIZE,
    FANGSONG,
    HEITI,
    KAITI,
    LINE_PITCH,
    OTHER_NAMES,
    SONGTI,
    SPACING,
    XIAOBIAOSONG,
)

LATIN = "Times New Roman"
RED = "C00000"
GREY = "595959"
TIGHT = '<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'


@dataclass(frozen=True)
class Style:
    """A paragraph style: font, size in points, line in twips, and what differs.

    `apart` leaves the usual gap between Chinese and Latin characters. Lines are exact
    and characters of the body are set closer, so that a page holds 22 × 28 of them
    whether or not a word processor follows the page's grid.
    """

    identity: str
    name: str
    font: str = FANGSONG
    size: float = BODY_SIZE
    line: int = LINE_PITCH
    rule: str = "exact"
    align: str = "both"
    indent: bool = False
    before: int = 0
    after: int = 0
    level: int | None = None
    colour: str = "000000"
    latin: str = LATIN
    bold: bool = False
    keep: bool = False
    apart: bool = True


STYLES = (
    Style("Normal", "Normal"),
    Style("BodyText", "Body Text", indent=True),
    Style("Title", "Title", XIAOBIAOSONG, 22, 700, align="center"),
    Style("Subtitle", "Subtitle", KAITI, align="center"),
    Style("Facts", "文件要素", KAITI, 14, 480, align="center", after=240),
    Style("RedHead", "红头", XIAOBIAOSONG, 36, 1000, align="center", colour=RED),
    Style("DocNumber", "发文字号", align="center"),
    Style("Heading1", "heading 1", HEITI, indent=True, level=0, keep=True),
    Style("Heading2", "heading 2", KAITI, indent=True, level=1, keep=True),
    Style("Heading3", "heading 3", indent=True, level=2, keep=True, bold=True),
    Style("Caption", "caption", HEITI, 12, 400, align="center", before=160, keep=True),
    Style("Small", "注释", size=10.5, line=320, colour=GREY),
    Style("Picture", "图片", line=240, rule="auto", align="center"),
    Style("TableText", "表格文字", size=10.5, line=320, align="left", apart=False),
    Style("TableHead", "表格表头", HEITI, 10.5, 320, align="center", apart=False),
    Style("Label", "指标名称", size=10.5, line=320, align="left", colour=GREY),
    Style("Figure", "指标数值", HEITI, 18, 480, align="left"),
    Style("Issuer", "发文机关署名", align="center"),
    Style("SignLine", "签署", size=14, line=480, align="left"),
    Style("Gap", "间隔", size=1, line=20),
    Style("Header", "header", size=9, line=240, rule="auto"),
    Style("Footer", "footer", SONGTI, 14, 400, latin=SONGTI),
    Style("Foot", "页脚注", size=7.5, line=200, align="center", colour=GREY),
)
HEI_RUN = "Lead"


def set_styles(document: WordDocument) -> None:
    """Replace the template's styles by those of an official document."""
    root = document.styles.element
    for old in root.findall(qn("w:style")):
        if old.get(qn("w:type")) != "character" or old.get(qn("w:default")) is None:
            root.remove(old)
    latent = root.find(qn("w:latentStyles"))
    if latent is not None:
        root.remove(latent)
    defaults = root.find(qn("w:docDefaults"))
    root.replace(defaults, parse_xml(_defaults()))
    for xml in (*map(_paragraph_style, STYLES), _lead_style(), *_table_styles()):
        root.append(parse_xml(xml))


def set_fonts(document: WordDocument) -> None:
    """List the fonts with the name to fall back on."""
    part = next(
        rel.target_part
        for rel in document.part.rels.values()
        if rel.reltype.endswith("/fontTable")
    )
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/>'
        '<w:charset w:val="86"/><w:family w:val="auto"/></w:font>'
        for name, other in OTHER_NAMES.items()
    )
    root = parse_xml(f"<w:fonts {nsdecls('w')}>{fonts}</w:fonts>")
    part._blob = etree.tostring(
        root, xml_declaration=True, encoding="UTF-8", standalone=True
    )


def _defaults() -> str:
    return (
        f"<w:docDefaults {nsdecls('w')}><w:rPrDefault><w:rPr>{_fonts(FANGSONG, LATIN)}"
        f'{_size(BODY_SIZE)}<w:lang w:val="zh-CN" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'
        "</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"
    )


def _fonts(font: str, latin: str) -> str:
    return (
        f'<w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{font}" '
        f'w:cs="{latin}"/>'
    )


def _size(points: float) -> str:
    half = round(points * 2)
    return f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>'


def _paragraph_style(style: Style) -> str:
    default = ' w:default="1"' if style.identity == "Normal" else ""
    based = "" if default else '<w:basedOn w:val="Normal"/>'
    bold = "<w:b/>" if style.bold else ""
    space = SPACING if style.size == BODY_SIZE else 0
    return (
        f'<w:style {nsdecls("w")} w:type="paragraph"{default} '
        f'w:styleId="{style.identity}"><w:name w:val="{style.name}"/>{based}'
        "<w:qFormat/>"
        f"<w:pPr>{_paragraph_properties(style)}</w:pPr>"
        f"<w:rPr>{_fonts(style.font, style.latin)}{bold}"
        f'<w:color w:val="{style.colour}"/><w:spacing w:val="{space}"/>'
        f"{_size(style.size)}</w:rPr></w:style>"
    )


def _paragraph_properties(style: Style) -> str:
    indent = round(style.size * 40) if style.indent else 0
    chars = 200 if style.indent else 0
    level = "" if style.level is None else f'<w:outlineLvl w:val="{style.level}"/>'
    keep = "<w:keepNext/>" if style.keep else ""
    apart = "" if style.apart else TIGHT
    return (
        f"{keep}<w:widowControl/>{apart}"
        '<w:snapToGrid w:val="0"/>'
        f'<w:spacing w:before="{style.before}" w:after="{style.after}" '
        f'w:line="{style.line}" w:lineRule="{style.rule}"/>'
        f'<w:ind w:firstLineChars="{chars}" w:firstLine="{indent}"/>'
        f'<w:jc w:val="{style.align}"/>{level}'
    )


def _lead_style() -> str:
    return (
        f'<w:style {nsdecls("w")} w:type="character" w:styleId="{HEI_RUN}">'
        f'<w:name w:val="黑体引语"/><w:rPr>{_fonts(HEITI, LATIN)}</w:rPr></w:style>'
    )


def _table_styles() -> tuple[str, ...]:
    return (_table_style("Grid", "表格", 4), _table_style("Plain", "无框表格", 0))


def _table_style(identity: str, name: str, border: int) -> str:
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    kind = "single" if border else "nil"
    borders = "".join(
        f'<w:{side} w:val="{kind}" w:sz="{border}" w:space="0" w:color="7F7F7F"/>'
        for side in sides
    )
    return (
        f'<w:style {nsdecls("w")} w:type="table" w:styleId="{identity}">'
        f'<w:name w:val="{name}"/><w:tblPr><w:tblBorders>{borders}</w:tblBorders>'
        '<w:tblCellMar><w:top w:w="30" w:type="dxa"/><w:left w:w="50" w:type="dxa"/>'
        '<w:bottom w:w="30" w:type="dxa"/><w:right w:w="50" w:type="dxa"/>'
        "</w:tblCellMar></w:tblPr></w:style>"
    )
