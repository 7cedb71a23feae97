"""Files of lists: every row, typed cells, nothing a spreadsheet would run."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from freezegun import freeze_time

from core import exports
from core.models import Job
from core.tables import (
    Column,
    DateColumn,
    ExportColumn,
    MoneyColumn,
    NumberColumn,
    PercentColumn,
    StateColumn,
    Table,
    YesNoColumn,
)
from core.views.jobs import JobTable
from tests.accounts.factories import UserFactory

FORMULAS = ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1"]


class PriceTable(Table):
    name = Column(verbose_name="名称")
    pupils = NumberColumn(verbose_name="人数")
    share = PercentColumn(verbose_name="比例")
    amount = MoneyColumn(verbose_name="金额")
    since = DateColumn(verbose_name="日期")
    is_new = YesNoColumn(verbose_name="新建")


ROWS: list[dict[str, Any]] = [
    {
        "name": "实验小学",
        "pupils": 1200,
        "share": Decimal("0.125"),
        "amount": Decimal("1234.50"),
        "since": date(2020, 9, 1),
        "is_new": False,
    },
    {
        "name": '=HYPERLINK("http://x")',
        "pupils": None,
        "share": None,
        "amount": None,
        "since": None,
        "is_new": True,
    },
]


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def as_csv(response: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body(response).decode("utf-8-sig"))))


def as_sheet(response: Any) -> Any:
    return openpyxl.load_workbook(io.BytesIO(body(response))).active


@pytest.mark.parametrize("text", FORMULAS)
def test_csv_text_never_starts_like_a_formula(text):
    columns = [ExportColumn("名称", "text", lambda row: row)]

    lines = list(exports.csv_lines(columns, [text]))

    assert next(csv.reader([lines[1]]))[0] == f"'{text}"


def test_csv_negative_numbers_stay_numbers():
    columns = [ExportColumn("差额", "number", lambda row: row)]

    lines = list(exports.csv_lines(columns, [-5, Decimal("-1.5")]))

    assert [line.strip() for line in lines[1:]] == ["-5", "-1.5"]


def test_csv_begins_with_the_mark_that_spreadsheets_need():
    response = exports.export_response(PriceTable(ROWS), "csv", name="价目")

    assert body(response).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("text", FORMULAS)
def test_xlsx_text_is_text_and_never_a_formula(text):
    stream = io.BytesIO()
    columns = [ExportColumn("名称", "text", lambda row: row)]

    exports.write_xlsx(stream, columns, [text])

    cell = openpyxl.load_workbook(stream).active["A2"]
    assert cell.data_type == "s"
    assert cell.quotePrefix


def test_xlsx_cells_are_typed_and_headed_by_labels():
    response = exports.export_response(PriceTable(ROWS), "xlsx", name="价目")

    sheet = as_sheet(response)
    heads, first, second = list(sheet.values)
    assert heads == ("名称", "人数", "比例", "金额", "日期", "新建")
    assert first == ("实验小学", 1200, 0.125, 1234.5, datetime(2020, 9, 1), "否")
    assert second[1:] == (None, None, None, None, "是")
    assert sheet["C2"].number_format == "0.0%"
    assert sheet["D2"].number_format == "#,##0.00"


def test_long_numbers_keep_every_digit_as_text():
    stream = io.BytesIO()
    columns = [ExportColumn("证件号", "number", lambda row: row)]

    exports.write_xlsx(stream, columns, [110101199001011234])

    assert openpyxl.load_workbook(stream).active["A2"].value == "110101199001011234"


def test_what_is_not_a_number_is_written_as_text():
    stream = io.BytesIO()
    columns = [ExportColumn("值", "number", lambda row: row)]

    exports.write_xlsx(stream, columns, [float("nan")])

    assert openpyxl.load_workbook(stream).active["A2"].value == "nan"


def test_moments_are_written_in_local_time():
    moment = datetime(2025, 9, 1, 1, 0, tzinfo=ZoneInfo("UTC"))

    assert exports.plain(moment) == datetime(2025, 9, 1, 9, 0)


@freeze_time("2025-11-22 04:00")
def test_file_name_is_chinese_with_the_day():
    response = exports.export_response(PriceTable(ROWS), "xlsx", name="学校")

    assert "学校_2025-11-22.xlsx" in unquote(response["Content-Disposition"])


def test_unknown_format_is_refused():
    with pytest.raises(ValueError, match="format"):
        exports.export_response(PriceTable(ROWS), "exe", name="学校")


@pytest.mark.django_db
def test_queryset_is_exported_with_the_labels_of_its_fields():
    Job.objects.create(kind="x", title="编制报告", by=UserFactory())

    response = exports.export_response(Job.objects.all(), "csv", name="任务")

    heads, row = as_csv(response)
    assert "名称" in heads
    assert row[heads.index("名称")] == "编制报告"
    assert row[heads.index("状态")] == "排队中"


@pytest.mark.django_db
def test_table_of_many_rows_is_exported_with_one_query(django_assert_num_queries):
    user = UserFactory()
    Job.objects.bulk_create(Job(kind="x", title=f"{n}", by=user) for n in range(40))
    table = JobTable(Job.objects.select_related("by"))

    with django_assert_num_queries(1):
        lines = as_csv(exports.export_response(table, "csv", name="任务"))

    assert len(lines) == 41


@pytest.mark.django_db
def test_hidden_columns_are_left_out_of_the_file():
    Job.objects.create(kind="x", title="编制报告", by=UserFactory())
    table = JobTable(Job.objects.all(), exclude=["message"])

    heads = as_csv(exports.export_response(table, "csv", name="任务"))[0]

    assert "正在做" not in heads


def test_columns_excluded_from_export_stay_on_the_page_only():
    class Marked(Table):
        name = Column(verbose_name="名称")
        hint = Column(verbose_name="提示", exclude_from_export=True)
        state = StateColumn()

        def value_state(self, record: Any) -> str:
            return f"状态：{record['state']}"

    rows = [{"name": "甲", "hint": "!", "state": "DRAFT"}]

    lines = as_csv(exports.export_response(Marked(rows), "csv", name="表"))

    assert lines == [["名称", "状态"], ["甲", "状态：DRAFT"]]
