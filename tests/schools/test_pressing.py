"""Findings of many schools in one statement, held against the judgement of each."""

import random
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from bureau.models import AcademicYear
from bureau.services import set_parameter
from core.days import today
from schools.models import ClassSection, School
from schools.pressing import FINDINGS
from schools.pressure import remarks_of
from tests.bureau.factories import (
    AcademicYearFactory,
    CountyFactory,
    PolicyParameterFactory,
)
from tests.schools.factories import FullReturnFactory, SchoolFactory
from tests.schools.test_pressure import LINES

pytestmark = pytest.mark.django_db
COUNTIES, SCHOOLS = 4, 60
STATES = ("DRAFT", "CONFIRMED", "ACCEPTED", "LOCKED")


@pytest.fixture
def year(db: None) -> AcademicYear:
    for key, value in LINES.items():
        PolicyParameterFactory(key=key, value=value)
    return AcademicYearFactory(first=today().year - (today().month < 9))


def random_world(year: AcademicYear, seed: int) -> None:
    """Make counties with lines of their own, and schools with figures at random."""
    chance = random.Random(seed)
    before = AcademicYearFactory(first=year.starts_on.year - 1)
    counties = [CountyFactory() for _number in range(COUNTIES)]
    for county in counties[1:]:
        for key, values in (
            ("class.large_min", ("46", "51", "56")),
            ("class.oversize_min", ("56", "61", "66")),
            ("pressure.seat_use_max", ("0.90", "1", "1.10")),
            ("pressure.out_of_zone_max", ("0.05", "0.2", "0.5")),
        ):
            set_parameter(key, county, chance.choice(values), by=None, reason="从严")
    for _number in range(SCHOOLS):
        school = SchoolFactory(region=chance.choice(counties))
        ClassSection.objects.bulk_create(
            ClassSection(
                school=school,
                region=school.administered_by,
                year=chance.choice((year, year, before)),
                stage="PRIMARY",
                grade=1,
                number=nth + 1,
                headcount=chance.choice((44, 46, 50, 51, 55, 56, 60, 65, 66, 70)),
                counted_on=date(year.starts_on.year, 9, 1),
            )
            for nth in range(chance.randrange(4))
        )
        outside = chance.choice((0, 4, 5, 8, 16, 17, 40, 41))
        FullReturnFactory(
            school=school,
            year=year,
            state=chance.choice(STATES),
            seats=chance.choice((0, 409, 410, 450, 500, 501, 540)),
            in_zone=80 - outside,
            out_of_zone=outside,
        )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_one_statement_finds_what_the_judgement_of_each_school_finds(
    year: AcademicYear, seed: int, django_assert_num_queries: Any
) -> None:
    random_world(year, seed)
    rows = School.objects.with_pressure(year, today())
    judged = {s.pk: {r.code for r in remarks_of(s, {})} for s in rows}
    large = {s.pk: s.large for s in rows}

    for finding in FINDINGS:
        with django_assert_num_queries(1):
            found = _ids(School.objects.pressed(finding, year, today()))
        meant = {"LARGE": {"LARGE", "OVERSIZE"}}.get(finding, {finding})
        expected = {pk for pk, codes in judged.items() if codes & meant}
        assert found == expected
        assert 0 < len(expected) < SCHOOLS
    with django_assert_num_queries(1):
        found = _ids(School.objects.pressed("ANY", year, today()))
    assert found == {pk for pk, codes in judged.items() if codes}
    crowded = School.objects.pressed("LARGE", year, today(), least=2)
    assert _ids(crowded) == {pk for pk, count in large.items() if count >= 2}


def _ids(rows: Any) -> set[int]:
    return set(rows.values_list("pk", flat=True))


def test_without_a_year_nothing_stands_out(year: AcademicYear) -> None:
    random_world(year, 1)

    assert not School.objects.pressed("ANY", None, today()).exists()


@pytest.mark.parametrize("rows", [3, 30])
def test_the_filtered_list_takes_the_same_queries_however_long(
    world: Any,
    year: AcademicYear,
    signed_in: Any,
    django_assert_num_queries: Any,
    rows: int,
) -> None:
    for _number in range(rows):
        school = SchoolFactory(region=world.here.county)
        FullReturnFactory(school=school, year=year, seats=100)
    client = signed_in(world.here.bureau)
    url = reverse("schools:pressure-list")
    client.get(url)

    with django_assert_num_queries(15):
        page = client.get(url, {"finding": "ANY", "large_min": "0"})

    assert page.context["count"] == rows
