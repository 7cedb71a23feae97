"""Counts of schools, stages and large classes, from the register and the classes."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.metrics import REGION, SCHOOL, compute
from schools.models import SchoolProfile
from tests.bureau.factories import CountyFactory, PolicyParameterFactory
from tests.schools.factories import (
    ClassSectionFactory,
    FullReturnFactory,
    SchoolFactory,
)
from tests.schools.metrics.figures import figure, period

pytestmark = pytest.mark.django_db


# --- classes -------------------------------------------------------------------------


@pytest.mark.clause("AK-1.2.1")
@pytest.mark.clause("AK-1.2.4")
@pytest.mark.clause("BN-0.2")
def test_large_classes_begin_at_56_and_oversize_at_66(year: Any) -> None:
    school = SchoolFactory()
    for number, size in enumerate((45, 55, 56, 65, 66), start=1):
        ClassSectionFactory(school=school, year=year, number=number, headcount=size)

    share = figure("large_class_share", school, year)

    assert (share.numerator, share.denominator, share.value) == (3, 5, Decimal("0.6"))
    assert figure("large_class_count", school, year).value == 3
    assert figure("oversize_class_count", school, year).value == 1


def test_line_set_by_the_county_moves_the_share(county: Any, year: Any) -> None:
    school = SchoolFactory(region=county)
    ClassSectionFactory(school=school, year=year, headcount=52)
    PolicyParameterFactory(key="class.large_min", region=county, value="51")

    own = compute(
        "schools.large_class_share", SCHOOL, [school.pk], period(year), county
    )
    shipped = compute(
        "schools.large_class_share", SCHOOL, [school.pk], period(year), None
    )

    assert own[school.pk].value == 1
    assert shipped[school.pk].value == 0


def test_school_without_class_data_counts_all_its_last_classes_as_large(
    county: Any, year: Any, last_year: Any
) -> None:
    silent = SchoolFactory(region=county)
    for number in (1, 2, 3):
        ClassSectionFactory(school=silent, year=last_year, number=number, headcount=40)
    never = SchoolFactory(region=county)
    FullReturnFactory(school=never, year=last_year, classes=4)
    ClassSectionFactory(school=SchoolFactory(region=county), year=year, headcount=40)

    found = figure("large_class_share", county, year, REGION)

    assert (found.numerator, found.denominator) == (7, 8)


def test_oversize_at_any_count_of_the_year_is_remembered(year: Any) -> None:
    section = ClassSectionFactory(year=year, headcount=70)
    section.headcount, section.counted_on = 60, date(2026, 3, 1)
    section.save()

    assert figure("oversize_class_count", section.school, year).value == 1


def test_corrected_count_of_the_same_day_is_forgotten(year: Any) -> None:
    section = ClassSectionFactory(year=year, headcount=70)
    section.headcount = 50
    section.save()

    assert figure("oversize_class_count", section.school, year).value == 0


# --- register counts -----------------------------------------------------------------


@pytest.mark.clause("BN-0.3")
def test_counts_come_from_the_register_of_the_day(county: Any, year: Any) -> None:
    SchoolFactory(region=county)
    SchoolFactory(region=county, type="NINE_YEAR")
    SchoolFactory(region=county, type="KINDERGARTEN")
    SchoolFactory(region=county, closed_on=date(2025, 9, 1), status="CLOSED")
    SchoolFactory(region=county, opened_on=date(2026, 9, 1))

    assert figure("school_count", county, year, REGION).value == 3
    assert figure("compulsory_school_count", county, year, REGION).value == 2
    assert figure("pupil_count", county, year, REGION).value == 0


def test_a_figure_of_the_past_counts_the_stages_of_then(county: Any, year: Any) -> None:
    school = SchoolFactory(region=county, type="KINDERGARTEN")
    SchoolProfile.objects.create(
        school=school,
        name=school.name,
        type="NINE_YEAR",
        stages=["PRIMARY", "JUNIOR"],
        ownership=school.ownership,
        administered_by=county,
        valid_from=date(2000, 9, 1),
        valid_to=date(2025, 9, 15),
    )
    key = "schools.compulsory_school_count"

    then, since = (
        compute(key, REGION, [county.pk], period(year, day), None)[county.pk]
        for day in (date(2025, 9, 14), date(2025, 9, 15))
    )

    assert (then.value, since.value) == (1, 0)
    assert [row["note"] for row in then.detail] == ["JUNIOR PRIMARY"]


def test_region_counts_what_lies_below_it(county: Any, year: Any) -> None:
    SchoolFactory(region=county)

    assert figure("school_count", county.parent, year, REGION).value == 1
    assert figure("school_count", CountyFactory(), year, REGION).value == 0


def test_comparable_stages_need_two_schools(union: str, year: Any) -> None:
    SchoolFactory()
    SchoolFactory(type="NINE_YEAR")
    SchoolFactory(type="KINDERGARTEN")

    assert figure("comparable_stage_count", 1, year, union).value == 1
    assert figure("comparable_compulsory_stage_count", 1, year, union).value == 1
    assert figure("comparable_stage_count", SchoolFactory(), year).value == 0
