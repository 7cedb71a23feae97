"""The seven resource indicators: lines met, and variation between schools."""

from decimal import Decimal
from typing import Any

import pytest

from core.metrics import REGION
from schools.choices import Stage
from schools.metrics.quality import weighted_cv
from tests.schools.factories import FullReturnFactory, SchoolFactory
from tests.schools.metrics.figures import figure, rounded

pytestmark = pytest.mark.django_db


# --- the golden example --------------------------------------------------------------


PUPILS = (45, 37, 89, 76, 55)
BOOKS = (279, 137, 935, 160, 402)


@pytest.mark.clause("BN-4.1.2")
def test_pupil_weighted_cv_gives_the_published_example(county: Any, year: Any) -> None:
    for pupils, books in zip(PUPILS, BOOKS, strict=True):
        FullReturnFactory(
            school=SchoolFactory(region=county),
            year=year,
            students=pupils,
            new_intake=0,
            in_zone=0,
            out_of_zone=0,
            teaching_area=books,
        )

    found = figure("resource_cv_mean", county, year, REGION)

    row = next(r for r in found.detail if r["indicator"] == "teaching_area")
    assert rounded(Decimal(row["mean"]), 2) == 6.33
    assert rounded(Decimal(row["cv"]), 2) == 0.52
    assert float(row["cv"]) == 0.5153


def test_weighted_cv_in_python_agrees() -> None:
    pairs = [(Decimal(n), Decimal(x) / n) for n, x in zip(PUPILS, BOOKS, strict=True)]

    assert rounded(weighted_cv(pairs), 6) == 0.515257
    assert weighted_cv([]) is None
    assert weighted_cv([(Decimal(3), Decimal(0))]) is None


# --- the seven indicators ------------------------------------------------------------


MEETS_ALL = {
    "students": 100,
    "new_intake": 0,
    "in_zone": 0,
    "out_of_zone": 0,
    "cohort": 0,
    "retained": 0,
    "full_time": 20,
    "staff": 20,
    "above_degree": 6,
    "backbone": 2,
    "pe_arts": 2,
    "teaching_area": 600,
    "sports_area": 1100,
    "equipment_value": 260_000,
    "multimedia_rooms": 3,
}


@pytest.mark.clause("BN-4.1.2")
@pytest.mark.parametrize(
    ("change", "met"),
    [
        ({}, 1),
        ({"teaching_area": 383}, 1),  # one below, at 85.1 % of the line
        ({"teaching_area": 382}, 0),  # one below, at 84.9 %
        ({"teaching_area": 440, "sports_area": 740}, 0),  # two below
        ({"state": "SUBMITTED"}, 0),
        ({"multimedia_rooms": None}, 0),
    ],
)
def test_school_meets_six_of_seven_and_nearly_the_rest(
    year: Any, change: dict, met: int
) -> None:
    school = SchoolFactory()
    FullReturnFactory(school=school, year=year, **{**MEETS_ALL, **change})

    found = figure("resource_standard_met_share", school, year)

    assert (found.numerator, found.denominator) == (met, 1)


def test_school_of_two_stages_must_meet_both(year: Any) -> None:
    school = SchoolFactory(type="NINE_YEAR")
    FullReturnFactory(school=school, year=year, **MEETS_ALL)

    half = figure("resource_standard_met_share", school, year)
    FullReturnFactory(school=school, year=year, stage=Stage.JUNIOR, **MEETS_ALL)
    whole = figure("resource_standard_met_share", school, year)

    assert (half.value, whole.value) == (0, 1)
    assert whole.denominator == 1


@pytest.mark.clause("AK-1.2.1")
def test_cv_lines_are_counted_per_indicator_and_stage(union: str, year: Any) -> None:
    for area in (600, 6000):
        FullReturnFactory(
            school=SchoolFactory(), year=year, **{**MEETS_ALL, "teaching_area": area}
        )

    found = figure("resource_cv_met_share", 1, year, union)

    assert (found.numerator, found.denominator) == (6, 7)


def test_unreported_indicator_counts_as_above_the_line_and_hides_the_mean(
    union: str, year: Any
) -> None:
    FullReturnFactory(school=SchoolFactory(), year=year, **MEETS_ALL)
    FullReturnFactory(
        school=SchoolFactory(), year=year, **{**MEETS_ALL, "sports_area": None}
    )

    assert figure("resource_cv_met_share", 1, year, union).numerator == 6
    assert figure("resource_cv_mean", 1, year, union).value is None


def test_stage_taught_by_one_school_has_no_variation(union: str, year: Any) -> None:
    FullReturnFactory(school=SchoolFactory(), year=year, **MEETS_ALL)

    assert figure("resource_cv_met_share", 1, year, union).denominator == 0
    assert figure("resource_cv_mean", 1, year, union).value is None
