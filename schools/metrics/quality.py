"""Value added and gaps between schools, from aggregates that stay internal.

z = (school mean − district mean) / district standard deviation, averaged over subjects
and stages.
"""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.metrics import GROUP, SCHOOL, MetricValue, Period, metric
from schools.choices import Stage
from schools.metrics.engine import base_params, fetch, limits, plain, ratios
from schools.metrics.subjects import pairs_sql

STANDING = "score.min_membership_years"
MISSING = "quality.missing_delta"
BASE = "score.base_year"

SCHOOLING = tuple(s for s in Stage if s != Stage.KINDERGARTEN)

Z_SCORES = """
members AS (
    SELECT p.subject_id, p.school_id, coalesce((
        SELECT y.starts_on FROM bureau_academicyear y
        WHERE y.starts_on <= p.joined_on ORDER BY y.starts_on DESC LIMIT 1
        ), '1900-01-01'::date) AS since
    FROM pairs p
    WHERE {who} AND EXISTS (SELECT 1 FROM schools_stages_on(%(day)s) t
        WHERE t.school_id = p.school_id AND t.stage = ANY(%(stages)s))
),
yearly AS (
    SELECT m.subject_id, m.school_id, y.id AS year_id, y.starts_on, y.code,
        avg((q.mean - q.district_mean) / q.district_deviation) AS z
    FROM members m
    JOIN schools_qualityresult q ON q.school_id = m.school_id
        AND q.stage = ANY(%(stages)s)
    JOIN bureau_academicyear y ON y.id = q.year_id
    WHERE y.starts_on BETWEEN m.since AND %(starts)s
    GROUP BY m.subject_id, m.school_id, y.id, y.starts_on, y.code
),
began AS (
    SELECT DISTINCT ON (subject_id, school_id) subject_id, school_id, z, code
    FROM yearly ORDER BY subject_id, school_id, starts_on
),
ended AS (SELECT * FROM yearly WHERE year_id = %(year)s)
"""
VALUE_ADDED = """
    SELECT m.subject_id, m.school_id,
        coalesce(e.z - b.z, %(quality_missing_delta)s) AS numerator, 1 AS denominator,
        CASE WHEN e.z IS NULL THEN 'missing'
             ELSE b.code || ': ' || round(b.z, 3) || ' → ' || round(e.z, 3) END AS note
    FROM members m
    LEFT JOIN ended e ON e.subject_id = m.subject_id AND e.school_id = m.school_id
    LEFT JOIN began b ON b.subject_id = m.subject_id AND b.school_id = m.school_id
"""
MEMBERS_OF_STANDING = """
    NOT p.is_lead AND p.joined_on IS NOT NULL AND p.joined_on
        <= %(day)s - make_interval(years => %(score_min_membership_years)s::int)
"""

MEANS = """
WITH pairs AS MATERIALIZED ({pairs}),
taught AS (
    SELECT p.*, t.stage, count(*) OVER (PARTITION BY p.subject_id, t.stage) AS schools,
        CASE WHEN %(previous)s THEN %(before)s ELSE (
            SELECT y.id FROM bureau_academicyear y WHERE y.starts_on <= p.joined_on
            ORDER BY y.starts_on DESC LIMIT 1) END AS base_year
    FROM pairs p JOIN schools_stages_on(%(day)s) t ON t.school_id = p.school_id
    WHERE t.stage = ANY(%(stages)s)
),
monitored AS (
    SELECT q.school_id, q.stage, q.year_id, avg(q.mean) AS mean, max(q.tested) AS tested
    FROM schools_qualityresult q WHERE q.school_id IN (SELECT school_id FROM pairs)
    GROUP BY q.school_id, q.stage, q.year_id
),
pupils AS (
    SELECT r.school_id, r.stage, r.year_id, r.students FROM schools_schoolreturn r
    WHERE r.school_id IN (SELECT school_id FROM pairs) AND r.state = ANY(%(confirmed)s)
)
SELECT t.subject_id, t.stage, s.name,
    CASE WHEN stored.held THEN (stored.was->>'mean')::numeric ELSE base.mean END,
    CASE WHEN stored.held THEN (stored.was->>'pupils')::numeric
         ELSE coalesce(then_.students, base.tested) END,
    now_.mean, coalesce(here.students, now_.tested)
FROM taught t
JOIN schools_school s ON s.id = t.school_id
CROSS JOIN LATERAL (SELECT t.baseline->'quality'->t.stage AS was,
    NOT %(previous)s AND t.baseline->'quality'->t.stage IS NOT NULL AS held) stored
LEFT JOIN monitored base ON base.school_id = t.school_id AND base.stage = t.stage
    AND base.year_id = t.base_year
LEFT JOIN pupils then_ ON then_.school_id = t.school_id AND then_.stage = t.stage
    AND then_.year_id = t.base_year
LEFT JOIN monitored now_ ON now_.school_id = t.school_id AND now_.stage = t.stage
    AND now_.year_id = %(year)s
LEFT JOIN pupils here ON here.school_id = t.school_id AND here.stage = t.stage
    AND here.year_id = %(year)s
WHERE t.schools >= 2 ORDER BY t.subject_id, t.stage, s.pinyin, s.id
"""


def weighted_cv(values: Sequence[tuple[Decimal, Decimal]]) -> Decimal | None:
    """Return the pupil-weighted CV of (pupils, value); None without a mean.

    CV = √(Σ (nᵢ/N)(xᵢ − x̄)²) / x̄, x̄ = Σ nᵢxᵢ / Σ nᵢ.
    """
    total = sum((n for n, _x in values), Decimal(0))
    if not total:
        return None
    mean = sum((n * x for n, x in values), Decimal(0)) / total
    if not mean:
        return None
    spread = sum((n / total * (x - mean) ** 2 for n, x in values), Decimal(0))
    return spread.sqrt() / mean


def value_added(
    kind: str, ids: Sequence[int], period: Period, region: Any, stages: Sequence[str]
) -> list[MetricValue]:
    """Sum z now − z at joining over members of standing; for a school its own.

    A school that is monitored for the first time after joining starts from that year;
    one without a result now enters with ``quality.missing_delta``.
    """
    params = limits([STANDING, MISSING], region, period)
    params["stages"] = [str(stage) for stage in stages]
    who = "TRUE" if kind == SCHOOL else MEMBERS_OF_STANDING
    return ratios(
        kind, ids, period, VALUE_ADDED, ctes=Z_SCORES.format(who=who), params=params
    )


def gap_reduction(
    kind: str, ids: Sequence[int], period: Period, region: Any, stages: Sequence[str]
) -> list[MetricValue]:
    """CV of the schools' mean scores at the base minus the CV now, mean over stages.

    A stage in which some school lacks a result in either year brings no reduction.
    """
    base = limits([BASE], region, period)["score_base_year"]
    params = base_params(ids, period)
    params["stages"] = [str(stage) for stage in stages]
    params["previous"] = base == "PREVIOUS"
    found: dict[int, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for pk, stage, *row in fetch(MEANS.format(pairs=pairs_sql(kind)), params):
        found[pk][stage].append(row)
    return [_reduction(pk, found.get(pk, {})) for pk in ids]


def _reduction(pk: int, stages: dict[str, list[Any]]) -> MetricValue:
    rows = [_of_stage(stage, schools) for stage, schools in sorted(stages.items())]
    if not rows:
        return MetricValue(pk, None, None, None)
    if any(row["missing"] for row in rows):
        return MetricValue(pk, Decimal(0), None, Decimal(0), rows)
    total = sum((Decimal(row["reduction"]) for row in rows), Decimal(0))
    mean = total / len(rows)
    return MetricValue(pk, mean, None, mean, rows)


def _of_stage(stage: str, schools: list[Any]) -> dict[str, Any]:
    missing = [name for name, *figures in schools if None in figures]
    if missing:
        return {"stage": stage, "missing": missing}
    before = weighted_cv([(plain(n), plain(x)) for _s, x, n, _y, _m in schools])  # type: ignore[misc]
    now = weighted_cv([(plain(n), plain(x)) for _s, _x, _n, x, n in schools])  # type: ignore[misc]
    return {
        "stage": stage,
        "missing": [],
        "base": str(round(before or Decimal(0), 6)),
        "now": str(round(now or Decimal(0), 6)),
        "reduction": str((before or Decimal(0)) - (now or Decimal(0))),
    }


@metric(
    "schools.quality_value_added",
    title=_("学业质量增值"),
    unit="z",
    subjects=(GROUP, SCHOOL),
    parameters=(STANDING, MISSING),
    clauses=("BN-3.1", "AK-3.4.2"),
    numerator=_(
        "在集团满规定年限的成员校（不含龙头校）本年标准分与加入时标准分之差的合计"
    ),
    denominator=_("上述成员校数"),
)
def quality_value_added(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Value added of the member schools."""
    return value_added(kind, ids, period, region, SCHOOLING)


@metric(
    "schools.quality_cv_reduction",
    title=_("校际质量差异系数降幅"),
    unit="cv",
    subjects=(GROUP,),
    parameters=(BASE,),
    clauses=("BN-4.1.2", "AK-1.2.1"),
    numerator=_("基期校际质量差异系数（按学生数加权）减本年差异系数"),
)
def quality_cv_reduction(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Reduction of the gap between schools."""
    return gap_reduction(kind, ids, period, region, SCHOOLING)


@metric(
    "schools.kinder_quality_change",
    title=_("保教质量评估增值"),
    unit="z",
    subjects=(GROUP, SCHOOL),
    parameters=(STANDING, MISSING),
    clauses=("BN-3.1", "AK-3.1.3"),
    numerator=_("满规定年限的成员园保教质量评估标准分之差的合计"),
    denominator=_("上述成员园数"),
)
def kinder_quality_change(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Value added of the member kindergartens."""
    return value_added(kind, ids, period, region, [Stage.KINDERGARTEN])


@metric(
    "schools.kinder_quality_gap_reduction",
    title=_("园际保教质量差异降幅"),
    unit="cv",
    subjects=(GROUP,),
    parameters=(BASE,),
    clauses=("BN-4.1.2", "AK-3.1.3"),
    numerator=_("基期园际质量差异系数减本年差异系数"),
)
def kinder_quality_gap_reduction(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Reduction of the gap between kindergartens."""
    return gap_reduction(kind, ids, period, region, [Stage.KINDERGARTEN])
