"""What a school counts as on a day: its labels, and what dates and place say."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from bureau.parameters import parameter
from schools.choices import INTERNAL_LABELS, RURAL, Label
from schools.models import SchoolHonour, SchoolLabel

RURAL_CATEGORY = "RURAL"


def years_before(day: date, years: int) -> date:
    """Return the same day so many years earlier (29 February becomes the 28th)."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def categories_of(
    schools: Iterable[Any], day: date, region: Any
) -> dict[int, list[str]]:
    """Return school id → sorted categories on the day (one query for the labels).

    A school opened at most ``new_school_years`` before the day is NEW without a label
    (BN-4.1.1a); a rural one follows from its place.
    """
    listed = list(schools)
    held: dict[int, set[str]] = defaultdict(set)
    for row in SchoolLabel.objects.on(day).filter(school__in=listed):
        held[row.school_id].add(row.label)
    newest = years_before(day, int(parameter("new_school_years", region, day)))
    for school in listed:
        if school.opened_on and school.opened_on >= newest:
            held[school.pk].add(Label.NEW)
        if school.urban_rural_code in RURAL:
            held[school.pk].add(RURAL_CATEGORY)
    return {school.pk: sorted(held[school.pk]) for school in listed}


def honours_of(schools: Iterable[Any]) -> dict[int, set[str]]:
    """Return school id → kinds of honour held (one query)."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = SchoolHonour.objects.filter(school__in=list(schools))
    for school_id, kind in rows.values_list("school_id", "kind"):
        found[school_id].add(kind)
    return found


def without_internal(categories: Iterable[str]) -> list[str]:
    """Leave out what never leaves internal pages (weak, potential)."""
    return [c for c in categories if c not in INTERNAL_LABELS]


def category_label(code: str) -> str:
    """Return a category in words."""
    return "农村学校" if code == RURAL_CATEGORY else str(Label(code).label)
