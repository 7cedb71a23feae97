"""Organisations: districts are the bureau's own regions, schools are registered."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.imports.lane import Rule, run, table_as
from core.imports.sql import literal
from roster.choices import Collection
from roster.inbound import known
from roster.inbound.spelling import spell_names
from roster.inbound.steps import STAMP, Clash, Step, kept, unknown
from schools.choices import CODE_PREFIXES, CODE_SHAPE
from schools.names import DROPPED, LOWER, UPPER

if TYPE_CHECKING:
    from roster.inbound.delivery import Delivery

PLACES = "('district', 'local')"
TYPES = "('department', 'school', 'district', 'local', 'state', 'national')"
NORMAL = (
    f"translate(normalize(r.name, NFKC), {literal(UPPER + DROPPED)}, {literal(LOWER)})"
)
REGIONS = f"""
SELECT r.row_no, r.sourced_id, a.object_id IS NOT NULL AS is_aliased,
    coalesce(a.object_id, g.id) AS region_id,
    NOT EXISTS (SELECT 1 FROM raw_orgs p WHERE p.sourced_id = r.parent
        AND p.type IN {PLACES}) AS is_top
FROM raw_orgs r
LEFT JOIN roster_alias a ON a.source_id = %(source_id)s AND a.collection = 'orgs'
    AND a.sourced_id = r.sourced_id AND a.model = 'bureau.region'
    AND a.object_id = ANY (%(scope)s)
LEFT JOIN LATERAL (
    SELECT g.id FROM bureau_region g WHERE g.id = ANY (%(scope)s)
        AND (g.code = r.identifier OR g.public_id = r.sourced_id OR g.name = r.name
            OR g.short_name = r.name OR starts_with(r.name, g.name))
    ORDER BY g.code = r.identifier DESC, g.public_id = r.sourced_id DESC,
        length(g.name) DESC, g.id LIMIT 1
) g ON TRUE
WHERE r.type IN {PLACES} AND r.status <> 'tobedeleted' AND r.problems IS NULL
    AND r.sourced_id <> '' AND length(r.sourced_id) <= 120
"""
TOP = """
UPDATE org_region SET region_id = %(region)s WHERE region_id IS NULL AND is_top
    AND (SELECT count(*) FROM org_region WHERE is_top) = 1
"""
REGION_ALIASES = """
INSERT INTO roster_alias (source_id, collection, sourced_id, model, object_id)
SELECT DISTINCT ON (sourced_id) %(source_id)s, 'orgs', sourced_id, 'bureau.region',
    region_id
FROM org_region WHERE region_id IS NOT NULL AND NOT is_aliased
ON CONFLICT DO NOTHING
"""
STORED = """
SELECT id, sourced_id, source_hash, removed_at FROM schools_school
WHERE source = %(source)s AND administered_by_id = ANY (%(scope)s)
"""
PREFIXES = ", ".join(
    f"('{kind.value}', '{prefix}')"  # type: ignore[attr-defined]
    for kind, prefixes in CODE_PREFIXES.items()
    for prefix in prefixes
)
CODE_RETIRED = """
y.school_code IS NOT NULL AND (
    y.linked_id IS NULL AND y.writes_code AND EXISTS (
        SELECT 1 FROM schools_schoolprofile p
        WHERE p.school_code = y.school_code
        AND p.school_id IS DISTINCT FROM y.target_id)
    OR y.linked_id = y.code_owner AND y.code_ended AND NOT EXISTS (
        SELECT 1 FROM schools_school s
        WHERE s.id = y.code_owner AND s.normalized_name = y.normal)
    AND NOT EXISTS (SELECT 1 FROM schools_schoolprofile p
        WHERE p.school_id = y.code_owner AND p.normalized_name = y.normal))
"""
"""Another school gave the code up, or it is that of a closed one of another name."""
NAME_TAKEN = """
y.is_keyless AND EXISTS (SELECT 1 FROM schools_school s
    WHERE s.administered_by_id = y.home_id AND s.normalized_name = y.key_name
    AND s.distinguisher = y.distinguisher AND s.school_code IS NULL
    AND s.closed_on IS NULL AND s.id <> y.target_id)
"""
ID_TAKEN = """
y.home_id <> y.held_by AND EXISTS (SELECT 1 FROM schools_school s
    WHERE s.administered_by_id = y.home_id AND s.public_id = y.sourced_id
    AND s.id <> y.target_id)
"""
RESOLVED = f"""
SELECT y.*, {CODE_RETIRED} AS code_retired, {NAME_TAKEN} AS name_taken,
    {ID_TAKEN} AS id_taken
FROM (
SELECT x.*, CASE WHEN x.target_id IS NULL AND x.type = 'school' THEN coalesce(
        (SELECT k.school_id FROM known_org k WHERE k.ref = x.sourced_id
            AND k.school_id IS NOT NULL AND k.is_given LIMIT 1),
        (SELECT s.id FROM schools_school s WHERE s.administered_by_id = ANY (%(scope)s)
            AND s.public_id = x.sourced_id AND s.source <> %(source)s LIMIT 1),
        CASE WHEN x.school_code IS NOT NULL THEN x.code_owner END,
        (SELECT g.school_id FROM schools_mergedrecord g
            JOIN schools_school s ON s.id = g.school_id
            WHERE g.given_up_code = x.identifier
            AND s.administered_by_id = ANY (%(scope)s) LIMIT 1),
        (SELECT s.id FROM schools_school s WHERE s.administered_by_id = x.region_id
            AND s.normalized_name = x.normal AND s.distinguisher = ''
            AND s.closed_on IS NULL
            AND (s.school_code IS NULL OR x.school_code IS NULL) LIMIT 1)
    ) END AS linked_id, x.type = 'school' AND x.is_open
        AND coalesce(x.school_code, x.held_code) IS NULL AS is_keyless,
    CASE WHEN x.held_by IS NULL OR x.parent <> '' AND NOT x.stays_home
        THEN x.region_id ELSE x.held_by END AS home_id
FROM (
    SELECT r.*, {NORMAL} AS normal, c.school_code, t.is_aliased,
        CASE WHEN 'name' = ANY (m.pinned) THEN m.normalized_name ELSE {NORMAL} END
            AS key_name,
        NOT coalesce('school_code' = ANY (m.pinned), FALSE) AS writes_code,
        coalesce(m.distinguisher, '') AS distinguisher, m.type AS held_type,
        m.school_code AS held_code, m.administered_by_id AS held_by,
        m.closed_on IS NULL AS is_open, o.closed_on IS NOT NULL AS code_ended,
        coalesce('administered_by' = ANY (m.pinned), FALSE) AS stays_home,
        coalesce(t.region_id, p.region_id,
            CASE WHEN r.parent = '' THEN %(region)s END) AS region_id,
        t.region_id AS place_id, o.id AS code_owner,
        o.id IS NOT NULL AND NOT o.administered_by_id = ANY (%(scope)s) AS code_abroad
    FROM fresh r
    LEFT JOIN org_region t ON t.row_no = r.row_no
    LEFT JOIN known_org p ON p.ref = r.parent AND r.parent <> ''
    LEFT JOIN LATERAL (SELECT CASE WHEN r.identifier ~ {literal(CODE_SHAPE)}
        AND substr(r.identifier, 3, 2) = %(province)s AND NOT EXISTS (
            SELECT 1 FROM schools_mergedrecord g
            WHERE g.given_up_code = r.identifier) THEN r.identifier END
        AS school_code) c ON r.type = 'school'
    LEFT JOIN schools_school o ON o.school_code = c.school_code
    LEFT JOIN schools_school m ON m.id = r.target_id
) x
) y
"""
RULES = (
    Rule("name", "required", _("未填机构名称"), "r.normal = ''"),
    Rule("name", "too_long", _("机构名称最多 100 个字"), "length(r.name) > 100"),
    Rule(
        "type",
        "unknown_type",
        _("机构类型“{value}”无效"),
        f"r.type NOT IN {TYPES} AND NOT starts_with(r.type, 'ext:')",
    ),
    unknown(
        "parent",
        _("上级机构"),
        "r.type = 'school' AND r.region_id IS NULL",
    ),
    Rule(
        "name",
        "unknown_region",
        _("“{value}”不是本地区或下级行政区，请在 identifier 填行政区划代码"),
        f"r.type IN {PLACES} AND r.place_id IS NULL",
    ),
    Rule(
        "type",
        "type_changed",
        _("该来源标识原为学校，不能改为其他机构"),
        "r.type <> 'school' AND r.target_id IS NOT NULL",
    ),
    Rule(
        "identifier",
        "code_taken",
        _("学校标识码“{value}”已由另一所学校使用，请核对"),
        "r.type = 'school' AND r.writes_code AND (r.code_abroad"
        " OR (r.target_id IS NOT NULL AND r.code_owner IS NOT NULL"
        " AND r.code_owner <> r.target_id))",
    ),
    Rule(
        "identifier",
        "code_retired",
        _("学校标识码“{value}”曾属于另一所学校，停用的代码不能再用"),
        "r.type = 'school' AND coalesce(r.code_retired, FALSE)",
    ),
    Rule(
        "identifier",
        "code_type",
        _("学校标识码“{value}”前两位与该校的办学类型不一致"),
        "r.type = 'school' AND coalesce(r.writes_code AND r.held_type <> ''"
        f" AND (r.held_type, left(r.school_code, 2)) NOT IN (VALUES {PREFIXES}),"
        " FALSE)",
    ),
    Rule(
        "name",
        "name_taken",
        _("本地区已另有一所名为“{value}”的学校，请填写学校标识码加以区分"),
        "r.type = 'school' AND r.name_taken",
    ),
    Rule(
        "parent",
        "id_taken",
        _("“{value}”地区已另有一所来源标识相同的学校，不能改由该地区主管"),
        "r.type = 'school' AND coalesce(r.id_taken, FALSE)",
    ),
    Rule(
        "identifier",
        "code_ignored",
        _("“{value}”不是本省的学校标识码，或已因录错停用，未采用"),
        "r.type = 'school' AND r.identifier <> '' AND r.school_code IS NULL",
        level="note",
    ),
    Rule(
        "type",
        "not_kept",
        _("该类机构不登记"),
        f"r.type <> 'school' AND r.type NOT IN {PLACES}",
        level="note",
    ),
)
VERDICT = f"""
WHEN type <> 'school' AND target_id IS NULL THEN CASE WHEN type IN {PLACES}
    AND NOT is_aliased AND status <> 'tobedeleted' THEN 'created' ELSE 'unchanged' END
"""
INSERT = """
INSERT INTO schools_school (source, sourced_id, source_hash, pinned, name, short_name,
    distinguisher, pinyin, initials, school_code, region_id, administered_by_id, type,
    ownership, urban_rural_code, is_legal_person, status, address, changed_at)
SELECT %(source)s, j.sourced_id, j.mark, '{}', j.name, '', '', n.pinyin, n.initials,
    j.school_code, j.region_id, j.region_id, '', '', '', TRUE, 'OPEN', '', now()
FROM judged j JOIN spelled n ON n.name = j.name
WHERE j.result = 'created' AND j.type = 'school' ORDER BY j.row_no
"""
UPDATE = f"""
UPDATE schools_school m SET {STAMP}, {kept("name", "j.name")},
    pinyin = CASE WHEN 'name' = ANY (m.pinned) THEN m.pinyin ELSE n.pinyin END,
    initials = CASE WHEN 'name' = ANY (m.pinned) THEN m.initials ELSE n.initials END,
    {kept("school_code", "coalesce(j.school_code, m.school_code)")},
    administered_by_id = CASE WHEN j.parent <> ''
        AND NOT 'administered_by_id' = ANY (m.pinned)
        THEN j.region_id ELSE m.administered_by_id END
FROM judged j JOIN spelled n ON n.name = j.name
WHERE m.id = j.target_id AND j.result = 'updated' AND j.type = 'school'
"""
REMOVE = """
UPDATE schools_school m SET removed_at = now(), source_hash = j.mark
FROM judged j WHERE m.id = j.target_id AND j.result = 'deleted'
"""


def prepare(delivery: "Delivery") -> None:
    """Find the regions that districts of the delivery stand for."""
    table_as("org_region", REGIONS, delivery.params)
    run(TOP, delivery.params)
    run(REGION_ALIASES, delivery.params)
    known.know_orgs(delivery)


def write(delivery: "Delivery") -> None:
    """Register schools, change them, mark removed ones."""
    spell_names(
        "SELECT DISTINCT name FROM judged WHERE result IN ('created', 'updated')"
    )
    run(INSERT, delivery.params)
    run(UPDATE, delivery.params)
    run(REMOVE, delivery.params)
    delivery.link("schools.school")
    known.know_orgs(delivery)


STEP = Step(
    collection=Collection.ORGS,
    stored=STORED,
    resolved=RESOLVED,
    rules=RULES,
    others=VERDICT,
    prepare=prepare,
    write=write,
    clashes=(
        Clash(
            ("school_code",),
            Rule(
                "identifier",
                "duplicate_code",
                _("同一文件中学校标识码“{value}”重复"),
                "FALSE",
            ),
            "result IN ('created', 'updated') AND school_code IS NOT NULL",
        ),
        Clash(
            ("home_id", "key_name", "distinguisher"),
            Rule(
                "name",
                "duplicate_name",
                _("同一文件中同一地区学校名称“{value}”重复"),
                "FALSE",
            ),
            "result IN ('created', 'updated') AND is_keyless",
        ),
    ),
)
