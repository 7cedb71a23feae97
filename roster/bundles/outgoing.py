"""Which rows a bundle holds, file by file: cells by head, in SQL.

The words are those of the service (``roster.provider``). What would refer to something
that is not in the bundle is gone with it: the people and classes of a school that has
closed, the members of a class that was removed.
"""

from collections.abc import Mapping

from core.imports.sql import literal
from roster.bundles import layout
from roster.provider.collections import CLASSES, COURSES, ORGS, SESSIONS, kept
from roster.provider.declaring import Collection
from roster.provider.names import family_sql, given_sql
from roster.provider.people import ENROLLMENTS, GONE_ROLE, USERS
from roster.provider.people import GONE as GONE_NAME
from roster.provider.values import MOMENT_TEXT
from roster.provider.words import (
    CLASS_TITLE,
    COURSE_TITLE,
    GRADE_CODE,
    LEVEL_TYPE,
    TERM_TITLE,
)

SCHOOLS = "JOIN schools_school sc ON sc.id = t.school_id"
GONE = "t.removed_at IS NOT NULL"
NEVER, ALWAYS = "FALSE", "TRUE"
DERIVED = "'grade-' || t.region_id || '-' || t.stage || '-' || t.grade"
TERMS = (
    "coalesce((SELECT string_agg(x.public_id, ',' ORDER BY x.number)"
    " FROM bureau_term x WHERE x.year_id = t.year_id AND x.removed_at IS NULL),"
    " (SELECT y.public_id FROM bureau_academicyear y WHERE y.id = t.year_id))"
)


def _ended(alias: str) -> str:
    """Return the condition that a school is no more, or not yet."""
    return (
        f"({alias}.removed_at IS NOT NULL"
        f" OR {alias}.status IN ('CLOSED', 'MERGED', 'PLANNED'))"
    )


COURSE = (
    "LEFT JOIN (SELECT k.id, k.public_id FROM schools_course k"
    " LEFT JOIN schools_school h ON h.id = k.school_id"
    " WHERE k.removed_at IS NULL AND k.region_id = ANY (%(regions)s)"
    f" AND (h.id IS NULL OR NOT {_ended('h')})) co ON co.id = t.course_id"
)
"""The course of a class, while it is one of those the bundle has."""


class Part:
    """Rows of one table in one file: cells by head, in SQL.

    ``gone`` tells of a row that a whole bundle lacks and a delta shows to be deleted:
    with it goes what would refer to nothing.
    """

    def __init__(
        self,
        table: str,
        cells: Mapping[str, str],
        *,
        region: str = "t.region_id",
        gone: str = GONE,
        joins: str = "",
        sid: str = "t.public_id",
        changed: str = "t.changed_at",
        where: str = ALWAYS,
    ) -> None:
        self.table, self.cells, self.region = table, cells, region
        self.gone, self.joins, self.sid, self.changed = gone, joins, sid, changed
        self.held = where

    def select(self, file: layout.FileLayout, is_delta: bool) -> str:
        """Return the SELECT of the part for one file."""
        status = (
            f"CASE WHEN {self.gone} THEN 'tobedeleted' ELSE 'active' END"
            if is_delta
            else "NULL"
        )
        moment = MOMENT_TEXT.format(self.changed) if is_delta else "NULL"
        cells = [self.sid, status, moment, *(self._cell(h) for h in file.head[3:])]
        named = [f'{c} AS "{h}"' for c, h in zip(cells, file.head, strict=True)]
        wanted = f"{self.changed} > %(since)s" if is_delta else f"NOT ({self.gone})"
        where = f"{self.region} = ANY (%(regions)s) AND " if self.region else ""
        return (
            f"SELECT {', '.join(named)} FROM {self.table} {self.joins}"
            f" WHERE {where}({self.held}) AND {wanted}"
        )

    def _cell(self, head: str) -> str:
        return self.cells.get(head, "NULL")


def _joined(column: str) -> str:
    return f"array_to_string({column}, ',')"


def _user(table: str, cells: Mapping[str, str]) -> Part:
    common = {"primaryOrgSourcedId": "sc.public_id"}
    gone = f"({GONE} OR {_ended('sc')})"
    return Part(table, {**common, **cells}, joins=SCHOOLS, gone=gone)


def _role(table: str, role: str, days: Mapping[str, str]) -> Part:
    return Part(
        table,
        {
            "userSourcedId": "t.public_id",
            "roleType": "'primary'",
            "role": literal(role),
            "orgSourcedId": "sc.public_id",
            **days,
        },
        joins=SCHOOLS,
        gone=f"({GONE} OR {_ended('sc')})",
        sid="'role-' || t.public_id",
    )


def _grave(collection: Collection, cells: Mapping[str, str], sid: str = "") -> Part:
    """Return the rows that are there no more, as the service shows them."""
    found = collection.graves(collection.parts)
    if found is None:
        raise ValueError(collection.name)
    return Part(
        found.base,
        cells,
        region=found.region,
        gone=ALWAYS,
        sid=sid or found.sid,
        changed=found.changed,
        where=found.where,
    )


def _kept(**heads: str) -> dict[str, str]:
    return {head: kept(name) for head, name in heads.items()}


_NAMELESS = {head: literal(GONE_NAME) for head in ("givenName", "familyName")}
_OF_CLASS = {
    "termSourcedIds": "(SELECT string_agg(e.v, ',' ORDER BY e.v)"
    " FROM jsonb_array_elements_text(d.kept->'terms') AS e(v))"
}
GRAVES = {
    "orgs": (_grave(ORGS, _kept(name="name", type="type", identifier="identifier")),),
    "academicSessions": (
        _grave(
            SESSIONS,
            _kept(title="title", type="type", schoolYear="schoolYear")
            | {day: f"{kept(day)}::date" for day in ("startDate", "endDate")},
        ),
    ),
    "courses": (_grave(COURSES, _kept(title="title", courseCode="courseCode")),),
    "classes": (
        _grave(
            CLASSES,
            _kept(title="title", courseSourcedId="course", schoolSourcedId="school")
            | _OF_CLASS,
        ),
    ),
    "users": (
        _grave(
            USERS,
            _kept(primaryOrgSourcedId="org") | _NAMELESS | {"enabledUser": "'false'"},
        ),
    ),
    "roles": (
        _grave(
            USERS,
            _kept(orgSourcedId="org")
            | {
                "userSourcedId": "d.public_id",
                "roleType": "'primary'",
                "role": GONE_ROLE,
            },
            "'role-' || d.public_id",
        ),
    ),
    "enrollments": (
        _grave(
            ENROLLMENTS,
            _kept(
                classSourcedId="class",
                schoolSourcedId="school",
                userSourcedId="user",
                role="role",
            ),
        ),
    ),
}
"""What a delta tells of rows that were deleted, or left the region."""

PARTS: dict[str, tuple[Part, ...]] = {
    "orgs": (
        Part(
            "bureau_region t",
            {
                "name": "t.name",
                "type": LEVEL_TYPE,
                "identifier": "t.code",
                "parentSourcedId": "CASE WHEN t.parent_id = ANY (%(regions)s)"
                " THEN up.public_id END",
            },
            region="t.id",
            joins="LEFT JOIN bureau_region up ON up.id = t.parent_id",
        ),
        Part(
            "schools_school t",
            {
                "name": "t.name",
                "type": "'school'",
                "identifier": "coalesce(t.school_code, t.provisional_no)",
                "parentSourcedId": "up.public_id",
            },
            region="t.administered_by_id",
            gone=_ended("t"),
            joins="JOIN bureau_region up ON up.id = t.administered_by_id",
            where="t.status <> 'PLANNED'",
        ),
    ),
    "academicSessions": (
        Part(
            "bureau_academicyear t",
            {
                "title": "t.code || ' 学年'",
                "type": "'schoolYear'",
                "startDate": "t.starts_on",
                "endDate": "t.ends_on + 1",
                "schoolYear": "extract(year FROM t.ends_on)::int::text",
            },
            region="",
            gone=NEVER,
        ),
        Part(
            "bureau_term t",
            {
                "title": TERM_TITLE,
                "type": "'semester'",
                "startDate": "t.starts_on",
                "endDate": "t.ends_on + 1",
                "parentSourcedId": "y.public_id",
                "schoolYear": "extract(year FROM y.ends_on)::int::text",
            },
            region="",
            joins="JOIN bureau_academicyear y ON y.id = t.year_id",
        ),
    ),
    "courses": (
        Part(
            "schools_course t",
            {
                "schoolYearSourcedId": "y.public_id",
                "title": "t.title",
                "courseCode": "t.code",
                "grades": _joined("t.grades"),
                "orgSourcedId": "coalesce(sc.public_id, up.public_id)",
                "subjects": _joined("t.subjects"),
                "subjectCodes": _joined("t.subject_codes"),
            },
            gone=f"({GONE} OR sc.id IS NOT NULL AND {_ended('sc')})",
            joins="JOIN bureau_region up ON up.id = t.region_id"
            " LEFT JOIN schools_school sc ON sc.id = t.school_id"
            " LEFT JOIN bureau_academicyear y ON y.id = t.year_id",
        ),
        Part(
            "(SELECT t.region_id, t.stage, t.grade, max(t.changed_at) AS changed_at,"
            f" bool_and({GONE} OR {_ended('sc')}) AS is_gone"
            f" FROM schools_classsection t {SCHOOLS} {COURSE}"
            " WHERE co.id IS NULL GROUP BY 1, 2, 3) t",
            {
                "title": COURSE_TITLE,
                "courseCode": "t.stage || '-' || t.grade",
                "grades": GRADE_CODE,
                "orgSourcedId": "up.public_id",
            },
            gone="t.is_gone",
            joins="JOIN bureau_region up ON up.id = t.region_id",
            sid=DERIVED,
        ),
    ),
    "classes": (
        Part(
            "schools_classsection t",
            {
                "title": CLASS_TITLE,
                "grades": GRADE_CODE,
                "courseSourcedId": f"coalesce(co.public_id, {DERIVED})",
                "classCode": "t.stage || '-' || t.grade || '-' || t.number",
                "classType": "CASE WHEN t.course_id IS NULL THEN 'homeroom'"
                " ELSE 'scheduled' END",
                "schoolSourcedId": "sc.public_id",
                "termSourcedIds": TERMS,
            },
            gone=f"({GONE} OR {_ended('sc')})",
            joins=f"{SCHOOLS} {COURSE}",
        ),
    ),
    "users": (
        _user(
            "personnel_teacher t",
            {
                "enabledUser": "CASE WHEN t.status = 'ACTIVE' THEN 'true'"
                " ELSE 'false' END",
                "givenName": given_sql("t.name"),
                "familyName": family_sql("t.name"),
                "identifier": "t.staff_no",
            },
        ),
        _user(
            "roster_pupil t",
            {
                "enabledUser": "CASE WHEN t.is_enabled THEN 'true' ELSE 'false' END",
                "givenName": "t.given_name",
                "familyName": "t.family_name",
                "grades": GRADE_CODE,
            },
        ),
    ),
    "roles": (
        _role(
            "personnel_teacher t",
            "teacher",
            {"beginDate": "t.entered_on", "endDate": "t.left_on"},
        ),
        _role("roster_pupil t", "student", {}),
    ),
    "enrollments": (
        Part(
            "roster_enrolment t",
            {
                "classSourcedId": "s.public_id",
                "schoolSourcedId": "sc.public_id",
                "userSourcedId": "coalesce(te.public_id, pu.public_id)",
                "role": "CASE t.role WHEN 'aide' THEN 'proctor' ELSE t.role END",
                "primary": "CASE WHEN t.is_primary THEN 'true'"
                " WHEN NOT t.is_primary THEN 'false' END",
                "beginDate": "t.begins_on",
                "endDate": "t.ends_on + 1",
            },
            gone=f"({GONE} OR s.removed_at IS NOT NULL OR {_ended('sc')}"
            f" OR coalesce(te.removed_at, pu.removed_at) IS NOT NULL"
            f" OR {_ended('ps')})",
            joins="JOIN schools_classsection s ON s.id = t.section_id"
            " JOIN schools_school sc ON sc.id = s.school_id"
            " LEFT JOIN personnel_teacher te ON te.id = t.teacher_id"
            " LEFT JOIN roster_pupil pu ON pu.id = t.pupil_id"
            " JOIN schools_school ps ON ps.id = coalesce(te.school_id, pu.school_id)",
            where="coalesce(te.region_id, pu.region_id) = ANY (%(regions)s)",
        ),
    ),
}
