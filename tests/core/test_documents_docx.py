"""DOCX: the measures of GB/T 9704—2012, read from the file's own XML."""

import re
import zipfile
from io import BytesIO
from typing import Any

import docx
import pytest
from lxml import etree

from core import documents as d
from tests.core import sample_documents as samples

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NS = {"w": W}
TWIPS = 1440 / 25.4


def parts(data: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Return the parsed XML of a rendered file by part name."""
    with zipfile.ZipFile(BytesIO(d.render(data, "docx", **options))) as archive:
        return {
            name: etree.fromstring(archive.read(name))
            for name in archive.namelist()
            if name.endswith((".xml", ".rels"))
        }


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    """The parts of the short report."""
    return parts(
        samples.data(red_head="云洲区教育局文件", doc_number="云教〔2026〕5号")
    )


def attribute(element: Any, path: str, name: str) -> str:
    """Return an attribute of the first element found."""
    found = element.find(path, NS)
    assert found is not None, path
    return str(found.get(f"{{{W}}}{name}"))


def style(report: dict[str, Any], identity: str) -> Any:
    """Return a style by its id."""
    found = report["word/styles.xml"].find(f"w:style[@w:styleId='{identity}']", NS)
    assert found is not None, identity
    return found


def text_of(element: Any) -> str:
    """Return all text of an element."""
    return "".join(element.itertext(f"{{{W}}}t"))


def test_page_is_a4_with_the_standard_text_block(report: dict[str, Any]) -> None:
    section = report["word/document.xml"].findall(".//w:sectPr", NS)[-1]
    size = section.find("w:pgSz", NS)
    margins = section.find("w:pgMar", NS)

    def mm(element: Any, name: str) -> float:
        return int(element.get(f"{{{W}}}{name}")) / TWIPS

    assert mm(size, "w") == pytest.approx(210, abs=0.05)
    assert mm(size, "h") == pytest.approx(297, abs=0.05)
    assert mm(margins, "top") == pytest.approx(37, abs=0.05)
    assert mm(margins, "left") == pytest.approx(28, abs=0.05)
    width = 210 - mm(margins, "left") - mm(margins, "right")
    height = 297 - mm(margins, "top") - mm(margins, "bottom")
    assert (width, height) == (pytest.approx(156, abs=0.1), pytest.approx(225, abs=0.1))


def test_grid_has_22_lines_of_28_characters(report: dict[str, Any]) -> None:
    section = report["word/document.xml"].findall(".//w:sectPr", NS)[-1]
    grid = section.find("w:docGrid", NS)
    pitch = int(grid.get(f"{{{W}}}linePitch")) / 20
    character = 16 + int(grid.get(f"{{{W}}}charSpace")) / 4096

    assert grid.get(f"{{{W}}}type") == "linesAndChars"
    assert pitch == 28.95
    assert int(225 / 25.4 * 72 / pitch) == 22
    assert round(156 / 25.4 * 72 / character, 2) == 28


@pytest.mark.parametrize(
    ("identity", "font", "half_points"),
    [
        ("BodyText", "仿宋", 32),
        ("Title", "方正小标宋简体", 44),
        ("Heading1", "黑体", 32),
        ("Heading2", "楷体", 32),
        ("Heading3", "仿宋", 32),
        ("Footer", "宋体", 28),
    ],
)
def test_styles_name_the_standard_fonts_and_sizes(
    report: dict[str, Any], identity: str, font: str, half_points: int
) -> None:
    found = style(report, identity)
    fonts = found.find("w:rPr/w:rFonts", NS)

    assert fonts.get(f"{{{W}}}eastAsia") == font
    assert not [name for name in fonts.attrib if name.endswith("Theme")]
    assert int(attribute(found, "w:rPr/w:sz", "val")) == half_points


def test_body_lines_are_exact_and_first_lines_indented_two_characters(
    report: dict[str, Any],
) -> None:
    body = style(report, "BodyText")

    assert attribute(body, "w:pPr/w:spacing", "line") == "579"
    assert attribute(body, "w:pPr/w:spacing", "lineRule") == "exact"
    assert attribute(body, "w:pPr/w:ind", "firstLineChars") == "200"
    spacing = int(attribute(body, "w:rPr/w:spacing", "val")) / 20
    assert int(156 / 25.4 * 72 / (16 + spacing)) == 28


def test_title_is_centred_and_no_theme_font_is_left(report: dict[str, Any]) -> None:
    assert attribute(style(report, "Title"), "w:pPr/w:jc", "val") == "center"
    assert b"Theme=" not in etree.tostring(report["word/styles.xml"])


def test_language_is_chinese(report: dict[str, Any]) -> None:
    path = "w:docDefaults/w:rPrDefault/w:rPr/w:lang"
    styles = report["word/styles.xml"]

    assert attribute(styles, path, "val") == "zh-CN"
    assert attribute(styles, path, "eastAsia") == "zh-CN"
    assert attribute(report["word/settings.xml"], "w:themeFontLang", "val") == "zh-CN"


def test_page_number_stands_between_dashes_on_the_outer_side(
    report: dict[str, Any],
) -> None:
    settings = report["word/settings.xml"]
    section = report["word/document.xml"].findall(".//w:sectPr", NS)[-1]
    kinds = {r.get(f"{{{W}}}type") for r in section.findall("w:footerReference", NS)}
    sides = {}
    for name, footer in report.items():
        if re.match(r"word/footer\d", name):
            number = footer[0]
            sides[attribute(number, "w:pPr/w:jc", "val")] = text_of(number)
            assert "PAGE" in "".join(number.itertext(f"{{{W}}}instrText"))

    assert settings.find("w:evenAndOddHeaders", NS) is not None
    assert kinds == {"default", "even"}
    assert sides == {"right": "— 1 —", "left": "— 1 —"}


def test_table_heads_repeat_and_rows_stay_whole(report: dict[str, Any]) -> None:
    table = next(
        found
        for found in report["word/document.xml"].iter(f"{{{W}}}tbl")
        if "第000行" in text_of(found)
    )
    rows = table.findall("w:tr", NS)

    assert rows[0].find("w:trPr/w:tblHeader", NS) is not None
    assert rows[1].find("w:trPr/w:tblHeader", NS) is None
    assert all(row.find("w:trPr/w:cantSplit", NS) is not None for row in rows)
    assert text_of(rows[1]) == "第000行1,2001,234.5612.3 %2026年2月28日"


def test_wide_table_lies_on_a_landscape_section_between_upright_ones() -> None:
    columns = [d.Column("学校"), *(d.Column(f"金额{i}", d.MONEY) for i in range(9))]
    wide = d.Table(columns, [("甲校", *[12345678901] * 9)])
    blocks = [d.Paragraph("前"), wide, d.Paragraph("后")]

    body = parts(samples.data(blocks=blocks))["word/document.xml"]

    turns = [
        section.find("w:pgSz", NS).get(f"{{{W}}}orient")
        for section in body.iter(f"{{{W}}}sectPr")
    ]
    assert turns == [None, "landscape", None]


def test_red_head_stands_only_where_there_is_one(report: dict[str, Any]) -> None:
    def styles(document: Any) -> set[str]:
        found = document.iter(f"{{{W}}}pStyle")
        return {element.get(f"{{{W}}}val") for element in found}

    assert "RedHead" in styles(report["word/document.xml"])
    assert "RedHead" not in styles(parts(samples.plain())["word/document.xml"])


def test_draft_has_a_watermark_until_it_is_signed() -> None:
    def headers(status: str) -> str:
        found = parts(samples.plain(), status=status)
        return "".join(
            etree.tostring(part, encoding="unicode")
            for name, part in found.items()
            if re.match(r"word/header\d", name)
        )

    assert headers(d.DRAFT).count('string="草稿"') == 2
    assert "草稿" not in headers(d.SIGNED)


def test_closing_has_issuer_date_seal_and_lines_to_sign(report: dict[str, Any]) -> None:
    text = text_of(report["word/document.xml"])

    end = text[text.index("附记。") :]
    assert re.search(
        r"云洲区教育局2026年11月22日（印章）填报人：审核人：签发人：数据来源", end
    )


def test_digest_is_in_properties_and_on_every_page() -> None:
    data = samples.data()
    digest = d.digest(data)

    found = parts(data)
    core = docx.Document(BytesIO(d.render(data, "docx"))).core_properties

    assert core.identifier == f"sha256:{digest}"
    assert core.language == "zh-CN"
    assert digest in "".join(found["docProps/custom.xml"].itertext())
    feet = [part for name, part in found.items() if re.match(r"word/footer\d", name)]
    assert len(feet) == 2
    assert all(digest in text_of(foot) for foot in feet)


def test_markup_in_values_is_only_text() -> None:
    body = parts(samples.nasty())["word/document.xml"]

    texts = [text_of(paragraph) for paragraph in body.iter(f"{{{W}}}p")]
    assert texts.count(samples.NASTY) >= 8
    assert "=1+1" in texts


def test_charts_come_as_pictures_with_their_values(report: dict[str, Any]) -> None:
    body = report["word/document.xml"]
    drawing = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
    named = [found.get("descr") for found in body.iter(f"{drawing}docPr")]

    assert named == ["得分", "走势", "雷达", "热图"]
    assert "80.5" in text_of(body)


def test_file_opens_with_another_reader_and_parts_are_named_once() -> None:
    content = d.render(samples.data(), "docx")

    names = zipfile.ZipFile(BytesIO(content)).namelist()
    document = docx.Document(BytesIO(content))

    assert len(names) == len(set(names))
    assert len(document.tables) >= 6
