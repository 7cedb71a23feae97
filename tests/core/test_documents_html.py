"""HTML and the pictures it shows: escaped, self-contained, readable without colour."""

import re
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from lxml import etree

from core import documents as d
from core.documents.charts import pictures
from core.documents.charts.svg import nice_ceiling, wrap
from core.documents.layout import lay_out
from tests.core import sample_documents as samples

SVG = "{http://www.w3.org/2000/svg}"


class Reader(HTMLParser):
    """Collects tags and text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def page(**fields: object) -> str:
    """Render the short report as a page."""
    return d.render(samples.data(**fields), "html").decode()


def svg(chart: d.Chart) -> list[etree._Element]:
    """Draw a chart and parse its pictures."""
    return [etree.fromstring(drawing) for drawing in pictures(chart)]


def texts(picture: etree._Element) -> list[str]:
    """Return the words of a picture."""
    return [str(found.text) for found in picture.iter(f"{SVG}text")]


def test_page_stands_alone_and_carries_the_digest() -> None:
    html = page()
    found = Reader(html)

    assert f'<meta name="sha256" content="{d.digest(samples.data())}" />' in html
    assert not {"script", "link", "img", "iframe"} & set(found.tags)
    assert not re.search(r"""(?:src|href|url)\s*[=(]\s*["']?http""", html)


def test_markup_in_values_is_only_text() -> None:
    html = d.render(samples.nasty(), "html").decode()
    found = Reader(html)

    assert "b" not in found.tags
    assert "<b>" not in html
    assert found.texts.count(samples.NASTY) >= 12


def test_fragment_has_no_styles_scripts_or_style_attributes() -> None:
    html = d.render_fragment(samples.data())
    found = Reader(html)

    assert html.lstrip().startswith("<article")
    assert not {"style", "script", "html", "head"} & set(found.tags)
    assert not [name for name, _value in found.attributes if name == "style"]


def test_draft_says_so_until_it_is_signed() -> None:
    assert "doc-draft" in d.render_fragment(samples.data())
    assert "doc-draft" not in d.render_fragment(samples.data(), status=d.SIGNED)


def test_charts_come_with_their_values_as_a_table() -> None:
    html = page()

    assert html.count("<svg") == 4
    assert html.count("查看数据") == 4
    assert html.count("<thead>") == 5


def test_wide_tables_and_page_breaks_are_marked_for_print() -> None:
    columns = [d.Column("学校"), *(d.Column(f"金额{i}", d.MONEY) for i in range(9))]
    wide = d.Table(columns, [("甲校", *[12345678901] * 9)])

    html = page(blocks=[wide, d.PageBreak(), d.BulletList(["点"])])

    assert "doc-lying" in html
    assert 'class="doc-break"' in html
    assert '<ul class="doc-list"><li>点</li></ul>' in html


def test_no_template_asks_for_a_value_that_is_not_there(settings: object) -> None:
    from django.template import engines

    engine = engines["django"].engine
    before, engine.string_if_invalid = engine.string_if_invalid, "MISSING-%s"
    try:
        html = page(red_head="云洲区教育局文件", doc_number="云教〔2026〕5号")
    finally:
        engine.string_if_invalid = before

    assert "MISSING" not in html


@pytest.mark.parametrize("chart", samples.charts(), ids=lambda chart: chart.kind)
def test_picture_is_named_and_prints_values_and_gaps(chart: d.Chart) -> None:
    (picture,) = svg(chart)

    assert picture.get("aria-label") == chart.title
    printed = " ".join(texts(picture))
    assert "80.5" in printed
    if chart.kind != d.TREND:
        assert "未填" in printed


def test_threshold_is_drawn_with_its_clause() -> None:
    bar, trend = samples.charts()[:2]

    for chart in (bar, trend):
        (picture,) = svg(chart)
        assert "不低于 85 分（BN-5.2.3）" in texts(picture)


def test_bars_start_at_zero_and_keep_their_proportion() -> None:
    chart = d.Chart(d.BAR, "比", ["甲", "乙"], [d.Series("s", [50, 100])])

    (picture,) = svg(chart)

    widths = [float(found.get("width")) for found in picture.iter(f"{SVG}rect")]
    assert widths[1] == pytest.approx(2 * widths[0], abs=0.2)


def test_negative_bars_go_to_the_left_of_zero() -> None:
    chart = d.Chart(d.BAR, "增减", ["甲", "乙"], [d.Series("s", [-5, 5])])

    (picture,) = svg(chart)

    left, right = [float(found.get("x")) for found in picture.iter(f"{SVG}rect")]
    assert left < right
    assert left > 0


def test_long_chart_becomes_several_pictures_on_one_scale() -> None:
    names = [f"学校{i}" for i in range(60)]
    bars = d.Chart(d.BAR, "长", names, [d.Series("s", list(range(60)))])
    heat = d.Chart(d.HEATMAP, "热", ["甲"], [d.Series(n, [1]) for n in names])

    assert sum(len(texts(part)) // 2 for part in svg(bars)) == 60
    assert len(svg(bars)) > 1
    assert len(svg(heat)) == 3
    printed = lay_out(samples.data(blocks=[bars]))["blocks"][0]
    assert len(printed["pictures"]) == len(svg(bars))


def test_money_charts_read_in_yuan() -> None:
    chart = d.Chart(
        d.TREND,
        "经费",
        ["一季度", "二季度"],
        [d.Series("拨付", [12345600, 20000000])],
        values=d.MONEY,
    )

    (picture,) = svg(chart)

    assert "123,456.00" in texts(picture)
    assert "200,000.00" in texts(picture)


def test_several_series_have_a_legend_and_percentages_read_as_such() -> None:
    series = [
        d.Series("本集团", [Decimal("0.12")]),
        d.Series("全区", [Decimal("0.10")]),
    ]
    for kind in (d.BAR, d.TREND):
        (picture,) = svg(d.Chart(kind, "比例", ["甲"], series, values=d.PERCENT))
        assert {"本集团", "全区", "12.0 %"} <= set(texts(picture))


def test_chart_of_equal_or_missing_values_is_drawn() -> None:
    for kind in (d.BAR, d.TREND, d.RADAR, d.HEATMAP):
        for value in (None, 0, 7):
            series = [d.Series("s", [value] * 3)]
            assert svg(d.Chart(kind, "平", ["甲", "乙", "丙"], series))


@pytest.mark.parametrize(
    ("value", "top"), [(0, 1), (0.07, 0.08), (1, 1), (86.5, 100), (101, 120)]
)
def test_axes_end_at_round_numbers(value: float, top: float) -> None:
    assert nice_ceiling(value) == pytest.approx(top)


def test_long_labels_wrap_and_end_in_dots() -> None:
    assert wrap("一二三四五", 2) == ["一二", "三…"]
    assert wrap("一二", 2) == ["一二"]
