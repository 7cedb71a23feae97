"""Rows written by COPY: what was given comes back, and no rule is passed by."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from bureau.models import Department
from core.copying import PIECE, _Lines, copy_rows, reserve_ids
from groups.models import Membership
from schools.models import School, SchoolHonour, SchoolReturn
from tests.bureau.factories import AcademicYearFactory, CountyFactory
from tests.schools.factories import SchoolFactory

pytestmark = pytest.mark.django_db
DEPARTMENT = ("region_id", "kind", "name")


@pytest.mark.parametrize(
    "text", ["", "\\N", "a\tb", "a\nb", "a\r\nb", "\\", "\\.", '"{}"', "集团 ① 𠮷"]
)
def test_text_comes_back_as_it_was_given(text: str) -> None:
    region = CountyFactory()

    copy_rows(Department, DEPARTMENT, [(region.pk, "EDU", text)])

    assert Department.objects.get(region=region).name == text


def test_numbers_days_yes_and_nothing_come_back() -> None:
    school, year = SchoolFactory(), AcademicYearFactory()
    columns = ("school_id", "year_id", "stage", "counted_on", "seats", "play_area")
    day = date(2025, 9, 1)
    row = (school.pk, year.pk, "PRIMARY", day, None, Decimal("12.50"))

    count = copy_rows(
        SchoolReturn, (*columns, "is_full_day", "explanations"), [(*row, True, "[1]")]
    )

    saved = SchoolReturn.objects.get()
    assert count == 1
    assert (saved.counted_on, saved.seats) == (day, None)
    assert (saved.play_area, saved.is_full_day) == (Decimal("12.50"), True)
    assert saved.explanations == [1]


def test_columns_not_named_take_the_default_of_the_model() -> None:
    region = CountyFactory()
    [key] = reserve_ids(School, 1)
    columns = ("id", "name", "region_id", "administered_by_id")

    copy_rows(School, columns, [(key, "第一小学", region.pk, region.pk)])

    saved = School.objects.get(pk=key)
    assert (saved.status, saved.is_legal_person, saved.pinned) == ("OPEN", True, [])
    assert (saved.short_name, saved.school_code) == ("", None)
    assert saved.changed_at is not None
    assert saved.normalized_name == "第一小学"


def test_more_rows_than_one_piece_holds_are_all_written() -> None:
    region = CountyFactory()
    rows = ((region.pk, "EDU", f"第{n}科") for n in range(PIECE))

    count = copy_rows(Department, DEPARTMENT, rows)

    assert count == PIECE == Department.objects.filter(region=region).count()


def test_reserved_keys_are_given_to_nobody_else() -> None:
    keys = reserve_ids(School, 3)

    assert len(set(keys)) == 3
    assert SchoolFactory().pk not in keys


def test_a_check_refuses_a_copied_row_and_all_beside_it() -> None:
    school = SchoolFactory()
    columns = ("school_id", "kind", "level", "year", "awarded_by")
    rows = [
        (school.pk, "OTHER", "CITY", year, "市教育局") for year in (2024, 1066, 2025)
    ]

    with (
        pytest.raises(IntegrityError, match="honour_year_plausible"),
        transaction.atomic(),
    ):
        copy_rows(SchoolHonour, columns, rows)

    assert not SchoolHonour.objects.exists()


def test_a_trigger_refuses_a_copied_row() -> None:
    region = CountyFactory()
    columns = ("name", "type", "school_code", "region_id", "administered_by_id")
    elsewhere = f"21{int(region.code[:2]) + 1}000001"

    with (
        pytest.raises(IntegrityError, match="province"),
        transaction.atomic(),
    ):
        copy_rows(
            School,
            columns,
            [("第一小学", "PRIMARY", elsewhere, region.pk, region.pk)],
        )


def test_no_rows_are_no_work() -> None:
    assert copy_rows(Membership, ("group_id", "school_id"), []) == 0


@pytest.mark.parametrize("size", [1, 7, 64])
def test_lines_are_read_in_pieces_of_any_size_and_none_is_lost(size: int) -> None:
    given = ["第一科\n", "", "乙" * 40 + "\n", "丙\n"]

    reader = _Lines(iter(line for line in given if line))
    read = list(iter(lambda: reader.read(size), ""))

    assert "".join(read) == "".join(given)
    assert max(map(len, read)) <= size
