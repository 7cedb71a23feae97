"""A generated county: its counts, its truth on every day, the same every time."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count

from audit.models import Event
from core.models import Installation
from demo.generating import SIZES, generate
from demo.loading import load
from groups.choices import OPERATING, Role
from groups.models import EducationGroup, GroupPhase, Membership
from personnel.models import Teacher
from roster.models import Pupil, PupilRoster
from schools.choices import CODE_PREFIXES, ReturnState
from schools.figures import faults_of, missing_figures
from schools.models import ClassSection, School, SchoolReturn, SchoolStage
from schools.models.returns import FIGURES
from tests.accounts.factories import UserFactory
from tests.demo.conftest import empty_every_table
from tests.demo.digests import fingerprints
from tests.kept import kept

UNTIL = date(2026, 9, 1)
YEARS = ["2023-2024", "2024-2025", "2025-2026"]


def told(size: str) -> dict[str, Any]:
    """Run the command and return its one line."""
    out = StringIO()
    call_command("generate", "--size", size, "--json", stdout=out)
    [line] = out.getvalue().splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


@pytest.fixture(scope="module")
def generated(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict]:
    """A county in a transaction that never commits, and the line that told of it."""
    with kept(django_db_blocker):
        empty_every_table()
        yield told("county")


@pytest.fixture
def county(generated: dict[str, Any], db: None) -> dict[str, Any]:
    """The generated county for one test."""
    return generated


@pytest.fixture
def empty(county: dict[str, Any]) -> None:
    """A database in which nobody has worked yet."""
    empty_every_table()


def days(start: date, end: date | None) -> Iterator[date]:
    """Yield the days of a half-open span."""
    day = start
    while day < (end or UNTIL):
        yield day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("name", "schools", "groups", "teachers"),
    [
        ("county", 80, 12, 6000),
        ("city", 1000, 100, 60_000),
        ("province", 10_000, 1000, 500_000),
    ],
)
def test_each_size_holds_as_much_as_is_asked_of_it(
    name: str, schools: int, groups: int, teachers: int
) -> None:
    size = SIZES[name]

    assert size.counties * size.schools == schools
    assert size.counties * size.groups == groups
    assert size.counties * size.teachers == teachers


def test_one_line_of_json_tells_what_stands(county: dict[str, Any]) -> None:
    assert county["is_new"] is True
    assert (county["size"], county["region"]) == ("county", "980101")
    assert (county["schools"], county["groups"]) == (80, 12)
    assert 80_000 < county["pupils"] < 100_000
    assert county["classes"] == ClassSection.objects.count() > 5000
    assert county["returns"] == SchoolReturn.objects.count()
    assert county["memberships"] == Membership.objects.count() > 80
    assert county["teachers"] == Teacher.objects.count() == 6000
    assert county["named_pupils"] == Pupil.objects.count() == 0


def test_installation_is_a_demo_of_the_county(county: dict[str, Any]) -> None:
    current = Installation.current()

    assert current is not None
    assert (current.region_code, current.is_demo) == ("980101", True)
    assert set(School.objects.values_list("administered_by__code", flat=True)) == {
        "980101"
    }


def test_codes_lie_in_a_province_that_does_not_exist(county: dict[str, Any]) -> None:
    for school in School.objects.all():
        prefix = CODE_PREFIXES[school.type][0]
        assert (school.school_code or "").startswith(f"{prefix}98"), school


def test_three_years_of_returns_are_whole_and_count_the_classes(
    county: dict[str, Any],
) -> None:
    counted: Counter[tuple[Any, ...]] = Counter()
    classes: Counter[tuple[Any, ...]] = Counter()
    for row in ClassSection.objects.all():
        counted[row.school_id, row.year_id, row.stage] += row.headcount
        classes[row.school_id, row.year_id, row.stage] += 1

    rows = list(SchoolReturn.objects.select_related("year"))

    assert sorted({row.year.code for row in rows}) == YEARS
    assert {(row.year.code, row.state) for row in rows} == {
        ("2023-2024", ReturnState.LOCKED),
        ("2024-2025", ReturnState.LOCKED),
        ("2025-2026", ReturnState.ACCEPTED),
    }
    assert len(rows) == len(counted)
    for row in rows:
        key = row.school_id, row.year_id, row.stage
        assert (row.students, row.classes) == (counted[key], classes[key])
        assert missing_figures(row) == []
        assert faults_of({name: getattr(row, name) for name in FIGURES}) == {}


def test_every_operating_group_has_exactly_one_lead_on_every_day(
    county: dict[str, Any],
) -> None:
    leads: Counter[tuple[int, date]] = Counter()
    for row in Membership.objects.filter(role=Role.LEAD):
        leads.update((row.group_id, day) for day in days(row.valid_from, row.valid_to))

    working = [
        (row.group_id, day)
        for row in GroupPhase.objects.filter(state__in=OPERATING)
        for day in days(row.valid_from, row.valid_to)
    ]

    assert len(working) > 12 * 365
    assert {leads[key] for key in working} == {1}


def test_phases_leave_no_day_out_and_end_in_the_groups_state(
    county: dict[str, Any],
) -> None:
    for group in EducationGroup.objects.prefetch_related("phases"):
        phases = sorted(group.phases.all(), key=lambda phase: phase.valid_from)

        assert phases[0].valid_from == group.founded_on
        assert [p.valid_to for p in phases] == [
            *(p.valid_from for p in phases[1:]),
            None,
        ]
        assert phases[-1].state == group.state
        working = [p.valid_from for p in phases if p.state in OPERATING]
        assert working[0] == group.operating_from


def test_no_school_is_in_two_groups_on_a_day(county: dict[str, Any]) -> None:
    held: Counter[tuple[int, date]] = Counter()
    for row in Membership.objects.all():
        held.update((row.school_id, day) for day in days(row.valid_from, row.valid_to))

    assert set(held.values()) == {1}


def test_members_join_late_leave_move_over_and_take_the_lead(
    county: dict[str, Any],
) -> None:
    rows = list(Membership.objects.select_related("group"))
    groups_of: dict[int, set[int]] = {}
    roles_of: dict[int, set[str]] = {}
    for row in rows:
        groups_of.setdefault(row.school_id, set()).add(row.group_id)
        roles_of.setdefault(row.school_id, set()).add(row.role)

    assert any(row.valid_from > row.group.founded_on for row in rows)
    assert any(row.valid_to for row in rows if row.role == Role.MEMBER)
    assert max(map(len, groups_of.values())) == 2
    assert {Role.LEAD, Role.MEMBER} in roles_of.values()
    assert all(row.ended_because for row in rows if row.valid_to)
    assert any(row.baseline["stages"] for row in rows)


def test_every_school_employs_teachers_for_its_own_stages(
    county: dict[str, Any],
) -> None:
    taught = set(SchoolStage.objects.values_list("school_id", "stage"))

    rows = list(Teacher.objects.all())

    assert {(row.school_id, row.stage) for row in rows} == taught
    assert len({row.staff_no for row in rows}) == len(rows)
    assert not any(row.identity_sealed for row in rows)


def test_pupils_are_named_only_when_asked_and_as_many_as_the_classes_count(
    empty: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = replace(SIZES["county"], schools=20, groups=3, teachers=200)
    monkeypatch.setitem(SIZES, "county", small)

    out = StringIO()
    call_command("generate", "--size", "county", "--pupils", "--json", stdout=out)

    told = json.loads(out.getvalue())
    last = ClassSection.objects.filter(year__code=YEARS[-1])
    counted = last.annotate(named=Count("enrolments"))
    assert told["named_pupils"] == told["pupils"] == Pupil.objects.count() > 0
    assert [row.named for row in counted] == [row.headcount for row in counted]
    [switched_on] = PupilRoster.objects.all()
    assert switched_on.assessment.conclusion
    connection.check_constraints()


def test_no_rule_of_the_database_was_put_aside(county: dict[str, Any]) -> None:
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgenabled <> 'O'")
        disabled = cursor.fetchall()
        cursor.execute("SELECT conname FROM pg_constraint WHERE NOT convalidated")
        unchecked = cursor.fetchall()

    assert (disabled, unchecked) == ([], [])


def test_two_loads_of_a_size_give_the_same_rows(county: dict[str, Any]) -> None:
    before, first = fingerprints(), School.objects.order_by("pk")[0].pk

    with transaction.atomic():
        empty_every_table()
        generate("county")
        after, again = fingerprints(), School.objects.order_by("pk")[0].pk
        transaction.set_rollback(True)

    assert after == before
    assert again != first


def test_second_run_changes_nothing_and_says_so(county: dict[str, Any]) -> None:
    before, events = fingerprints(), Event.objects.count()

    again = told("county")

    kept = set(county) - {"is_new", "seconds"}
    assert again["is_new"] is False
    assert {key: again[key] for key in kept} == {key: county[key] for key in kept}
    assert (fingerprints(), Event.objects.count()) == (before, events)


def test_another_size_and_the_demo_are_refused_beside_it(
    county: dict[str, Any],
) -> None:
    with pytest.raises(ValidationError, match="请使用空数据库") as other:
        generate("city")
    with pytest.raises(ValidationError, match="请使用空数据库") as demo:
        load()

    assert (other.value.code, demo.value.code) == ("not_demo", "not_demo")


def test_refused_in_an_installation_that_is_no_demo(empty: None) -> None:
    Installation.objects.create(region_code="980101", is_demo=False)
    out = StringIO()

    with pytest.raises(SystemExit) as end:
        call_command("generate", "--size", "county", "--json", stdout=out)

    assert end.value.code == 1
    assert json.loads(out.getvalue())["code"] == "not_demo"
    assert not School.objects.exists()
    with pytest.raises(CommandError, match="不是演示环境"):
        call_command("generate", "--size", "county")


def test_refused_where_somebody_already_works(empty: None) -> None:
    UserFactory()

    with pytest.raises(ValidationError, match="空数据库") as refusal:
        generate("county")

    assert refusal.value.code == "not_empty"
    assert not School.objects.exists()


def test_nothing_stays_when_a_chapter_fails(
    empty: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from demo.generating import loading

    def fail(plan: object) -> None:
        raise RuntimeError("interrupted")

    monkeypatch.setattr(loading, "CHAPTERS", (*loading.CHAPTERS[:2], fail))

    with pytest.raises(RuntimeError, match="interrupted"):
        generate("county")

    assert Installation.current() is None
    assert not School.objects.exists()


def test_a_person_is_told_in_words_and_how_to_get_in(empty: None) -> None:
    out = StringIO()

    call_command("generate", "--size", "county", stdout=out)
    call_command("generate", "--size", "county", stdout=out)

    text = out.getvalue()
    assert "学校 80" in text
    assert "init_bureau --region 980101" in text
    assert "没有改动" in text
