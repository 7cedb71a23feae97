"""Courses of the region, or of one of its schools."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.imports.lane import Rule, run
from roster.choices import Collection
from roster.inbound.steps import STAMP, Step, kept, unknown, values_list

if TYPE_CHECKING:
    from roster.inbound.delivery import Delivery

STORED = """
SELECT id, sourced_id, source_hash, removed_at FROM schools_course
WHERE source = %(source)s AND region_id = ANY (%(scope)s)
"""
RESOLVED = f"""
SELECT x.*, CASE WHEN x.target_id IS NULL THEN (
    SELECT c.id FROM schools_course c WHERE c.region_id = ANY (%(scope)s)
        AND c.public_id = x.sourced_id AND c.source <> %(source)s LIMIT 1
    ) END AS linked_id
FROM (
    SELECT r.*, o.school_id, coalesce(o.region_id,
            CASE WHEN r.org = '' THEN %(region)s END) AS region_id,
        y.year_id, {values_list("r.grades")} AS grade_list,
        {values_list("r.subjects")} AS subject_list,
        {values_list("r.subject_codes")} AS code_list
    FROM fresh r LEFT JOIN known_org o ON o.ref = r.org AND r.org <> ''
    LEFT JOIN known_session y ON y.ref = r.school_year AND r.school_year <> ''
) x
"""
RULES = (
    Rule("title", "required", _("未填课程名称"), "r.title = ''"),
    Rule("title", "too_long", _("课程名称最多 120 个字"), "length(r.title) > 120"),
    Rule(
        "courseCode",
        "too_long",
        _("课程代码最多 60 个字符"),
        "length(r.code) > 60",
        column="code",
    ),
    unknown("org", _("机构"), "r.region_id IS NULL"),
    unknown(
        "schoolYear",
        _("学年"),
        "r.school_year <> '' AND r.year_id IS NULL",
        "school_year",
    ),
    Rule(
        "subjects",
        "counts_differ",
        _("学科与学科代码的个数必须相同"),
        "r.subjects <> '' AND r.subject_codes <> ''"
        " AND cardinality(r.subject_list) <> cardinality(r.code_list)",
    ),
    Rule(
        "subjectCodes",
        "counts_differ",
        _("填了学科代码的，须填学科"),
        "r.subject_codes <> '' AND r.subjects = ''",
        column="subject_codes",
    ),
    Rule(
        "subjects",
        "too_long",
        _("学科最多 60 个字，学科代码最多 40 个字符，年级最多 8 个字符"),
        "EXISTS (SELECT 1 FROM unnest(r.subject_list) v WHERE length(v) > 60)"
        " OR EXISTS (SELECT 1 FROM unnest(r.code_list) v WHERE length(v) > 40)"
        " OR EXISTS (SELECT 1 FROM unnest(r.grade_list) v WHERE length(v) > 8)",
    ),
)
INSERT = """
INSERT INTO schools_course (source, sourced_id, source_hash, pinned, region_id,
    school_id, title, code, year_id, grades, subjects, subject_codes, changed_at)
SELECT %(source)s, sourced_id, mark, '{}', region_id, school_id, title, code, year_id,
    grade_list, subject_list, code_list, now()
FROM judged WHERE result = 'created' ORDER BY row_no
"""
UPDATE = f"""
UPDATE schools_course m SET {STAMP}, region_id = j.region_id, school_id = j.school_id,
    {kept("title", "j.title")}, {kept("code", "j.code")},
    {kept("year_id", "j.year_id")}, {kept("grades", "j.grade_list")},
    {kept("subjects", "j.subject_list")}, {kept("subject_codes", "j.code_list")}
FROM judged j WHERE m.id = j.target_id AND j.result = 'updated'
"""
REMOVE = """
UPDATE schools_course m SET removed_at = now(), source_hash = j.mark
FROM judged j WHERE m.id = j.target_id AND j.result = 'deleted'
"""


def write(delivery: "Delivery") -> None:
    """Enter courses, change them, mark removed ones."""
    run(INSERT, delivery.params)
    run(UPDATE, delivery.params)
    run(REMOVE, delivery.params)
    delivery.link("schools.course")


def prepare(delivery: "Delivery") -> None:
    """Know where courses may belong."""
    delivery.know()


STEP = Step(
    collection=Collection.COURSES,
    stored=STORED,
    tables=("schools_course",),
    resolved=RESOLVED,
    rules=RULES,
    prepare=prepare,
    write=write,
)
