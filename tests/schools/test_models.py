"""What the database refuses, however it is written to."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from core.constraints import violated_name
from schools.choices import Label, SchoolType, Stage
from schools.models import ClassSection, School, SchoolLabel, SchoolReturn, SchoolStage
from schools.names import normalize_name
from tests.bureau.factories import AcademicYearFactory, CountyFactory
from tests.schools.factories import (
    ClassSectionFactory,
    FullReturnFactory,
    QualityResultFactory,
    SchoolFactory,
    SchoolLabelFactory,
    SchoolReturnFactory,
    UnclearSchoolFactory,
)

pytestmark = pytest.mark.django_db
CQ = "500113"


def settle() -> None:
    """Check the deferred rules now, as a commit would."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def refused(rule: str, write: Any) -> None:
    """Expect that the database refuses the write by this rule."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        write()
        settle()
    assert violated_name(caught.value) == rule


def sql(statement: str, *params: Any) -> Any:
    """Return a raw statement to be run."""

    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, params)

    return run


@pytest.fixture
def county(db: None) -> Any:
    return CountyFactory(code=CQ, name="巴南区")


# --- codes ---------------------------------------------------------------------


@pytest.mark.parametrize("code", ["2150123456", "2150000001"])
def test_code_of_type_and_province_is_accepted(county: Any, code: str) -> None:
    school = SchoolFactory(region=county, school_code=code)

    school.full_clean()

    assert school.shown_code == code


def test_code_is_unique_even_by_bulk_create(county: Any) -> None:
    SchoolFactory(region=county, school_code="2150123456")
    twin = School(
        name="另一校",
        region=county,
        administered_by=county,
        type="PRIMARY",
        school_code="2150123456",
    )

    refused(
        "schools_school_school_code_key", lambda: School.objects.bulk_create([twin])
    )


@pytest.mark.parametrize(
    "code", ["2350123456", "215012345", "21501234567", "abcdefghij"]
)
def test_code_outside_the_shape_is_refused(county: Any, code: str) -> None:
    school = UnclearSchoolFactory(region=county)

    with (
        pytest.raises(Exception, match=r"school_code_shape|too long|not the province"),
        transaction.atomic(),
    ):
        School.objects.filter(pk=school.pk).update(school_code=code)


def test_code_of_another_category_than_the_type_is_refused(county: Any) -> None:
    school = SchoolFactory(region=county)

    refused(
        "school_code_fits_type",
        sql(
            "UPDATE schools_school SET school_code='3150123456' WHERE id=%s", school.pk
        ),
    )


def test_code_of_another_province_is_refused(county: Any) -> None:
    school = SchoolFactory(region=county)

    refused(
        "school_code_province",
        sql(
            "UPDATE schools_school SET school_code='2161123456' WHERE id=%s", school.pk
        ),
    )


def test_moving_a_coded_school_to_another_province_is_refused(county: Any) -> None:
    school = SchoolFactory(region=county, school_code="2150123456")
    elsewhere = CountyFactory(code="610981", name="旬阳市")

    refused(
        "school_code_province",
        lambda: School.objects.filter(pk=school.pk).update(region=elsewhere),
    )


def test_wrong_province_is_told_on_the_code_field(county: Any) -> None:
    school = SchoolFactory.build(
        region=county, administered_by=county, school_code="2161123456"
    )

    with pytest.raises(ValidationError) as caught:
        school.full_clean()

    assert "50" in str(caught.value.message_dict["school_code"])


def test_provisional_number_comes_from_the_installation_and_cannot_be_written(
    county: Any,
) -> None:
    school = SchoolFactory(region=county)

    assert school.provisional_no == f"L{school.pk:08d}"
    assert school.school_code is None
    with pytest.raises(Exception, match="generated"), transaction.atomic():
        sql(
            "UPDATE schools_school SET provisional_no='2150000001' WHERE id=%s",
            school.pk,
        )()


# --- names ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("　江北高级中学 ", "江北高级中学"),
        ("安康学院（江北新校区）", "安康学院(江北新校区)"),
        ("示范Ｎｏ.１【东】 校", "示范no.1(东)校"),
        ("一\u200b中", "一中"),
    ],
)
def test_names_are_compared_in_one_form(county: Any, written: str, kept: str) -> None:
    school = SchoolFactory(region=county, name=written)

    school.refresh_from_db()

    assert school.normalized_name == normalize_name(written) == kept


@given(name=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30))
def test_python_and_database_normalise_alike(name: str) -> None:
    from schools.names import NormalName

    with connection.cursor() as cursor:
        template = NormalName.template % {"expressions": "%s"}
        cursor.execute(f"SELECT {template}", [name])
        (found,) = cursor.fetchone()

    assert found == normalize_name(name)


def test_same_name_in_the_same_county_is_refused_without_codes(county: Any) -> None:
    SchoolFactory(region=county, name="城关小学")
    twin = School(
        name="城关 小学", region=county, administered_by=county, type="PRIMARY"
    )

    refused("school_natural_key", lambda: School.objects.bulk_create([twin]))


def test_same_name_is_allowed_in_another_county_or_with_a_distinction(
    county: Any,
) -> None:
    SchoolFactory(region=county, name="城关小学")

    SchoolFactory(region=county, name="城关小学", distinguisher="木洞镇")
    SchoolFactory(name="城关小学")

    assert School.objects.filter(normalized_name="城关小学").count() == 3


def test_form_tells_of_the_same_name(county: Any) -> None:
    SchoolFactory(region=county, name="城关小学")
    twin = School(
        name="城关　小学", region=county, administered_by=county, type="PRIMARY"
    )

    with pytest.raises(ValidationError, match="同名"):
        twin.full_clean()


def test_schools_sort_by_pinyin_within_a_county(county: Any) -> None:
    for name in ("张家小学", "安澜小学", "李家小学"):
        SchoolFactory(region=county, name=name)

    names = list(School.objects.values_list("name", flat=True))

    assert names == ["安澜小学", "李家小学", "张家小学"]


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
