"""Classes: administrative ones, and those taught in a course."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.imports.lane import Rule, run
from roster.choices import Collection
from roster.inbound.steps import (
    DAY,
    STAMP,
    Clash,
    Step,
    kept,
    know_grades,
    stage_of,
    unknown,
)

if TYPE_CHECKING:
    from roster.inbound.delivery import Delivery

OWN_CODE = "^(KINDERGARTEN|PRIMARY|JUNIOR|SENIOR|VOCATIONAL)-[0-9]{1,2}-[0-9]{1,3}$"
STORED = """
SELECT id, sourced_id, source_hash, removed_at, number AS old_number,
    concat_ws('-', school_id, year_id, stage, grade) AS old_place
FROM schools_classsection
WHERE source = %(source)s AND region_id = ANY (%(scope)s)
"""
RESOLVED = f"""
SELECT z.*, CASE WHEN z.target_id IS NULL THEN coalesce(
        (SELECT c.id FROM schools_classsection c WHERE c.region_id = ANY (%(scope)s)
            AND c.public_id = z.sourced_id AND c.source <> %(source)s LIMIT 1),
        CASE WHEN z.holder_source <> %(source)s THEN z.holder_id END) END AS linked_id,
    CASE WHEN z.keeps_number THEN z.old_number
        WHEN z.takes_wanted THEN z.wanted
        ELSE greatest(coalesce((SELECT max(c.number) FROM schools_classsection c
                WHERE c.school_id = z.school_id AND c.year_id = z.year_id
                AND c.stage = z.stage AND c.grade = z.grade), 0),
            coalesce(max(z.wanted) OVER (PARTITION BY z.place), 0))
            + row_number() OVER (PARTITION BY z.place,
                z.keeps_number OR z.takes_wanted OR z.holder_id IS NOT NULL
                ORDER BY z.row_no)
    END AS number
FROM (
    SELECT y.*, h.id AS holder_id, h.source AS holder_source,
        y.wanted IS NOT NULL AND h.id IS NULL AND g.id IS NULL AS takes_wanted,
        y.target_id IS NOT NULL AND y.old_place = y.place
            AND (y.wanted IS NULL OR y.wanted = y.old_number) AS keeps_number
    FROM (
        SELECT x.*, concat_ws('-', x.school_id, x.year_id, x.stage, x.grade) AS place
        FROM (
            SELECT r.*, o.school_id, o.region_id, k.id AS course_id,
                k.id IS NOT NULL AS is_course_known, t.year_id, t.years,
                t.missing AS terms_missing,
                CASE WHEN r.code ~ '{OWN_CODE}' THEN split_part(r.code, '-', 1)
                    ELSE {stage_of("r.first_grade", "r.is_kindergarten", "w.stage")}
                    END AS stage,
                CASE WHEN r.code ~ '{OWN_CODE}' THEN split_part(r.code, '-', 2)::int
                    WHEN w.stage = 'VOCATIONAL' THEN r.first_grade - 9
                    ELSE r.first_grade END AS grade,
                CASE WHEN r.code ~ '{OWN_CODE}' THEN split_part(r.code, '-', 3)::int
                    ELSE substring(r.title FROM
                        '([0-9]{{1,3}})[[:space:]]*[)）]?[[:space:]]*班')::int END
                    AS wanted
            FROM (
                SELECT f.*, g.grade AS first_grade, g.is_kindergarten FROM fresh f
                LEFT JOIN known_grade g ON g.grades = f.grades
            ) r
            LEFT JOIN known_org o ON o.ref = r.school AND r.school <> ''
            LEFT JOIN taught w ON w.school_id = o.school_id
                AND w.grade = r.first_grade
            LEFT JOIN known_course k ON k.ref = r.course AND r.course <> ''
            LEFT JOIN LATERAL (
                SELECT min(s.year_id) AS year_id, count(DISTINCT s.year_id) AS years,
                    count(*) FILTER (WHERE s.ref IS NULL) AS missing
                FROM unnest(string_to_array(r.terms, ',')) v
                LEFT JOIN known_session s ON s.ref = trim(v)
            ) t ON TRUE
        ) x
    ) y
    LEFT JOIN schools_classsection h ON h.school_id = y.school_id
        AND h.year_id = y.year_id AND h.stage = y.stage AND h.grade = y.grade
        AND h.number = y.wanted AND h.removed_at IS NULL
        AND h.id IS DISTINCT FROM y.target_id
    LEFT JOIN schools_classsection g ON g.school_id = y.school_id
        AND g.year_id = y.year_id AND g.stage = y.stage AND g.grade = y.grade
        AND g.number = y.wanted AND g.removed_at IS NOT NULL
        AND g.id IS DISTINCT FROM y.target_id
) z
"""
FITS = """
(r.stage = 'KINDERGARTEN' AND r.grade BETWEEN 0 AND 3
 OR r.stage = 'PRIMARY' AND r.grade BETWEEN 1 AND 6
 OR r.stage = 'JUNIOR' AND r.grade BETWEEN 6 AND 9
 OR r.stage = 'SENIOR' AND r.grade BETWEEN 10 AND 12
 OR r.stage = 'VOCATIONAL' AND r.grade BETWEEN 1 AND 5)
"""
RULES = (
    Rule("title", "required", _("未填班级名称"), "r.title = ''"),
    Rule("title", "too_long", _("班级名称最多 40 个字"), "length(r.title) > 40"),
    unknown("school", _("学校"), "r.school_id IS NULL"),
    Rule(
        "classType",
        "unknown_type",
        _("班级类型“{value}”无效，应为 homeroom 或 scheduled"),
        "r.type NOT IN ('', 'homeroom', 'scheduled')",
        column="type",
    ),
    unknown("course", _("课程"), "r.course <> '' AND NOT r.is_course_known"),
    Rule("terms", "required", _("未填学期"), "r.terms = ''"),
    unknown("terms", _("学期"), "r.terms <> '' AND r.terms_missing > 0"),
    Rule(
        "terms",
        "two_years",
        _("同一班级的学期应在同一学年"),
        "coalesce(r.years, 0) > 1",
    ),
    Rule(
        "grades",
        "bad_grade",
        _("年级“{value}”无效，应为 IT、PR、PK、KG 或 01 至 12"),
        f"r.grade IS NULL OR NOT {FITS}",
    ),
    Rule(
        "classCode",
        "number_taken",
        _("“{value}”的班号已由另一个班级使用"),
        "r.linked_id IS NULL AND r.holder_id IS NOT NULL",
        column="title",
    ),
    Rule(
        "classCode",
        "no_number",
        _("该年级的班号已用完（最多 200）"),
        "r.number NOT BETWEEN 1 AND 200",
        column="code",
    ),
    Rule(
        "metadata.cn.edu.studentCount",
        "bad_count",
        _("人数“{value}”无效，应为 0 到 300 的整数"),
        "r.headcount <> '' AND NOT CASE WHEN r.headcount ~ '^[0-9]{1,3}$'"
        " THEN r.headcount::int <= 300 ELSE FALSE END",
        column="headcount",
    ),
)
COURSE = "CASE WHEN j.type = 'homeroom' THEN NULL ELSE j.course_id END"
COUNT = "nullif(j.headcount, '')::int"
INSERT = f"""
INSERT INTO schools_classsection (source, sourced_id, source_hash, pinned, school_id,
    region_id, year_id, stage, grade, number, name, headcount, counted_on, course_id,
    changed_at)
SELECT %(source)s, j.sourced_id, j.mark, '{{}}', j.school_id, j.region_id, j.year_id,
    j.stage, j.grade, j.number, j.title, coalesce({COUNT}, 0), {DAY}, {COURSE}, now()
FROM judged j WHERE j.result = 'created' ORDER BY j.row_no
"""
UPDATE = f"""
UPDATE schools_classsection m SET {STAMP}, school_id = j.school_id,
    region_id = j.region_id, year_id = j.year_id, stage = j.stage, grade = j.grade,
    number = j.number, {kept("name", "j.title")}, {kept("course_id", COURSE)},
    {kept("headcount", f"coalesce({COUNT}, m.headcount)")},
    counted_on = CASE WHEN j.headcount <> '' THEN {DAY} ELSE m.counted_on END
FROM judged j WHERE m.id = j.target_id AND j.result = 'updated'
"""
REMOVE = """
UPDATE schools_classsection m SET removed_at = now(), source_hash = j.mark
FROM judged j WHERE m.id = j.target_id AND j.result = 'deleted'
"""
COUNTED = f"""
UPDATE schools_classsection m SET headcount = c.number, counted_on = {DAY}
FROM (
    SELECT k.id, count(*) AS number FROM (
        SELECT DISTINCT section, person FROM raw_enrollments
        WHERE role = 'student' AND status <> 'tobedeleted') s
    JOIN known_section k ON k.ref = s.section AND k.is_own GROUP BY k.id
) c
WHERE m.id = c.id AND m.headcount <> c.number AND c.number <= 300
    AND NOT 'headcount' = ANY (m.pinned)
"""


def prepare(delivery: "Delivery") -> None:
    """Know schools, terms and courses."""
    delivery.know(courses=True)


def write(delivery: "Delivery") -> None:
    """Enter classes, change them, mark removed ones."""
    run(INSERT, delivery.params)
    run(UPDATE, delivery.params)
    run(REMOVE, delivery.params)
    delivery.link("schools.classsection")


STEP = Step(
    collection=Collection.CLASSES,
    stored=STORED,
    tables=("schools_classsection",),
    resolved=RESOLVED,
    rules=RULES,
    prepare=prepare,
    prepare_fresh=know_grades,
    write=write,
    keeps=("old_number", "old_place"),
    clashes=(
        Clash(
            ("place", "number"),
            Rule(
                "classCode",
                "duplicate_number",
                _("同一文件中“{value}”的班号重复"),
                "FALSE",
                column="title",
            ),
        ),
    ),
)
