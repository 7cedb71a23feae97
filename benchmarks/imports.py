"""Import workbooks of 50 000 rows: read, checked, previewed, applied, taken back.

A plain register (eight columns, no trigger on its table) against the target, and the
school register with its pinyin, stages and triggers. Everything happens in one
transaction that is rolled back.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterable
from datetime import date
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

from benchmarks.harness import Report, run

ROWS, COUNTIES, BAD_EVERY = 50_000, 10, 100
GOOD = ROWS - ROWS // BAD_EVERY
HEADS = ("序号", "单位名称", "类别", "所在区县", "地址", "建校日期", "简称", "备注")


def workbook(counties: list[Any], kind: str, tail: str) -> bytes:
    """Return the workbook; each hundredth row lacks its kind."""
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"constant_memory": True})
    page = book.add_worksheet("名录")
    page.write_string(0, 0, "某市名录")
    page.write_row(1, 0, HEADS)
    for n, row in enumerate(lines(counties, kind, tail), start=2):
        page.write_row(n, 0, row)
    book.close()
    return stream.getvalue()


def lines(counties: list[Any], kind: str, tail: str) -> Iterable[tuple[Any, ...]]:
    """Yield the rows of a workbook."""
    for n in range(1, ROWS + 1):
        county = counties[n % COUNTIES].name
        day = f"{1950 + n % 70}-09-01"
        known = "" if n % BAD_EVERY == 0 else kind
        yield (n, f"评测第{n}{tail}", known, county, f"第{n}号", day, f"第{n}", "")


def plain_kind() -> str:
    """Register a kind over a table without triggers and return its key."""
    from bureau.models import Region
    from core.imports import Column, ImportKind, register

    words = {"教育": "EDU"}

    @register
    class Plain(ImportKind):
        key = "bench.department"
        title = "部门"
        permission = "bureau.view_department"
        scope = "bureau.region"
        model = "bureau.Department"
        natural_keys = (("region_id", "name"),)
        columns = (
            Column("name", "单位名称", required=True),
            Column("kind", "类别", kind="choice", choices=words, required=True),
            Column("county", "所在区县", required=True),
            Column("source", "地址", max_length=40),
            Column("founded_on", "建校日期", kind="date"),
            Column("sourced_id", "简称"),
            Column("remark", "备注"),
        )

        def context(self, run: Any) -> dict[str, int]:
            within = Region.objects.within(run.scope)
            return dict(within.values_list("name", "pk"))

        def prepare(self, row: Any, context: Any) -> None:
            row.values["region_id"] = context[row.values.pop("county")]

    return Plain.key


def places() -> tuple[Any, list[Any]]:
    """Return a city and its counties."""
    from bureau.models import Region
    from bureau.models.region import BEGINNING

    def region(code: str, name: str, level: str, parent: Any) -> Any:
        fields = {"name": name, "short_name": name, "level": level, "parent": parent}
        return Region.objects.get_or_create(
            code=code, defaults={**fields, "valid_from": BEGINNING}
        )[0]

    province = region("970000", "评测省", "PROVINCE", None)
    city = region("970100", "评测市", "CITY", province)
    found = [
        region(f"9701{n:02d}", f"评测{n}县", "COUNTY", city)
        for n in range(1, COUNTIES + 1)
    ]
    return city, found


def read_alone(content: bytes) -> int:
    """Read every cell and do nothing else."""
    from python_calamine import CalamineWorkbook

    page = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    return sum(1 for _row in page.iter_rows())


def one_by_one(county: Any, count: int) -> float:
    """Seconds for a school saved the usual way, validated, row by row."""
    from schools.models import School

    began = time.perf_counter()
    for n in range(count):
        school = School(
            name=f"逐行第{n}小学",
            normalized_name=f"逐行第{n}小学",
            region=county,
            administered_by=county,
            type="PRIMARY",
            opened_on=date(2000, 9, 1),
        )
        school.full_clean()
        school.save()
    return (time.perf_counter() - began) / count


def bench(report: Report) -> None:
    """Measure both registers as the wizard imports them."""
    from django.core.management import call_command
    from django.db import transaction

    call_command("migrate", verbosity=0)
    with transaction.atomic():
        city, counties = places()
        with transaction.atomic():
            alone = one_by_one(counties[0], 200)
            transaction.set_rollback(True)
        plain = workbook(counties, "教育", "部门")
        began = time.perf_counter()
        read_alone(plain)
        report.seconds("calamine alone", time.perf_counter() - began)
        whole = measure(report, "register", plain_kind(), city, plain)
        report.seconds("register: all of it", whole, at_most=10)
        content = workbook(counties, "小学", "小学")
        whole = measure(report, "schools", "schools.school", city, content)
        ratio = alone * ROWS / whole
        report.seconds("schools: all of it", whole, ratio=ratio, ratio_at_least=5)
        transaction.set_rollback(True)


def measure(report: Report, name: str, kind: str, city: Any, content: bytes) -> float:
    """Preview and apply, apply again, undo; return the seconds of the first."""
    from core.imports.engine import apply_run, run_import, stage
    from core.imports.intake import take_in
    from core.imports.kinds import kind_of
    from core.imports.readers import Source, open_table
    from core.imports.undo import undo_import

    source = Source("评测.xlsx", content)
    began = time.perf_counter()
    table = open_table(source)
    taken = take_in(kind_of(kind), source, scope=city, table=table, keep_file=False)
    stage(taken, table)
    report.seconds(f"{name}: read, checked, previewed", time.perf_counter() - began)
    applied = apply_run(taken)
    whole = time.perf_counter() - began
    expect(applied.created, GOOD)
    expect(applied.rejected, ROWS - GOOD)
    began = time.perf_counter()
    again = run_import(kind, ("评测.xlsx", content), scope=city)
    report.seconds(f"{name}: the same file again", time.perf_counter() - began)
    expect(again.unchanged, GOOD)
    began = time.perf_counter()
    undo_import(applied.pk)
    report.seconds(f"{name}: taken back", time.perf_counter() - began)
    return whole


def expect(count: int, wanted: int) -> None:
    """Stop when a count is wrong: a quick wrong import is no figure."""
    if count != wanted:
        raise SystemExit(f"wrong count: {count}, expected {wanted}")


if __name__ == "__main__":
    run(bench, dataset="50 000 rows")
