"""Bundles going out: strictly valid, and the same when taken in elsewhere."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from personnel.models import Teacher
from roster.bundles.exporting import checked_export, export_bundle
from roster.bundles.receiving import receive_bundle
from roster.bundles.validating import check_rows, open_bundle, rows_of_file
from roster.choices import RunState
from roster.models import Enrolment, Pupil, SyncRun
from schools.models import ClassSection, Course, School
from tests.bureau.factories import CountyFactory
from tests.personnel.factories import TeacherFactory
from tests.roster.bundles.factories import add_user, bundle, roster
from tests.roster.inbound.factories import SourceFactory, keep_pupils
from tests.schools.factories import ClassSectionFactory, SchoolFactory


def filled(world: Any, capture: Any) -> None:
    """Fill the county with pupils and teachers, some of them its own."""
    keep_pupils(world.here)
    rows = roster(schools=2)
    add_user(rows, "p1", "s1", "student")
    rows["enrollments"].append(
        {
            "sourcedId": "ep1",
            "classSourcedId": "c1",
            "schoolSourcedId": "s1",
            "userSourcedId": "p1",
            "role": "student",
            "beginDate": "2026-09-01",
            "endDate": "2027-01-21",
        }
    )
    rows["enrollments"][0]["role"] = "proctor"
    with capture(execute=True):
        run, _new = receive_bundle(world.source, "名册.zip", bundle(rows))
    assert SyncRun.objects.get(pk=run.pk).state == RunState.DONE
    school = School.objects.get(sourced_id="s1")
    TeacherFactory(school=school, name="欧阳测试", staff_no="T-1")
    ClassSectionFactory(school=school, year=world.year, grade=2, number=1)


def exported(region: Any, since: Any = None) -> io.BytesIO:
    stream = io.BytesIO()
    export_bundle(region, stream, since)
    stream.seek(0)
    return stream


def rows_by_file(stream: io.BytesIO) -> dict[str, list[dict[str, str]]]:
    found = open_bundle("x.zip", stream)
    return {name: list(rows_of_file(found, name)) for name in found.layouts}


def test_an_export_is_strictly_valid(world: Any, capture: Any) -> None:
    filled(world, capture)

    found = open_bundle("x.zip", exported(world.here))

    assert check_rows(found) == []
    assert set(found.modes.values()) == {"bulk", "absent"}
    assert len(found.modes) == 21


def test_what_goes_out_comes_in_elsewhere_as_the_same(world: Any, capture: Any) -> None:
    filled(world, capture)
    first = exported(world.here)
    elsewhere = CountyFactory(name="新区")
    keep_pupils(elsewhere)
    source = SourceFactory(region=elsewhere)

    with capture(execute=True):
        made, _new = receive_bundle(source, "转入.zip", first.getvalue())

    run = SyncRun.objects.get(pk=made.pk)
    assert (run.state, run.failure) == (RunState.DONE, "")
    assert sum(c["rejected"] for c in run.counts.values()) == 0
    here, there = rows_by_file(first), rows_by_file(exported(elsewhere))
    for name in ("users", "roles", "enrollments"):
        assert there[name] == here[name], name
    assert _without(there["classes"]) == _without(here["classes"])


def test_an_aide_comes_back_as_an_aide(world: Any, capture: Any) -> None:
    rows = roster()
    rows["enrollments"][0]["role"] = "proctor"
    with capture(execute=True):
        receive_bundle(world.source, "名册.zip", bundle(rows))
    elsewhere = CountyFactory(name="新区")
    stream = exported(world.here)

    with capture(execute=True):
        receive_bundle(SourceFactory(region=elsewhere), "转入.zip", stream.getvalue())

    told = {r["sourcedId"]: r["role"] for r in rows_by_file(stream)["enrollments"]}
    assert (told["e1-1"], told["e1-2"]) == ("proctor", "teacher")
    for region in (world.here, elsewhere):
        held = Enrolment.objects.filter(region=region).values_list("sourced_id", "role")
        assert dict(held) == {"e1-1": "aide", "e1-2": "teacher", "e1-3": "teacher"}


def _without(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{k: v for k, v in row.items() if k != "courseSourcedId"} for row in rows]


def test_a_delta_has_what_changed_and_what_is_gone(world: Any, capture: Any) -> None:
    filled(world, capture)
    Pupil.objects.update(family_name="测")
    Teacher.objects.filter(sourced_id="u1-1").update(removed_at=timezone.now())
    changed = Teacher.objects.get(sourced_id="u1-1").changed_at

    stream = exported(world.here, changed - timedelta(microseconds=1))

    found = open_bundle("x.zip", stream)
    assert check_rows(found) == []
    stream.seek(0)
    users = rows_by_file(stream)["users"]
    told = {row["sourcedId"]: row["status"] for row in users}
    assert told["u1-1"] == "tobedeleted"
    assert "u2-1" not in told


@pytest.mark.parametrize("since", [None, 1], ids=["bulk", "delta"])
def test_what_hangs_on_something_that_ended_breaks_no_bundle(
    world: Any, capture: Any, since: int | None
) -> None:
    filled(world, capture)
    moment = timezone.now() - timedelta(days=since) if since else None
    closed = School.objects.get(sourced_id="s2")
    School.objects.filter(pk=closed.pk).update(
        status="CLOSED", closed_on="2026-10-01", opened_on="2020-09-01"
    )
    SchoolFactory(region=world.here, name="筹建小学", status="PLANNED")
    member = Enrolment.objects.filter(section__school__sourced_id="s1").first()
    Teacher.objects.filter(pk=member.teacher_id).update(removed_at=timezone.now())
    course = Course.objects.create(region=world.city, title="全市选修", code="C-1")
    ClassSection.objects.filter(sourced_id="c1").update(course=course)
    lent = TeacherFactory(school=SchoolFactory(region=world.there))
    Enrolment.objects.create(
        section=ClassSection.objects.get(sourced_id="c1"),
        region=world.here,
        teacher=lent,
        role="teacher",
    )

    stream = exported(world.here, moment)

    found = open_bundle("x.zip", stream)
    assert check_rows(found) == []
    stream.seek(0)
    rows = rows_by_file(stream)
    assert "筹建小学" not in {row["name"] for row in rows["orgs"]}
    assert lent.public_id not in {row["userSourcedId"] for row in rows["enrollments"]}
    standing = {r["sourcedId"] for r in rows["orgs"] if r["status"] != "tobedeleted"}
    assert "s1" in standing and "s2" not in standing
    for name, head in (
        ("classes", "schoolSourcedId"),
        ("users", "primaryOrgSourcedId"),
    ):
        told = [row for row in rows[name] if row["status"] != "tobedeleted"]
        assert told and {row[head] for row in told} <= standing


def test_a_delta_tells_of_rows_that_are_there_no_more(world: Any, capture: Any) -> None:
    filled(world, capture)
    moment = timezone.now()
    pupil = Pupil.objects.get()
    ids = {"users": pupil.public_id, "roles": f"role-{pupil.public_id}"}
    ids["enrollments"] = pupil.enrolments.get().public_id
    pupil.delete()
    section = ClassSection.objects.get(grade=2)
    ids["classes"] = section.public_id
    section.delete()
    term = world.year.terms.get(number=2)
    ids["academicSessions"] = term.public_id
    term.delete()

    stream = exported(world.here, moment)

    found = open_bundle("x.zip", stream)
    assert check_rows(found) == []
    stream.seek(0)
    rows = rows_by_file(stream)
    for name, sid in ids.items():
        [row] = [row for row in rows[name] if row["sourcedId"] == sid]
        assert row["status"] == "tobedeleted", name
        assert row["dateLastModified"], name
    assert "测" not in str([row for row in rows["users"] if row["sourcedId"] == "p1"])


def test_the_commands_write_and_take_in_a_bundle(
    world: Any, capture: Any, tmp_path: Path, capsys: Any
) -> None:
    filled(world, capture)
    path = tmp_path / "out.zip"
    elsewhere = CountyFactory(name="新区")
    source = SourceFactory(region=elsewhere)

    call_command("export_bundle", str(path), region=world.here.code, json=True)
    told = json.loads(capsys.readouterr().out)
    call_command("import_bundle", str(path), source=source.code, json=True)

    assert (
        told["rows"]["users"] == Teacher.objects.filter(region=world.here).count() + 1
    )
    assert json.loads(capsys.readouterr().out)["state"] == "DONE"
    assert ClassSection.objects.filter(region=elsewhere).count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_next_delta_begins_before_what_is_still_being_written(
    tmp_path: Path,
) -> None:
    school = SchoolFactory(region=CountyFactory(), name="东湖小学")
    path = tmp_path / "out.zip"
    writer = connection.copy()
    try:
        with transaction_of(writer) as cursor:
            cursor.execute(
                "UPDATE schools_school SET short_name = '东湖' WHERE id = %s",
                [school.pk],
            )
            _rows, complete_to = checked_export(school.region, path)
    finally:
        writer.close()

    school.refresh_from_db()
    assert school.short_name == "东湖"
    assert complete_to < school.changed_at
    checked_export(school.region, path, since=complete_to)
    orgs = list(rows_by_file(io.BytesIO(path.read_bytes()))["orgs"])
    assert school.name in {row["name"] for row in orgs}


@contextmanager
def transaction_of(writer: Any) -> Iterator[Any]:
    """Yield a cursor whose transaction ends with the block."""
    writer.set_autocommit(False)
    with writer.cursor() as cursor:
        yield cursor
    writer.commit()
