"""School years, terms and working days."""

from datetime import date

import pytest
from django.db import IntegrityError
from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

from bureau.calendar import (
    due_in_school_year,
    is_published,
    is_working_day,
    month_day,
    working_day_of_month,
    working_days_after,
    working_days_between,
    year_code,
)
from bureau.models import AcademicYear, Term
from bureau.services import ensure_year, ensure_years
from bureau.tasks import extend_calendar


def test_a_make_up_saturday_is_a_working_day() -> None:
    assert is_working_day(date(2026, 10, 10))
    assert not is_working_day(date(2026, 10, 17))


def test_spring_festival_is_free() -> None:
    assert not is_working_day(date(2026, 2, 17))


def test_beyond_the_published_calendar_weekends_and_fixed_days_are_free() -> None:
    monday, saturday, labour_day = date(2040, 3, 5), date(2040, 3, 3), date(2040, 5, 1)

    assert not is_published(monday)
    assert is_working_day(monday)
    assert not is_working_day(saturday)
    assert not is_working_day(labour_day)


def test_working_days_skip_the_national_holiday() -> None:
    # 30 September 2025 is a Tuesday; 1 to 8 October are free.
    assert working_days_after(date(2025, 9, 30), 1) == date(2025, 10, 9)
    assert working_days_after(date(2025, 9, 30), 0) == date(2025, 9, 30)


def test_fifth_working_day_of_a_month() -> None:
    assert working_day_of_month(2026, 6, 5) == date(2026, 6, 5)


@given(
    st.dates(date(2005, 1, 1), date(2035, 12, 31)),
    st.integers(min_value=1, max_value=60),
)
def test_counting_back_gives_the_number_of_days_asked_for(
    day: date, count: int
) -> None:
    end = working_days_after(day, count)

    assert is_working_day(end)
    assert working_days_between(day, end) in {count, count - 1}


def test_a_negative_count_is_an_error() -> None:
    with pytest.raises(ValueError, match="negative"):
        working_days_after(date(2025, 1, 1), -1)
    with pytest.raises(ValueError, match="at least 1"):
        working_day_of_month(2025, 1, 0)


def test_the_last_of_february_stays_in_february() -> None:
    assert month_day(2025, "02-29") == date(2025, 2, 28)
    assert month_day(2028, "02-29") == date(2028, 2, 29)


def test_a_day_of_the_year_falls_into_the_school_year() -> None:
    start = date(2025, 9, 1)

    assert due_in_school_year(start, "09-30") == date(2025, 9, 30)
    assert due_in_school_year(start, "06-30") == date(2026, 6, 30)


@pytest.mark.parametrize(
    ("day", "code"),
    [(date(2025, 8, 31), "2024-2025"), (date(2025, 9, 1), "2025-2026")],
)
def test_a_school_year_begins_in_september(day: date, code: str) -> None:
    assert year_code(day) == code


@pytest.mark.django_db
class TestYears:
    """School years as rows."""

    def test_years_around_a_day_are_created_once(self) -> None:
        first = ensure_years(date(2025, 11, 1), back=2, ahead=1)
        second = ensure_years(date(2025, 11, 1), back=2, ahead=1)

        assert [y.code for y in first] == [
            "2023-2024",
            "2024-2025",
            "2025-2026",
            "2026-2027",
        ]
        assert first == second
        assert Term.objects.count() == 8

    def test_the_year_of_a_day_holds_both_its_ends(self) -> None:
        year = ensure_year(2025)

        assert AcademicYear.objects.current(date(2025, 9, 1)) == year
        assert AcademicYear.objects.current(date(2026, 8, 31)) == year
        assert AcademicYear.objects.current(date(2026, 9, 1)) is None
        assert year.until == date(2026, 9, 1)
        assert year.holds_on(year.reference_day)

    def test_overlapping_years_are_refused_in_bulk(self) -> None:
        ensure_year(2025)

        with pytest.raises(IntegrityError, match="years_do_not_overlap"):
            AcademicYear.objects.bulk_create(
                [
                    AcademicYear(
                        code="2026-2027",
                        starts_on=date(2026, 8, 31),
                        ends_on=date(2027, 8, 31),
                    )
                ]
            )

    def test_overlapping_terms_are_refused(self) -> None:
        year = ensure_year(2025)

        with pytest.raises(IntegrityError, match="terms_do_not_overlap"):
            year.terms.filter(number=2).update(starts_on=date(2026, 1, 20))

    def test_a_third_term_is_refused(self) -> None:
        year = ensure_year(2025)

        with pytest.raises(IntegrityError, match="term_number_one_or_two"):
            Term.objects.create(
                year=year,
                number=3,
                starts_on=date(2026, 8, 1),
                ends_on=date(2026, 8, 20),
            )

    def test_terms_can_be_moved_and_stay_moved(self) -> None:
        year = ensure_year(2025)
        year.terms.filter(number=2).update(starts_on=date(2026, 3, 2))

        ensure_year(2025)

        assert year.terms.get(number=2).starts_on == date(2026, 3, 2)
        assert str(year.terms.get(number=2)) == "2025-2026 第二学期"

    def test_the_calendar_grows_with_time(self) -> None:
        ensure_years(date(2025, 11, 1), back=0, ahead=0)

        with freeze_time("2026-09-02 08:00:00+08:00"):
            extend_calendar()
            extend_calendar()

        codes = set(AcademicYear.objects.values_list("code", flat=True))
        assert {"2026-2027", "2027-2028"} <= codes
