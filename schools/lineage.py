"""Where a school came from and what became of it, as of a day."""

from collections.abc import Iterable
from datetime import date

from django.db import connection

EDGES = """
    SELECT predecessor_id AS elder, id AS younger, opened_on AS day
    FROM schools_school WHERE predecessor_id IS NOT NULL
    UNION ALL
    SELECT id, successor_id, closed_on
    FROM schools_school WHERE successor_id IS NOT NULL
"""

DESCENDANTS = f"""
WITH RECURSIVE edge AS ({EDGES}), walk(start, school, day) AS (
    SELECT elder, younger, day FROM edge
    WHERE elder = ANY (%(schools)s) AND day <= %(day)s
    UNION
    SELECT w.start, e.younger, e.day FROM walk w JOIN edge e ON e.elder = w.school
    WHERE e.day >= w.day AND e.day <= %(day)s
)
SELECT DISTINCT start, school FROM walk WHERE school <> start
"""  # noqa: S608 - built from constants

ANCESTORS = f"""
WITH RECURSIVE edge AS ({EDGES}), walk(start, school, day) AS (
    SELECT younger, elder, day FROM edge
    WHERE younger = ANY (%(schools)s) AND day <= %(day)s
    UNION
    SELECT w.start, e.elder, e.day FROM walk w JOIN edge e ON e.younger = w.school
    WHERE e.day <= w.day
)
SELECT DISTINCT start, school FROM walk WHERE school <> start
"""  # noqa: S608 - built from constants


def _walk(statement: str, schools: Iterable[int], day: date) -> dict[int, set[int]]:
    ids = list(schools)
    found: dict[int, set[int]] = {pk: set() for pk in ids}
    with connection.cursor() as cursor:
        cursor.execute(statement, {"schools": ids, "day": day})
        for start, school in cursor.fetchall():
            found[start].add(school)
    return found


def ancestors(schools: Iterable[int], day: date) -> dict[int, set[int]]:
    """Return school id → the schools it had come from by the day.

    A school comes from the one it was split off and from those merged into it, and
    from what these came from up to that moment.
    """
    return _walk(ANCESTORS, schools, day)


def descendants(schools: Iterable[int], day: date) -> dict[int, set[int]]:
    """Return school id → the schools that had come of it by the day."""
    return _walk(DESCENDANTS, schools, day)
