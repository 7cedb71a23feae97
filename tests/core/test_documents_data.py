"""Frozen documents: exact data, one digest, text as it is printed."""

import json
import sys
from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import gettext_lazy, override
from hypothesis import given, settings
from hypothesis import strategies as st

from core import documents as d
from core.documents.layout import lay_out
from core.documents.measure import measure
from core.documents.text import chinese_number, text_width, title_lines
from tests.core import sample_documents as samples


def test_same_document_has_the_same_digest() -> None:
    assert d.digest(samples.data()) == d.digest(samples.data())


def test_another_figure_has_another_digest() -> None:
    other = samples.data(blocks=[d.KeyFigures([d.KeyFigure("得分", 86)])])

    assert d.digest(samples.data()) != d.digest(other)


def test_digest_survives_a_journey_through_json_and_another_key_order() -> None:
    data = samples.data()

    shuffled = dict(reversed(list(json.loads(json.dumps(data)).items())))

    assert d.digest(shuffled) == d.digest(data)


def test_frozen_document_comes_back_as_it_was() -> None:
    document = samples.document()

    assert d.from_data(d.to_data(document)) == document


def test_canonical_json_is_sorted_utf8_without_spaces() -> None:
    assert (
        d.canonical_json({"b": [1, None], "a": "甲"})
        == '{"a":"甲","b":[1,null]}'.encode()
    )


@pytest.mark.parametrize("value", [1.5, Decimal("NaN"), object(), b"x"])
def test_inexact_value_is_refused_with_its_place(value: object) -> None:
    document = samples.document(
        blocks=[d.KeyFigures([d.KeyFigure("得分", value)])]  # type: ignore[arg-type]
    )

    with pytest.raises(TypeError, match=r"document\.blocks\[0\]\.items\[0\]\.value"):
        d.to_data(document)


def test_float_inside_frozen_data_is_refused() -> None:
    with pytest.raises(TypeError, match=r"data\.a\[0\]"):
        d.digest({"a": [0.1]})


def test_text_that_is_translated_late_freezes_to_chinese() -> None:
    with override("zh-hans"):
        data = samples.plain(title=gettext_lazy("年度报告"))

    assert data["title"] == "年度报告"


def test_characters_no_file_can_hold_are_dropped() -> None:
    data = samples.plain(title="甲\x00乙\x0b\ud800丙\uffff")

    assert data["title"] == "甲乙丙"


@pytest.mark.parametrize(
    "broken",
    [{"format": 2, "type": "Document"}, {"type": "Document"}, {}],
)
def test_data_of_another_format_are_refused(broken: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not a document"):
        d.from_data(broken)


def test_unknown_block_is_refused() -> None:
    data = samples.plain() | {"blocks": [{"type": "Os"}]}

    with pytest.raises(ValueError, match="unknown part"):
        d.from_data(data)


@pytest.mark.parametrize(
    "make",
    [
        lambda: d.Heading("x", 4),
        lambda: d.Column("x", "colour"),
        lambda: d.Column("x", align="up"),
        lambda: d.KeyFigure("x", 1, "colour"),
        lambda: d.Table([], []),
        lambda: d.Table([d.Column("x")], [("a", "b")]),
        lambda: d.Table([d.Column("x")], [], total=("a", "b")),
        lambda: d.Chart("pie", "x", ["a"], [d.Series("s", [1])]),
        lambda: d.Chart(d.BAR, "x", ["a"], [d.Series("s", [1, 2])]),
        lambda: d.Chart(d.BAR, "x", [], []),
        lambda: d.Chart(d.BAR, "x", ["a"], [d.Series("s", [1])], values=d.TEXT),
        lambda: d.Chart(d.BAR, "x", ["a"], [d.Series("s", [1])] * 7),
        lambda: d.Chart(d.RADAR, "x", ["a", "b"], [d.Series("s", [1, 2])]),
        lambda: samples.document(status="LOST"),
        lambda: samples.document(title=" "),
    ],
)
def test_block_that_cannot_be_printed_is_refused_when_made(make: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        make()  # type: ignore[operator]


@pytest.mark.parametrize(
    ("value", "kind", "decimals", "printed"),
    [
        (123456, d.MONEY, None, "1,234.56"),
        (Decimal("1234.5"), d.MONEY, None, "1,234.50"),
        (Decimal("0.1234"), d.PERCENT, None, "12.3 %"),
        (Decimal("0.12345"), d.PERCENT, 2, "12.35 %"),
        (Decimal("2.5"), d.NUMBER, 0, "3"),
        (Decimal("-0.001"), d.NUMBER, 2, "0.00"),
        (1234567, d.NUMBER, None, "1,234,567"),
        (Decimal("86.50"), d.NUMBER, None, "86.50"),
        (date(2026, 11, 2), d.DATE, None, "2026年11月2日"),
        (None, d.NUMBER, None, "未填"),
        (d.NOT_APPLICABLE, d.NUMBER, None, "—"),
        ("免检", d.NUMBER, None, "免检"),
        ("", d.TEXT, None, ""),
        (0, d.NUMBER, None, "0"),
    ],
)
def test_values_read_as_in_official_documents(
    value: d.blocks.Value, kind: str, decimals: int | None, printed: str
) -> None:
    assert d.format_value(value, kind, decimals) == printed


@pytest.mark.parametrize(
    ("number", "word"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九"), (100, "100")],
)
def test_headings_count_in_chinese(number: int, word: str) -> None:
    assert chinese_number(number) == word


def test_headings_and_captions_are_numbered_in_order() -> None:
    blocks = [
        d.Heading("甲"),
        d.Heading("子", 2),
        d.Heading("丑", 2),
        d.Heading("细", 3),
        d.Heading("乙"),
        d.Heading("寅", 2),
        d.Heading("不编号", numbered=False),
        samples.table(),
        samples.table(caption=""),
    ]

    printed = lay_out(samples.data(blocks=blocks, appendix=[samples.table()]))

    texts = [block["text"] for block in printed["blocks"][:7]]
    assert texts == [
        "一、甲",
        "（一）子",
        "（二）丑",
        "1. 细",
        "二、乙",
        "（一）寅",
        "不编号",
    ]
    captions = [block["caption"] for block in printed["blocks"][7:]]
    assert captions == ["表 1　各校情况", "表 2"]
    assert printed["appendix"][1]["caption"] == "表 3　各校情况"


def test_cell_without_a_total_is_empty_while_a_missing_value_says_so() -> None:
    table = d.Table([d.Column("甲"), d.Column("乙")], [("a", None)], total=("计", None))

    printed = lay_out(samples.data(blocks=[table]))["blocks"][0]

    assert printed["rows"] == [["a", "未填"]]
    assert printed["total"] == ["计", ""]


def test_long_title_breaks_between_words_and_never_inside_a_number() -> None:
    title = "云洲区第一实验学校教育集团2025—2026学年年度考核评价报告"

    assert title_lines(title) == [
        "云洲区第一实验学校教育集团",
        "2025—2026学年年度考核评价报告",
    ]
    assert title_lines("上行\n下行") == ["上行", "下行"]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="云洲区第一实验2026—（）《》，abc ", min_size=1, max_size=90))
def test_title_lines_keep_every_character(title: str) -> None:
    joined = "".join(title_lines(title))

    assert joined.replace(" ", "") == title.replace(" ", "")


def test_wide_table_turns_the_page_and_takes_its_heading_along() -> None:
    columns = [d.Column("学校"), *(d.Column(f"金额{i}", d.MONEY) for i in range(9))]
    wide = d.Table(columns, [("甲校", *[12345678901] * 9)])

    printed = lay_out(samples.data(blocks=[d.Heading("经费"), wide, wide]))["blocks"]

    assert [block["type"] for block in printed] == ["lying"]
    kinds = [block["type"] for block in printed[0]["blocks"]]
    assert kinds == ["heading", "table", "table"]
    assert float(wide_size(printed)) < 10.5


def wide_size(printed: list[dict[str, str]]) -> str:
    """Return the size of the text of the first table on a lying page."""
    return printed[0]["blocks"][1]["size"]  # type: ignore[index,return-value,call-overload]


def test_numbers_keep_their_width_when_text_must_give() -> None:
    columns = [d.Column("说明"), d.Column("金额", d.MONEY), d.Column("备注")]
    number = "123,456,789.00"

    measured = measure(columns, [["长" * 60, number, "长" * 60]])

    room = measured.shares[1] / sum(measured.shares) * 42
    assert room >= text_width(number)
    assert not measured.wide


def test_signing_changes_the_state_on_paper_but_not_the_digest() -> None:
    data = samples.plain()

    draft, signed = lay_out(data), lay_out(data, d.SIGNED, [d.Signer("签发人", "王敏")])

    assert draft["draft"] and not signed["draft"]
    assert draft["digest"] == signed["digest"] == d.digest(data)
    assert signed["signers"] == [{"role": "签发人", "name": "王敏", "date": ""}]


def test_unknown_state_or_format_is_refused() -> None:
    with pytest.raises(ValueError, match="status"):
        d.render(samples.plain(), "pdf", status="LOST")
    with pytest.raises(ValueError, match="format"):
        d.render(samples.plain(), "odt")
    with pytest.raises(ValueError, match="format"):
        d.content_type("odt")


def test_file_name_is_safe_and_tells_versions_apart() -> None:
    data = samples.plain(title='../年度/报告:"甲"\n' + "长" * 90)

    name = d.file_name(data, "docx")

    assert name.endswith(f"_{d.digest(data)[:8]}.docx")
    assert not set('/\\:*?"<>|\n') & set(name)
    assert len(name.encode()) < 255
    assert not name.startswith(".")


@pytest.mark.parametrize("fmt", samples.FORMATS)
def test_same_data_gives_the_same_bytes(
    fmt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = samples.data()
    first = d.render(data, fmt)

    monkeypatch.setenv("TZ", "America/New_York")
    with override("en"):
        second = d.render(json.loads(json.dumps(data)), fmt)

    assert first == second
    assert sys.getsizeof(first) > 1000
