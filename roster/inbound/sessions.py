"""School years and terms: the bureau's own, known by the source's identifiers."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.imports.lane import Rule, is_date, run
from roster.choices import Collection
from roster.inbound import known
from roster.inbound.steps import Step

if TYPE_CHECKING:
    from roster.inbound.delivery import Delivery

STORED = """
SELECT NULL::bigint AS id, NULL::varchar AS sourced_id, NULL::varchar AS source_hash,
    NULL::timestamptz AS removed_at WHERE FALSE
"""
MIDDLE = "r.starts::date + (r.ends::date - r.starts::date) / 2"
GOOD = f"({is_date('r.starts')} AND {is_date('r.ends')})"
RESOLVED = f"""
SELECT r.*, NULL::bigint AS linked_id, a.object_id AS known_id, a.model AS known_model,
    CASE WHEN r.type = 'schoolYear' THEN 'bureau.academicyear' ELSE 'bureau.term' END
        AS model,
    CASE WHEN NOT {GOOD} THEN NULL
    WHEN r.type = 'schoolYear' THEN coalesce(
        (SELECT y.id FROM bureau_academicyear y WHERE y.public_id = r.sourced_id),
        (SELECT y.id FROM bureau_academicyear y
            WHERE {MIDDLE} BETWEEN y.starts_on AND y.ends_on))
    WHEN r.type IN ('semester', 'term') THEN coalesce(
        (SELECT t.id FROM bureau_term t WHERE t.public_id = r.sourced_id LIMIT 1),
        (SELECT t.id FROM bureau_term t
            WHERE {MIDDLE} BETWEEN t.starts_on AND t.ends_on ORDER BY t.id LIMIT 1))
    END AS found_id
FROM fresh r LEFT JOIN roster_alias a ON a.source_id = %(source_id)s
    AND a.collection = 'academicSessions' AND a.sourced_id = r.sourced_id
"""
RULES = (
    Rule(
        "type",
        "unknown_type",
        _("学期类型“{value}”无效"),
        "r.type NOT IN ('schoolYear', 'semester', 'term', 'gradingPeriod')",
    ),
    Rule(
        "startDate",
        "bad_date",
        _("日期“{value}”无效，应如 2026-09-01"),
        f"NOT ({is_date('r.starts')})",
        column="starts",
    ),
    Rule(
        "endDate",
        "bad_date",
        _("日期“{value}”无效，应如 2027-01-20"),
        f"NOT ({is_date('r.ends')})",
        column="ends",
    ),
    Rule(
        "title",
        "unknown_session",
        _("“{value}”与本系统的学年、学期对不上，请先由教育局登记"),
        "r.type <> 'gradingPeriod' AND r.found_id IS NULL",
    ),
    Rule(
        "type",
        "not_kept",
        _("评分周期不登记"),
        "r.type = 'gradingPeriod'",
        level="note",
    ),
)
VERDICT = """
WHEN status = 'tobedeleted' THEN
    CASE WHEN known_id IS NULL THEN 'unchanged' ELSE 'deleted' END
WHEN type = 'gradingPeriod' THEN 'unchanged'
WHEN known_id IS NULL THEN 'created'
WHEN known_id <> found_id OR known_model <> model THEN 'updated'
WHEN TRUE THEN 'unchanged'
"""
WRITE = """
INSERT INTO roster_alias (source_id, collection, sourced_id, model, object_id)
SELECT %(source_id)s, 'academicSessions', sourced_id, model, found_id FROM judged
WHERE result IN ('created', 'updated')
ON CONFLICT (source_id, collection, sourced_id)
DO UPDATE SET model = excluded.model, object_id = excluded.object_id
"""
REMOVE = """
DELETE FROM roster_alias a USING judged j WHERE a.source_id = %(source_id)s
    AND a.collection = 'academicSessions' AND a.sourced_id = j.sourced_id
    AND j.result = 'deleted'
"""


def write(delivery: "Delivery") -> None:
    """Keep the identifiers; years and terms themselves are never made here."""
    run(WRITE, delivery.params)
    run(REMOVE, delivery.params)
    known.know_sessions(delivery)


STEP = Step(
    collection=Collection.SESSIONS,
    stored=STORED,
    resolved=RESOLVED,
    rules=RULES,
    others=VERDICT,
    write=write,
)
