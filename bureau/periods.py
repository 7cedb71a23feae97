"""School years as the periods that metrics are about."""

from datetime import date

from bureau.models import AcademicYear
from core.days import today
from core.metrics import Period


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
