"""What references of a delivery may lead to: only what lies in the source's reach."""

from typing import TYPE_CHECKING

from core.imports.lane import table_as

if TYPE_CHECKING:
    from roster.inbound.delivery import Delivery

ORGS = """
SELECT DISTINCT ON (ref) ref, school_id, region_id, rank <= 3 AS is_given FROM (
    SELECT sourced_id::text AS ref, 1 AS rank, id AS school_id,
        administered_by_id AS region_id
    FROM schools_school WHERE source = %(source)s AND sourced_id <> ''
        AND administered_by_id = ANY (%(scope)s) AND removed_at IS NULL
    UNION ALL
    SELECT a.sourced_id, 2, s.id, s.administered_by_id FROM roster_alias a
    JOIN schools_school s ON s.id = a.object_id AND a.model = 'schools.school'
    WHERE a.source_id = %(source_id)s AND a.collection = 'orgs'
        AND s.administered_by_id = ANY (%(scope)s)
    UNION ALL
    SELECT a.sourced_id, 3, s.id, s.administered_by_id FROM roster_alias a
    JOIN schools_mergedrecord g ON g.former_id = a.object_id
    JOIN schools_school s ON s.id = g.school_id
    WHERE a.source_id = %(source_id)s AND a.collection = 'orgs'
        AND a.model = 'schools.school' AND s.administered_by_id = ANY (%(scope)s)
    UNION ALL
    SELECT g.facts ->> 'sourced_id', 3, s.id, s.administered_by_id
    FROM schools_mergedrecord g JOIN schools_school s ON s.id = g.school_id
    WHERE g.facts ->> 'source' = %(source)s
        AND s.administered_by_id = ANY (%(scope)s)
    UNION ALL
    SELECT a.sourced_id, 2, NULL, a.object_id FROM roster_alias a
    WHERE a.source_id = %(source_id)s AND a.collection = 'orgs'
        AND a.model = 'bureau.region' AND a.object_id = ANY (%(scope)s)
    UNION ALL
    SELECT public_id, 4, id, administered_by_id FROM schools_school
    WHERE administered_by_id = ANY (%(scope)s) AND removed_at IS NULL
    UNION ALL
    SELECT school_code, 5, id, administered_by_id FROM schools_school
    WHERE administered_by_id = ANY (%(scope)s) AND school_code IS NOT NULL
        AND removed_at IS NULL
    UNION ALL
    SELECT public_id, 6, NULL, id FROM bureau_region WHERE id = ANY (%(scope)s)
    UNION ALL
    SELECT code, 7, NULL, id FROM bureau_region WHERE id = ANY (%(scope)s)
) x ORDER BY ref, rank
"""
SESSIONS = """
SELECT DISTINCT ON (ref) ref, year_id, term_id FROM (
    SELECT a.sourced_id::text AS ref, 1 AS rank, t.year_id, t.id AS term_id
    FROM roster_alias a JOIN bureau_term t ON t.id = a.object_id
    WHERE a.source_id = %(source_id)s AND a.model = 'bureau.term'
    UNION ALL
    SELECT a.sourced_id, 1, a.object_id, NULL FROM roster_alias a
    WHERE a.source_id = %(source_id)s AND a.model = 'bureau.academicyear'
    UNION ALL
    SELECT public_id, 2, year_id, id FROM bureau_term
    UNION ALL
    SELECT public_id, 3, id, NULL FROM bureau_academicyear
    UNION ALL
    SELECT code, 4, id, NULL FROM bureau_academicyear
) x ORDER BY ref, rank
"""
COURSES = """
SELECT DISTINCT ON (ref) ref, id, region_id FROM (
    SELECT sourced_id::text AS ref, 1 AS rank, id, region_id FROM schools_course
    WHERE source = %(source)s AND region_id = ANY (%(scope)s) AND removed_at IS NULL
    UNION ALL
    SELECT a.sourced_id, 2, c.id, c.region_id FROM roster_alias a
    JOIN schools_course c ON c.id = a.object_id
    WHERE a.source_id = %(source_id)s AND a.model = 'schools.course'
        AND c.region_id = ANY (%(scope)s)
    UNION ALL
    SELECT public_id, 3, id, region_id FROM schools_course
    WHERE region_id = ANY (%(scope)s) AND removed_at IS NULL
) x ORDER BY ref, rank
"""
SECTIONS = """
SELECT DISTINCT ON (ref) ref, id, region_id, school_id, year_id, is_own FROM (
    SELECT c.sourced_id::text AS ref, 1 AS rank, c.id, c.region_id, c.school_id,
        c.year_id, TRUE AS is_own
    FROM schools_classsection c JOIN wanted w ON w.ref = c.sourced_id
    WHERE c.source = %(source)s AND c.region_id = ANY (%(scope)s)
        AND c.removed_at IS NULL
    UNION ALL
    SELECT a.sourced_id, 2, c.id, c.region_id, c.school_id, c.year_id, FALSE
    FROM roster_alias a JOIN wanted w ON w.ref = a.sourced_id
    JOIN schools_classsection c ON c.id = a.object_id
    WHERE a.source_id = %(source_id)s AND a.model = 'schools.classsection'
        AND c.region_id = ANY (%(scope)s)
    UNION ALL
    SELECT c.public_id, 3, c.id, c.region_id, c.school_id, c.year_id,
        c.source = %(source)s
    FROM schools_classsection c JOIN wanted w ON w.ref = c.public_id
    WHERE c.region_id = ANY (%(scope)s) AND c.removed_at IS NULL
) x ORDER BY ref, rank
"""
PEOPLE = """
SELECT DISTINCT ON (ref) ref, teacher_id, pupil_id, region_id FROM (
    SELECT t.public_id::text AS ref,
        CASE WHEN t.source = %(source)s THEN 1 ELSE 4 END AS rank,
        t.id AS teacher_id, NULL::bigint AS pupil_id, t.region_id
    FROM personnel_teacher t JOIN wanted w ON w.ref = t.public_id
    WHERE t.region_id = ANY (%(scope)s) AND t.removed_at IS NULL
    UNION ALL
    SELECT p.public_id, CASE WHEN p.source = %(source)s THEN 2 ELSE 5 END, NULL, p.id,
        p.region_id
    FROM roster_pupil p JOIN wanted w ON w.ref = p.public_id
    WHERE p.region_id = ANY (%(scope)s) AND p.removed_at IS NULL
    UNION ALL
    SELECT a.sourced_id, 3, t.id, NULL, t.region_id
    FROM roster_alias a JOIN wanted w ON w.ref = a.sourced_id
    JOIN personnel_teacher t ON t.id = a.object_id
    WHERE a.source_id = %(source_id)s AND a.model = 'personnel.teacher'
        AND t.region_id = ANY (%(scope)s)
) x ORDER BY ref, rank
"""


TAUGHT = """
SELECT t.school_id, g.grade, max(t.stage) AS stage FROM schools_schoolstage t
JOIN known_org k ON k.school_id = t.school_id
JOIN (VALUES ('PRIMARY', 1, 6), ('JUNIOR', 6, 9), ('SENIOR', 10, 12),
    ('VOCATIONAL', 10, 13)) s(stage, first, last) ON s.stage = t.stage,
generate_series(s.first, s.last) g(grade)
GROUP BY 1, 2
"""


def know_stages(delivery: "Delivery") -> None:
    """Make ``taught(school_id, grade, stage)`` for the schools in reach."""
    table_as("taught", TAUGHT)


def know_orgs(delivery: "Delivery") -> None:
    """Make ``known_org(ref, school_id, region_id)``."""
    table_as("known_org", ORGS, delivery.params)


def know_sessions(delivery: "Delivery") -> None:
    """Make ``known_session(ref, year_id, term_id)``; a term has both."""
    table_as("known_session", SESSIONS, delivery.params)


def know_courses(delivery: "Delivery") -> None:
    """Make ``known_course(ref, id, region_id)``."""
    table_as("known_course", COURSES, delivery.params)


def know_sections(delivery: "Delivery", wanted: str) -> None:
    """Make ``known_section`` for the references a SELECT names."""
    table_as("wanted", wanted)
    table_as("known_section", SECTIONS, delivery.params)


def know_people(delivery: "Delivery", wanted: str) -> None:
    """Make ``known_person(ref, teacher_id, pupil_id, region_id)`` for references."""
    table_as("wanted", wanted)
    table_as("known_person", PEOPLE, delivery.params)
