"""One shape for all: pairs of subject and school, facts per school, one GROUP BY."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import connection

from bureau.models import AcademicYear
from bureau.parameters import parameters
from core.metrics import MetricValue, Period
from schools.choices import CONFIRMED_STATES
from schools.metrics.subjects import pairs_sql

SUMS = """
WITH pairs AS MATERIALIZED ({pairs}),
{ctes}
facts AS ({facts})
SELECT i.id, coalesce(sum(f.numerator), 0), sum(f.denominator), coalesce(jsonb_agg(
    jsonb_build_object('school_id', s.id, 'school', s.name, 'numerator', f.numerator,
        'denominator', f.denominator, 'note', f.note)
    ORDER BY s.pinyin, s.id, f.note) FILTER (WHERE s.id IS NOT NULL), '[]')
FROM unnest(%(ids)s::bigint[]) AS i(id)
LEFT JOIN facts f ON f.subject_id = i.id
LEFT JOIN schools_school s ON s.id = f.school_id
GROUP BY i.id
"""


def years_until(period: Period) -> list[AcademicYear]:
    """Return the school year of the reference day and the one before, latest first.

    Between two school years it is the last one that has begun.
    """
    started = AcademicYear.objects.filter(starts_on__lte=period.day)
    return list(started.order_by("-starts_on")[:2])


def base_params(ids: Sequence[int], period: Period) -> dict[str, Any]:
    """Return what every statement may name: ids, day, year, its start, states."""
    year, before, *_rest = *years_until(period), None, None
    return {
        "ids": list(ids),
        "day": period.day,
        "year": year.pk if year else None,
        "starts": year.starts_on if year else None,
        "before": before.pk if before else None,
        "before_starts": before.starts_on if before else None,
        "confirmed": [str(state) for state in CONFIRMED_STATES],
    }


def limits(keys: Sequence[str], region: Any, period: Period) -> dict[str, Any]:
    """Return parameter values by the last words of their keys, as SQL parameters."""
    found = parameters(keys, region, period.day)
    return {key.replace(".", "_"): value for key, value in found.items()}


def fetch(sql: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Run a statement and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def statement(kind: str, facts: str, ctes: str = "") -> str:
    """Return the whole statement for facts (subject_id, school_id, numerator,
    denominator, note) over the pairs of a kind."""
    prefix = f"{ctes.strip().rstrip(',')}," if ctes.strip() else ""
    return SUMS.format(pairs=pairs_sql(kind), ctes=prefix, facts=facts)


def plain(value: Any) -> Decimal | None:
    """Return a number of the database as an exact decimal."""
    if value is None:
        return None
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    return number.quantize(Decimal(1)) if number == number.to_integral() else number


def ratios(
    kind: str,
    ids: Sequence[int],
    period: Period,
    facts: str,
    *,
    ctes: str = "",
    params: dict[str, Any] | None = None,
) -> list[MetricValue]:
    """Return numerator over denominator, both summed; no denominator, no value."""
    every = {**base_params(ids, period), **(params or {})}
    return [
        _ratio(pk, plain(top), plain(bottom), detail)
        for pk, top, bottom, detail in fetch(statement(kind, facts, ctes), every)
    ]


def _ratio(
    pk: int, top: Decimal | None, bottom: Decimal | None, detail: Any
) -> MetricValue:
    bottom = bottom or Decimal(0)
    value = (top or Decimal(0)) / bottom if bottom else None
    return MetricValue(pk, top, bottom, value, _rows(detail))


def sums(
    kind: str,
    ids: Sequence[int],
    period: Period,
    facts: str,
    *,
    ctes: str = "",
    params: dict[str, Any] | None = None,
) -> list[MetricValue]:
    """Return plain sums; no record counts as 0."""
    every = {**base_params(ids, period), **(params or {})}
    return [
        MetricValue(pk, plain(top), None, plain(top), _rows(detail))
        for pk, top, _bottom, detail in fetch(statement(kind, facts, ctes), every)
    ]


def _rows(detail: Any) -> list[dict[str, Any]]:
    rows = json.loads(detail) if isinstance(detail, str) else detail
    return [{k: v for k, v in row.items() if v is not None} for row in rows]
