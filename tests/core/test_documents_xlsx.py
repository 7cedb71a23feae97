"""XLSX: real numbers, quiet formulas, frozen heads, the digest."""

import zipfile
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from core import documents as d
from core.documents.sheets.names import SheetNames
from tests.core import sample_documents as samples


def book(data: dict[str, Any], **options: Any) -> Any:
    """Render and open a workbook."""
    return openpyxl.load_workbook(BytesIO(d.render(data, "xlsx", **options)))


def values(sheet: Any) -> list[Any]:
    """Return every value of a sheet."""
    return [value for row in sheet.iter_rows(values_only=True) for value in row]


def test_each_table_and_chart_has_a_sheet_after_the_cover() -> None:
    names = book(samples.data(appendix=[samples.table(caption="名单")])).sheetnames

    assert names == ["封面", "各校情况", "得分", "走势", "雷达", "热图", "名单"]


def test_cells_hold_numbers_dates_and_words_of_their_kind() -> None:
    sheet = book(samples.data())["各校情况"]

    name, count, money, share, day = sheet[3]
    assert (name.value, count.value) == ("第000行", 1200)
    assert (money.value, money.number_format) == (1234.56, "#,##0.00")
    assert (share.value, share.number_format) == (0.123, "0.0%")
    assert day.value == datetime(2026, 2, 28)
    assert "年" in day.number_format


def test_missing_and_not_applicable_are_words_not_zero() -> None:
    table = d.Table([d.Column("数", d.NUMBER)], [(None,), (d.NOT_APPLICABLE,), (0,)])

    sheet = book(samples.data(blocks=[table]))["表 1"]

    assert [sheet.cell(row, 1).value for row in (3, 4, 5)] == ["未填", "—", 0]


def test_heads_are_frozen_filtered_and_repeated_in_print() -> None:
    sheet = book(samples.data())["各校情况"]

    assert sheet.freeze_panes == "B3"
    assert sheet.auto_filter.ref == "A2:E5"
    assert sheet.print_title_rows == "$2:$2"
    assert sheet.column_dimensions["A"].width >= 8


def test_text_that_looks_like_a_formula_stays_text() -> None:
    signs = ["=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(1)", "http://x.cn", "1"]
    table = d.Table([d.Column("=A1")], [(sign,) for sign in signs], caption="=表")

    content = d.render(samples.data(title="=1+1", blocks=[table]), "xlsx")

    sheet = openpyxl.load_workbook(BytesIO(content)).worksheets[1]
    cells = [sheet.cell(row, 1) for row in range(3, 3 + len(signs))]
    assert [cell.value for cell in cells] == signs
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.quotePrefix for cell in cells[:5]] == [True] * 5
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = [archive.read(n) for n in archive.namelist() if "/sheet" in n]
    assert not any(b"<f>" in part or b"hyperlink" in part for part in parts)


def test_every_nasty_text_survives() -> None:
    found = book(samples.nasty())

    assert found["封面"]["A1"].value == samples.NASTY
    assert samples.NASTY in values(found.worksheets[1])


def test_digest_is_in_properties_cover_and_every_sheet() -> None:
    data = samples.data()
    digest = d.digest(data)

    found = book(data)

    assert digest in found.properties.keywords
    assert found.custom_doc_props["SHA-256"].value == digest
    assert digest in values(found["封面"])
    for sheet in found.worksheets[1:]:
        assert any(digest in str(value) for value in values(sheet))
        assert digest in sheet.oddFooter.left.text


def test_cover_tells_state_signers_sources_and_key_figures() -> None:
    figures = d.KeyFigures(
        [
            d.KeyFigure("经费", 123456, d.MONEY, "元"),
            d.KeyFigure("等级", "良好", d.TEXT),
            d.KeyFigure("日期", date(2026, 1, 2), d.DATE),
            d.KeyFigure("比例", Decimal("0.5"), d.PERCENT),
            d.KeyFigure("缺", None),
        ]
    )

    signers = [d.Signer("签发人", "王敏", date(2026, 11, 23))]
    sheet = book(samples.data(blocks=[figures]), status=d.SIGNED, signers=signers)[
        "封面"
    ]

    pairs = {row[0]: row[1] for row in sheet.iter_rows(max_col=2, values_only=True)}
    assert pairs["状态"] == "已签发"
    assert pairs["签发人"] == "王敏 2026年11月23日"
    assert pairs["经费（元）"] == 1234.56
    assert pairs["等级"] == "良好"
    assert pairs["日期"] == datetime(2026, 1, 2)
    assert pairs["比例"] == 0.5
    assert pairs["缺"] == "未填"
    assert "数据来源：学校年度报表，截至2026年10月31日。" in pairs


def test_charts_are_excels_own_and_heat_maps_are_coloured() -> None:
    found = book(samples.data())

    with zipfile.ZipFile(BytesIO(d.render(samples.data(), "xlsx"))) as archive:
        charts = [n for n in archive.namelist() if n.startswith("xl/charts/chart")]
    assert len(charts) == 3
    assert len(found["热图"].conditional_formatting) == 1


@pytest.mark.parametrize(
    ("wishes", "names"),
    [
        (["表", "表", "表"], ["表", "表(2)", "表(3)"]),
        (["a/b:c", "History"], ["a b c", "History(2)"]),
        (["", "'x'"], ["表", "x"]),
        (["长" * 40, "长" * 40], ["长" * 31, "长" * 28 + "(2)"]),
        (["𠮷" * 20], ["𠮷" * 15]),
    ],
)
def test_sheet_names_are_legal_and_unique(wishes: list[str], names: list[str]) -> None:
    taken = SheetNames()

    assert [taken.take(wish) for wish in wishes] == names
