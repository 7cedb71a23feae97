"""Read policy parameters: the county's value, else the city's, else the shipped one."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from bureau.models import PolicyParameter, Region
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
