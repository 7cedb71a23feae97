"""The usual national workbooks are mapped and read without a question to a person."""

from typing import Any

import pytest

from bureau.calendar import first_calendar_year
from core.days import today
from core.imports import run_import
from core.models import ImportRun
from core.registries import import_kinds
from personnel.models import Teacher
from schools.models import ClassSection, School
from tests.core.workbooks import xlsx
from tests.personnel.factories import identity_number

pytestmark = pytest.mark.django_db


def preset(kind: str, title: str) -> Any:
    found = import_kinds.get(kind).presets
    return next(each for each in found if title in str(each.title))


def take_in(world: Any, kind: str, title: str, **cells: Any) -> Any:
    """Import a workbook of exactly the heads of the preset and a serial number."""
    given = preset(kind, title)
    assert set(cells) == set(given.heads)
    sheet = xlsx(
        (title,),
        ("序号", *given.heads.values()),
        (1, *(cells[name] for name in given.heads)),
    )
    done = run_import(kind, ("全国表.xlsx", sheet), scope=world.here.county)
    run = ImportRun.objects.get(pk=done.run_id)
    heads = {name: run.layout["heads"][at] for name, at in run.mapping.items()}
    assert heads == given.heads
    assert (done.created, done.asked, done.rejected) == (1, 0, 0), done.rows
    return done


def test_code_table_of_schools(world: Any) -> None:
    take_in(
        world,
        "schools.school",
        "代码表",
        school_code=f"21{world.here.county.province_code}000012",
        name="东湖小学",
        type="小学",
        county=world.here.county.name,
    )

    assert School.objects.get(name="东湖小学").type == "PRIMARY"


def test_basic_table_of_the_education_statistics(world: Any) -> None:
    take_in(
        world,
        "schools.school",
        "教育统计基层表",
        school_code=f"21{world.here.county.province_code}000012",
        name="东湖小学",
        type="小学",
        ownership="县级教育部门",
        urban_rural_code="城区",
        address="东湖路 1 号",
    )

    school = School.objects.get(name="东湖小学")
    assert (school.ownership, school.address) == ("PUBLIC", "东湖路 1 号")


def test_school_table_of_the_pupil_register(world: Any) -> None:
    take_in(
        world,
        "schools.school",
        "学校基本信息表",
        school_code=f"31{world.here.county.province_code}000012",
        name="东湖中学",
        address="东湖路 1 号",
        type="初级中学",
        urban_rural_code="111",
        ownership="教育部门",
        county=world.here.county.code,
        opened_on="198609",
    )

    school = School.objects.get(name="东湖中学")
    assert school.opened_on is not None
    assert school.opened_on.isoformat() == "1986-09-01"


def test_class_table_of_the_pupil_register(world: Any) -> None:
    take_in(
        world,
        "schools.classsection",
        "班级信息",
        school_code=world.here.school.provisional_no,
        name=world.here.school.name,
        grade=f"{first_calendar_year(today()) - 1}级",
        number="03",
        class_name="二年级3班",
        headcount=44,
    )

    section = ClassSection.objects.get()
    assert (section.grade, section.number, section.headcount) == (2, 3, 44)


@pytest.mark.parametrize(
    ("title", "more", "employment"),
    [
        (
            "基本信息",
            {"sex": "女", "born_on": "19850614", "entered_on": "201209"}
            | {"employment": "是"},
            "ESTABLISHMENT",
        ),
        ("导出表", {"employment": "人事代理"}, "CONTRACT"),
    ],
)
def test_staff_tables_of_the_teacher_system(
    world: Any, title: str, more: dict[str, str], employment: str
) -> None:
    take_in(
        world,
        "personnel.teacher",
        title,
        school=world.here.school.name,
        name="测试甲",
        staff_no="T1",
        identity=identity_number("19850614", 12),
        **more,
    )

    teacher = Teacher.objects.get()
    assert (teacher.employment, teacher.sex) == (employment, "F")
    assert teacher.birth_year == 1985


def test_every_national_preset_says_what_it_cannot_tell() -> None:
    for kind in ("schools.school", "schools.classsection", "personnel.teacher"):
        told = [each for each in import_kinds.get(kind).presets if each.help]

        assert told, kind


def test_upload_page_names_the_workbooks_it_knows(world: Any, signed_in: Any) -> None:
    client = signed_in(world.here.bureau)

    html = client.get("/imports/new/schools.classsection/").content.decode()

    assert "学籍信息管理系统：班级信息" in html
    assert "人数一列各省名称不一" in html
