"""The DOCX file: head and foot, properties, and the same bytes at any hour."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from io import BytesIO
from xml.sax.saxutils import escape

import docx
from docx.document import Document as WordDocument
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from lxml import etree

from core.documents.layout import Printed

from . import markup as m
from .content import Section, write_sections
from .pictures import Pictures
from .styles import set_fonts, set_styles

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
CUSTOM_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
CUSTOM_SET = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
ZIP_DAY = (1980, 1, 1, 0, 0, 0)
LONGEST_PROPERTY = 255
LEFTOVERS = {"thumbnail", "customXml", "stylesWithEffects", "numbering"}


def render_docx(printed: Printed) -> bytes:
    """Render a layout as a Word document in the measures of GB/T 9704—2012."""
    document = docx.Document()
    set_styles(document)
    set_fonts(document)
    references = _heads_and_feet(document, printed)
    pictures = Pictures(document, printed)
    _fill(document, write_sections(printed, pictures), references)
    _set_properties(document, printed)
    return _pack(document)


def _fill(document: WordDocument, sections: Sequence[Section], references: str) -> None:
    parts: list[str] = []
    for page, content in sections[:-1]:
        properties = f'<w:pStyle w:val="Gap"/>{m.section(page, references)}'
        parts += [*content, f"<w:p><w:pPr>{properties}</w:pPr></w:p>"]
    page, content = sections[-1]
    parts += [*content, m.section(page, references)]
    body = parse_xml(f"<w:body {m.NAMESPACES}>{''.join(parts)}</w:body>")
    document.element.replace(document.element.body, body)


def _heads_and_feet(document: WordDocument, printed: Printed) -> str:
    """Make head and foot for odd and even pages; return the references to them."""
    document.settings.odd_and_even_pages_header_footer = True
    language = document.settings.element.find(qn("w:themeFontLang"))
    if language is not None:
        language.set(qn("w:val"), "zh-CN")
        language.set(qn("w:eastAsia"), "zh-CN")
    section = document.sections[0]
    for header in (section.header, section.even_page_header):
        header.is_linked_to_previous = False
        _replace(
            header._element, _watermark() if printed["draft"] else m.text("", "Header")
        )
    sides = ((section.footer, "right"), (section.even_page_footer, "left"))
    for footer, side in sides:
        footer.is_linked_to_previous = False
        foot = m.text(printed["foot"], "Foot")
        _replace(footer._element, _page_number(side) + foot)
    kinds = (qn("w:headerReference"), qn("w:footerReference"))
    found = (child for child in section._sectPr if child.tag in kinds)
    return "".join(
        f'<w:{etree.QName(child).localname} w:type="{child.get(qn("w:type"))}" '
        f'r:id="{child.get(qn("r:id"))}"/>'
        for child in found
    )


def _replace(element: etree._Element, xml: str) -> None:
    for child in list(element):
        element.remove(child)
    for child in parse_xml(f"<w:body {VML}>{xml}</w:body>"):
        element.append(child)


def _page_number(side: str) -> str:
    """Write “— 1 —”, one character in from the outer edge."""
    content = m.run("— ") + m.field("PAGE") + m.run(" —")
    place = f'<w:ind w:{side}Chars="100" w:{side}="280"/><w:jc w:val="{side}"/>'
    return m.paragraph(content, "Footer", place)


VML = (
    f"{m.NAMESPACES} xmlns:v='urn:schemas-microsoft-com:vml' "
    "xmlns:o='urn:schemas-microsoft-com:office:office'"
)


def _watermark() -> str:
    shape = (
        '<v:shape id="Draft" o:spid="_x0000_s2049" type="#_x0000_t136" '
        'style="position:absolute;margin-left:0;margin-top:0;width:330pt;height:165pt;'
        "rotation:315;z-index:-251658240;mso-position-horizontal:center;"
        "mso-position-horizontal-relative:margin;mso-position-vertical:center;"
        'mso-position-vertical-relative:margin" fillcolor="#e6e6e6" stroked="f">'
        '<v:textpath style="font-family:&quot;黑体&quot;;font-size:1pt" string="草稿"/>'
        "</v:shape>"
    )
    kind = (
        '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" '
        'adj="10800" path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas>'
        '<v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/>'
        '<v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/>'
        '<v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/>'
        '<v:f eqn="if @0 @4 21600"/></v:formulas>'
        '<v:path textpathok="t" o:connecttype="rect"/>'
        '<v:textpath on="t" fitshape="t"/></v:shapetype>'
    )
    return m.paragraph(f"<w:r><w:pict>{kind}{shape}</w:pict></w:r>", "Header")


def _set_properties(document: WordDocument, printed: Printed) -> None:
    day = datetime.combine(date.fromisoformat(printed["date_iso"]), time(), tzinfo=UTC)
    properties = document.core_properties
    properties.title = printed["title"][:LONGEST_PROPERTY]
    properties.author = printed["issuer"][:LONGEST_PROPERTY]
    properties.last_modified_by = printed["issuer"][:LONGEST_PROPERTY]
    properties.subject = "　".join(printed["facts"])[:LONGEST_PROPERTY]
    properties.keywords = f"sha256:{printed['digest']}"
    properties.identifier = f"sha256:{printed['digest']}"
    properties.comments = printed["foot"]
    properties.content_status = printed["status_label"]
    properties.language = "zh-CN"
    properties.created = properties.modified = day.replace(tzinfo=None)
    _set_custom_property(document, "SHA-256", printed["digest"])


def _set_custom_property(document: WordDocument, name: str, value: str) -> None:
    xml = (
        f'<Properties xmlns="{OFFICE}/custom-properties" '
        f'xmlns:vt="{OFFICE}/docPropsVTypes"><property fmtid="{CUSTOM_SET}" pid="2" '
        f'name="{escape(name)}"><vt:lpwstr>{escape(value)}</vt:lpwstr></property>'
        "</Properties>"
    )
    blob = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + xml.encode()
    package = document.part.package
    part = Part(PackURI("/docProps/custom.xml"), CUSTOM_TYPE, blob, package)
    package.relate_to(part, f"{OFFICE}/relationships/custom-properties")


def _drop_leftovers(document: WordDocument) -> None:
    """Remove what the template brings and the document does not use."""
    for relations in (document.part.package.rels, document.part.rels):
        for key, relation in list(relations.items()):
            if relation.reltype.rpartition("/")[2] in LEFTOVERS:
                relations.pop(key)


def _pack(document: WordDocument) -> bytes:
    """Save with fixed times in the archive, so that equal data gives equal bytes."""
    _drop_leftovers(document)
    raw, packed = BytesIO(), BytesIO()
    document.save(raw)
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, ZIP_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            new.writestr(entry, old.read(name))
    return packed.getvalue()
