"""Whatever an object shows moves its moment; what is gone leaves a removal record."""

import threading
from datetime import date, timedelta
from typing import Any

import pgtrigger
import pytest
from django.db import connection, transaction
from django.utils import timezone
from freezegun import freeze_time
from jsonschema import Draft202012Validator

from bureau.models import AcademicYear, Region, Term
from bureau.services import ensure_year
from core.days import today
from personnel.models import Teacher
from roster.models import Enrolment, Pupil, Tombstone
from roster.provider import callers, reading
from roster.provider.declaring import V1P1, V1P2
from roster.provider.discovery import object_schema
from roster.provider.endpoints import LISTINGS
from roster.tasks import clear_tombstones
from schools.models import ClassSection, Course, School
from tests.bureau.factories import CountyFactory, DepartmentFactory
from tests.personnel.factories import TeacherFactory
from tests.roster.provider import factories
from tests.roster.provider.conftest import Api
from tests.roster.provider.factories import World
from tests.schools.factories import ClassSectionFactory, SchoolFactory


def shown(api: Api) -> dict[tuple[str, str], Any]:
    """Return every object by collection and identifier."""
    paths = ("orgs", "academicSessions", "courses", "classes", "users", "enrollments")
    return {(path, row["sourcedId"]): row for path in paths for row in api.list(path)}


def rename(row: Any) -> None:
    type(row).objects.filter(pk=row.pk).update(source="s", sourced_id=f"new-{row.pk}")


def first(model: Any, **of: Any) -> Any:
    return model._default_manager.filter(**of).order_by("pk").first()


def change_of_year(world: World) -> None:
    AcademicYear.objects.filter(pk=world.year.pk).update(ends_on=date(2026, 9, 1))


def new_number_of_term(world: World) -> None:
    term = first(Term, year=world.year)
    Term.objects.filter(pk=term.pk).update(removed_at=timezone.now())


def class_goes_to_another_school(world: World) -> None:
    other = SchoolFactory(region=world.here.county)
    ClassSection.objects.filter(pk=world.here.section.pk).update(school=other)


CAUSES = {
    "a region is renamed": lambda w: rename(w.here.county),
    "a school is renamed": lambda w: rename(w.here.school),
    "a course is renamed": lambda w: rename(w.here.course),
    "a class is renamed": lambda w: rename(w.here.section),
    "a teacher is renamed": lambda w: rename(w.here.teacher),
    "a pupil is renamed": lambda w: rename(w.here.pupil),
    "a term is renamed": lambda w: rename(first(Term, year=w.year)),
    "a term is deleted": lambda w: first(Term, year=w.year).delete(),
    "a term is removed": new_number_of_term,
    "a year ends later": change_of_year,
    "a class goes to another school": class_goes_to_another_school,
    "a school takes another name": lambda w: School.objects.filter(
        pk=w.here.school.pk
    ).update(name="新名小学"),
    "a teacher leaves": lambda w: Teacher.objects.filter(pk=w.here.teacher.pk).update(
        status="LEFT", left_on=date(2026, 1, 1), leave_reason="RETIRED"
    ),
    "a headcount is corrected": lambda w: ClassSection.objects.update(headcount=50),
}


@pytest.mark.parametrize("cause", CAUSES)
def test_what_shows_in_an_object_moves_its_moment(
    city_api: Api, world: World, cause: str
) -> None:
    before = shown(city_api)

    CAUSES[cause](world)

    after = shown(city_api)
    changed = {key for key in before.keys() & after.keys() if before[key] != after[key]}
    silent = {
        key
        for key in changed
        if before[key]["dateLastModified"] >= after[key]["dateLastModified"]
    }
    assert changed
    assert silent == set()
    assert before.keys() <= after.keys(), "what was shown once is never just gone"


def test_a_new_term_shows_in_the_classes_of_its_year(
    city_api: Api, world: World
) -> None:
    Term.objects.filter(year=world.year, number=2).delete()
    before = shown(city_api)

    ensure_year(2025)

    after = shown(city_api)
    key = ("classes", world.here.section.public_id)
    assert before[key]["dateLastModified"] < after[key]["dateLastModified"]
    year = ("academicSessions", world.year.public_id)
    assert len(after[year]["children"]) == 2
    assert before[year]["dateLastModified"] < after[year]["dateLastModified"]


GONE = {
    "enrollments": lambda w: w.here.enrolments[0],
    "students": lambda w: w.here.pupil,
    "teachers": lambda w: w.here.teacher,
    "classes": lambda w: w.here.taught,
    "courses": lambda w: w.here.course,
    "schools": lambda w: SchoolFactory(region=w.here.county),
    "terms": lambda w: first(Term, year=w.year),
    "academicSessions": lambda w: ensure_year(2031),
    "orgs": lambda w: DepartmentFactory(region=w.here.county, name="督导室"),
}


@pytest.mark.parametrize("path", GONE)
def test_what_is_deleted_is_shown_to_be_deleted_without_a_person(
    api: Api, world: World, path: str
) -> None:
    row = GONE[path](world)
    if path == "courses":
        ClassSection.objects.filter(course=row).update(course=None)
    name = row.public_id or type(row).objects.get(pk=row.pk).public_id
    there = api.get(f"{path}/{name}").json()
    total = int(api.get(path)["X-Total-Count"])
    moment = next(iter(there.values()))["dateLastModified"]

    row.delete()

    answer = api.get(f"{path}/{name}")
    assert answer.status_code == 200
    [(_, left)] = answer.json().items()
    assert left["status"] == "tobedeleted"
    assert left["dateLastModified"] > moment
    assert left in api.list(path, filter=f"dateLastModified>'{moment}'")
    assert int(api.get(path)["X-Total-Count"]) == total
    text = answer.content.decode()
    assert not any(word in text for word in ("欧阳", "晓燕", "小明", "T001"))
    for version in (V1P2, V1P1):
        alone = api.get(f"{path}/{name}", version.prefix).json()
        schema = object_schema(LISTINGS[path].collection, version)
        Draft202012Validator(schema).validate(next(iter(alone.values())))


def test_a_removed_region_is_told_to_the_one_above(city_api: Api, world: World) -> None:
    county = CountyFactory(parent=world.city)
    callers.forget()
    name = Region.objects.get(pk=county.pk).public_id
    county.names.all().delete()

    county.delete()
    callers.forget()

    found = city_api.get(f"orgs/{name}").json()["org"]
    assert (found["status"], found["type"]) == ("tobedeleted", "district")


def test_deleting_by_statement_leaves_a_record_for_each_row(
    api: Api, world: World
) -> None:
    for _number in range(3):
        TeacherFactory(school=world.here.school)
    wanted = set(
        Teacher.objects.filter(region=world.here.county).values_list(
            "public_id", flat=True
        )
    )
    Enrolment.objects.all().delete()

    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM personnel_teacher WHERE region_id = %s", [world.here.county.pk]
        )

    found = api.list("teachers", filter="status='tobedeleted'")
    assert {row["sourcedId"] for row in found} == wanted


def test_a_school_that_goes_to_another_county_is_gone_here_and_new_there(
    api: Api, city_api: Api, client: Any, world: World
) -> None:
    there = Api(client, factories.token(client, world.there.county))
    school = world.here.school
    Pupil.objects.all().delete()
    Enrolment.objects.all().delete()
    world.here.taught.delete()
    Course.objects.filter(school=school).delete()
    Teacher.objects.filter(pk=world.there.teacher.pk).update(staff_no="T002")

    School.objects.filter(pk=school.pk).update(administered_by=world.there.county)

    def status(reader: Api) -> list[str]:
        rows = reader.list("schools")
        return [r["status"] for r in rows if r["sourcedId"] == school.public_id]

    assert status(api) == ["tobedeleted"]
    assert status(there) == ["active"]
    assert status(city_api) == ["active"]
    [mine] = api.list("teachers")
    assert mine["status"] == "tobedeleted"


def test_a_row_that_comes_back_is_shown_once(api: Api, world: World) -> None:
    def given() -> Any:
        return TeacherFactory(
            school=world.here.school, source="s", sourced_id="T-9", name="赵一"
        )

    given().delete()
    given().delete()
    assert [r["status"] for r in api.list("users") if r["sourcedId"] == "T-9"] == [
        "tobedeleted"
    ]

    given()

    assert [r["status"] for r in api.list("users") if r["sourcedId"] == "T-9"] == [
        "active"
    ]


def test_records_are_kept_for_their_days_and_then_cleared(world: World) -> None:
    world.here.enrolments[0].delete()
    assert Tombstone.objects.count() == 1

    with freeze_time(timezone.now() + timedelta(days=179)):
        clear_tombstones()
    assert Tombstone.objects.count() == 1

    with freeze_time(timezone.now() + timedelta(days=181)):
        clear_tombstones()
    assert Tombstone.objects.count() == 0


def test_a_region_whose_last_day_has_passed_is_told_as_a_change(
    city_api: Api, world: World
) -> None:
    county = world.there.county
    key = ("orgs", county.public_id)
    Region.objects.filter(pk=county.pk).update(valid_to=today() + timedelta(days=30))
    before = shown(city_api)[key]
    assert before["status"] == "active"
    with pgtrigger.ignore("bureau.Region:stamp_changed"):
        Region.objects.filter(pk=county.pk).update(
            valid_to=today() - timedelta(days=1000),
            changed_at=timezone.now() - timedelta(days=3000),
        )

    clear_tombstones()

    after = shown(city_api)[key]
    assert after["status"] == "tobedeleted"
    assert after["dateLastModified"] > before["dateLastModified"]


@pytest.mark.django_db(transaction=True)
def test_rows_of_a_slow_writer_are_not_lost_to_who_reads_changes(client: Any) -> None:
    world = factories.world()
    api = Api(client, factories.token(client, world.here.county))
    seen: set[str] = set()
    wrote, finish = threading.Event(), threading.Event()
    names: dict[str, str] = {}

    def slow() -> None:
        try:
            with transaction.atomic():
                row = TeacherFactory(school=world.here.school, name="钱慢")
                names["slow"] = f"teacher-{row.pk}"
                wrote.set()
                finish.wait(20)
        finally:
            connection.close()

    def pull(since: str) -> str:
        rows = api.list("users", filter=f"dateLastModified>'{since}'")
        seen.update(row["sourcedId"] for row in rows)
        return max([since, *(row["dateLastModified"] for row in rows)])

    mark = pull("2020-01-01T00:00:00.000Z")
    writer = threading.Thread(target=slow)
    writer.start()
    assert wrote.wait(20)
    quick = TeacherFactory(school=world.here.school, name="孙快")

    mark = pull(mark)
    finish.set()
    writer.join()
    pull(mark)

    assert names["slow"] in seen
    assert f"teacher-{quick.pk}" in seen


@pytest.mark.django_db(transaction=True)
def test_without_waiting_the_slow_writers_row_would_be_lost(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "finished_before", lambda: None)

    with pytest.raises(AssertionError):
        test_rows_of_a_slow_writer_are_not_lost_to_who_reads_changes(client)


@pytest.mark.django_db(transaction=True)
def test_a_kept_total_counts_what_a_slow_writer_commits_later(client: Any) -> None:
    world = factories.world()
    api = Api(client, factories.token(client, world.here.county))
    wrote, finish = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                ClassSectionFactory(school=world.here.school, year=world.year, number=7)
                wrote.set()
                finish.wait(20)
        finally:
            connection.close()

    writer = threading.Thread(target=slow)
    writer.start()
    assert wrote.wait(20)
    ClassSectionFactory(school=world.here.school, year=world.year, number=8)
    assert api.get("classes")["X-Total-Count"] == "3"

    finish.set()
    writer.join()

    assert api.get("classes")["X-Total-Count"] == "4"
    assert len(api.list("classes")) == 4


@pytest.mark.django_db(transaction=True)
def test_a_kept_total_forgets_records_that_were_cleared(client: Any) -> None:
    world = factories.world()
    api = Api(client, factories.token(client, world.here.county))
    TeacherFactory(school=world.here.school).delete()
    assert api.get("teachers")["X-Total-Count"] == "2"

    Tombstone.objects.all().delete()

    assert api.get("teachers")["X-Total-Count"] == "1"
