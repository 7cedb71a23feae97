"""Large and over-size classes (AK-1.2.1, AK-1.2.4)."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.metrics import MetricValue, Period, metric
from schools.metrics.engine import limits, ratios, sums
from schools.metrics.rates import EVERY

LARGE = "class.large_min"
OVERSIZE = "class.oversize_min"

LAST_CLASSES = """
taught AS (
    SELECT p.subject_id, p.school_id, t.stage
    FROM pairs p JOIN schools_stages_on(%(day)s) t ON t.school_id = p.school_id
    UNION
    SELECT p.subject_id, p.school_id, c.stage
    FROM pairs p JOIN schools_classsection c
        ON c.school_id = p.school_id AND c.year_id = %(year)s AND c.removed_at IS NULL
),
counted AS (
    SELECT t.subject_id, t.school_id, t.stage, y.starts_on, y.code AS year,
        c.year_id = %(year)s AS is_current, count(*) AS classes,
        count(*) FILTER (WHERE {bad}) AS bad
    FROM taught t
    JOIN schools_classsection c ON c.school_id = t.school_id AND c.stage = t.stage
    JOIN bureau_academicyear y ON y.id = c.year_id
    WHERE c.removed_at IS NULL AND y.starts_on <= %(starts)s AND {stages}
    GROUP BY t.subject_id, t.school_id, t.stage, c.year_id, y.starts_on, y.code
),
returned AS (
    SELECT t.subject_id, t.school_id, t.stage, y.starts_on, y.code AS year,
        FALSE AS is_current, r.classes, r.classes AS bad
    FROM taught t
    JOIN schools_schoolreturn r ON r.school_id = t.school_id AND r.stage = t.stage
    JOIN bureau_academicyear y ON y.id = r.year_id
    WHERE r.state = ANY(%(confirmed)s) AND y.starts_on <= %(starts)s
        AND r.classes IS NOT NULL AND {returned_stages}
),
last AS (
    SELECT DISTINCT ON (subject_id, school_id, stage) *
    FROM (SELECT * FROM counted UNION ALL SELECT * FROM returned) every
    ORDER BY subject_id, school_id, stage, starts_on DESC, is_current DESC, bad
)
"""
"""Classes of this year; without them the last known number of classes."""

WORST = """
    SELECT subject_id, school_id,
        CASE WHEN is_current THEN bad ELSE classes END AS numerator,
        classes AS denominator, stage || ' ' || year AS note
    FROM last
"""
COUNT = """
    SELECT p.subject_id, p.school_id, count(*) AS numerator,
        NULL::bigint AS denominator, c.stage AS note
    FROM pairs p JOIN schools_classsection c
        ON c.school_id = p.school_id AND c.year_id = %(year)s AND c.removed_at IS NULL
    WHERE c.headcount >= %(class_large_min)s
    GROUP BY p.subject_id, p.school_id, c.stage
"""
COUNTS_OF_THE_YEAR = """
sizes AS (
    SELECT c.id, c.school_id, c.stage, c.headcount FROM schools_classsection c
    WHERE c.year_id = %(year)s AND c.removed_at IS NULL
    UNION ALL
    SELECT * FROM (
        SELECT DISTINCT ON (e.id, e.counted_on) e.id, e.school_id, e.stage, e.headcount
        FROM schools_classsectionevent e JOIN schools_classsection c ON c.id = e.id
        WHERE e.year_id = %(year)s AND e.counted_on <> c.counted_on
        ORDER BY e.id, e.counted_on, e.pgh_id DESC) earlier
)
"""
"""Every count of the year: the present one and, where a class was counted again, the
earlier ones. A correction of the same day's count replaces what it corrects."""

OVERSIZE_COUNT = """
    SELECT p.subject_id, p.school_id, count(DISTINCT z.id) AS numerator,
        NULL::bigint AS denominator, z.stage AS note
    FROM pairs p JOIN sizes z ON z.school_id = p.school_id
    WHERE z.headcount >= %(class_oversize_min)s
    GROUP BY p.subject_id, p.school_id, z.stage
"""


def last_classes(bad: str, stage: str = "") -> str:
    """Return the CTEs of last known classes; ``bad`` is a condition on alias c."""
    own = f"c.stage = '{stage}'" if stage else "TRUE"
    theirs = f"r.stage = '{stage}'" if stage else "TRUE"
    return LAST_CLASSES.format(bad=bad, stages=own, returned_stages=theirs)


@metric(
    "schools.large_class_share",
    title=_("大班额比例"),
    unit="ratio",
    subjects=EVERY,
    parameters=(LARGE,),
    clauses=("BN-0.2", "AK-1.2.1", "AK-1.2.4"),
    numerator=_("基准日人数达到大班额线的班级数"),
    denominator=_("基准日全部班级数"),
)
def large_class_share(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Large classes over all classes; a school without data counts as all large."""
    ctes = last_classes("c.headcount >= %(class_large_min)s")
    params = limits([LARGE], region, period)
    return ratios(kind, ids, period, WORST, ctes=ctes, params=params)


@metric(
    "schools.large_class_count",
    title=_("大班额班数"),
    unit="count",
    subjects=EVERY,
    parameters=(LARGE,),
    clauses=("AK-1.2.1", "AK-1.2.4"),
    numerator=_("基准日人数达到大班额线的班级数"),
)
def large_class_count(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Classes with at least the large line."""
    return sums(kind, ids, period, COUNT, params=limits([LARGE], region, period))


@metric(
    "schools.oversize_class_count",
    title=_("超大班额班数"),
    unit="count",
    subjects=EVERY,
    parameters=(OVERSIZE,),
    clauses=("BN-0.2", "AK-1.2.1"),
    numerator=_("期内任一基准日人数达到超大班额线的班级数"),
)
def oversize_class_count(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Classes that reached the over-size line at any count of the year."""
    params = limits([OVERSIZE], region, period)
    return sums(
        kind, ids, period, OVERSIZE_COUNT, ctes=COUNTS_OF_THE_YEAR, params=params
    )
