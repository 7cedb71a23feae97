"""PDF: pages, repeated heads, fonts and glyphs, as a reader of PDF finds them."""

import logging
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import BytesIO
from itertools import pairwise
from typing import Any

import pytest
import typst
from pypdf import PdfReader

from core import documents as d
from core.documents import pdf
from tests.core import sample_documents as samples


def read(data: dict[str, Any], **options: Any) -> PdfReader:
    """Render and open a PDF."""
    return PdfReader(BytesIO(d.render(data, "pdf", **options)))


def words(reader: PdfReader) -> str:
    """Return all text without white space."""
    return re.sub(r"\s", "", "".join(page.extract_text() for page in reader.pages))


def fonts(reader: PdfReader) -> list[Any]:
    """Return every font of every page."""
    return [
        font.get_object()
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]
    ]


def test_pages_are_a4_and_count_themselves() -> None:
    reader = read(samples.data(blocks=[samples.table(rows=90)]))

    total = len(reader.pages)
    assert total > 2
    for number, page in enumerate(reader.pages, start=1):
        text = re.sub(r"\s", "", page.extract_text())
        assert f"第{number}页/共{total}页" in text
    width, height = reader.pages[0].mediabox[2:]
    assert (round(width * 25.4 / 72), round(height * 25.4 / 72)) == (210, 297)


def test_long_table_breaks_across_pages_with_its_head_on_each() -> None:
    table = samples.table(rows=300, caption="长表")

    reader = read(samples.data(blocks=[table], appendix=[], signers=[], sources=[]))

    texts = [re.sub(r"\s", "", page.extract_text()) for page in reader.pages]
    with_rows = [text for text in texts if re.search(r"第\d{3}行", text)]
    found = [row for text in texts for row in re.findall(r"第(\d{3})行", text)]
    assert found == [f"{i:03d}" for i in range(300)]
    assert len(with_rows) > 6
    assert all("金额（元）" in text for text in with_rows)


def test_no_line_of_a_long_table_is_printed_over_another() -> None:
    reader = read(samples.data(blocks=[samples.table(rows=300)], appendix=[]))

    rows = [line_of_row(page) for page in reader.pages]
    assert sum(map(len, rows)) == 300
    for heights in rows:
        gaps = [above - below for above, below in pairwise(heights)]
        assert all(gap > 10 for gap in gaps)
        assert all(height > 35 / 25.4 * 72 for height in heights)


def line_of_row(page: Any) -> list[float]:
    """Return the height over the page's foot of each row's first cell, in points."""
    heights: list[float] = []

    def note(text: str, cm: Any, tm: Any, _font: Any, _size: Any) -> None:
        if re.match(r"第\d{3}行", re.sub(r"\s", "", text)):
            heights.append(tm[4] * cm[1] + tm[5] * cm[3] + cm[5])

    page.extract_text(visitor_text=note)
    return heights


def test_rare_characters_are_drawn_with_real_glyphs() -> None:
    text = "理事长𠮷田、副理事长䶮、丳㐂"
    content = d.render(samples.plain(title=text, blocks=[d.Paragraph(text)]), "pdf")

    reader = PdfReader(BytesIO(content))

    assert words(reader).count(text) >= 2
    assert b"pdfaid" in content
    assert {str(font["/BaseFont"]).split("+")[1] for font in fonts(reader)} >= {
        "NotoSansCJKsc-Regular-Identity-H"
    }


def test_every_font_is_embedded() -> None:
    for font in fonts(read(samples.data())):
        descendant = font["/DescendantFonts"][0].get_object()
        descriptor = descendant["/FontDescriptor"].get_object()
        assert "/FontFile3" in descriptor or "/FontFile2" in descriptor


def test_character_without_any_glyph_does_not_lose_the_report(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING, logger="core.documents.pdf"):
        reader = read(samples.plain(blocks=[d.Paragraph("好😀")]))

    assert "好" in words(reader)
    assert "is not PDF/A" in caplog.text


def test_ordinary_document_renders_without_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING, logger="core.documents.pdf"):
        content = d.render(samples.data(), "pdf")

    assert not caplog.records
    assert b"pdfaid:part" in content


def test_missing_font_package_stops_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    none = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
    monkeypatch.setattr(pdf, "_fonts", lambda: none)

    with pytest.raises(pdf.MissingFont, match="noto"):
        d.render(samples.plain(blocks=[d.Paragraph("abc")]), "pdf")


def test_markup_in_values_is_only_text() -> None:
    text = words(read(samples.nasty()))

    assert text.count(re.sub(r"\s", "", samples.NASTY)) >= 8


def test_digest_is_in_the_metadata_and_on_every_page() -> None:
    data = samples.data()

    reader = read(data)

    assert reader.metadata is not None
    assert f"sha256:{d.digest(data)}" in str(reader.metadata["/Keywords"])
    assert reader.metadata.title == data["title"]
    for page in reader.pages:
        assert d.digest(data) in page.extract_text()


def test_draft_has_a_watermark_until_it_is_signed() -> None:
    data = samples.plain()

    assert "草稿" in words(read(data))
    assert "草稿" not in words(read(data, status=d.SIGNED))


def test_headings_make_the_outline() -> None:
    titles = flat(read(samples.data()).outline)

    assert titles[:3] == ["一、总体情况", "（一）比较", "1. 明细"]


def flat(outline: list[Any]) -> list[str]:
    """Return the titles of a nested outline in order."""
    found: list[str] = []
    for entry in outline:
        found += flat(entry) if isinstance(entry, list) else [entry.title]
    return found


def test_wide_table_lies_on_a_turned_page() -> None:
    columns = [d.Column("学校"), *(d.Column(f"金额{i}", d.MONEY) for i in range(9))]
    wide = d.Table(columns, [("甲校", *[12345678901] * 9)])

    reader = read(samples.data(blocks=[d.Paragraph("前"), wide], appendix=[]))

    turned = [page.mediabox.width > page.mediabox.height for page in reader.pages]
    assert turned == [False, True, False]
    assert "123,456,789.01" in reader.pages[1].extract_text()


def test_threads_do_not_mix_their_documents() -> None:
    frozen = [samples.plain(title=f"第{i}份报告") for i in range(8)]
    alone = [d.render(data, "pdf") for data in frozen]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda data: d.render(data, "pdf"), frozen * 3))

    assert together == alone * 3


def test_signed_names_and_red_head_are_printed() -> None:
    data = samples.plain(
        red_head="云洲区教育局文件", doc_number="云教〔2026〕5号", seal=False
    )
    signers = [d.Signer("签发人", "王敏", date(2026, 11, 23))]

    text = words(read(data, status=d.SIGNED, signers=signers))

    assert text.startswith("云洲区教育局文件云教〔2026〕5号云洲区教育集团")
    assert "签发人：王敏2026年11月23日" in text
    assert "（印章）" not in text


@pytest.mark.parametrize("rows", [0, 1])
def test_empty_table_still_prints_its_head(rows: int) -> None:
    text = words(read(samples.data(blocks=[samples.table(rows=rows)])))

    assert "金额（元）" in text
