"""Seats in quality schools and inclusive kindergartens, and how they grew."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.metrics import GROUP, REGION, MetricValue, Period, metric
from schools.choices import Stage
from schools.metrics.engine import limits, ratios
from schools.metrics.rates import EVERY, known

BASE = "score.base_year"

IS_QUALITY = """
    EXISTS (SELECT 1 FROM schools_schoollabel l WHERE l.school_id = {school}
        AND l.label IN ('QUALITY', 'FAMOUS') AND l.valid_from <= {day}
        AND (l.valid_to IS NULL OR l.valid_to > {day}))
"""
IS_INCLUSIVE = """
    EXISTS (SELECT 1 FROM schools_school o WHERE o.id = {school}
        AND o.ownership IN ('PUBLIC', 'INCLUSIVE_PRIVATE'))
"""
SHARE = """
    SELECT k.subject_id, k.school_id,
        CASE WHEN k.is_current AND {good} THEN k.total ELSE 0 END AS numerator,
        k.total AS denominator, k.stage || ' ' || k.year AS note
    FROM known k
"""
BASE_SEATS = """
based AS (
    SELECT p.subject_id, p.school_id, p.baseline,
        NOT %(previous)s AND p.joined_on IS NOT NULL AS from_joining,
        CASE WHEN %(previous)s OR p.joined_on IS NULL THEN %(before)s ELSE (
            SELECT y.id FROM bureau_academicyear y WHERE y.starts_on <= p.joined_on
            ORDER BY y.starts_on DESC LIMIT 1) END AS base_year,
        CASE WHEN %(previous)s OR p.joined_on IS NULL THEN %(before_starts)s
            ELSE p.joined_on END AS base_day
    FROM pairs p
),
base AS (
    SELECT b.subject_id, b.school_id,
        CASE WHEN b.from_joining AND b.baseline->>'{stored}' IS NOT NULL
             THEN (b.baseline->>'{stored}')::numeric
             WHEN {good} THEN coalesce((
                SELECT sum(r.seats) FROM schools_schoolreturn r
                WHERE r.school_id = b.school_id AND r.year_id = b.base_year
                    AND r.state = ANY(%(confirmed)s) AND {stages}), 0)
             ELSE 0 END AS seats
    FROM based b
)
"""
GROWTH = """
    SELECT k.subject_id, k.school_id,
        CASE WHEN bool_or(k.is_current)
             THEN coalesce(sum(k.total) FILTER (WHERE k.is_current AND {good}), 0)
                - max(b.seats)
             ELSE 0 END AS numerator,
        sum(k.total) AS denominator, 'base ' || max(b.seats) AS note
    FROM known k
    JOIN base b ON b.subject_id = k.subject_id AND b.school_id = k.school_id
    GROUP BY k.subject_id, k.school_id
"""


def growth(
    kind: str,
    ids: Sequence[int],
    period: Period,
    region: Any,
    *,
    good: str,
    stored: str,
    stages: Sequence[str] = (),
) -> list[MetricValue]:
    """Good seats now minus good seats at the base, over all seats now.

    The base is the value stored at joining (else that year's return), or last year's
    where ``score.base_year`` is PREVIOUS or nothing was joined.
    """
    wanted = ", ".join(f"'{stage}'" for stage in stages)
    base = BASE_SEATS.format(
        good=good.format(school="b.school_id", day="b.base_day"),
        stored=stored,
        stages=f"r.stage IN ({wanted})" if stages else "TRUE",
    )
    params = {
        "previous": limits([BASE], region, period)["score_base_year"] == "PREVIOUS"
    }
    return ratios(
        kind,
        ids,
        period,
        GROWTH.format(good=good.format(school="k.school_id", day="%(day)s")),
        ctes=f"{known('seats', 'seats', stages).strip()}, {base.strip()}",
        params=params,
    )


@metric(
    "schools.quality_seat_share",
    title=_("优质学位占比"),
    unit="ratio",
    subjects=(GROUP, REGION),
    clauses=("BN-3.5", "BN-0.2"),
    numerator=_("基准日优质学校学位数"),
    denominator=_("全部学位数"),
)
def quality_seat_share(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Seats in schools labelled quality or famous over all seats."""
    facts = SHARE.format(good=IS_QUALITY.format(school="k.school_id", day="%(day)s"))
    return ratios(kind, ids, period, facts, ctes=known("seats", "seats"))


@metric(
    "schools.quality_seat_growth",
    title=_("优质学位增量比例"),
    unit="ratio",
    subjects=EVERY,
    parameters=(BASE,),
    clauses=("BN-3.5",),
    numerator=_("现有优质学位数减基期优质学位数"),
    denominator=_("现有学位总数"),
)
def quality_seat_growth(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Growth of the seats in quality and famous schools."""
    return growth(kind, ids, period, region, good=IS_QUALITY, stored="quality_seats")


@metric(
    "schools.inclusive_seat_growth",
    title=_("普惠性学位增量比例"),
    unit="ratio",
    subjects=EVERY,
    parameters=(BASE,),
    clauses=("BN-3.5", "AK-3.1.3"),
    numerator=_("现有普惠性学位数减基期普惠性学位数"),
    denominator=_("现有幼儿园学位总数"),
)
def inclusive_seat_growth(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Growth of the places in public and inclusive private kindergartens."""
    return growth(
        kind,
        ids,
        period,
        region,
        good=IS_INCLUSIVE,
        stored="inclusive_seats",
        stages=[Stage.KINDERGARTEN],
    )
