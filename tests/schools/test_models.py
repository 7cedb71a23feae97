"""What the database refuses of schools and labels, however it is written to."""

from datetime import date
from typing import Any

import pytest

from schools.choices import Label, SchoolType, Stage
from schools.models import ClassSection, School, SchoolLabel, SchoolStage
from tests.bureau.factories import AcademicYearFactory
from tests.schools.factories import (
    ClassSectionFactory,
    SchoolFactory,
    SchoolLabelFactory,
    UnclearSchoolFactory,
)
from tests.schools.refusals import refused, settle, sql

pytestmark = pytest.mark.django_db


# --- type and stages ------------------------------------------------------------


def test_stage_is_to_confirm_exactly_while_the_type_is_unknown(county: Any) -> None:
    clear, unclear = SchoolFactory(region=county), UnclearSchoolFactory(region=county)

    assert list(School.objects.filter(stage_to_confirm=True)) == [unclear]
    assert list(School.objects.filter(stage_to_confirm=False)) == [clear]
    refused(
        "school_type_known",
        lambda: School.objects.filter(pk=unclear.pk).update(type="MIDDLE"),
    )


def test_school_of_a_type_without_stage_is_refused_at_commit(county: Any) -> None:
    school = School(
        name="无学段小学", region=county, administered_by=county, type="PRIMARY"
    )

    refused("school_has_stage", lambda: School.objects.bulk_create([school]))


def test_last_stage_cannot_be_deleted(county: Any) -> None:
    school = SchoolFactory(region=county)

    refused(
        "school_has_stage",
        sql("DELETE FROM schools_schoolstage WHERE school_id=%s", school.pk),
    )


def test_school_goes_with_its_stages(county: Any) -> None:
    school = SchoolFactory(region=county)

    school.delete()
    settle()

    assert not SchoolStage.objects.filter(school_id=school.pk).exists()


def test_stage_that_the_type_does_not_teach_is_refused(county: Any) -> None:
    school = SchoolFactory(region=county)

    refused(
        "stage_fits_type",
        lambda: SchoolStage.objects.bulk_create(
            [SchoolStage(school=school, stage=Stage.SENIOR, school_type="PRIMARY")]
        ),
    )


def test_stage_that_lies_about_the_type_is_refused(county: Any) -> None:
    school = SchoolFactory(region=county)

    refused(
        "stage_carries_type",
        lambda: SchoolStage.objects.bulk_create(
            [SchoolStage(school=school, stage=Stage.SENIOR, school_type="SENIOR")]
        ),
    )


def test_changing_the_type_under_its_stages_is_refused(county: Any) -> None:
    school = SchoolFactory(region=county)

    refused(
        "stage_fits_type",
        lambda: School.objects.filter(pk=school.pk).update(type="SENIOR"),
    )


@pytest.mark.clause("AK-3.1.3")
def test_only_kindergartens_are_inclusive_private(county: Any) -> None:
    SchoolFactory(
        region=county, type=SchoolType.KINDERGARTEN, ownership="INCLUSIVE_PRIVATE"
    )
    primary = SchoolFactory(region=county)

    refused(
        "school_inclusive_is_kindergarten",
        lambda: School.objects.filter(pk=primary.pk).update(
            ownership="INCLUSIVE_PRIVATE"
        ),
    )


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("school_status_dates", {"closed_on": date(2024, 9, 1)}),
        ("school_status_dates", {"status": "CLOSED"}),
        ("school_status_dates", {"status": "MERGED", "closed_on": date(2024, 9, 1)}),
        (
            "school_opened_before_closed",
            {
                "status": "CLOSED",
                "opened_on": date(2024, 9, 1),
                "closed_on": date(2024, 9, 1),
            },
        ),
        ("school_on_earth", {"latitude": 91, "longitude": 106}),
        ("school_on_earth", {"latitude": 29}),
        ("school_urban_rural_known", {"urban_rural_code": "999"}),
        ("school_ownership_known", {"ownership": "STATE"}),
        ("school_name_given", {"name": " 　"}),
    ],
)
def test_contradicting_facts_are_refused(county: Any, rule: str, change: dict) -> None:
    school = SchoolFactory(region=county)

    refused(rule, lambda: School.objects.filter(pk=school.pk).update(**change))


def test_school_is_not_its_own_successor(county: Any) -> None:
    school = SchoolFactory(region=county)

    refused(
        "school_not_own_successor",
        lambda: School.objects.filter(pk=school.pk).update(successor=school),
    )


# --- labels ---------------------------------------------------------------------


def test_same_label_does_not_overlap_but_may_touch(county: Any) -> None:
    school = SchoolFactory(region=county)
    SchoolLabelFactory(school=school, valid_to=date(2022, 9, 1))

    SchoolLabelFactory(school=school, valid_from=date(2022, 9, 1))
    SchoolLabelFactory(school=school, label=Label.FAMOUS)

    refused(
        "school_label_once_a_day",
        lambda: SchoolLabel.objects.bulk_create(
            [
                SchoolLabelFactory.build(
                    school=school,
                    valid_from=date(2021, 1, 1),
                    valid_to=date(2021, 2, 1),
                )
            ]
        ),
    )


def test_reversed_label_dates_are_refused(county: Any) -> None:
    label = SchoolLabelFactory(school=SchoolFactory(region=county))

    refused(
        "schools_schoollabel_from_before_to",
        sql("UPDATE schools_schoollabel SET valid_to=valid_from WHERE id=%s", label.pk),
    )


@pytest.mark.clause("BN-4.1.1a")
def test_weak_and_potential_never_leave_internal_pages(county: Any) -> None:
    school = SchoolFactory(region=county)
    for label in Label:
        SchoolLabelFactory(school=school, label=label)

    shown = set(SchoolLabel.objects.public().values_list("label", flat=True))

    assert shown == set(Label) - {Label.WEAK, Label.POTENTIAL}


# --- business words -------------------------------------------------------------


def test_running_schools_are_those_open_on_the_day(county: Any) -> None:
    old = SchoolFactory(
        region=county,
        opened_on=date(1990, 9, 1),
        closed_on=date(2024, 9, 1),
        status="CLOSED",
    )
    new = SchoolFactory(region=county, opened_on=date(2024, 9, 1))
    SchoolFactory(region=county, status="PLANNED")

    assert list(School.objects.running(date(2024, 8, 31))) == [old]
    assert list(School.objects.running(date(2024, 9, 1))) == [new]


def test_labelled_schools_are_those_of_the_day(county: Any) -> None:
    school = SchoolFactory(region=county)
    SchoolLabelFactory(school=school, valid_to=date(2023, 9, 1))

    assert school in School.objects.labelled(Label.QUALITY, day=date(2023, 8, 31))
    assert school not in School.objects.labelled(Label.QUALITY, day=date(2023, 9, 1))


def test_year_of_classes_keeps_only_its_own(county: Any) -> None:
    school = SchoolFactory(region=county)
    ClassSectionFactory(
        school=school, year=AcademicYearFactory(first=2024), headcount=70
    )
    ClassSectionFactory(school=school, headcount=40)

    this_year = ClassSection.objects.of_year(AcademicYearFactory())

    assert not this_year.at_least(66).exists()
    assert this_year.count() == 1
