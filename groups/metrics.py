"""Metrics of groups, membership and their documents, all set-based."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from bureau.models import AcademicYear
from bureau.parameters import parameter
from core.metrics import GROUP, REGION, SCHOOL, MetricValue, Period, metric
from groups.categories import years_before
from schools.metrics.subjects import school_joining, subject_schools

SHARED = {
    "{on_day}": (
        "m.valid_from <= %(day)s AND (m.valid_to IS NULL OR m.valid_to > %(day)s)"
    ),
    "{open_school}": (
        "s.status <> 'PLANNED' AND (s.opened_on IS NULL OR s.opened_on <= %(day)s)"
        " AND (s.closed_on IS NULL OR s.closed_on > %(day)s)"
    ),
    "{held}": (
        "d.state IN ('EFFECTIVE', 'SUPERSEDED') AND d.valid_from <= %(day)s"
        " AND (d.valid_to IS NULL OR d.valid_to > %(day)s)"
    ),
}


def sql(text: str) -> str:
    """Fill in the conditions that several statements share."""
    for name, condition in SHARED.items():
        text = text.replace(name, condition)
    return text


SCHOOLS_OF_GROUP = """
    SELECT m.group_id AS subject_id, m.school_id, m.role = 'LEAD' AS is_lead,
        m.valid_from AS joined_on, m.baseline
    FROM groups_membership m WHERE m.group_id = ANY(%(ids)s) AND {on_day}
"""
JOINING = """
    SELECT DISTINCT ON (m.school_id) m.school_id, m.role = 'LEAD' AS is_lead,
        m.valid_from AS joined_on, m.baseline
    FROM groups_membership m WHERE {on_day}
    ORDER BY m.school_id, m.is_exclusive DESC, m.role_order, m.valid_from
"""
subject_schools.register(GROUP, sql(SCHOOLS_OF_GROUP))
school_joining.register("groups", sql(JOINING))


def _rows(text: str, ids: Sequence[int], period: Period, **more: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql(text), {"ids": list(ids), "day": period.day, **more})
        return list(cursor.fetchall())


def _value(row: Sequence[Any]) -> MetricValue:
    """Turn (id, numerator, denominator or null, detail) into a value."""
    subject, top, bottom, detail = row
    numerator = Decimal(top or 0)
    if bottom is None:
        return MetricValue(subject, numerator, None, numerator, detail or [])
    denominator = Decimal(bottom)
    value = numerator / denominator if denominator else None
    return MetricValue(subject, numerator, denominator, value, detail or [])


GROUPS_OF_REGION = """
SELECT i.id, count(g.id), NULL, coalesce(jsonb_agg(jsonb_build_object(
    'group_id', g.id, 'group', g.name, 'state', p.state) ORDER BY g.code)
    FILTER (WHERE g.id IS NOT NULL), '[]')
FROM unnest(%(ids)s::bigint[]) AS i(id)
LEFT JOIN bureau_region r ON r.lineage @> ARRAY[i.id]
LEFT JOIN (groups_educationgroup g JOIN groups_groupphase p ON p.group_id = g.id
    AND p.state IN ('PILOT', 'ACTIVE') AND p.valid_from <= %(day)s
    AND (p.valid_to IS NULL OR p.valid_to > %(day)s)) ON g.region_id = r.id
GROUP BY i.id
"""


@metric(
    "groups.group_count",
    title=_("集团数"),
    unit="count",
    subjects=(REGION,),
    clauses=("BN-0.2",),
    numerator=_("基准日处于试点或运行状态的集团数"),
)
def group_count(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Groups in pilot or active state on the reference date."""
    return [_value(row) for row in _rows(GROUPS_OF_REGION, ids, period)]


MEMBERS_OF_GROUP = """
SELECT i.id, count(DISTINCT m.school_id), NULL, coalesce(jsonb_agg(jsonb_build_object(
    'school_id', s.id, 'school', s.name, 'role', m.role) ORDER BY m.role_order, s.id)
    FILTER (WHERE m.id IS NOT NULL), '[]')
FROM unnest(%(ids)s::bigint[]) AS i(id)
LEFT JOIN groups_membership m ON m.group_id = i.id AND {on_day}
LEFT JOIN schools_school s ON s.id = m.school_id
GROUP BY i.id
"""
GROUP_SCHOOLS_OF_REGION = """
SELECT i.id, count(DISTINCT s.id) FILTER (WHERE m.id IS NOT NULL), NULL,
    coalesce(jsonb_agg(DISTINCT jsonb_build_object('school_id', s.id, 'school', s.name))
    FILTER (WHERE m.id IS NOT NULL), '[]')
FROM unnest(%(ids)s::bigint[]) AS i(id)
LEFT JOIN bureau_region r ON r.lineage @> ARRAY[i.id]
LEFT JOIN schools_school s ON s.administered_by_id = r.id AND {open_school}
LEFT JOIN groups_membership m ON m.school_id = s.id AND {on_day}
GROUP BY i.id
"""


@metric(
    "groups.member_school_count",
    title=_("成员校数"),
    unit="count",
    subjects=(GROUP, REGION),
    clauses=("BN-0.2",),
    numerator=_("基准日有效成员关系涉及的学校数（含龙头校）"),
)
def member_school_count(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Distinct schools with a membership in force, the lead included."""
    text = MEMBERS_OF_GROUP if kind == GROUP else GROUP_SCHOOLS_OF_REGION
    return [_value(row) for row in _rows(text, ids, period)]


SCHOOL_COVERAGE = """
SELECT i.id, count(DISTINCT s.id) FILTER (WHERE EXISTS (
        SELECT 1 FROM groups_membership m WHERE m.school_id = s.id AND {on_day})),
    count(DISTINCT s.id), '[]'::jsonb
FROM unnest(%(ids)s::bigint[]) AS i(id)
LEFT JOIN bureau_region r ON r.lineage @> ARRAY[i.id]
LEFT JOIN schools_school s ON s.administered_by_id = r.id AND {open_school}
GROUP BY i.id
"""


@metric(
    "groups.school_coverage_ratio",
    title=_("集团化办学学校覆盖率"),
    unit="ratio",
    subjects=(REGION,),
    clauses=("BN-0.2", "AK-1.2.4"),
    numerator=_("基准日参加集团的学校数"),
    denominator=_("基准日在办学校数"),
)
def school_coverage_ratio(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Schools in a group over open schools on the reference date."""
    return [_value(row) for row in _rows(SCHOOL_COVERAGE, ids, period)]


PUPIL_COVERAGE = """
WITH pupils AS (
    SELECT t.school_id, sum(t.students) AS n FROM schools_schoolreturn t
    WHERE t.year_id = %(year)s
        AND t.state IN ('CONFIRMED', 'GROUP_CHECKED', 'ACCEPTED', 'LOCKED')
    GROUP BY t.school_id
)
SELECT i.id, coalesce(sum(u.n) FILTER (WHERE EXISTS (
        SELECT 1 FROM groups_membership m WHERE m.school_id = s.id AND {on_day})), 0),
    coalesce(sum(u.n), 0), '[]'::jsonb
FROM unnest(%(ids)s::bigint[]) AS i(id)
LEFT JOIN bureau_region r ON r.lineage @> ARRAY[i.id]
LEFT JOIN schools_school s ON s.administered_by_id = r.id AND {open_school}
LEFT JOIN pupils u ON u.school_id = s.id
GROUP BY i.id
"""


@metric(
    "groups.pupil_coverage_ratio",
    title=_("集团化办学学生覆盖率"),
    unit="ratio",
    subjects=(REGION,),
    clauses=("BN-0.2", "AK-1.1", "AK-1.2.4"),
    numerator=_("基准日参加集团学校的在校生数"),
    denominator=_("全部在校生数"),
)
def pupil_coverage_ratio(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Pupils of schools in a group over all pupils, by the year's confirmed returns."""
    year = AcademicYear.objects.containing(period.day).first()
    pk = year.pk if year else None
    return [_value(row) for row in _rows(PUPIL_COVERAGE, ids, period, year=pk)]


TENURED_OF_GROUP = """
SELECT i.id, count(m.id), NULL, coalesce(jsonb_agg(jsonb_build_object(
    'school_id', s.id, 'school', s.name, 'joined_on', m.valid_from) ORDER BY s.pinyin)
    FILTER (WHERE m.id IS NOT NULL), '[]')
FROM unnest(%(ids)s::bigint[]) AS i(id)
LEFT JOIN groups_membership m ON m.group_id = i.id AND m.role <> 'LEAD'
    AND {on_day} AND m.valid_from <= %(since)s
LEFT JOIN schools_school s ON s.id = m.school_id
GROUP BY i.id
"""
TENURED_OF_SCHOOL = """
SELECT i.id, CASE WHEN EXISTS (
        SELECT 1 FROM groups_membership m WHERE m.school_id = i.id AND {on_day}
        AND (m.role = 'LEAD' OR m.valid_from <= %(since)s)) THEN 1 ELSE 0 END,
    NULL, '[]'::jsonb
FROM unnest(%(ids)s::bigint[]) AS i(id)
"""


@metric(
    "groups.tenured_member_count",
    title=_("加入满一学年的成员校数"),
    unit="count",
    subjects=(GROUP, SCHOOL),
    parameters=("score.min_membership_years",),
    clauses=("BN-3.1",),
    numerator=_("基准日加入集团满规定年限的成员校数（不含龙头校）"),
)
def tenured_member_count(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """Members in the group for ``score.min_membership_years``; a lead counts 1."""
    years = int(parameter("score.min_membership_years", region, period.day))
    text = TENURED_OF_GROUP if kind == GROUP else TENURED_OF_SCHOOL
    since = years_before(period.day, years)
    return [_value(row) for row in _rows(text, ids, period, since=since)]


DOCUMENT = """
SELECT i.id, CASE WHEN count(d.id) > 0 THEN 1 ELSE 0 END, 1,
    coalesce(jsonb_agg(jsonb_build_object('document_id', d.id, 'title', d.title,
        'from', d.valid_from, 'filed_on', d.filed_on) ORDER BY d.id)
        FILTER (WHERE d.id IS NOT NULL), '[]')
FROM unnest(%(ids)s::bigint[]) AS i(id)
LEFT JOIN groups_document d ON d.group_id = i.id AND d.kind = %(kind)s AND ({where})
GROUP BY i.id
"""


def _documents(
    ids: Sequence[int], period: Period, kind: str, where: str, **more: Any
) -> list[MetricValue]:
    text = DOCUMENT.replace("{where}", where)
    return [_value(row) for row in _rows(text, ids, period, kind=kind, **more)]


@metric(
    "groups.charter_effective",
    title=_("章程有效"),
    unit="bool",
    subjects=(GROUP,),
    clauses=("BN-4.2.4", "AK-3.3.1"),
    numerator=_("基准日有生效章程为1，否则为0"),
    denominator=_("1"),
)
def charter_effective(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """1 when a charter is in force on the reference date."""
    return _documents(ids, period, "CHARTER", "{held}")


@metric(
    "groups.development_plan_current",
    title=_("发展规划覆盖本年度"),
    unit="bool",
    subjects=(GROUP,),
    clauses=("BN-4.2.4", "AK-3.3.2"),
    numerator=_("有获批且覆盖本学年的发展规划为1，否则为0"),
    denominator=_("1"),
)
def development_plan_current(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """1 when plans in force cover the whole school year."""
    covers = (
        "d.state IN ('EFFECTIVE', 'SUPERSEDED') AND d.valid_from <= %(start)s"
        " AND d.valid_to >= %(end)s"
    )
    return _documents(
        ids,
        period,
        "DEVELOPMENT_PLAN",
        covers,
        start=period.start,
        end=period.end,
    )


@metric(
    "groups.work_plan_on_time",
    title=_("工作计划按期备案"),
    unit="bool",
    subjects=(GROUP,),
    parameters=("work_plan_due",),
    clauses=("BN-4.2.4",),
    numerator=_("本学年工作计划在期限前备案为1，否则为0"),
    denominator=_("1"),
)
def work_plan_on_time(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """1 when the school year's work plan was filed by ``work_plan_due``."""
    year = AcademicYear.objects.containing(period.day).first()
    month, day = parameter("work_plan_due", region, period.day).split("-")
    due = year and year.starts_on.replace(month=int(month), day=int(day))
    return _documents(
        ids,
        period,
        "WORK_PLAN",
        "d.year_id = %(year)s AND d.filed_on <= %(due)s",
        year=year.pk if year else None,
        due=due,
    )


@metric(
    "groups.formation_plan_approved",
    title=_("组建方案获批"),
    unit="bool",
    subjects=(GROUP,),
    clauses=("AK-3.3.2",),
    numerator=_("组建方案已获批为1，否则为0"),
    denominator=_("1"),
)
def formation_plan_approved(
    kind: str, ids: Sequence[int], period: Period, region: Any
) -> list[MetricValue]:
    """1 when the formation scheme went through an approved case (or is on file)."""
    approved = (
        "({held}) OR EXISTS (SELECT 1 FROM groups_groupcase c WHERE c.id = d.case_id"
        " AND c.state = 'APPROVED')"
    )
    return _documents(ids, period, "FORMATION_PLAN", approved)
