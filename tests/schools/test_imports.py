"""Real school lists through the engine and through the command."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from core.imports import run_import, undo_import
from core.models import ImportRun
from schools.choices import SchoolType, Stage
from schools.models import School, SchoolStage
from schools.services import confirm_stage
from tests.accounts.factories import user_with
from tests.schools.factories import SchoolFactory
from tests.schools.places import ankang, banan

pytestmark = pytest.mark.django_db

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
LISTS = ["ankang_schools.csv", "ankang_schools_gb18030.csv", "ankang_schools.xlsx"]
HEADS = "学校名称,办学类型,区县\n"


def real(name: str) -> Path:
    """Return a real list, or skip where the folder is not at hand."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{name} is not at hand on this machine")
    return path


def settle() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def take_in(text: str, scope: Any, **more: Any) -> Any:
    """Import rows written as CSV."""
    done = run_import(
        "schools.school", ("名录.csv", text.encode()), scope=scope, **more
    )
    settle()
    return done


@pytest.fixture
def city(db: None) -> Any:
    return ankang()


# --- the real lists ---------------------------------------------------------------


def register() -> list[tuple[Any, ...]]:
    """Return what the register holds, without ids."""
    found = School.objects.order_by("administered_by__code", "normalized_name")
    return list(
        found.values_list(
            "administered_by__code", "region__code", "normalized_name", "type", "pinyin"
        )
    )


@pytest.mark.clause("BN-0.3")
@pytest.mark.parametrize("name", LISTS)
def test_city_list_comes_in_as_95_schools_with_each_rejection_named(
    city: Any, name: str
) -> None:
    done = run_import("schools.school", real(name), scope=city)
    settle()

    assert (done.created, done.updated, done.unchanged, done.rejected) == (95, 0, 0, 4)
    assert School.objects.count() == 95
    assert School.objects.filter(stage_to_confirm=True).count() == 32
    assert School.objects.filter(school_code__isnull=False).count() == 0
    assert School.objects.filter(administered_by__code="610981").count() == 9
    problems = [r for r in done.rows if r["code"] != "stage_to_confirm"]
    assert sorted(r["code"] for r in problems) == [
        "out_of_scope",
        "out_of_scope",
        "out_of_scope",
        "required",
    ]
    assert {r["column"] for r in problems} == {"办学类型"}
    assert all(r["row"] > 1 and r["message"] for r in problems)


def test_three_forms_of_one_list_give_the_same_register(city: Any) -> None:
    found = []
    for name in LISTS:
        done = run_import("schools.school", real(name), scope=city)
        found.append(register())
        undo_import(done.run_id, by=None)

    assert found[0] == found[1] == found[2]
    assert len(found[0]) == 95


def test_each_school_of_the_list_stands_in_its_county_with_its_stages(
    city: Any,
) -> None:
    run_import("schools.school", real(LISTS[2]), scope=city)

    renamed = School.objects.get(name="旬阳县吕河镇中心学校")
    assert renamed.administered_by.name == "旬阳市"
    assert renamed.stage_codes == [Stage.PRIMARY, Stage.JUNIOR]
    assert School.objects.get(name="江北高级中学").stage_codes == [Stage.SENIOR]
    assert School.objects.get(name="安康高新中学").stage_codes == []


@pytest.mark.parametrize("name", LISTS)
def test_applying_the_list_again_changes_nothing(city: Any, name: str) -> None:
    run_import("schools.school", real(LISTS[0]), scope=city)
    before = register()

    again = run_import("schools.school", real(name), scope=city)

    assert (again.created, again.updated, again.unchanged, again.rejected) == (
        0,
        0,
        95,
        4,
    )
    assert register() == before


def test_undo_removes_exactly_what_the_list_added(city: Any) -> None:
    kept = SchoolFactory(name="早已登记小学", region=city.children.first())
    done = run_import("schools.school", real(LISTS[0]), scope=city)

    undo_import(done.run_id, by=None)
    settle()

    assert list(School.objects.all()) == [kept]
    assert list(SchoolStage.objects.values_list("school", flat=True)) == [kept.pk]


@pytest.mark.parametrize("name", LISTS)
def test_command_prints_one_line_of_json(city: Any, name: str) -> None:
    out = StringIO()

    call_command(
        "import_schools", str(real(name)), "--region=610900", "--json", stdout=out
    )

    assert out.getvalue().count("\n") == 1
    told = json.loads(out.getvalue())
    assert [told[k] for k in ("created", "updated", "unchanged", "rejected")] == [
        95,
        0,
        0,
        4,
    ]
    assert {"row", "column", "code", "message"} <= set(told["rows"][0])


def test_command_dry_run_stores_nothing(city: Any) -> None:
    out = StringIO()

    call_command(
        "import_schools",
        str(real(LISTS[0])),
        "--region=610900",
        "--json",
        "--dry-run",
        stdout=out,
    )

    assert json.loads(out.getvalue())["created"] == 95
    assert not School.objects.exists()
    assert not ImportRun.objects.exists()


def test_district_list_brings_in_vocational_schools(db: None) -> None:
    done = run_import("schools.school", real("banan_schools.csv"), scope=banan())

    assert done.rejected == 2
    assert done.created == School.objects.count() == 8
    vocational = School.objects.filter(type=SchoolType.VOCATIONAL_SECONDARY)
    assert vocational.count() == 2
    assert vocational.teaching(Stage.VOCATIONAL).count() == 2


# --- rules, row by row ------------------------------------------------------------


def test_county_is_found_by_its_former_name_and_former_code(city: Any) -> None:
    take_in(HEADS + "甲小学,小学,旬阳县\n乙小学,小学,610928\n丙小学,小学,旬阳\n", city)

    assert set(School.objects.values_list("administered_by__code", flat=True)) == {
        "610981"
    }


def test_county_outside_the_scope_is_rejected_with_row_and_column(city: Any) -> None:
    done = take_in(HEADS + "甲小学,小学,巴南区\n", city)

    assert done.rejected == 1
    assert done.rows[0]["row"] == 2
    assert (done.rows[0]["column"], done.rows[0]["code"]) == ("区县", "unknown_region")
    assert "安康市" in done.rows[0]["message"]


def test_county_bureau_needs_no_county_column(city: Any) -> None:
    county = city.children.get(code="610902")

    done = take_in("学校名称,办学类型\n甲小学,小学\n", county)

    assert done.created == 1
    assert School.objects.get().administered_by == county


def test_city_list_without_county_is_rejected(city: Any) -> None:
    done = take_in("学校名称,办学类型,区县\n甲小学,小学,\n", city)

    assert (done.rejected, done.rows[0]["code"]) == (1, "required")


def test_city_run_school_lies_in_a_county_and_answers_to_the_city(city: Any) -> None:
    take_in("学校名称,办学类型,区县,主管地区\n市直小学,小学,汉滨区,安康市\n", city)

    school = School.objects.get()
    assert (school.region.name, school.administered_by.name) == ("汉滨区", "安康市")


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("216100001", "code_shape"),
        ("3161000012", "code_type"),
        ("2150000012", "code_province"),
    ],
)
def test_false_code_is_rejected(city: Any, code: str, problem: str) -> None:
    done = take_in(
        f"学校名称,办学类型,区县,学校标识码\n甲小学,小学,汉滨区,{code}\n", city
    )

    assert problem in [row["code"] for row in done.rows]
    assert not School.objects.exists()


def test_code_arrives_later_for_a_school_known_by_name(city: Any) -> None:
    take_in(HEADS + "甲小学,小学,汉滨区\n", city)

    done = take_in(
        "学校名称,办学类型,区县,学校标识码\n甲 小学,小学,汉滨区,2161000012\n", city
    )

    assert (done.created, done.updated) == (0, 1)
    assert School.objects.get().school_code == "2161000012"


def test_school_known_by_code_may_change_its_name(city: Any) -> None:
    head = "学校名称,办学类型,区县,学校标识码\n"
    take_in(head + "甲小学,小学,汉滨区,2161000012\n", city)

    done = take_in(head + "甲实验小学,小学,汉滨区,2161000012\n", city)

    assert done.updated == 1
    school = School.objects.get()
    assert (school.name, school.pinyin) == ("甲实验小学", "jiashiyanxiaoxue")


def test_homonym_with_another_code_is_asked_about(city: Any) -> None:
    head = "学校名称,办学类型,区县,学校标识码\n"
    take_in(head + "城关小学,小学,汉滨区,2161000012\n", city)
    other = head + "城关小学,小学,汉滨区,2161000013\n"

    asked = take_in(other, city)
    answered = take_in(other, city, answers={2: "new"})
    again = take_in(other, city)

    assert (asked.created, asked.asked) == (0, 1)
    assert asked.questions[0]["code"] == "homonym"
    assert (answered.created, School.objects.count()) == (1, 2)
    assert (again.unchanged, again.asked) == (1, 0)


def test_two_rows_of_one_name_are_asked_about_and_can_both_come_in(city: Any) -> None:
    text = HEADS + "城关小学,小学,汉滨区\n城关 小学,小学,汉滨区\n"

    asked = take_in(text, city)
    answered = take_in(text, city, answers={3: "new"})
    again = take_in(text, city)

    assert (asked.created, asked.asked) == (1, 1)
    assert (answered.created, answered.unchanged) == (1, 1)
    assert (again.created, again.unchanged, again.asked) == (0, 2, 0)


def test_same_name_in_two_counties_is_no_question(city: Any) -> None:
    done = take_in(HEADS + "一中,中学,汉滨区\n一中,中学,紫阳县\n", city)

    assert (done.created, done.asked) == (2, 0)


def test_unclear_list_never_overrides_a_confirmed_stage(city: Any) -> None:
    take_in(HEADS + "江南中学,中学,石泉县\n", city)
    clerk = user_with("DISTRICT_EDU", School.objects.get().administered_by)
    confirm_stage(School.objects.get(), by=clerk, type=SchoolType.COMPLETE_SECONDARY)

    done = take_in(HEADS + "江南中学,中学,石泉县\n", city)

    assert (done.updated, done.unchanged) == (0, 1)
    assert School.objects.get().stage_codes == [Stage.JUNIOR, Stage.SENIOR]


def test_clear_list_settles_an_open_stage_and_undo_opens_it_again(city: Any) -> None:
    take_in(HEADS + "江南中学,中学,石泉县\n", city)

    done = take_in(HEADS + "江南中学,初级中学,石泉县\n", city)
    settled = School.objects.get().stage_codes
    undo_import(done.run_id, by=None)
    settle()

    assert (done.updated, settled) == (1, [Stage.JUNIOR])
    assert School.objects.get().stage_to_confirm
    assert not SchoolStage.objects.exists()


def test_change_of_type_takes_the_stages_along(city: Any) -> None:
    take_in(HEADS + "涧池学校,小学,汉阴县\n镇坪学校,九年一贯制学校,镇坪县\n", city)

    done = take_in(
        HEADS + "涧池学校,九年一贯制学校,汉阴县\n镇坪学校,小学,镇坪县\n", city
    )

    assert done.updated == 2
    assert School.objects.get(name="涧池学校").stage_codes == [
        Stage.PRIMARY,
        Stage.JUNIOR,
    ]
    assert School.objects.get(name="镇坪学校").stage_codes == [Stage.PRIMARY]


def test_optional_columns_are_read(city: Any) -> None:
    take_in(
        "学校名称,办学类型,区县,举办者性质,城乡分类,开办日期,经度,纬度,独立法人\n"
        "甲幼儿园,幼儿园,汉滨区,普惠性民办,121,2010年9月,109.02,32.69,否\n",
        city,
    )

    school = School.objects.get()
    assert (school.ownership, school.urban_rural_code) == ("INCLUSIVE_PRIVATE", "121")
    assert school.opened_on.isoformat() == "2010-09-01"
    assert float(school.longitude) == 109.02
    assert school.is_legal_person is False


@pytest.mark.parametrize(
    ("columns", "cells", "problem"),
    [
        ("举办者性质", "普惠性民办", "not_inclusive"),
        ("经度", "109.02", "half_position"),
        ("经度,纬度", "209.02,32", "too_large"),
        ("举办者性质", "国营", "unknown_choice"),
    ],
)
def test_contradicting_cells_are_rejected(
    city: Any, columns: str, cells: str, problem: str
) -> None:
    done = take_in(
        f"学校名称,办学类型,区县,{columns}\n甲小学,小学,汉滨区,{cells}\n", city
    )

    assert problem in [row["code"] for row in done.rows]
    assert not School.objects.exists()


def test_unknown_kind_of_place_is_remarked_and_left_out(city: Any) -> None:
    done = take_in("学校名称,办学类型,区县,城乡类别\n甲小学,小学,汉滨区,城区\n", city)

    assert done.created == 1
    assert School.objects.get().urban_rural_code == ""


def test_bureau_changes_nothing_of_another_county_by_import(city: Any) -> None:
    mine, theirs = city.children.get(code="610902"), city.children.get(code="610921")
    SchoolFactory(region=theirs, name="甲小学", school_code="2161000012")
    clerk = user_with("DISTRICT_EDU", mine)

    done = take_in(
        "学校名称,办学类型,区县,学校标识码\n夺来小学,小学,汉滨区,2161000012\n",
        mine,
        by=clerk,
    )

    assert (done.updated, done.rejected) == (0, 1)
    assert School.objects.get().name == "甲小学"


# --- through the page ---------------------------------------------------------------


@pytest.mark.parametrize("name", LISTS)
def test_city_bureau_imports_the_list_through_the_pages(
    city: Any, signed_in: Any, name: str
) -> None:
    path = real(name)
    client = signed_in(user_with("CITY_EDU", city))

    with path.open("rb") as file:
        answer = client.post("/imports/new/schools.school/", {"file": file})
    run = ImportRun.objects.get()
    mapping = client.get(f"/imports/{run.pk}/mapping/").content.decode()
    positions = {f"column-{name}": at for name, at in run.mapping.items()}
    client.post(f"/imports/{run.pk}/mapping/", positions, follow=True)
    preview = client.get(f"/imports/{run.pk}/preview/", {"show": "rejected"})
    client.post(f"/imports/{run.pk}/preview/", {"apply": "1"}, follow=True)
    settle()

    run.refresh_from_db()
    assert answer.status_code == 302 and "办学类型" in mapping
    assert "高等教育" in preview.content.decode()
    assert (run.state, run.created, run.rejected) == ("APPLIED", 95, 4)
    assert School.objects.to_confirm().count() == 32

    client.post(f"/imports/{run.pk}/undo/", follow=True)
    settle()

    assert not School.objects.exists()


def test_school_clerk_cannot_import(city: Any, signed_in: Any) -> None:
    school = SchoolFactory(region=city.children.first())
    client = signed_in(user_with("SCHOOL_CLERK", school))

    assert client.get("/imports/new/schools.school/").status_code == 403
