"""Working days, days of the month and school years."""

from datetime import date, timedelta

import chinese_calendar

# Statutory days with a fixed date, used where the published calendar ends.
FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
SATURDAY = 5


def is_published(day: date) -> bool:
    """Tell whether the State Council's arrangement for the day is known."""
    try:
        chinese_calendar.is_workday(day)
    except NotImplementedError:
        return False
    return True


def is_working_day(day: date) -> bool:
    """Tell whether offices work on the day.

    Follows the published holiday arrangement with its make-up days; beyond it,
    weekends and statutory days of fixed date are free.
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < SATURDAY and (day.month, day.day) not in FIXED_HOLIDAYS


def working_days_after(day: date, count: int) -> date:
    """Return the day on which ``count`` working days have passed after ``day``."""
    if count < 0:
        raise ValueError("count must not be negative")
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """Count the working days of ``[start, end)``."""
    span = range((end - start).days)
    return sum(is_working_day(start + timedelta(days=n)) for n in span)


def working_day_of_month(year: int, month: int, number: int) -> date:
    """Return the ``number``-th working day of a month."""
    if number < 1:
        raise ValueError("number must be at least 1")
    return working_days_after(date(year, month, 1) - timedelta(days=1), number)


def month_day(year: int, text: str) -> date:
    """Return the day of a year written ``09-30``; 29 February may become the 28th."""
    month, day = (int(part) for part in text.split("-"))
    if (month, day) == (2, 29):
        return date(year, 3, 1) - timedelta(days=1)
    return date(year, month, day)


def due_in_school_year(starts_on: date, text: str) -> date:
    """Return the day written ``09-30`` in the school year that starts on a day."""
    day = month_day(starts_on.year, text)
    return day if day >= starts_on else month_day(starts_on.year + 1, text)


def first_calendar_year(day: date) -> int:
    """Return the calendar year in which the school year of the day began."""
    return day.year if day.month >= 9 else day.year - 1


def year_code(day: date) -> str:
    """Return the code of the school year of the day, ``2025-2026``."""
    first = first_calendar_year(day)
    return f"{first}-{first + 1}"
