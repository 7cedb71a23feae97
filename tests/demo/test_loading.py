"""What the demo holds, and that loading it twice does no harm."""

from datetime import date

import pytest
from django.db import connection, transaction
from freezegun import freeze_time

from audit.models import Event
from core.days import today
from core.models import Installation, Notification
from demo.loading import TOLD_UNTIL, load, told_on
from evaluation.models import Framework
from schools.choices import CODE_PREFIXES, CONFIRMED_STATES, ReturnState
from schools.figures import missing_figures
from schools.models import ClassSection, School, SchoolReturn
from tests.demo.conftest import Loaded, empty_every_table
from tests.demo.digests import fingerprints

LEAST = {
    "regions": 16,
    "schools": 62,
    "class_lists": 180,
    "returns": 230,
    "quality_results": 500,
    "groups": 17,
    "cases": 7,
    "cycles": 4,
    "teachers": 500,
    "documents": 60,
    "reports": 15,
    "report_runs": 12,
}


def test_the_demo_is_told_as_counts_of_every_kind(demo: Loaded) -> None:
    made = {kind: n["created"] for kind, n in demo.result["tables"].items()}

    assert {
        kind: made[kind] >= least for kind, least in LEAST.items()
    } == dict.fromkeys(LEAST, True)
    assert demo.result["region"] == "990100"
    assert demo.result["accounts"] >= 35


@pytest.mark.parametrize(
    ("day", "told"),
    [(date(2027, 8, 31), date(2027, 8, 31)), (date(2031, 5, 4), TOLD_UNTIL)],
)
def test_a_demo_loaded_years_later_is_told_on_the_last_day_of_its_story(
    day: date, told: date
) -> None:
    with freeze_time(f"{day} 10:00:00+08:00"), told_on(today()):
        assert today() == told


def test_the_demo_loads_in_less_than_a_minute(demo: Loaded) -> None:
    # other work on the machine stretches the time on the wall, not the processor's
    assert min(demo.result["seconds"], demo.cpu_seconds * 2) < 60


def test_the_installation_says_that_it_is_a_demo(demo: Loaded) -> None:
    current = Installation.current()

    assert current is not None
    assert (current.region_code, current.is_demo) == ("990100", True)
    assert set(
        Framework.objects.filter(state="PUBLISHED").values_list("region__code", "code")
    ) == {("990100", "BN-5D"), ("990100", "AK-4A")}


def test_a_second_load_changes_nothing_and_says_so(demo: Loaded) -> None:
    before = fingerprints()
    events, told = Event.objects.count(), Notification.objects.count()

    again = load()

    assert again["created"] == 0
    assert again["unchanged"] > 0
    assert fingerprints() == before
    assert (Event.objects.count(), Notification.objects.count()) == (events, told)


@pytest.mark.slow
def test_two_fresh_loads_give_the_same_rows(demo: Loaded) -> None:
    before = fingerprints()

    with transaction.atomic():
        empty_every_table()
        load()
        after = fingerprints()
        transaction.set_rollback(True)

    assert after == before


def test_no_rule_of_the_database_waits_to_be_broken(demo: Loaded) -> None:
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_every_code_lies_in_the_block_for_fictional_schools(demo: Loaded) -> None:
    schools = School.objects.exclude(type="").exclude(status="PLANNED")

    assert schools.count() >= 62
    for school in schools:
        prefix = CODE_PREFIXES[school.type][0]
        assert school.school_code is not None
        assert school.school_code.startswith(f"{prefix}99999"), school
    assert School.objects.get(type="").school_code is None


def test_three_school_years_are_complete_and_closed_or_accepted(demo: Loaded) -> None:
    told = ("2023-2024", "2024-2025", "2025-2026")
    rows = SchoolReturn.objects.filter(year__code__in=told)

    states = set(rows.values_list("year__code", "state"))

    assert states == {
        ("2023-2024", ReturnState.LOCKED),
        ("2024-2025", ReturnState.LOCKED),
        ("2025-2026", ReturnState.ACCEPTED),
    }
    assert not rows.filter(accepted_by__isnull=True).exists()
    assert [str(row) for row in rows if missing_figures(row)] == []


def test_returns_agree_with_the_classes_they_count(demo: Loaded) -> None:
    for row in SchoolReturn.objects.filter(state__in=CONFIRMED_STATES).order_by("pk"):
        classes = ClassSection.objects.filter(
            school=row.school_id, year=row.year_id, stage=row.stage
        )
        sizes = list(classes.values_list("headcount", flat=True))
        assert (row.classes, row.students) == (len(sizes), sum(sizes))


def test_this_years_returns_stand_at_every_desk(demo: Loaded) -> None:
    rows = SchoolReturn.objects.filter(year__code="2026-2027")

    assert set(rows.values_list("state", flat=True)) == {
        ReturnState.DRAFT,
        ReturnState.SUBMITTED,
        ReturnState.CONFIRMED,
        ReturnState.RETURNED,
        ReturnState.ACCEPTED,
    }
