"""Create school years and their terms."""

from datetime import date
from typing import Any

from django.db import transaction

from audit.services import record
from bureau.calendar import first_calendar_year
from bureau.models import AcademicYear, Term
from core.days import today

YEARS_BACK = 5
YEARS_AHEAD = 1


@transaction.atomic
def ensure_year(first: int) -> AcademicYear:
    """Return the school year that begins in the calendar year, with its two terms.

    A new year gets the usual dates (1 September to 20 January, 20 February to
    10 July); a bureau changes the terms to its own.
    """
    year, _created = AcademicYear.objects.get_or_create(
        code=f"{first}-{first + 1}",
        defaults={"starts_on": date(first, 9, 1), "ends_on": date(first + 1, 8, 31)},
    )
    Term.objects.get_or_create(
        year=year,
        number=Term.Number.AUTUMN,
        defaults={"starts_on": year.starts_on, "ends_on": date(first + 1, 1, 20)},
    )
    Term.objects.get_or_create(
        year=year,
        number=Term.Number.SPRING,
        defaults={
            "starts_on": date(first + 1, 2, 20),
            "ends_on": date(first + 1, 7, 10),
        },
    )
    return year


def ensure_years(
    day: date | None = None, back: int = YEARS_BACK, ahead: int = YEARS_AHEAD
) -> list[AcademicYear]:
    """Return the school years around a day, created where they are missing."""
    first = first_calendar_year(day or today())
    return [ensure_year(n) for n in range(first - back, first + ahead + 1)]


@transaction.atomic
def change_term(term: Term, *, by: Any, starts_on: date, ends_on: date) -> Term:
    """Move the days of a term; ValidationError when terms would overlap."""
    locked = Term.objects.select_for_update(of=("self",)).get(pk=term.pk)
    before = [locked.starts_on, locked.ends_on]
    locked.starts_on, locked.ends_on = starts_on, ends_on
    locked.full_clean()
    locked.save(update_fields=["starts_on", "ends_on", "changed_at"])
    record("bureau.change_term", locked, by=by, data={"from": before})
    return locked
