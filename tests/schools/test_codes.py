"""Codes and names of schools: what is unique, and what the database refuses."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from schools.models import School
from schools.names import normalize_name
from tests.bureau.factories import CountyFactory
from tests.schools.factories import SchoolFactory, UnclearSchoolFactory
from tests.schools.refusals import refused, sql

pytestmark = pytest.mark.django_db


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
