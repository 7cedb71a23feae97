"""Value added by schools, gaps between them, and growth of quality seats."""

from datetime import date
from typing import Any

import pytest

from core.metrics import REGION
from schools.choices import Label
from tests.bureau.factories import AcademicYearFactory
from tests.schools.factories import (
    FullReturnFactory,
    QualityResultFactory,
    SchoolFactory,
    SchoolLabelFactory,
)
from tests.schools.metrics.figures import figure, rounded

pytestmark = pytest.mark.django_db


# --- quality -------------------------------------------------------------------------


@pytest.mark.clause("BN-3.1")
def test_value_added_is_z_now_minus_z_at_joining_without_the_lead(
    union: str, year: Any, last_year: Any
) -> None:
    member, lead = SchoolFactory(), SchoolFactory(name="龙头小学")
    for school, then, now in ((member, 74, 83), (lead, 70, 100)):
        QualityResultFactory(school=school, year=last_year, mean=then)
        QualityResultFactory(school=school, year=year, mean=now)

    found = figure("quality_value_added", 1, year, union)

    assert found.denominator == 1
    assert rounded(found.value) == 0.75  # (83−80)/12 − (74−80)/12


def test_member_without_a_result_now_enters_with_the_missing_delta(
    union: str, year: Any, last_year: Any
) -> None:
    QualityResultFactory(year=last_year)

    found = figure("quality_value_added", 1, year, union)

    assert rounded(found.value) == -0.1


def test_member_of_less_than_a_year_does_not_count(union: str, year: Any) -> None:
    SchoolFactory(opened_on=date(2025, 3, 1))

    found = figure("quality_value_added", 1, year, union)

    assert (found.denominator, found.value) == (0, None)


def test_first_monitored_year_is_the_start_of_a_later_school(
    union: str, year: Any, last_year: Any
) -> None:
    school = SchoolFactory(opened_on=date(2023, 9, 1))
    AcademicYearFactory(first=2023)
    QualityResultFactory(school=school, year=last_year, mean=80)
    QualityResultFactory(school=school, year=year, mean=86)

    assert rounded(figure("quality_value_added", 1, year, union).value) == 0.5


def test_own_difference_of_a_school(year: Any, last_year: Any) -> None:
    school = SchoolFactory()
    QualityResultFactory(school=school, year=last_year, mean=80)
    QualityResultFactory(school=school, year=year, mean=92)

    found = figure("quality_value_added", school, year)

    assert (found.denominator, rounded(found.value)) == (1, 1.0)


def test_gap_between_schools_shrinks(union: str, year: Any, last_year: Any) -> None:
    for then, now in ((60, 75), (100, 85)):
        school = SchoolFactory()
        QualityResultFactory(school=school, year=last_year, mean=then)
        QualityResultFactory(school=school, year=year, mean=now)

    found = figure("quality_cv_reduction", 1, year, union)

    assert rounded(found.value) == 0.1875  # 20/80 − 5/80


def test_gap_without_every_result_brings_nothing(
    union: str, year: Any, last_year: Any
) -> None:
    QualityResultFactory(year=last_year, mean=60)
    QualityResultFactory(year=last_year, mean=100)

    assert figure("quality_cv_reduction", 1, year, union).value == 0


# --- seats ---------------------------------------------------------------------------


@pytest.mark.clause("BN-3.5")
def test_quality_seats_grow_with_labels_and_seats(
    county: Any, year: Any, last_year: Any
) -> None:
    old, new, plain = (SchoolFactory(region=county) for _n in range(3))
    SchoolLabelFactory(school=old)
    SchoolLabelFactory(school=new, label=Label.FAMOUS, valid_from=date(2025, 1, 1))
    for school in (old, new, plain):
        FullReturnFactory(school=school, year=last_year, seats=500)
        FullReturnFactory(school=school, year=year, seats=600)

    share = figure("quality_seat_share", county, year, REGION)
    growth = figure("quality_seat_growth", county, year, REGION)

    assert (share.numerator, share.denominator) == (1200, 1800)
    assert (growth.numerator, growth.denominator) == (700, 1800)


def test_school_without_confirmed_seats_adds_only_to_the_denominator(
    county: Any, year: Any, last_year: Any
) -> None:
    silent = SchoolFactory(region=county)
    SchoolLabelFactory(school=silent)
    FullReturnFactory(school=silent, year=last_year, seats=500)

    growth = figure("quality_seat_growth", county, year, REGION)

    assert (growth.numerator, growth.denominator) == (0, 500)
