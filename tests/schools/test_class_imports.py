"""Lists of classes through the engine and through the pages."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.imports import ImportRefused, UndoBlocked, run_import, undo_import
from core.models import ImportRow, ImportRun, StagingRow
from schools.choices import SchoolType, Stage
from schools.models import ClassSection
from tests.accounts.factories import user_with
from tests.bureau.factories import PolicyParameterFactory
from tests.schools.factories import (
    ClassSectionFactory,
    FullReturnFactory,
    SchoolFactory,
    UnclearSchoolFactory,
)

pytestmark = pytest.mark.django_db
HEADS = "学校名称,学年,学段,年级,班号,人数,统计日期"
DAY = "2026-09-01"


def settle() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def take_in(world: Any, *rows: str, heads: str = HEADS, **more: Any) -> Any:
    """Import rows for the county ``here``."""
    text = "\n".join([heads, *rows]) + "\n"
    scope = more.pop("scope", world.here.county)
    kind = more.pop("kind", "schools.classsection")
    done = run_import(kind, ("班级.csv", text.encode()), scope=scope, **more)
    settle()
    return done


def line(world: Any, **cells: Any) -> str:
    told = {
        "name": world.here.school.name,
        "year": "2026-2027",
        "stage": "小学",
        "grade": "一年级",
        "number": "1",
        "headcount": 45,
        "counted_on": DAY,
        **cells,
    }
    return ",".join(str(value) for value in told.values())


def counts(done: Any) -> tuple[int, int, int, int]:
    return (done.created, done.updated, done.unchanged, done.rejected)


def codes(done: Any) -> list[str]:
    return [each["code"] for each in done.rows]


def notes() -> list[str]:
    """Return what was remarked about the rows of the last run."""
    found = ImportRow.objects.filter(run=ImportRun.objects.latest("pk"))
    return [each["code"] for row in found for each in row.problems]


def entered() -> set[tuple[Any, ...]]:
    rows = ClassSection.objects.all()
    return set(rows.values_list("stage", "grade", "number", "headcount"))


# --- rows -------------------------------------------------------------------------


@pytest.mark.clause("AK-1.2.1")
def test_list_comes_in_and_again_changes_nothing(world: Any) -> None:
    rows = (line(world), line(world, number="2班", headcount=50, grade="小学二年级"))

    first, again = take_in(world, *rows), take_in(world, *rows)

    assert (counts(first), counts(again)) == ((2, 0, 0, 0), (0, 0, 2, 0))
    assert entered() == {(Stage.PRIMARY, 1, 1, 45), (Stage.PRIMARY, 2, 2, 50)}
    held = ClassSection.objects.first()
    assert held is not None
    assert (held.school, held.region) == (world.here.school, world.here.county)
    assert held.counted_on == date(2026, 9, 1)


def test_other_headcount_is_an_update_and_undo_takes_it_back(world: Any) -> None:
    take_in(world, line(world))
    done = take_in(world, line(world, headcount=48), line(world, number=2))
    changed = entered()

    undo_import(done.run_id, by=None)
    settle()

    assert counts(done) == (1, 1, 0, 0)
    assert changed == {(Stage.PRIMARY, 1, 1, 48), (Stage.PRIMARY, 1, 2, 45)}
    assert entered() == {(Stage.PRIMARY, 1, 1, 45)}


def test_classes_not_in_the_file_stay(world: Any) -> None:
    ClassSectionFactory(school=world.here.school, year=world.year, grade=4, number=9)

    take_in(world, line(world))

    assert {row[1] for row in entered()} == {1, 4}


def test_class_that_a_sync_removed_comes_back(world: Any) -> None:
    gone = ClassSectionFactory(
        school=world.here.school, year=world.year, number=1, removed_at="2026-09-02T00Z"
    )

    done = take_in(world, line(world))

    gone.refresh_from_db()
    assert done.updated == 1
    assert gone.removed_at is None


def test_year_stage_number_and_day_may_be_left_to_the_system(
    world: Any,
) -> None:
    heads = "学校标识码,年级,班级名称,学生数"
    code = world.here.school.provisional_no

    take_in(world, f"{code},三年级,三年级（2）班,41", heads=heads)

    section = ClassSection.objects.get()
    assert notes() == ["assumed_year"]
    assert (section.stage, section.grade, section.number) == (Stage.PRIMARY, 3, 2)
    assert section.name == "三年级（2）班"
    assert section.year.holds_on(section.counted_on)


def test_day_of_an_unchanged_count_is_kept_when_the_file_names_none(world: Any) -> None:
    heads = HEADS.removesuffix(",统计日期")
    take_in(world, line(world))

    done = take_in(world, line(world).removesuffix(f",{DAY}"), heads=heads)

    assert counts(done) == (0, 0, 1, 0)
    assert ClassSection.objects.get().counted_on == date(2026, 9, 1)


def test_a_count_of_a_day_to_come_is_rejected(world: Any) -> None:
    with freeze_time("2026-11-02 08:00:00+08:00"):
        done = take_in(world, line(world, counted_on="2026-11-03"))

    assert counts(done) == (0, 0, 0, 1)
    assert "not_yet" in codes(done)


def test_year_of_entry_becomes_the_grade_of_the_school_year(world: Any) -> None:
    school = SchoolFactory(region=world.here.county, name="和平中学", type="JUNIOR")

    take_in(world, line(world, name=school.name, stage="", grade="2025级"))

    section = ClassSection.objects.get()
    assert (section.stage, section.grade) == (Stage.JUNIOR, 8)


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"name": "没有的学校"}, "unknown_school"),
        ({"name": ""}, "required"),
        ({"year": "2019-2020"}, "unknown_year"),
        ({"grade": "七年级"}, "grade_not_of_stage"),
        ({"grade": "七年级", "stage": "初中"}, "no_such_stage"),
        ({"grade": "高一", "stage": ""}, "no_such_stage"),
        ({"grade": "全校"}, "unknown_grade"),
        ({"grade": ""}, "required"),
        ({"number": ""}, "required"),
        ({"number": "彩虹班"}, "unknown_number"),
        ({"number": "201"}, "unknown_number"),
        ({"headcount": 301}, "too_large"),
        ({"headcount": -1}, "too_small"),
        ({"headcount": ""}, "required"),
        ({"headcount": "四十"}, "not_a_number"),
        ({"counted_on": "2025-09-01"}, "outside_year"),
        ({"stage": "大学"}, "unknown_choice"),
    ],
)
def test_bad_row_is_rejected_in_words(
    world: Any, cells: dict[str, Any], problem: str
) -> None:
    done = take_in(world, line(world, **cells))

    assert counts(done) == (0, 0, 0, 1)
    assert problem in codes(done)
    assert not ClassSection.objects.exists()


def test_same_class_twice_in_a_file_is_rejected(world: Any) -> None:
    done = take_in(world, line(world), line(world, number="一班", headcount=44))

    assert (done.created, done.rejected) == (1, 1)
    assert codes(done) == ["duplicate_in_file"]


def test_school_closed_before_the_year_is_told_so(world: Any) -> None:
    school = SchoolFactory(
        region=world.here.county,
        name="老小学",
        status="CLOSED",
        closed_on=date(2026, 7, 1),
    )

    done = take_in(world, line(world, name=school.name))
    before = take_in(
        world,
        line(world, name=school.name, year="2025-2026", counted_on="2025-09-01"),
    )

    assert codes(done) == ["not_standing"]
    assert "停办" in done.rows[0]["message"]
    assert before.created == 1


def test_school_of_another_county_is_not_found(world: Any) -> None:
    done = take_in(world, line(world, name=world.there.school.name))

    assert codes(done) == ["unknown_school"]


def test_unclear_school_waits_for_its_stage(world: Any) -> None:
    school = UnclearSchoolFactory(region=world.here.county)

    done = take_in(world, line(world, name=school.name, stage="", grade="高一"))

    assert codes(done) == ["stage_to_confirm"]


def test_year_of_entry_in_a_school_of_two_stages_needs_the_stage(world: Any) -> None:
    school = SchoolFactory(
        region=world.here.county, name="和平学校", type=SchoolType.NINE_YEAR
    )

    open_, said = (
        take_in(world, line(world, name=school.name, stage=stage, grade="2025级"))
        for stage in ("", "初中")
    )

    assert codes(open_) == ["ambiguous_stage"]
    assert said.created == 1
    assert ClassSection.objects.get().grade == 8


# --- locked returns ---------------------------------------------------------------


def locked(world: Any, **figures: Any) -> Any:
    """Lock the return of a school with one class of 45."""
    ClassSectionFactory(school=world.here.school, year=world.year, number=1)
    told = {"students": 45, "classes": 1, "state": "LOCKED", **figures}
    for name in ("new_intake", "in_zone", "out_of_zone", "cohort", "retained"):
        told.setdefault(name, 0)
    for name in ("fitness_tested", "fitness_exc_good"):
        told.setdefault(name, 0)
    return FullReturnFactory(school=world.here.school, year=world.year, **told)


def test_file_that_contradicts_a_locked_return_is_rejected(world: Any) -> None:
    locked(world)

    more, other, same = (
        take_in(world, line(world, **cells))
        for cells in ({"number": 2}, {"headcount": 46}, {})
    )

    assert codes(more) == codes(other) == ["against_locked"]
    assert "1 个班，45 人" in more.rows[0]["message"]
    assert counts(same) == (0, 0, 1, 0)
    assert entered() == {(Stage.PRIMARY, 1, 1, 45)}


def test_file_that_bears_a_locked_return_out_comes_in(world: Any) -> None:
    locked(world, students=90, classes=2)

    done = take_in(world, line(world, number=2))

    assert counts(done) == (1, 0, 0, 0)
    with pytest.raises(UndoBlocked, match="锁定"):
        undo_import(done.run_id, by=None)


def test_later_count_does_not_touch_a_locked_return(world: Any) -> None:
    locked(world)

    done = take_in(world, line(world, headcount=46, counted_on="2026-11-01"))

    assert done.updated == 1
    assert notes() == ["counted_after_locked"]


# --- pages and rights -------------------------------------------------------------


@pytest.fixture
def lines(world: Any) -> None:
    """The lines of large and oversize classes, which the page of classes draws."""
    PolicyParameterFactory(key="class.large_min", value="56")
    PolicyParameterFactory(key="class.oversize_min", value="66")


@pytest.mark.usefixtures("lines")
def test_school_brings_in_its_own_classes_through_the_pages(
    world: Any, signed_in: Any
) -> None:
    client = signed_in(world.here.clerk)
    page = client.get(world.here.school.get_absolute_url(), {"tab": "classes"})
    start = reverse("core:import-start", args=["schools.classsection_own"])
    content = "\n".join([HEADS, line(world)]).encode()

    assert start in page.content.decode()
    with_file = {"file": _upload(content)}
    client.post(start, with_file)
    run = ImportRun.objects.get()
    positions = {f"column-{name}": at for name, at in run.mapping.items()}
    client.post(f"/imports/{run.pk}/mapping/", positions, follow=True)
    preview = client.get(f"/imports/{run.pk}/preview/").content.decode()
    client.post(f"/imports/{run.pk}/preview/", {"apply": "1"}, follow=True)

    assert "一年级" in preview
    assert entered() == {(Stage.PRIMARY, 1, 1, 45)}


def _upload(content: bytes) -> Any:
    return SimpleUploadedFile("班级.csv", content)


@pytest.mark.usefixtures("lines")
def test_bureau_is_led_to_the_import_of_its_region(world: Any, signed_in: Any) -> None:
    page = signed_in(world.here.bureau).get(
        world.here.school.get_absolute_url(), {"tab": "classes"}
    )

    assert reverse("core:import-start", args=["schools.classsection"]) in (
        page.content.decode()
    )


@pytest.mark.usefixtures("lines")
def test_who_may_not_enter_classes_may_not_import_them(
    world: Any, signed_in: Any
) -> None:
    reader = user_with("CITY_SUPERVISION", world.here.county)
    client = signed_in(reader)
    start = reverse("core:import-start", args=["schools.classsection"])

    page = client.get(world.here.school.get_absolute_url(), {"tab": "classes"})

    assert client.get(start).status_code == 403
    assert start not in page.content.decode()


def test_school_file_about_another_school_brings_nothing(world: Any) -> None:
    done = take_in(
        world,
        line(world, name=world.there.school.name),
        kind="schools.classsection_own",
        scope=world.here.school,
        by=world.here.clerk,
    )

    assert codes(done) == ["unknown_school"]


def test_number_of_queries_does_not_grow_with_the_rows(world: Any) -> None:
    def asked(first: int, rows: int) -> int:
        told = [line(world, number=n) for n in range(first, first + rows)]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            take_in(world, *told)
        return len(queries)

    asked(1, 1)

    assert asked(10, 3) == asked(50, 30)


# --- anything ---------------------------------------------------------------------

WORDS = (
    *("云洲区实验小学", "云洲实验小学", "2026-2027", "小学", "一年级", "高一", "小班"),
    *("2025级", "1", "3班", "（2）班", "45", "301", "2026-09-01", "合计", ""),
)
CELLS = st.one_of(
    st.sampled_from(WORDS),
    st.text(max_size=12),
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
)


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    rows=st.lists(
        st.fixed_dictionaries(dict.fromkeys(HEADS.split(","), CELLS)), max_size=6
    )
)
def test_random_rows_are_imported_exactly_or_refused_in_words(
    world: Any, rows: list[dict[str, Any]]
) -> None:
    before = ClassSection.objects.count()
    try:
        done = run_import("schools.classsection", rows, scope=world.here.county)
    except ImportRefused as refusal:
        assert any("\u4e00" <= letter <= "\u9fff" for letter in refusal.message)
        assert ClassSection.objects.count() == before
        return
    assert ClassSection.objects.count() == before + done.created
    assert not StagingRow.objects.exists()
    assert all(row["code"] and row["message"] for row in done.rows)
    again = run_import("schools.classsection", rows, scope=world.here.county)
    assert (again.created, again.updated) == (0, 0)
    undo_import(done.run_id)
    assert ClassSection.objects.count() == before
