"""Rates read from confirmed returns: fitness, retention, intake."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.metrics import GROUP, REGION, SCHOOL, MetricValue, Period, metric
from schools.choices import COMPULSORY
from schools.metrics.engine import ratios, sums

EVERY = (GROUP, SCHOOL, REGION)
KNOWN = """
known AS (
    SELECT DISTINCT ON (p.subject_id, r.school_id, r.stage)
        p.subject_id, r.school_id, r.stage, r.{total} AS total, r.{part} AS part,
        r.year_id = %(year)s AND r.{part} IS NOT NULL AS is_current,
        y.code AS year
    FROM pairs p
    JOIN schools_schoolreturn r ON r.school_id = p.school_id
    JOIN bureau_academicyear y ON y.id = r.year_id
    WHERE r.state = ANY(%(confirmed)s) AND y.starts_on <= %(starts)s
        AND r.{total} IS NOT NULL AND {stages}
        AND (r.year_id = %(year)s OR EXISTS (SELECT 1 FROM schools_stages_on(%(day)s) t
            WHERE t.school_id = r.school_id AND t.stage = r.stage))
    ORDER BY p.subject_id, r.school_id, r.stage, y.starts_on DESC
)
"""
"""The figure of this year, else the last known one, per subject, school and stage."""

BEST = """
    SELECT subject_id, school_id,
        CASE WHEN is_current THEN part ELSE 0 END AS numerator,
        total AS denominator, stage || ' ' || year AS note
    FROM known
"""
"""A school without this year's figure adds its last total and nothing on top."""

WORST = """
    SELECT subject_id, school_id,
        CASE WHEN is_current THEN part ELSE total END AS numerator,
        total AS denominator, stage || ' ' || year AS note
    FROM known
"""
"""A school without this year's figure counts as the worst case."""

LAST = """
    SELECT subject_id, school_id, total AS numerator, NULL::bigint AS denominator,
        stage || ' ' || year AS note
    FROM known
"""


def known(part: str, total: str, stages: Sequence[str] = ()) -> str:
    """Return the CTE of last known figures; ``part`` of ``total``, of some stages."""
    if stages:
        wanted = ", ".join(f"'{stage}'" for stage in stages)
        condition = f"r.stage IN ({wanted})"
    else:
        condition = "TRUE"
    return KNOWN.format(part=part, total=total, stages=condition)


@metric(
    "schools.fitness_good_rate",
    title=_("体质健康优良率"),
    unit="ratio",
    subjects=EVERY,
    clauses=("BN-4.3.5", "AK-3.4.2"),
    numerator=_("各校当年体质测试优秀与良好人数之和"),
    denominator=_("各校当年参加测试人数之和"),
)
def fitness_good_rate(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Pupils rated excellent or good over pupils tested."""
    return ratios(
        kind, ids, period, BEST, ctes=known("fitness_exc_good", "fitness_tested")
    )


@metric(
    "schools.retention_rate",
    title=_("学生巩固率"),
    unit="ratio",
    subjects=EVERY,
    clauses=("BN-2.2", "AK-3.4.2"),
    numerator=_("各校起始年级学生中仍在籍人数之和"),
    denominator=_("各校起始年级学生数之和"),
)
def retention_rate(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Pupils of the starting cohort still enrolled over the cohort."""
    return ratios(kind, ids, period, BEST, ctes=known("retained", "cohort"))


@metric(
    "schools.out_of_zone_share",
    title=_("片区外入学占比"),
    unit="ratio",
    subjects=EVERY,
    clauses=("BN-3.5", "AK-1.2.1", "AK-1.2.4"),
    numerator=_("义务教育新生中片区外入学人数"),
    denominator=_("义务教育新生总数"),
)
def out_of_zone_share(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Out-of-zone pupils among the new intake of compulsory stages."""
    ctes = known("out_of_zone", "new_intake", COMPULSORY)
    return ratios(kind, ids, period, WORST, ctes=ctes)


@metric(
    "schools.pupil_count",
    title=_("在校生数"),
    unit="count",
    subjects=EVERY,
    clauses=("BN-0.2",),
    numerator=_("统计基准日在校生数"),
)
def pupil_count(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Pupils of the last confirmed return of each school; the detail names its year."""
    return sums(kind, ids, period, LAST, ctes=known("students", "students"))
