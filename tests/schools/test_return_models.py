"""What the database refuses of classes, returns and quality results."""

from typing import Any

import pytest
from django.db import IntegrityError

from schools.choices import SchoolType, Stage
from schools.models import ClassSection, SchoolReturn
from tests.schools.factories import (
    ClassSectionFactory,
    FullReturnFactory,
    QualityResultFactory,
    SchoolFactory,
    SchoolReturnFactory,
)
from tests.schools.refusals import refused, sql

pytestmark = pytest.mark.django_db


# --- classes --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("class_grade_fits_stage", {"grade": 9}),
        ("class_number_counts_from_one", {"number": 0}),
        ("class_headcount_plausible", {"headcount": 301}),
    ],
)
def test_implausible_classes_are_refused(county: Any, rule: str, change: dict) -> None:
    section = ClassSectionFactory(school=SchoolFactory(region=county))

    refused(rule, lambda: ClassSection.objects.filter(pk=section.pk).update(**change))


def test_class_is_entered_once(county: Any) -> None:
    section = ClassSectionFactory(school=SchoolFactory(region=county))
    twin = ClassSectionFactory.build(
        school=section.school, year=section.year, number=section.number
    )

    refused("class_once", lambda: ClassSection.objects.bulk_create([twin]))


# --- returns --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("return_bands_sum_to_classes", {"class_le45": 9}),
        ("return_bands_sum_to_classes", {"class_ge66": None}),
        ("return_retained_within_total", {"retained": 76}),
        ("return_zones_within_total", {"out_of_zone": 5}),
        ("return_intake_within_total", {"new_intake": 451}),
        ("return_backbone_within_total", {"backbone": 29}),
        ("return_above_degree_within_total", {"above_degree": 29}),
        ("return_pe_arts_within_total", {"pe_arts": 29}),
        ("return_full_time_within_total", {"full_time": 31}),
        ("return_fitness_within_total", {"fitness_exc_good": 441}),
        ("return_measures_not_negative", {"sports_area": -1}),
        ("return_complete_when_submitted", {"students": None}),
        ("return_state_known", {"state": "DONE"}),
    ],
)
def test_figures_that_contradict_each_other_are_refused(
    county: Any, rule: str, change: dict
) -> None:
    row = FullReturnFactory(school=SchoolFactory(region=county))

    refused(rule, lambda: SchoolReturn.objects.filter(pk=row.pk).update(**change))


def test_attendance_above_what_was_due_is_refused(county: Any) -> None:
    school = SchoolFactory(region=county, type=SchoolType.KINDERGARTEN)
    row = FullReturnFactory(school=school, stage=Stage.KINDERGARTEN)

    refused(
        "return_attendance_within_total",
        lambda: SchoolReturn.objects.filter(pk=row.pk).update(days_attended=9001),
    )


def test_one_return_per_school_year_and_stage(county: Any) -> None:
    row = SchoolReturnFactory(school=SchoolFactory(region=county))
    twin = SchoolReturnFactory.build(school=row.school, year=row.year)

    refused("return_once", lambda: SchoolReturn.objects.bulk_create([twin]))


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE schools_schoolreturn SET students=1 WHERE id=%s",
        "UPDATE schools_schoolreturn SET state='DRAFT' WHERE id=%s",
        "DELETE FROM schools_schoolreturn WHERE id=%s",
    ],
)
def test_locked_return_cannot_be_changed_by_anyone(county: Any, attack: str) -> None:
    row = FullReturnFactory(school=SchoolFactory(region=county), state="LOCKED")

    refused("return_locked_stays", sql(attack, row.pk))


def test_confirmer_and_accepter_are_other_people(county: Any, user: Any) -> None:
    row = FullReturnFactory(school=SchoolFactory(region=county), submitted_by=user)

    refused(
        "return_confirmer_is_another",
        lambda: SchoolReturn.objects.filter(pk=row.pk).update(confirmed_by=user),
    )
    refused(
        "return_accepter_is_another",
        lambda: SchoolReturn.objects.filter(pk=row.pk).update(accepted_by=user),
    )


def test_every_figure_of_an_earlier_version_stays_readable(county: Any) -> None:
    row = FullReturnFactory(school=SchoolFactory(region=county))

    SchoolReturn.objects.filter(pk=row.pk).update(students=460)
    SchoolReturn.objects.filter(pk=row.pk).update(students=470)

    history = SchoolReturn.pgh_event_model.objects.order_by("pgh_id")
    assert list(history.values_list("students", flat=True)) == [450, 460]


def test_quality_aggregates_need_a_spread(county: Any) -> None:
    with pytest.raises(IntegrityError, match="quality_figures_plausible"):
        QualityResultFactory(school=SchoolFactory(region=county), district_deviation=0)
