"""Counts read from the register alone."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.metrics import GROUP, REGION, SCHOOL, MetricValue, Period, metric
from schools.choices import COMPULSORY
from schools.metrics.engine import base_params, fetch, plain, sums
from schools.metrics.rates import EVERY
from schools.metrics.subjects import pairs_sql

SCHOOLS = """
    SELECT subject_id, school_id, 1 AS numerator, NULL::bigint AS denominator,
        NULL::text AS note
    FROM pairs
"""
COMPULSORY_SCHOOLS = """
    SELECT p.subject_id, p.school_id, 1 AS numerator, NULL::bigint AS denominator,
        string_agg(t.stage, ' ' ORDER BY t.stage) AS note
    FROM pairs p JOIN schools_stages_on(%(day)s) t ON t.school_id = p.school_id
    WHERE t.stage IN ('PRIMARY', 'JUNIOR')
    GROUP BY p.subject_id, p.school_id
"""
SHARED_STAGES = """
WITH pairs AS ({pairs}),
shared AS (
    SELECT p.subject_id, t.stage, count(*) AS schools
    FROM pairs p JOIN schools_stages_on(%(day)s) t ON t.school_id = p.school_id
    WHERE t.stage = ANY(%(stages)s) OR %(stages)s IS NULL
    GROUP BY p.subject_id, t.stage HAVING count(*) >= 2
)
SELECT i.id, count(s.stage), coalesce(array_agg(s.stage ORDER BY s.stage)
    FILTER (WHERE s.stage IS NOT NULL), '{{}}'), coalesce(array_agg(s.schools
    ORDER BY s.stage) FILTER (WHERE s.stage IS NOT NULL), '{{}}')
FROM unnest(%(ids)s::bigint[]) AS i(id) LEFT JOIN shared s ON s.subject_id = i.id
GROUP BY i.id
"""


@metric(
    "schools.school_count",
    title=_("学校数"),
    unit="count",
    subjects=(GROUP, REGION),
    clauses=("BN-0.2", "BN-0.3"),
    numerator=_("基准日在办学校数"),
)
def school_count(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Open schools on the reference date."""
    return sums(kind, ids, period, SCHOOLS)


@metric(
    "schools.compulsory_school_count",
    title=_("义务教育学校数"),
    unit="count",
    subjects=EVERY,
    clauses=("BN-0.3", "AK-1.2.4"),
    numerator=_("基准日登记学段含小学或初中的学校数"),
)
def compulsory_school_count(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Open schools that teach primary or junior."""
    return sums(kind, ids, period, COMPULSORY_SCHOOLS)


def shared_stages(
    kind: str, ids: Sequence[int], period: Period, stages: Sequence[str] | None
) -> list[MetricValue]:
    """Count the stages registered for at least two of a subject's schools."""
    sql = SHARED_STAGES.format(pairs=pairs_sql(kind))
    params = base_params(ids, period)
    params["stages"] = [str(stage) for stage in stages] if stages else None
    return [
        MetricValue(
            pk,
            plain(found),
            None,
            plain(found),
            [{"stage": s, "schools": n} for s, n in zip(names, counts, strict=True)],
        )
        for pk, found, names, counts in fetch(sql, params)
    ]


@metric(
    "schools.comparable_stage_count",
    title=_("可比学段数"),
    unit="count",
    subjects=(GROUP, SCHOOL),
    clauses=("BN-4.1.2", "AK-1.2.1"),
    numerator=_("集团内至少两所学校共有的学段数"),
)
def comparable_stage_count(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Stages taught by two of the schools or more."""
    return shared_stages(kind, ids, period, None)


@metric(
    "schools.comparable_compulsory_stage_count",
    title=_("可比义务教育学段数"),
    unit="count",
    subjects=(GROUP, SCHOOL),
    clauses=("BN-4.1.2", "AK-1.2.1"),
    numerator=_("小学、初中中集团内至少两所学校共有的学段数"),
)
def comparable_compulsory_stage_count(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Of primary and junior, those taught by two of the schools or more."""
    return shared_stages(kind, ids, period, COMPULSORY)
