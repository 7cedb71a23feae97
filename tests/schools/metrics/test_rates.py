"""Rates of schools and regions: what is summed, what stands in for silence."""

from typing import Any

import pytest

from core.metrics import REGION
from tests.bureau.factories import CountyFactory
from tests.schools.factories import (
    FullReturnFactory,
    SchoolFactory,
    SchoolReturnFactory,
)
from tests.schools.metrics.figures import figure, rounded

pytestmark = pytest.mark.django_db


@pytest.mark.clause("BN-2.2")
def test_rates_sum_before_they_divide(county: Any, year: Any) -> None:
    for cohort, retained in ((100, 90), (50, 50)):
        FullReturnFactory(
            school=SchoolFactory(region=county),
            year=year,
            cohort=cohort,
            retained=retained,
        )

    found = figure("retention_rate", county, year, REGION)

    assert (found.numerator, found.denominator) == (140, 150)
    assert rounded(found.value) == 0.9333
    assert len(found.detail) == 2


@pytest.mark.clause("BN-4.3.5")
def test_school_without_this_years_return_weighs_with_its_last_figure(
    county: Any, year: Any, last_year: Any
) -> None:
    silent = SchoolFactory(region=county)
    FullReturnFactory(school=silent, year=last_year, fitness_tested=300)
    SchoolReturnFactory(
        school=silent, year=year, fitness_tested=300, fitness_exc_good=300
    )
    FullReturnFactory(
        school=SchoolFactory(region=county),
        year=year,
        fitness_tested=100,
        fitness_exc_good=60,
    )

    found = figure("fitness_good_rate", county, year, REGION)

    assert (found.numerator, found.denominator) == (60, 400)


@pytest.mark.clause("BN-3.5")
def test_silent_school_counts_as_worst_in_out_of_zone_intake(
    county: Any, year: Any, last_year: Any
) -> None:
    FullReturnFactory(
        school=SchoolFactory(region=county), year=last_year, new_intake=80
    )
    FullReturnFactory(school=SchoolFactory(region=county), year=year)

    found = figure("out_of_zone_share", county, year, REGION)

    assert (found.numerator, found.denominator) == (84, 160)


@pytest.mark.parametrize(
    "key",
    [
        "fitness_good_rate",
        "retention_rate",
        "out_of_zone_share",
        "large_class_share",
        "quality_seat_growth",
        "kinder_attendance_rate",
        "resource_standard_met_share",
    ],
)
def test_nothing_known_gives_no_value_and_no_missing_row(key: str, year: Any) -> None:
    empty = CountyFactory()

    found = figure(key, empty, year, REGION)

    assert found.subject_id == empty.pk
    assert found.value is None
    assert found.detail == []


def test_draft_and_returned_figures_do_not_count(year: Any) -> None:
    school = SchoolFactory()
    FullReturnFactory(school=school, year=year, state="RETURNED")

    assert figure("pupil_count", school, year).value == 0


def test_pupils_are_those_of_the_last_confirmed_return_with_its_year(
    year: Any, last_year: Any
) -> None:
    school = SchoolFactory()
    FullReturnFactory(school=school, year=last_year, students=430)

    found = figure("pupil_count", school, year)

    assert found.value == 430
    assert last_year.code in found.detail[0]["note"]
