"""Figures of kindergartens: classes, rooms, staff, places and quality."""

from decimal import Decimal
from typing import Any

import pytest

from schools.models import SchoolReturn
from tests.schools.factories import (
    ClassSectionFactory,
    FullReturnFactory,
    QualityResultFactory,
    SchoolFactory,
)
from tests.schools.metrics.figures import figure, rounded

pytestmark = pytest.mark.django_db


@pytest.fixture
def kindergarten(county: Any) -> Any:
    return SchoolFactory(
        region=county, type="KINDERGARTEN", ownership="INCLUSIVE_PRIVATE"
    )


@pytest.mark.clause("AK-3.1.3")
def test_kindergarten_classes_have_ceilings_by_age(
    kindergarten: Any, year: Any
) -> None:
    for grade, size in ((1, 25), (2, 31), (3, 35)):
        ClassSectionFactory(
            school=kindergarten,
            year=year,
            stage="KINDERGARTEN",
            grade=grade,
            headcount=size,
        )

    share = figure("kinder_class_within_ceiling_share", kindergarten, year)

    assert (share.numerator, share.denominator) == (2, 3)
    assert figure("kinder_no_oversize_class", kindergarten, year).value == 0


def test_kindergarten_without_classes_does_not_pass(
    kindergarten: Any, year: Any
) -> None:
    before = figure("kinder_no_oversize_class", kindergarten, year).value
    ClassSectionFactory(
        school=kindergarten, year=year, stage="KINDERGARTEN", grade=1, headcount=25
    )

    assert (before, figure("kinder_no_oversize_class", kindergarten, year).value) == (
        0,
        1,
    )


def test_kindergarten_figures_come_from_its_return(
    kindergarten: Any, year: Any
) -> None:
    row = FullReturnFactory(
        school=kindergarten,
        year=year,
        stage="KINDERGARTEN",
        students=210,
        staff=30,
        indoor_area=840,
        play_area=840,
    )

    assert rounded(figure("kinder_attendance_rate", kindergarten, year).value) == 0.9667
    assert figure("zone_children_admitted_ratio", kindergarten, year).value == Decimal(
        "0.95"
    )
    assert figure("kinder_space_met_share", kindergarten, year).value == 1
    assert figure("kinder_staff_ratio_met_share", kindergarten, year).value == 1
    SchoolReturn.objects.filter(pk=row.pk).update(staff=29, play_area=839, full_time=28)
    assert figure("kinder_space_met_share", kindergarten, year).value == 0
    assert figure("kinder_staff_ratio_met_share", kindergarten, year).value == 0


def test_half_day_kindergarten_needs_no_full_day_staff(
    kindergarten: Any, year: Any
) -> None:
    FullReturnFactory(
        school=kindergarten, year=year, stage="KINDERGARTEN", is_full_day=False
    )

    assert figure("kinder_staff_ratio_met_share", kindergarten, year).denominator == 0


def test_inclusive_places_grow(kindergarten: Any, year: Any, last_year: Any) -> None:
    for when, seats in ((last_year, 200), (year, 260)):
        FullReturnFactory(
            school=kindergarten, year=when, stage="KINDERGARTEN", seats=seats
        )

    found = figure("inclusive_seat_growth", kindergarten, year)

    assert (found.numerator, found.denominator) == (60, 260)


def test_kindergarten_quality_has_its_own_figures(
    union: str, kindergarten: Any, year: Any, last_year: Any
) -> None:
    for when, mean in ((last_year, 80), (year, 83)):
        QualityResultFactory(
            school=kindergarten,
            year=when,
            stage="KINDERGARTEN",
            subject="保教质量",
            mean=mean,
        )

    assert rounded(figure("kinder_quality_change", kindergarten, year).value) == 0.25
    assert figure("quality_value_added", kindergarten, year).denominator == 0
    assert figure("kinder_quality_gap_reduction", 1, year, union).value is None
