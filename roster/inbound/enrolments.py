"""Who belongs to a class; pupils of regions without a roster are only counted."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.imports.lane import Rule, is_date, run
from roster.choices import Collection
from roster.inbound import known
from roster.inbound.classes import COUNTED
from roster.inbound.steps import DAY, STAMP, Step, unknown

if TYPE_CHECKING:
    from roster.inbound.delivery import Delivery

HELPERS = "('administrator', 'proctor', 'aide')"
STORED = """
SELECT id, sourced_id, source_hash, removed_at, section_id AS old_section
FROM roster_enrolment
WHERE source = %(source)s AND region_id = ANY (%(scope)s)
"""
RESOLVED = f"""
SELECT x.*, CASE WHEN x.target_id IS NULL THEN e.id END AS linked_id
FROM (
    SELECT r.*, k.id AS section_id, k.region_id, k.school_id AS section_school,
        o.school_id, p.teacher_id, p.pupil_id,
        CASE WHEN r.role IN {HELPERS} THEN 'aide' ELSE r.role END AS kind,
        coalesce(r.role = 'student'
            AND NOT k.region_id = ANY (%(pupil_regions)s), FALSE) AS is_counted
    FROM fresh r
    LEFT JOIN known_section k ON k.ref = r.section AND r.section <> ''
    LEFT JOIN known_org o ON o.ref = r.school AND r.school <> ''
    LEFT JOIN known_person p ON p.ref = r.person AND r.person <> ''
) x
LEFT JOIN roster_enrolment e ON e.region_id = x.region_id AND e.public_id = x.sourced_id
    AND e.source <> %(source)s
"""
RULES = (
    unknown("class", _("班级"), "r.section_id IS NULL", "section"),
    unknown("school", _("学校"), "r.school <> '' AND r.school_id IS NULL"),
    Rule(
        "school",
        "school_differs",
        _("学校“{value}”不是该班级所在的学校"),
        "coalesce(r.school_id <> r.section_school, FALSE)",
    ),
    Rule(
        "role",
        "unknown_role",
        _("角色“{value}”无效"),
        f"r.role NOT IN ('student', 'teacher') AND r.role NOT IN {HELPERS}",
    ),
    Rule("user", "required", _("未填人员"), "r.person = ''", column="person"),
    unknown(
        "user",
        _("人员"),
        "r.person <> '' AND NOT r.is_counted AND r.teacher_id IS NULL"
        " AND r.pupil_id IS NULL",
        "person",
    ),
    Rule(
        "role",
        "role_differs",
        _("角色与人员不符：学生不能任教，教师不能以学生身份入班"),
        "NOT r.is_counted AND coalesce((r.role = 'student') <> (r.pupil_id IS NOT NULL)"
        " AND (r.teacher_id IS NOT NULL OR r.pupil_id IS NOT NULL), FALSE)",
    ),
    Rule(
        "primary",
        "bad_switch",
        _("“{value}”无效，应为 true 或 false"),
        "lower(r.is_primary) NOT IN ('', 'true', 'false')",
        column="is_primary",
    ),
    Rule(
        "primary",
        "primary_not_teacher",
        _("只有教师可以是主要任课教师"),
        "lower(r.is_primary) = 'true' AND r.role <> 'teacher'",
        column="is_primary",
    ),
    Rule(
        "beginDate",
        "bad_date",
        _("日期“{value}”无效，应如 2026-09-01"),
        f"r.begins <> '' AND NOT ({is_date('r.begins')})",
        column="begins",
    ),
    Rule(
        "endDate",
        "bad_date",
        _("日期“{value}”无效，应如 2027-01-20"),
        f"r.ends <> '' AND NOT ({is_date('r.ends')})",
        column="ends",
    ),
    Rule(
        "endDate",
        "before_begin",
        _("结束日期“{value}”应晚于起始日期（不含当日）"),
        "r.begins <> '' AND r.ends <> '' AND r.ends <= r.begins",
        column="ends",
    ),
    Rule(
        "role",
        "counted_only",
        _("本地区未开启学生最小名册，学生只计入班级人数"),
        "r.is_counted",
        level="note",
    ),
)
VERDICT = "WHEN is_counted AND target_id IS NULL THEN 'unchanged'"
PRIMARY = "CASE lower(j.is_primary) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END"
INSERT = f"""
INSERT INTO roster_enrolment (source, sourced_id, source_hash, pinned, section_id,
    region_id, teacher_id, pupil_id, role, is_primary, begins_on, ends_on, changed_at)
SELECT %(source)s, j.sourced_id, j.mark, '{{}}', j.section_id, j.region_id,
    j.teacher_id, j.pupil_id, j.kind, {PRIMARY}, nullif(j.begins, '')::date,
    nullif(j.ends, '')::date - 1, clock_timestamp()
FROM judged j WHERE j.result = 'created'
"""
UPDATE = f"""
UPDATE roster_enrolment m SET {STAMP}, section_id = j.section_id,
    region_id = j.region_id, teacher_id = j.teacher_id, pupil_id = j.pupil_id,
    role = j.kind, is_primary = {PRIMARY}, begins_on = nullif(j.begins, '')::date,
    ends_on = nullif(j.ends, '')::date - 1
FROM judged j WHERE m.id = j.target_id AND j.result = 'updated'
"""
REMOVE = """
UPDATE roster_enrolment m SET removed_at = now(), source_hash = j.mark
FROM judged j WHERE m.id = j.target_id AND j.result = 'deleted'
"""
RECOUNTED = f"""
UPDATE schools_classsection m SET headcount = c.number, counted_on = {DAY}
FROM (
    SELECT s.id, count(e.id) AS number FROM (
        SELECT section_id AS id FROM judged WHERE result IN ('created', 'updated')
        UNION SELECT old_section FROM judged WHERE result IN ('updated', 'deleted')
    ) s LEFT JOIN roster_enrolment e ON e.section_id = s.id AND e.role = 'student'
        AND e.removed_at IS NULL AND (e.ends_on IS NULL OR e.ends_on >= {DAY})
    GROUP BY s.id
) c
WHERE m.id = c.id AND m.region_id = ANY (%(pupil_regions)s)
    AND m.headcount <> c.number AND c.number <= 300
    AND NOT 'headcount' = ANY (m.pinned)
"""
"""Where pupils are kept a class is as large as the pupils who belong to it."""


def prepare(delivery: "Delivery") -> None:
    """Know classes and people that the delivery names."""
    delivery.know()
    known.know_sections(delivery, "SELECT DISTINCT section AS ref FROM raw_enrollments")


def prepare_fresh(delivery: "Delivery") -> None:
    """Know the people of the rows that are not as before."""
    known.know_people(delivery, "SELECT DISTINCT person AS ref FROM fresh")


def write(delivery: "Delivery") -> None:
    """Enter memberships, change them, mark removed ones; count a whole delivery."""
    run(INSERT, delivery.params)
    run(UPDATE, delivery.params)
    run(REMOVE, delivery.params)
    delivery.link("roster.enrolment")
    if Collection.ENROLLMENTS in delivery.whole:
        run(COUNTED, delivery.params)
    else:
        run(RECOUNTED, delivery.params)


STEP = Step(
    collection=Collection.ENROLLMENTS,
    stored=STORED,
    tables=("roster_enrolment",),
    resolved=RESOLVED,
    rules=RULES,
    others=VERDICT,
    order="region_id, sourced_id",
    prepare=prepare,
    prepare_fresh=prepare_fresh,
    write=write,
    keeps=("old_section",),
)
