"""People: staff become teachers of a school; pupils only where a region keeps them."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.imports.lane import FENCE, Rule, run, table_as
from personnel.choices import Employment
from roster.choices import Collection, RowResult
from roster.inbound.roles import leave_one_role
from roster.inbound.spelling import spell_names
from roster.inbound.steps import (
    STAMP,
    Clash,
    Step,
    kept,
    know_grades,
    no_identity_number,
    stage_of,
    unknown,
)

if TYPE_CHECKING:
    from roster.inbound.delivery import Delivery

STAFF = (
    "('teacher', 'aide', 'counselor', 'principal', 'proctor', 'administrator',"
    " 'siteAdministrator', 'districtAdministrator', 'systemAdministrator')"
)
FAMILY = "('parent', 'guardian', 'relative')"
BLANKS = r" \t\n\u00a0\u3000"
EMPLOYMENTS = ", ".join(f"'{value}'" for value in Employment.values)
LISTS = """
SELECT DISTINCT ON (l.refs) l.refs, o.school_id, o.region_id
FROM (SELECT DISTINCT primary_org AS refs FROM fresh
    WHERE strpos(primary_org, ',') > 0) l,
    unnest(string_to_array(l.refs, ',')) WITH ORDINALITY v(ref, nth)
JOIN known_org o ON o.ref = trim(v.ref) AND o.school_id IS NOT NULL
ORDER BY l.refs, v.nth
"""
"""The first school of each list of organisations, as version 1.1 has them."""
STORED = """
SELECT id, sourced_id, source_hash, removed_at, 'T' AS old_kind,
    school_id AS old_school, region_id AS old_region
FROM personnel_teacher WHERE source = %(source)s AND region_id = ANY (%(scope)s)
UNION ALL
SELECT id, sourced_id, source_hash, removed_at, 'P', school_id, region_id
FROM roster_pupil WHERE source = %(source)s AND region_id = ANY (%(scope)s)
"""
RAW_NAME = r"""
CASE WHEN r.full_name <> '' THEN r.full_name
    WHEN octet_length(r.family) > length(r.family) THEN r.family || r.given
    WHEN r.family ~ '^[ -~]+$' AND r.given ~ '^[ -~]+$'
    THEN r.given || ' ' || r.family ELSE r.family || r.given END
"""
NAME = """
CASE WHEN strpos(n.name, ' ') = 0 THEN n.name
    WHEN n.name ~ '[一-鿿]' THEN regexp_replace(n.name, '\\s+', '', 'g')
    ELSE regexp_replace(n.name, '\\s+', ' ', 'g') END
"""
RESOLVED = f"""
SELECT x.*, CASE WHEN w.stage = 'VOCATIONAL' THEN x.first_grade - 9
        ELSE x.first_grade END AS grade,
    {stage_of("x.first_grade", "x.is_kindergarten", "w.stage")} AS stage,
    CASE WHEN x.target_id IS NULL THEN coalesce(t.id, CASE WHEN x.kind = 'T'
        THEN f.id ELSE p.id END) END AS linked_id,
    f.id AS staff_no_of, n.name IS NOT NULL AS is_namesake
FROM (
    SELECT r.*, {NAME} AS name, g.grade AS first_grade, g.is_kindergarten,
        CASE WHEN r.role = 'student' THEN 'P' WHEN r.role = '' THEN r.old_kind
            WHEN r.role IN {STAFF} THEN 'T' WHEN r.role IN {FAMILY} THEN 'F' END
            AS kind,
        coalesce(a.school_id, b.school_id, c.school_id,
            CASE WHEN r.primary_org = '' AND r.role_org = '' THEN r.old_school END)
            AS school_id,
        coalesce(CASE WHEN a.school_id IS NOT NULL THEN a.region_id END,
            CASE WHEN b.school_id IS NOT NULL THEN b.region_id END, c.region_id,
            CASE WHEN r.primary_org = '' AND r.role_org = '' THEN r.old_region END)
            AS region_id,
        a.ref IS NOT NULL OR b.ref IS NOT NULL AS is_org_known
    FROM fresh r
    CROSS JOIN LATERAL (SELECT trim({RAW_NAME}) AS name) n
    LEFT JOIN known_grade g ON g.grades = r.grades
    LEFT JOIN known_org a ON a.ref = r.primary_org AND r.primary_org <> ''
    LEFT JOIN known_org b ON b.ref = r.role_org AND r.role_org <> ''
    LEFT JOIN known_list c ON c.refs = r.primary_org
    {FENCE}
) x
LEFT JOIN namesake n ON n.school_id = x.school_id AND n.name = x.name
    AND x.kind = 'T' AND x.target_id IS NULL
LEFT JOIN taught w ON w.school_id = x.school_id AND w.grade = x.first_grade
LEFT JOIN personnel_teacher t ON t.region_id = x.region_id
    AND t.public_id = x.sourced_id AND t.source <> %(source)s AND x.kind = 'T'
LEFT JOIN roster_pupil p ON p.region_id = x.region_id
    AND p.public_id = x.sourced_id AND p.source <> %(source)s AND x.kind = 'P'
LEFT JOIN personnel_teacher f ON x.identifier <> '' AND f.region_id = x.region_id
    AND f.staff_no = x.identifier AND x.kind = 'T' AND f.id IS DISTINCT FROM x.target_id
"""
RULES = (
    no_identity_number("sourcedId", "sourced_id"),
    no_identity_number("identifier", "identifier", "r.kind = 'T'"),
    Rule(
        "familyName",
        "required",
        _("未填姓名"),
        rf"translate(r.name, E'{BLANKS}', '') = ''",
        column="name",
    ),
    Rule("familyName", "too_long", _("姓名最多 60 个字"), "length(r.name) > 60"),
    Rule(
        "roles.role",
        "required",
        _("未填角色"),
        "r.role = '' AND r.target_id IS NULL",
        column="role",
    ),
    Rule(
        "roles.role",
        "family_not_kept",
        _("本系统不保存家长信息，“{value}”未收录"),
        "coalesce(r.kind = 'F', FALSE)",
        column="role",
    ),
    Rule(
        "roles.role",
        "unknown_role",
        _("角色“{value}”无效"),
        "r.kind IS NULL AND r.role <> ''",
        column="role",
    ),
    Rule(
        "roles.role",
        "role_changed",
        _("同一来源标识原为另一类人员，不能在教师与学生之间改换"),
        "coalesce(r.target_id IS NOT NULL AND r.kind <> 'F' AND r.kind <> r.old_kind,"
        " FALSE)",
        column="role",
    ),
    Rule(
        "primaryOrg",
        "no_school",
        _("人员须归属一所学校，请填写学校的来源标识"),
        "r.school_id IS NULL AND (r.is_org_known"
        " OR (r.primary_org = '' AND r.role_org = ''))"
        " AND r.kind IS DISTINCT FROM 'F'",
    ),
    unknown(
        "primaryOrg",
        _("学校"),
        "r.school_id IS NULL AND NOT r.is_org_known"
        " AND (r.primary_org <> '' OR r.role_org <> '')"
        " AND r.kind IS DISTINCT FROM 'F'",
        "primary_org",
    ),
    Rule(
        "roles.role",
        "pupils_off",
        _("本地区未开启学生最小名册，不保存学生个人信息"),
        "coalesce(r.kind = 'P' AND r.region_id IS NOT NULL"
        " AND NOT r.region_id = ANY (%(pupil_regions)s), FALSE)",
        column="role",
    ),
    Rule(
        "identifier",
        "too_long",
        _("工号最多 40 个字符"),
        "r.kind = 'T' AND length(r.identifier) > 40",
    ),
    Rule(
        "identifier",
        "staff_no_taken",
        _("工号“{value}”在本地区已由另一位教师使用"),
        "r.target_id IS NOT NULL AND r.staff_no_of IS NOT NULL",
    ),
    Rule(
        "enabledUser",
        "bad_switch",
        _("“{value}”无效，应为 true 或 false"),
        "lower(r.enabled) NOT IN ('', 'true', 'false')",
        column="enabled",
    ),
    Rule(
        "enabledUser",
        "account_not_kept",
        _("本系统不保存教师账号的停用状态；教师离职请由学校或主管部门办理"),
        "r.kind = 'T' AND lower(r.enabled) = 'false'",
        level="note",
    ),
    Rule(
        "familyName",
        "namesake",
        _("该校已有同名教师“{value}”，请核对是否为同一人，是则请发送工号"),
        "r.is_namesake AND r.linked_id IS NULL",
        level="note",
        column="name",
    ),
    Rule(
        "metadata.cn.edu.employment",
        "unknown_employment",
        _("用工形式“{value}”无效"),
        f"r.employment NOT IN ('', {EMPLOYMENTS})",
        column="employment",
    ),
)
INSERT_TEACHERS = """
INSERT INTO personnel_teacher (source, sourced_id, source_hash, pinned, school_id,
    region_id, name, pinyin, initials, staff_no, employment, sex, subject, stage,
    degree, status, leave_reason, identity_sealed, identity_hash, changed_at)
SELECT %(source)s, j.sourced_id, j.mark, '{}', j.school_id, j.region_id, j.name,
    n.pinyin, n.initials, trim(j.identifier),
    coalesce(nullif(j.employment, ''), 'OTHER'), '', '', '', '', 'ACTIVE', '', '', '',
    clock_timestamp()
FROM judged j JOIN spelled n ON n.name = j.name
WHERE j.result = 'created' AND j.kind = 'T'
"""
INSERT_PUPILS = """
INSERT INTO roster_pupil (source, sourced_id, source_hash, pinned, school_id, region_id,
    family_name, given_name, stage, grade, is_enabled, changed_at)
SELECT %(source)s, j.sourced_id, j.mark, '{}', j.school_id, j.region_id, j.family,
    j.given, j.stage, j.grade, lower(j.enabled) <> 'false', clock_timestamp()
FROM judged j WHERE j.result = 'created' AND j.kind = 'P'
"""
UPDATE_TEACHERS = f"""
UPDATE personnel_teacher m SET {STAMP}, school_id = CASE
        WHEN 'school_id' = ANY (m.pinned) THEN m.school_id ELSE j.school_id END,
    region_id = CASE
        WHEN 'school_id' = ANY (m.pinned) THEN m.region_id ELSE j.region_id END,
    {kept("name", "j.name")},
    pinyin = CASE WHEN 'name' = ANY (m.pinned) THEN m.pinyin ELSE n.pinyin END,
    initials = CASE WHEN 'name' = ANY (m.pinned) THEN m.initials ELSE n.initials END,
    {kept("staff_no", "coalesce(nullif(trim(j.identifier), ''), m.staff_no)")},
    {kept("employment", "coalesce(nullif(j.employment, ''), m.employment)")}
FROM judged j JOIN spelled n ON n.name = j.name
WHERE m.id = j.target_id AND j.result = 'updated' AND j.kind = 'T'
"""
UPDATE_PUPILS = f"""
UPDATE roster_pupil m SET {STAMP}, school_id = j.school_id, region_id = j.region_id,
    {kept("family_name", "j.family")}, {kept("given_name", "j.given")},
    {kept("stage", "j.stage")}, {kept("grade", "j.grade")},
    is_enabled = lower(j.enabled) <> 'false'
FROM judged j WHERE m.id = j.target_id AND j.result = 'updated' AND j.kind = 'P'
"""
REMOVE = """
UPDATE {table} m SET removed_at = now(), source_hash = j.mark
FROM judged j
WHERE m.id = j.target_id AND j.result = 'deleted' AND j.old_kind = '{kind}'
"""
TEACHER, PUPIL = "T", "P"
TABLES = {TEACHER: "personnel_teacher", PUPIL: "roster_pupil"}
WRITES = {
    (RowResult.CREATED, TEACHER): INSERT_TEACHERS,
    (RowResult.CREATED, PUPIL): INSERT_PUPILS,
    (RowResult.UPDATED, TEACHER): UPDATE_TEACHERS,
    (RowResult.UPDATED, PUPIL): UPDATE_PUPILS,
}
NAMES = """
SELECT DISTINCT name FROM judged
WHERE kind = 'T' AND result IN ('created', 'updated')
"""


NAMESAKES = """
SELECT DISTINCT t.school_id, t.name FROM personnel_teacher t
WHERE t.region_id = ANY (%(scope)s) AND t.source <> %(source)s
    AND t.status = 'ACTIVE' AND t.removed_at IS NULL
    AND EXISTS (SELECT 1 FROM fresh WHERE target_id IS NULL)
"""
"""Teachers that came another way: a row of their name may be one of them again."""


def prepare(delivery: "Delivery") -> None:
    """Know the schools."""
    delivery.know()


def prepare_fresh(delivery: "Delivery") -> None:
    """Leave one role to each row; know the grades and the lists of schools."""
    if delivery.has_roles:
        leave_one_role(STORED, delivery.params)
    know_grades(delivery)
    table_as("known_list", LISTS)
    table_as("namesake", NAMESAKES, delivery.params)


def write(delivery: "Delivery") -> None:
    """Enter people, change them, mark removed ones."""
    found = delivery.found
    kinds = {(result, kind) for result, kind, _old, _linked in found}
    if {(RowResult.CREATED, TEACHER), (RowResult.UPDATED, TEACHER)} & kinds:
        spell_names(NAMES)
    for key, statement in WRITES.items():
        if key in kinds:
            run(statement, delivery.params)
    for kind, table in TABLES.items():
        if any(f[0] == RowResult.DELETED and f[2] == kind for f in found):
            run(REMOVE.format(table=table, kind=kind), delivery.params)
    if any(is_linked for *_rest, is_linked in found):
        delivery.link("personnel.teacher", "j.kind = 'T'")


STEP = Step(
    collection=Collection.USERS,
    stored=STORED,
    tables=("personnel_teacher", "roster_pupil"),
    resolved=RESOLVED,
    rules=RULES,
    prepare=prepare,
    prepare_fresh=prepare_fresh,
    write=write,
    keeps=("old_kind", "old_school", "old_region"),
    order="region_id, sourced_id",
    sorts=("kind", "old_kind", "linked_id IS NOT NULL"),
    clashes=(
        Clash(
            ("region_id", "identifier"),
            Rule(
                "identifier",
                "duplicate_staff_no",
                _("同一文件中工号“{value}”重复"),
                "FALSE",
            ),
            "result IN ('created', 'updated') AND kind = 'T' AND identifier <> ''",
        ),
    ),
)
