"""Kindergartens: class ceilings, attendance, space, staff (AK-3.1.3)."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.metrics import GROUP, SCHOOL, MetricValue, Period, metric
from schools.choices import Stage
from schools.metrics.classes import last_classes
from schools.metrics.engine import limits, ratios
from schools.metrics.rates import BEST, EVERY, known

CEILINGS = ("class.kinder.small", "class.kinder.middle", "class.kinder.big")
TOLERANCE = "class.kinder_tolerance"
SPACE = ("kinder.indoor_area_per_child", "kinder.play_area_per_child")
STAFF = "staff.ratio_kinder.max"

CEILING = """
    CASE c.grade WHEN 3 THEN %(class_kinder_big)s WHEN 2 THEN %(class_kinder_middle)s
         ELSE %(class_kinder_small)s END
"""
"""The ceiling of a class by its age group; a nursery class counts as a small one."""

WITHIN = """
    SELECT subject_id, school_id,
        CASE WHEN is_current THEN classes - bad ELSE 0 END AS numerator,
        classes AS denominator, year AS note
    FROM last
"""
_NONE_ABOVE = """
    SELECT k.subject_id, k.school_id, k.clean::int AS numerator, 1 AS denominator,
        k.note
    FROM (
        SELECT p.subject_id, p.school_id, count(c.id) > 0 AND coalesce(bool_and(
                c.headcount < {ceiling} + %(class_kinder_tolerance)s), FALSE) AS clean,
            count(c.id) || ' classes' AS note
        FROM pairs p
        JOIN schools_stages_on(%(day)s) t ON t.school_id = p.school_id
            AND t.stage = 'KINDERGARTEN'
        LEFT JOIN schools_classsection c ON c.school_id = p.school_id
            AND c.stage = 'KINDERGARTEN' AND c.year_id = %(year)s
            AND c.removed_at IS NULL
        GROUP BY p.subject_id, p.school_id) k
"""
NONE_ABOVE = _NONE_ABOVE.format(ceiling=CEILING)
RETURNED = """
kinder AS (
    SELECT p.subject_id, p.school_id, r.*
    FROM pairs p
    JOIN schools_stages_on(%(day)s) t ON t.school_id = p.school_id
        AND t.stage = 'KINDERGARTEN'
    LEFT JOIN LATERAL (
        SELECT r.students, r.staff, r.indoor_area, r.play_area
        FROM schools_schoolreturn r
        WHERE r.school_id = p.school_id AND r.stage = 'KINDERGARTEN'
            AND r.year_id = %(year)s AND r.state = ANY(%(confirmed)s)) r ON TRUE
    LEFT JOIN LATERAL (
        SELECT r.is_full_day FROM schools_schoolreturn r
        JOIN bureau_academicyear y ON y.id = r.year_id
        WHERE r.school_id = p.school_id AND r.stage = 'KINDERGARTEN'
            AND r.state = ANY(%(confirmed)s) AND y.starts_on <= %(starts)s
            AND r.is_full_day IS NOT NULL
        ORDER BY y.starts_on DESC LIMIT 1) d ON TRUE
    WHERE {which}
)
"""
"""Kindergartens with this year's figures; one without a return has none."""

SPACE_MET = """
    SELECT subject_id, school_id, coalesce(students > 0
            AND indoor_area >= students * %(kinder_indoor_area_per_child)s
            AND play_area >= students * %(kinder_play_area_per_child)s, FALSE)::int
            AS numerator, 1 AS denominator,
        round(indoor_area / nullif(students, 0), 2) || ' / '
            || round(play_area / nullif(students, 0), 2) AS note
    FROM kinder
"""
STAFF_MET = """
    SELECT subject_id, school_id, coalesce(staff > 0
            AND students <= staff * %(staff_ratio_kinder_max)s, FALSE)::int
            AS numerator, 1 AS denominator,
        round(students::numeric / nullif(staff, 0), 2)::text AS note
    FROM kinder
"""
K = [Stage.KINDERGARTEN]


@metric(
    "schools.kinder_class_within_ceiling_share",
    title=_("幼儿园班额达标比例"),
    unit="ratio",
    subjects=EVERY,
    parameters=CEILINGS,
    clauses=("BN-0.3", "AK-3.1.3"),
    numerator=_("不超过本年龄段班额上限的班级数"),
    denominator=_("幼儿园班级总数"),
)
def kinder_class_within_ceiling_share(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Kindergarten classes not above the ceiling of their age group."""
    ctes = last_classes(f"c.headcount > {CEILING}", Stage.KINDERGARTEN)
    params = limits(CEILINGS, region, period)
    return ratios(kind, ids, period, WITHIN, ctes=ctes, params=params)


@metric(
    "schools.kinder_no_oversize_class",
    title=_("无超额班级"),
    unit="bool",
    subjects=(GROUP, SCHOOL),
    parameters=(*CEILINGS, TOLERANCE),
    clauses=("BN-0.3", "AK-3.1.3"),
    numerator=_("全部幼儿园已报班级且没有超出上限规定人数的班级为1，否则为0"),
    denominator="1",
)
def kinder_no_oversize_class(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """One when every kindergarten has reported and none has a class too large."""
    params = limits([*CEILINGS, TOLERANCE], region, period)
    found = ratios(kind, ids, period, NONE_ABOVE, params=params)
    return [_all_or_nothing(value) for value in found]


def _all_or_nothing(found: MetricValue) -> MetricValue:
    is_met = bool(found.denominator) and found.numerator == found.denominator
    one = type(found.denominator)(1) if found.denominator is not None else None
    top = one if is_met else (one - one if one is not None else None)
    return MetricValue(found.subject_id, top, one, top, found.detail)


@metric(
    "schools.kinder_attendance_rate",
    title=_("幼儿出勤率"),
    unit="ratio",
    subjects=EVERY,
    clauses=("BN-0.3", "AK-3.1.3"),
    numerator=_("幼儿实际出勤人日数"),
    denominator=_("应出勤人日数"),
)
def kinder_attendance_rate(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Child-days attended over child-days due."""
    return ratios(kind, ids, period, BEST, ctes=known("days_attended", "days_due", K))


@metric(
    "schools.zone_children_admitted_ratio",
    title=_("服务片区适龄幼儿入园率"),
    unit="ratio",
    subjects=EVERY,
    clauses=("BN-0.3", "AK-3.1.3"),
    numerator=_("服务片区内录取幼儿数"),
    denominator=_("服务片区内报名幼儿数"),
)
def zone_children_admitted_ratio(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Children of the service zone admitted over those who applied."""
    return ratios(
        kind, ids, period, BEST, ctes=known("zone_admitted", "zone_applicants", K)
    )


@metric(
    "schools.kinder_space_met_share",
    title=_("园舍与场地达标园所比例"),
    unit="ratio",
    subjects=EVERY,
    parameters=SPACE,
    clauses=("BN-0.3", "AK-3.1.3"),
    numerator=_("室内面积与户外场地均达标的幼儿园数"),
    denominator=_("幼儿园数"),
)
def kinder_space_met_share(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Kindergartens that meet the lines of indoor and outdoor space per child."""
    params = limits(SPACE, region, period)
    ctes = RETURNED.format(which="TRUE")
    return ratios(kind, ids, period, SPACE_MET, ctes=ctes, params=params)


@metric(
    "schools.kinder_staff_ratio_met_share",
    title=_("教职工与幼儿配比达标园所比例"),
    unit="ratio",
    subjects=EVERY,
    parameters=(STAFF,),
    clauses=("BN-0.3", "BN-5.2.2a", "AK-3.1.3"),
    numerator=_("每名教职工对应幼儿数不超过上限的全日制幼儿园数"),
    denominator=_("全日制幼儿园数"),
)
def kinder_staff_ratio_met_share(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Full-day kindergartens with enough staff; an unknown one counts as full-day."""
    params = limits([STAFF], region, period)
    ctes = RETURNED.format(which="coalesce(d.is_full_day, TRUE)")
    return ratios(kind, ids, period, STAFF_MET, ctes=ctes, params=params)
