"""Read policy parameters: the county's value, else the city's, else the shipped one."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, StrIndex

from bureau.models import PolicyParameter, Region
from bureau.querysets import AS_NUMBER
from core.days import today


class UnknownParameter(KeyError):
    """A key that no parameter has, or that has no value on the day asked for."""

    def __init__(self, keys: Iterable[str], day: date) -> None:
        self.keys = sorted(keys)
        super().__init__(f"{', '.join(self.keys)} on {day.isoformat()}")


def parameter_rows(
    keys: Iterable[str] | None, region: Region | None, day: date | None = None
) -> dict[str, PolicyParameter]:
    """Return the row in force for each key (all keys when None), in one query."""
    rows = PolicyParameter.objects.effective(region, day).select_related("region")
    if keys is not None:
        rows = rows.filter(key__in=set(keys))
    return {row.key: row for row in rows.order_by("key")}


def parameters(
    keys: Iterable[str], region: Region | None, day: date | None = None
) -> dict[str, Any]:
    """Return key → typed value in one query; a missing key is UnknownParameter."""
    wanted = set(keys)
    found = parameter_rows(wanted, region, day)
    missing = wanted - found.keys()
    if missing:
        raise UnknownParameter(missing, day or today())
    return {key: row.typed for key, row in found.items()}


def parameter(key: str, region: Region | None, day: date | None = None) -> Any:
    """Return the value in force in a region on a day (today when not given).

    Decimals come as Decimal, switches as bool, texts as str, lists as list. Raises
    UnknownParameter when the key does not exist or has no value on the day.
    """
    return parameters([key], region, day)[key]


def unverified(
    keys: Iterable[str], region: Region | None, day: date | None = None
) -> list[PolicyParameter]:
    """Return the values in force that nobody has confirmed, to be marked where used."""
    rows = parameter_rows(keys, region, day).values()
    return [row for row in rows if not row.verified]


def number_at(key: str, path: str, day: date) -> Subquery:
    """Return a number parameter as an expression, row by row where the row belongs.

    ``path`` leads from the outer row to the ``path`` of its region, so that rows of
    many regions are judged by their own values in one query.
    """
    rows = PolicyParameter.objects.on(day).filter(key=key)
    rows = rows.annotate(
        found=StrIndex(OuterRef(path), Coalesce(F("region__path"), Value("")))
    )
    here = rows.filter(Q(region__isnull=True) | Q(found=1))
    depth = Coalesce(F("region__lineage__len"), 0)
    nearest = here.annotate(depth=depth, number=AS_NUMBER).order_by("-depth")
    return Subquery(nearest.values("number")[:1])
