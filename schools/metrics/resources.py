"""The seven balance indicators: lines met, and their variation between schools.

The coefficient of variation is pupil-weighted (national method of 2017):
CV = √(Σ (nᵢ/N)(xᵢ − x̄)²) / x̄ with x̄ = ΣXᵢ/Σnᵢ.
"""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.metrics import GROUP, REGION, MetricValue, Period, metric
from schools.choices import COMPULSORY
from schools.metrics.engine import base_params, fetch, limits, plain, ratios
from schools.metrics.rates import EVERY
from schools.metrics.subjects import pairs_sql

INDICATORS: dict[str, tuple[str, int]] = {
    "above_degree": ("above_degree", 100),
    "backbone": ("backbone", 100),
    "pe_arts": ("pe_arts", 100),
    "teaching_area": ("teaching_area", 1),
    "sports_area": ("sports_area", 1),
    "equipment_value": ("equipment_value", 1),
    "multimedia": ("multimedia_rooms", 100),
}
"""Indicator → figure of the return, and per how many pupils it is taken."""

LINES = tuple(
    f"balance.{stage}.{name}" for stage in ("primary", "junior") for name in INDICATORS
)
CV_LINES = ("balance.cv_max.primary", "balance.cv_max.junior")

_VALUES = ", ".join(
    f"('{name}', r.{figure} * {per}::numeric / nullif(r.students, 0))"
    for name, (figure, per) in INDICATORS.items()
)
_LINES = ", ".join(
    f"('{stage.upper()}', '{name}', %(balance_{stage}_{name})s::numeric)"
    for stage in ("primary", "junior")
    for name in INDICATORS
)

_SHARES = """
taught AS (
    SELECT p.subject_id, p.school_id, t.stage
    FROM pairs p JOIN schools_stages_on(%(day)s) t ON t.school_id = p.school_id
    WHERE t.stage IN ('PRIMARY', 'JUNIOR')
),
shares AS (
    SELECT t.subject_id, t.school_id, t.stage, v.indicator, v.x, r.students AS n
    FROM taught t
    LEFT JOIN schools_schoolreturn r ON r.school_id = t.school_id AND r.stage = t.stage
        AND r.year_id = %(year)s AND r.state = ANY(%(confirmed)s)
    CROSS JOIN LATERAL (VALUES {values}) AS v(indicator, x)
)
"""
SHARES = _SHARES.format(values=_VALUES)
"""Subject, school, stage, indicator → value ``x`` (null = missing) and pupils ``n``."""

_MET = """
met AS (
    SELECT s.subject_id, s.school_id, s.stage,
        count(*) FILTER (WHERE s.x >= l.line) AS met,
        coalesce(bool_and(coalesce(s.x, -1) >= l.line * %(balance_rest_floor)s), FALSE)
            AS rest_holds,
        string_agg(s.indicator, ' ' ORDER BY s.indicator)
            FILTER (WHERE coalesce(s.x, -1) < l.line) AS short_of
    FROM shares s
    JOIN (VALUES {lines}) AS l(stage, indicator, line)
        ON l.stage = s.stage AND l.indicator = s.indicator
    GROUP BY s.subject_id, s.school_id, s.stage
)
"""
MET = _MET.format(lines=_LINES)
SCHOOLS_MEETING = """
    SELECT subject_id, school_id,
        bool_and(met >= %(balance_min_met)s AND rest_holds)::int AS numerator,
        1 AS denominator, string_agg(stage || ': ' || met || '/7 '
            || coalesce(short_of, ''), '; ' ORDER BY stage) AS note
    FROM met GROUP BY subject_id, school_id
"""

VARIATION = """
WITH pairs AS MATERIALIZED ({pairs}),
{shares},
weighed AS (
    SELECT subject_id, stage, indicator, n, x,
        sum(n * x) OVER w / nullif(sum(n) OVER w, 0) AS mean, sum(n) OVER w AS total
    FROM shares WINDOW w AS (PARTITION BY subject_id, stage, indicator)
)
SELECT subject_id, stage, indicator, count(*), count(x), max(mean),
    sqrt(sum(n * (x - mean) ^ 2) / nullif(max(total), 0)) / nullif(max(mean), 0)
FROM weighed GROUP BY subject_id, stage, indicator HAVING count(*) >= 2
ORDER BY subject_id, stage DESC, indicator
"""


def variations(
    kind: str, ids: Sequence[int], period: Period
) -> dict[int, list[dict[str, Any]]]:
    """Return subject → one row per stage and indicator taught by two schools or more.

    A row holds stage, indicator, schools, reported, mean and cv; ``cv`` is None where
    a school has not reported.
    """
    sql = VARIATION.format(pairs=pairs_sql(kind), shares=SHARES.strip())
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for pk, stage, indicator, schools, reported, mean, cv in fetch(
        sql, base_params(ids, period)
    ):
        is_whole = schools == reported
        found[pk].append(
            {
                "stage": stage,
                "indicator": indicator,
                "schools": schools,
                "reported": reported,
                "mean": plain(mean),
                "cv": plain(cv) if is_whole else None,
                "missing": not is_whole,
            }
        )
    return found


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: str(round(value, 4)) if isinstance(value, Decimal) else value
        for name, value in row.items()
    }


@metric(
    "schools.resource_standard_met_share",
    title=_("七项资源配置达标学校比例"),
    unit="ratio",
    subjects=EVERY,
    parameters=(*LINES, "balance.min_met", "balance.rest_floor"),
    clauses=("BN-4.1.2", "AK-1.2.1"),
    numerator=_(
        "七项中达标项数不少于规定数且其余各项达到标准线规定比例的义务教育学校数"
    ),
    denominator=_("义务教育学校数"),
)
def resource_standard_met_share(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Compulsory schools that meet the lines in every compulsory stage they teach."""
    keys = [*LINES, "balance.min_met", "balance.rest_floor"]
    ctes = f"{SHARES.strip()}, {MET.strip()}"
    return ratios(
        kind,
        ids,
        period,
        SCHOOLS_MEETING,
        ctes=ctes,
        params=limits(keys, region, period),
    )


@metric(
    "schools.resource_cv_met_share",
    title=_("差异系数达标指标比例"),
    unit="ratio",
    subjects=(GROUP, REGION),
    parameters=CV_LINES,
    clauses=("BN-4.1.2", "AK-1.2.1"),
    numerator=_("差异系数不高于本学段标准线的指标数（按学段累计）"),
    denominator=_("7×至少两校共有的义务教育学段数"),
)
def resource_cv_met_share(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Pairs of indicator and stage whose CV is not above the stage's line."""
    found = limits(CV_LINES, region, period)
    lines = {stage: found[f"balance_cv_max_{stage.lower()}"] for stage in COMPULSORY}
    rows = variations(kind, ids, period)
    return [_within(pk, rows.get(pk, []), lines) for pk in ids]


def _within(
    pk: int, rows: list[dict[str, Any]], lines: dict[Any, Decimal]
) -> MetricValue:
    met = sum(1 for row in rows if _holds(row, lines[row["stage"]]))
    value = Decimal(met) / len(rows) if rows else None
    detail = [{**_shown(row), "line": str(lines[row["stage"]])} for row in rows]
    return MetricValue(pk, Decimal(met), Decimal(len(rows)), value, detail)


def _holds(row: dict[str, Any], line: Decimal) -> bool:
    """An indicator that nobody has any of does not vary; a missing one is above."""
    if row["missing"]:
        return False
    return row["cv"] is None or row["cv"] <= line


@metric(
    "schools.resource_cv_mean",
    title=_("七项资源平均差异系数"),
    unit="cv",
    subjects=(GROUP, REGION),
    clauses=("BN-4.1.2",),
    numerator=_("七项指标按学生数加权的差异系数之和（分学段）"),
    denominator=_("7×至少两校共有的义务教育学段数"),
)
def resource_cv_mean(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Mean CV of the seven indicators; no figure where a school has not reported."""
    rows = variations(kind, ids, period)
    return [_mean(pk, rows.get(pk, [])) for pk in ids]


def _mean(pk: int, rows: list[dict[str, Any]]) -> MetricValue:
    detail = [_shown(row) for row in rows]
    if not rows or any(row["missing"] for row in rows):
        return MetricValue(pk, None, Decimal(len(rows)), None, detail)
    total = sum((row["cv"] or Decimal(0) for row in rows), Decimal(0))
    return MetricValue(pk, total, Decimal(len(rows)), total / len(rows), detail)
