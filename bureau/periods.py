"""School years as the periods that metrics are about."""

from datetime import date

from bureau.models import AcademicYear
from core.days import today
from core.metrics import Period

DAILY = {
    "groups.group_count",
    "groups.member_school_count",
    "groups.school_coverage_ratio",
    "schools.large_class_count",
    "schools.large_class_share",
    "schools.school_count",
}
"""Figures that the register and the class lists tell on any day."""


def period_of(year: AcademicYear, day: date | None = None) -> Period:
    """Return a school year as a period, read on the day or on its own last day."""
    inside = min(max(day or today(), year.starts_on), year.ends_on)
    return Period(year.code, year.starts_on, year.until, inside)


def last_reported(day: date) -> Period | None:
    """Return the last school year that ended before the day, else the one under way.

    What schools return is complete for a year that ended; a collection under way must
    not look like a fall.
    """
    begun = AcademicYear.objects.filter(starts_on__lte=day).order_by("-starts_on")[:2]
    years = list(begun)
    return period_of(years[-1], day) if years else None


def period_for(key: str, day: date) -> Period | None:
    """Return the period in which a metric is read on a day.

    What the register tells is that of the year under way; what schools return is
    that of the last year they have completed.
    """
    if key not in DAILY:
        return last_reported(day)
    year = AcademicYear.objects.filter(starts_on__lte=day).first()
    return period_of(year, day) if year else None
