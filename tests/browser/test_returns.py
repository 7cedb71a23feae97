"""A clerk's annual return, from the prefilled draft to the lock, and by workbook."""

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import expect

from bureau.models import AcademicYear
from bureau.regions import find_region
from bureau.services import set_up
from core.days import today
from schools.choices import Ownership, SchoolType
from schools.models import School, SchoolReturn
from schools.models.returns import LABELS
from schools.services import open_return, register_school
from tests.browser.conftest import Enter
from tests.browser.people import person
from tests.browser.visitor import Visitor
from tests.schools.factories import (
    ClassSectionFactory,
    FullReturnFactory,
    complete_figures,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TYPED = {"staff": "31", "full_time": "29", "new_intake": "80", "in_zone": "76"}


@pytest.fixture(scope="module")
def place(site: str) -> Iterator[SimpleNamespace]:
    """A county with two schools, last year's returns and this year's classes."""
    set_up("610900")
    county = find_region("610902")
    bureau = person("bureau", "教育局 王建", "DISTRICT_EDU", county)
    year = AcademicYear.objects.current(today())
    before = AcademicYear.objects.get(
        starts_on=year.starts_on.replace(year=year.starts_on.year - 1)
    )
    found = SimpleNamespace(county=county, year=year)
    for role, name in (("by_hand", "南街小学"), ("by_file", "花园小学")):
        school = register_school(
            by=bureau,
            name=name,
            type=SchoolType.PRIMARY,
            ownership=Ownership.PUBLIC,
            region=county,
            administered_by=county,
            opened_on=date(1990, 9, 1),
        )
        FullReturnFactory(school=school, year=before, state="LOCKED")
        for number in range(1, 11):
            ClassSectionFactory(school=school, year=year, number=number, headcount=45)
        open_return(school, year, "PRIMARY", by=bureau)
        setattr(found, role, school)
    person("clerk", "填报员 何田", "SCHOOL_CLERK", found.by_hand)
    person("head", "校长 孙立", "SCHOOL_PRINCIPAL", found.by_hand)
    person("clerk2", "填报员 白月", "SCHOOL_CLERK", found.by_file)
    yield found


def the_return(school: School, year: Any) -> SchoolReturn:
    return SchoolReturn.objects.get(school=school, year=year)


def test_a_clerk_takes_a_return_from_its_prefilled_draft_to_the_lock(
    place: SimpleNamespace, enter: Enter
) -> None:
    row = the_return(place.by_hand, place.year)
    clerk = enter("clerk")
    page = clerk.page

    clerk.go(row.get_absolute_url())
    clerk.look("return-draft")
    clerk.follow("填写")
    clerk.look("return-form")
    expect(clerk.field("students")).to_have_value("450")
    expect(clerk.field("classes")).to_have_value("10")
    full = complete_figures()
    for name, value in full.items():
        box = clerk.field(name)
        if box.input_value() == "":
            box.fill(str(value))
    _parts_are_added_up_while_typing(clerk)
    _a_jump_is_asked_about_while_typing(clerk)
    clerk.press("保存")
    row.refresh_from_db()
    assert (row.students, row.equipment_value) == (450, 2_500_000)

    clerk.move("submit")
    clerk.look("return-submit")
    clerk.confirm()
    assert the_return(place.by_hand, place.year).state == "SUBMITTED"

    head = enter("head")
    head.go(row.get_absolute_url())
    expect(head.page.locator("main")).to_contain_text("新购置录播设备")
    head.move("confirm")
    head.confirm()

    bureau = enter("bureau")
    bureau.go("/schools/returns/")
    bureau.look("return-board")
    bureau.go(row.get_absolute_url())
    bureau.move("accept")
    bureau.confirm()
    bureau.move("lock")
    bureau.confirm()

    clerk.go(row.get_absolute_url())
    expect(page.locator("main")).to_contain_text("本报表已锁定")
    expect(page.locator("main")).to_contain_text("可以批准的人员")
    clerk.look("return-locked")
    clerk.forgive(403, f"{row.get_absolute_url()}edit/")
    answer = page.goto(f"{row.get_absolute_url()}edit/")
    assert answer is not None
    assert the_return(place.by_hand, place.year).state == "LOCKED"


def _parts_are_added_up_while_typing(clerk: Visitor) -> None:
    box, told = clerk.field("class_ge66"), clerk.page.locator(".sum-fault:visible")
    box.fill("3")
    expect(told).to_have_text("各人数段班级数之和 13 应等于班级数 10")
    box.fill("0")
    expect(told).to_have_count(0)
    clerk.field("full_time").fill("99")
    expect(told).to_contain_text("99 > ")
    clerk.field("full_time").fill("28")
    expect(told).to_have_count(0)


def _a_jump_is_asked_about_while_typing(clerk: Visitor) -> None:
    box, page = clerk.field("equipment_value"), clerk.page
    box.fill("2500000")
    box.blur()
    asked = page.locator(".jump:visible")
    expect(asked).to_have_count(1)
    expect(asked).to_contain_text("变动较大")
    asked.locator("textarea, input").fill("新购置录播设备")


def test_a_return_goes_out_as_a_workbook_and_comes_back_filled(
    place: SimpleNamespace, enter: Enter
) -> None:
    clerk = enter("clerk2")
    page = clerk.page
    clerk.go("/schools/returns/")
    link = page.locator("main").get_by_role("link", name="下载预填表").first
    with page.expect_download() as taken:
        link.click()
    book = openpyxl.load_workbook(io.BytesIO(Path(taken.value.path()).read_bytes()))
    content = _filled(book)

    clerk.go("/schools/returns/")
    clerk.follow("上传填好的表")
    page.set_input_files(
        "input[name=file]",
        {
            "name": "报表.xlsx",
            "mimeType": "application/octet-stream",
            "buffer": content,
        },
    )
    clerk.press("上传并对应列")
    clerk.look("return-import-columns")
    clerk.press("核对内容")
    clerk.look("return-import-preview")
    clerk.press("写入名册")
    clerk.look("return-import-result")

    row = the_return(place.by_file, place.year)
    told = {name: getattr(row, name) for name in complete_figures()}
    assert told == complete_figures()
    clerk.go(row.get_absolute_url())
    clerk.move("submit")
    clerk.confirm()
    assert the_return(place.by_file, place.year).state == "SUBMITTED"


def _filled(book: Any) -> bytes:
    sheet = book.worksheets[0]
    heads = {cell.value: cell.column for cell in sheet[1]}
    for name, value in complete_figures().items():
        column = heads.get(str(LABELS[name]))
        assert column, (name, list(heads))
        sheet.cell(2, column).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
