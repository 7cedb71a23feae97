"""Which schools stand for a subject on a day; upper rooms register their own kinds."""

from core.metrics import REGION, SCHOOL
from core.registry import Registry

subject_schools: Registry[str, str] = Registry("subject schools")
"""Kind of subject → SQL with ``%(ids)s`` and ``%(day)s`` that returns ``subject_id,
school_id, is_lead, joined_on, baseline`` (the last three may be null; ``baseline`` is
jsonb as ``schools.metrics.baseline.baseline_of`` writes it)."""

school_joining: Registry[str, str] = Registry("joining of schools")
"""Name → SQL with ``%(day)s`` that returns ``school_id, is_lead, joined_on, baseline``
of the schools that belong to something on the day, one row per school."""

_NOT_JOINED = (
    "SELECT NULL::bigint AS school_id, FALSE AS is_lead, NULL::date AS joined_on,"
    " NULL::jsonb AS baseline WHERE FALSE"
)
_RUNNING = (
    "s.status <> 'PLANNED' AND (s.opened_on IS NULL OR s.opened_on <= %(day)s)"
    " AND (s.closed_on IS NULL OR s.closed_on > %(day)s)"
)
_OPEN = """
    SELECT o.* FROM ({own}) o
    JOIN schools_school s ON s.id = o.school_id WHERE {running}
"""
_SCHOOL = """
    SELECT s.id AS subject_id, s.id AS school_id, FALSE AS is_lead, j.joined_on,
        j.baseline
    FROM schools_school s LEFT JOIN ({joining}) j ON j.school_id = s.id
    WHERE s.id = ANY(%(ids)s)
"""
_REGION = """
    SELECT i.id AS subject_id, s.id AS school_id, FALSE AS is_lead,
        NULL::date AS joined_on, NULL::jsonb AS baseline
    FROM unnest(%(ids)s::bigint[]) AS i(id)
    JOIN bureau_region b ON b.lineage @> ARRAY[i.id]
    JOIN schools_school s ON s.administered_by_id = b.id
"""


def _school_sql() -> str:
    parts = school_joining.values() or [_NOT_JOINED]
    return _SCHOOL.format(joining=" UNION ALL ".join(parts))


def pairs_sql(kind: str) -> str:
    """Return the SQL of (subject, school) for a kind; closed schools are left out."""
    if kind == SCHOOL:
        own = _school_sql()
    elif kind == REGION:
        own = _REGION
    else:
        own = subject_schools.get(kind)
    return _OPEN.format(own=own, running=_RUNNING)
