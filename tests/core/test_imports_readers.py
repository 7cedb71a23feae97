"""Reading: true row numbers, heads found, notes left aside, bad files refused."""

import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from core.imports import Column, ImportRefused, Preset
from core.imports.cells import UNCALCULATED, text_of, typed
from core.imports.columns import match_heads, signature
from core.imports.errors import CellProblem
from core.imports.readers import (
    Source,
    data_rows,
    find_layout,
    guard,
    open_table,
    source_of,
)
from tests.core.workbooks import csv_of, saved, xlsx

COLUMNS = (
    Column("name", "学校名称", aliases=("校名", "学校"), required=True),
    Column("type", "办学类型"),
    Column("county", "所在区县", aliases=("区县", "所在县区")),
)
HEADS = ("序号", "学校名称", "办学类型", "区县")
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def read(content: bytes, name: str = "a.xlsx", **kwargs: Any) -> Any:
    table = open_table(Source(name, content))
    layout = find_layout(table, COLUMNS, **kwargs)
    remarks: list[tuple[int, str]] = []
    rows = list(data_rows(table, layout, lambda n, text: remarks.append((n, text))))
    return layout, rows, remarks


def code_of(content: bytes, name: str = "a.xlsx") -> str:
    with pytest.raises(ImportRefused) as refused:
        read(content, name)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in refused.value.message)
    return refused.value.code


# --- Where the data stands --------------------------------------------------


def test_title_rows_blank_rows_total_and_note_are_not_data() -> None:
    layout, rows, remarks = read(
        xlsx(
            ("某市学校名录",),
            ("填报单位：", None, "填报日期："),
            (),
            ("序号", "学 校 名 称", "办学类型", "所在县区"),
            (1, "　实验小学 ", "小学", "甲县"),
            ("  ", None, "　"),
            (2, "第二中学", "中学", "乙县"),
            (3,),
            (),
            ("合计", "2所"),
            ("注：本表由各县填报。",),
            ("填表人：张三", None, "审核人：李四"),
        )
    )

    assert layout.header_row == 4
    assert [number for number, _cells in rows] == [5, 7]
    assert [n for n, _text in remarks] == [8, 10, 11, 12]
    assert layout.sample[0] == ["1", "实验小学", "小学", "甲县"]


def test_row_numbers_are_those_a_person_sees_when_the_sheet_begins_late() -> None:
    def move_down(page: Any) -> None:
        page.insert_rows(1, 6)
        page.insert_cols(1, 3)

    layout, rows, _remarks = read(
        xlsx(HEADS, (1, "实验小学", "小学", "甲县"), change=move_down)
    )

    assert layout.header_row == 7
    assert rows[0][0] == 8
    assert rows[0][1][1] == "实验小学"


def test_repeated_heads_and_a_row_of_column_numbers_are_left_aside() -> None:
    _layout, rows, remarks = read(
        xlsx(
            HEADS,
            ("甲", "乙", 1, 2),
            (1, "实验小学", "小学", "甲县"),
            HEADS,
            (2, "二小", "小学", "甲县"),
        )
    )

    assert [n for n, _cells in rows] == [3, 5]
    assert [n for n, _text in remarks] == [2, 4]


def test_a_school_whose_name_looks_like_a_word_of_the_foot_is_kept() -> None:
    _layout, rows, remarks = read(
        xlsx(
            HEADS,
            (1, "合计村完全小学校本部", "小学", "甲县"),
            (2, "注册路小学", "小学", "甲县"),
        )
    )

    assert len(rows) == 2
    assert remarks == []


def test_a_county_merged_over_several_rows_counts_for_each() -> None:
    def merge(page: Any) -> None:
        page.merge_cells("D2:D4")

    _layout, rows, _remarks = read(
        xlsx(
            HEADS,
            (1, "一小", "小学", "甲县"),
            (2, "二小", "小学"),
            (3, "三小", "小学"),
            (4, "四小", "小学"),
            change=merge,
        )
    )

    assert [cells[3] for _n, cells in rows] == ["甲县", "甲县", "甲县", ""]


def test_the_sheet_with_the_heads_is_found_and_hidden_sheets_are_not() -> None:
    book = openpyxl.Workbook()
    book.active.append(["封面", "说明"])
    hidden = book.create_sheet("旧名录")
    hidden.append(["学校名称", "办学类型", "区县"])
    hidden.sheet_state = "hidden"
    book.create_sheet("名录").append(["学校名称", "办学类型"])

    layout, _rows, _remarks = read(saved(book))

    assert (layout.sheet, layout.sheets) == ("名录", ["Sheet", "名录"])


def test_heads_can_be_fixed_by_hand() -> None:
    content = xlsx(("学校名称", "办学类型"), ("甲", "乙"), ("一小", "小学"))

    layout, rows, _remarks = read(content, header_row=2)

    assert layout.heads == ["甲", "乙"]
    assert [n for n, _cells in rows] == [3]


# --- Heads and columns ------------------------------------------------------


def test_heads_match_by_label_alias_width_spaces_and_without_brackets() -> None:
    found = match_heads(COLUMNS, ["所在县区（全称）", "学 校　名 称", "办学类型*"])

    assert found == {"county": 0, "name": 1, "type": 2}


def test_one_head_serves_one_column() -> None:
    columns = (Column("a", "名称"), Column("b", "名称"))

    assert match_heads(columns, ["名称"]) == {"a": 0}


def test_a_preset_whose_heads_are_all_there_wins_over_labels() -> None:
    preset = Preset("全国表", {"name": "机构名称", "county": "驻地"})

    found = match_heads(COLUMNS, ["学校名称", "机构名称", "驻地"], [preset])

    assert found == {"name": 1, "county": 2}


def test_files_of_the_same_heads_have_the_same_signature() -> None:
    assert signature(["学 校名称", "类型（必填）"]) == signature(
        ["学校名称", "类型(必填)"]
    )
    assert signature(["学校名称"]) != signature(["校名"])


# --- Text files -------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_every_usual_encoding(encoding: str) -> None:
    content = csv_of(HEADS, (1, "䶮𠮷小学", "小学", "甲县"), encoding=encoding)

    _layout, rows, _remarks = read(content, "a.csv")

    assert rows == [(2, ["1", "䶮𠮷小学", "小学", "甲县"])]


@pytest.mark.parametrize("mark", [",", "\t", ";", "|", "，"])
def test_csv_is_read_with_every_usual_delimiter(mark: str) -> None:
    content = f"学校名称{mark}办学类型\r\n一小{mark}小学\r\n".encode()

    _layout, rows, _remarks = read(content, "a.txt")

    assert rows == [(2, ["一小", "小学"])]


def test_csv_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    content = '学校名称,办学类型\r\n"一\n小",小学\r\n\r\n二小,小学\r\n'.encode()

    _layout, rows, _remarks = read(content, "a.csv")

    assert [n for n, _cells in rows] == [2, 4]


def test_ndjson_takes_keys_as_heads_and_lines_as_numbers() -> None:
    content = (
        '{"name": "一小", "type": 1}\n\n{"name": "二小", "county": null}\n'.encode()
    )

    layout, rows, _remarks = read(content, "a.ndjson")

    assert layout.heads == ["name", "type", "county"]
    assert rows == [(1, ["一小", 1, None]), (3, ["二小", None, None])]


# --- What is refused --------------------------------------------------------


def test_an_empty_file_and_a_missing_file_are_refused(tmp_path: Any) -> None:
    with pytest.raises(ImportRefused, match="空文件"):
        source_of(("a.xlsx", b""))
    with pytest.raises(ImportRefused, match="无法打开"):
        source_of(tmp_path / "nowhere.xlsx")


def test_a_file_above_the_limit_is_refused_by_path_and_by_content(
    settings: Any, tmp_path: Any
) -> None:
    settings.IMPORT_MAX_MB = 0
    path = tmp_path / "a.csv"
    path.write_bytes(b"x")

    for given in (path, ("a.csv", b"x")):
        with pytest.raises(ImportRefused, match="超过 0 MB"):
            source_of(given)


def test_what_is_no_table_is_refused_in_plain_words() -> None:
    plain_zip = io.BytesIO()
    with zipfile.ZipFile(plain_zip, "w") as archive:
        archive.writestr("a.txt", "hello")
    whole = xlsx(HEADS, (1, "一小", "小学", "甲县"))

    assert code_of(b"\x89PNG\r\n\x1a\n" + bytes(20)) == "not_a_table"
    assert code_of(b"abc\x00def") == "not_a_table"
    assert code_of("学校名称,类型\n一小,".encode() + b"\xff\xff\xff") == "not_a_table"
    assert code_of(plain_zip.getvalue()) == "not_a_workbook"
    assert code_of(whole[: len(whole) // 2]) == "broken_workbook"
    assert code_of(b"PK\x03\x04 junk") == "broken_workbook"
    assert (
        code_of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)) == "broken_workbook"
    )
    assert code_of(b"<html><body><table>") == "html"


def test_a_sheet_without_anything_like_heads_is_refused() -> None:
    assert code_of(xlsx()) == "no_header"
    assert code_of(xlsx(("只有一格",))) == "no_header"
    assert code_of(b"\n\n\n", "a.csv") == "no_header"


def test_broken_quotes_and_broken_json_name_their_row() -> None:
    with pytest.raises(ImportRefused, match="第 3 行"):
        read('学校名称,类型\n一小,小学\n"二小,小学\n三小,小学\n'.encode(), "a.csv")
    with pytest.raises(ImportRefused, match="第 2 行"):
        read(b'{"name": "a"}\n{"name": \n', "a.ndjson")
    assert code_of(b'{"a": 1}\n[1, 2]\n', "a.ndjson") == "broken_json"


def test_too_many_columns_are_refused_and_two_hundred_are_read() -> None:
    wide = [f"列{n}" for n in range(196)]

    layout, rows, _remarks = read(
        xlsx([*HEADS, *wide], [1, "一小", "小学", "甲县", *wide])
    )

    assert (len(layout.heads), len(rows[0][1])) == (200, 200)
    assert code_of(xlsx([f"列{n}" for n in range(300)])) == "too_wide"
    assert code_of(csv_of([f"列{n}" for n in range(300)]), "a.csv") == "too_wide"


def test_a_lone_cell_at_the_end_of_the_sheet_does_not_fill_the_memory() -> None:
    def far(page: Any) -> None:
        page.cell(row=1_048_576, column=200, value="x")

    assert code_of(xlsx(HEADS, change=far)) == "too_many_cells"


def test_a_zip_bomb_is_refused_even_when_it_lies_about_its_size(
    monkeypatch: Any,
) -> None:
    monkeypatch.setattr(guard, "MAX_UNPACKED", 1_000_000)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 5_000_000)
    lying = bomb.getvalue().replace(
        (5_000_000).to_bytes(4, "little"), (9).to_bytes(4, "little")
    )

    assert code_of(bomb.getvalue()) == "zip_bomb"
    assert code_of(lying) == "zip_bomb"


# --- Cells ------------------------------------------------------------------


def test_a_formula_without_a_stored_result_is_named_and_not_read_as_blank() -> None:
    _layout, rows, _remarks = read(xlsx(HEADS, (1, '="一"&"小"', "小学", "甲县")))

    assert rows[0][1][1] is UNCALCULATED
    with pytest.raises(CellProblem, match="公式"):
        text_of(UNCALCULATED)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("　江北 \n 中学 ", "江北 中学"),
        ("a\u200b\ufeff\x00b", "a b"),
        (13800000001.0, "13800000001"),
        (12.5, "12.5"),
        (True, "是"),
        (None, ""),
        (date(2025, 9, 1), "2025-09-01"),
        (datetime(2025, 9, 1), "2025-09-01"),
        (datetime(2025, 9, 1, 8, 30), "2025-09-01 08:30:00"),
        ([1, "二"], "1、二"),
    ],
)
def test_cells_become_canonical_text(value: Any, text: str) -> None:
    assert text_of(value) == text


def test_a_number_of_eighteen_digits_is_refused_because_its_digits_are_lost() -> None:
    with pytest.raises(CellProblem) as problem:
        text_of(1.1010119900307123e17)

    assert problem.value.code == "digits_lost"


@pytest.mark.parametrize(
    ("column", "value", "wanted"),
    [
        (Column("d", "日期", kind="date"), "2025年9月1日", "2025-09-01"),
        (Column("d", "日期", kind="date"), "２０２５．９．１", "2025-09-01"),
        (Column("d", "日期", kind="date"), "2025-09", "2025-09-01"),
        (Column("d", "日期", kind="date"), "20250901", "2025-09-01"),
        (Column("d", "日期", kind="date"), 45901.0, "2025-09-01"),
        (Column("d", "日期", kind="date"), datetime(2025, 9, 1, 3), "2025-09-01"),
        (Column("n", "人数", kind="int"), "1,234", 1234),
        (Column("n", "人数", kind="int"), "１２", 12),
        (Column("n", "人数", kind="int"), 12.0, 12),
        (Column("b", "寄宿", kind="bool"), "√", True),
        (Column("b", "寄宿", kind="bool"), "否", False),
        (Column("c", "类别", kind="choice", choices={"小 学": "P"}), "小学", "P"),
        (Column("c", "代码", kind="code"), "0012", "0012"),
        (Column("t", "名称"), "  ", None),
    ],
)
def test_cells_are_typed_by_their_column(
    column: Column, value: Any, wanted: Any
) -> None:
    assert typed(column, value) == wanted


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        (Column("d", "日期", kind="date"), "2025-02-30", "not_a_date"),
        (Column("d", "日期", kind="date"), "去年", "not_a_date"),
        (
            Column("d", "日期", kind="date", maximum=date(2025, 1, 1)),
            "2025-09-01",
            "too_large",
        ),
        (Column("n", "人数", kind="int"), "十二", "not_a_number"),
        (Column("n", "人数", kind="int"), "1.5", "not_whole"),
        (Column("n", "人数", kind="int"), "9999999999", "out_of_range"),
        (Column("n", "人数", kind="int", minimum=0), "-1", "too_small"),
        (Column("n", "人数", kind="decimal"), "NaN", "not_a_number"),
        (Column("b", "寄宿", kind="bool"), "也许", "not_yes_or_no"),
        (
            Column("c", "类别", kind="choice", choices={"小学": "P"}),
            "大学",
            "unknown_choice",
        ),
        (Column("c", "代码", kind="code"), 12.0, "typed_as_number"),
        (Column("t", "名称", max_length=5), "六个字的名称", "too_long"),
        (Column("t", "名称", max_length=99999), "长" * 40_000, "too_long"),
    ],
)
def test_a_cell_that_does_not_fit_says_why(
    column: Column, value: Any, code: str
) -> None:
    with pytest.raises(CellProblem) as problem:
        typed(column, value)

    assert problem.value.code == code
    assert problem.value.message


# --- A city's real list -----------------------------------------------------


@pytest.mark.skipif(not DATA.exists(), reason="the city's school lists are not at hand")
@pytest.mark.parametrize(
    "name", ["ankang_schools.csv", "ankang_schools_gb18030.csv", "ankang_schools.xlsx"]
)
def test_the_real_lists_of_a_city_give_their_99_schools(name: str) -> None:
    layout, rows, remarks = read((DATA / name).read_bytes(), name)

    found = match_heads(COLUMNS, layout.heads)
    names = [text_of(cells[found["name"]]) for _n, cells in rows]
    assert set(found) == {"name", "type", "county"}
    assert len(names) == 99
    assert "江北高级中学" in names
    assert len(remarks) == (2 if name.endswith("xlsx") else 0)
