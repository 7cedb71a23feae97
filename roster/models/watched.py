"""What the tables of lower rooms do for those who read changes.

Each class stands for a table of a lower room and adds triggers of two kinds. A row
that is deleted, or goes to another region or identifier, leaves a ``Tombstone``. A row
whose change shows in the objects of other rows moves their ``changed_at``.
"""

from typing import Any

import pgtrigger

from bureau.models import AcademicYear, Department, Region, Term
from personnel.models import Teacher
from roster.models.pupil import Enrolment, Pupil
from roster.provider.words import CLASS_TITLE, LEVEL_TYPE, TERM_TITLE
from schools.models import ClassSection, Course, School

EVERYBODY = "(SELECT min(r.id) FROM bureau_region r WHERE r.parent_id IS NULL)"
MOVED = "OLD.public_id IS DISTINCT FROM NEW.public_id"
RENAMED = pgtrigger.Condition(MOVED)


def _bury(
    collection: str, kind: str, region: str, kept: dict[str, str], joins: str = ""
) -> str:
    pairs = ", ".join(f"'{name}', {sql}" for name, sql in kept.items())
    return (
        "INSERT INTO roster_tombstone"
        " (collection, region_id, public_id, kept, changed_at)"
        f" SELECT '{collection}', {region}, t.public_id,"
        f" jsonb_build_object('kind', '{kind}', {pairs}), clock_timestamp()"
        f" FROM {{rows}} t {joins} WHERE {region} IS NOT NULL"
    )


def _graves(burial: str, region: str) -> list[pgtrigger.Trigger]:
    """Return the triggers that write a removal record for rows that go away."""
    changed = f"{MOVED} OR OLD.{region} IS DISTINCT FROM NEW.{region}"
    return [
        pgtrigger.Trigger(
            name="grave_of_deleted",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=pgtrigger.Delete,
            referencing=pgtrigger.Referencing(old="gone"),
            func=f"{burial.format(rows='gone')}; RETURN NULL;",
        ),
        pgtrigger.Trigger(
            name="grave_of_moved",
            when=pgtrigger.After,
            operation=pgtrigger.Update,
            condition=pgtrigger.Condition(changed if region else MOVED),
            func=f"{burial.format(rows='(SELECT OLD.*)')}; RETURN NULL;",
        ),
    ]


def _touch(name: str, condition: Any, *which: tuple[str, str]) -> pgtrigger.Trigger:
    """Return the trigger that moves the moment of rows that show this one."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=condition,
        func="".join(map(_touched, which)) + "RETURN NULL;",
    )


def _touched(which: tuple[str, str]) -> str:
    table, where = which
    return f"UPDATE {table} SET changed_at = changed_at WHERE {where};"


def _differs(*columns: str) -> pgtrigger.Condition:
    rows = (f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in columns)
    return pgtrigger.Condition(" OR ".join(rows))


class WatchedRegion(Region):
    """The regions."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [
            *_graves(
                _bury(
                    "orgs",
                    "region",
                    "t.parent_id",
                    {"name": "t.name", "type": LEVEL_TYPE, "identifier": "t.code"},
                ),
                "parent_id",
            ),
            _touch(
                "shown_by_others",
                RENAMED,
                ("bureau_region", "parent_id = NEW.id"),
                ("bureau_department", "region_id = NEW.id"),
                ("schools_school", "administered_by_id = NEW.id"),
                ("schools_course", "region_id = NEW.id AND school_id IS NULL"),
            ),
        ]


class WatchedDepartment(Department):
    """The departments."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = _graves(
            _bury(
                "orgs",
                "department",
                "t.region_id",
                {
                    "name": "t.name",
                    "type": "'department'",
                    "identifier": "t.public_id",
                },
            ),
            "region_id",
        )


class WatchedSchool(School):
    """The schools."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [
            *_graves(
                _bury(
                    "orgs",
                    "school",
                    "t.administered_by_id",
                    {
                        "name": "t.name",
                        "type": "'school'",
                        "identifier": "coalesce(t.school_code, t.provisional_no)",
                    },
                )
                + " AND t.status <> 'PLANNED'",
                "administered_by_id",
            ),
            _touch(
                "shown_by_others",
                RENAMED,
                ("schools_course", "school_id = NEW.id"),
                ("schools_classsection", "school_id = NEW.id"),
                ("personnel_teacher", "school_id = NEW.id"),
                ("roster_pupil", "school_id = NEW.id"),
                (
                    "roster_enrolment",
                    "section_id IN (SELECT k.id FROM schools_classsection k"
                    " WHERE k.school_id = NEW.id)",
                ),
            ),
        ]


_YEAR_DAYS = {
    "startDate": "t.starts_on",
    "endDate": "t.ends_on + 1",
}


class WatchedYear(AcademicYear):
    """The school years."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [
            *_graves(
                _bury(
                    "academicSessions",
                    "year",
                    EVERYBODY,
                    {
                        "title": "t.code || ' 学年'",
                        "type": "'schoolYear'",
                        "schoolYear": "extract(year FROM t.ends_on)::int::text",
                        **_YEAR_DAYS,
                    },
                ),
                "",
            ),
            _touch(
                "shown_by_others",
                _differs("code", "ends_on"),
                ("bureau_term", "year_id = NEW.id"),
            ),
        ]


def _terms_follow(name: str, operation: Any, rows: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**{rows: "terms"}),
        func=_touched(("bureau_academicyear", "id IN (SELECT year_id FROM terms)"))
        + _touched(("schools_classsection", "year_id IN (SELECT year_id FROM terms)"))
        + "RETURN NULL;",
    )


class WatchedTerm(Term):
    """The terms, which every class of their year refers to."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [
            *_graves(
                _bury(
                    "academicSessions",
                    "term",
                    EVERYBODY,
                    {
                        "title": TERM_TITLE,
                        "type": "'semester'",
                        "schoolYear": "extract(year FROM y.ends_on)::int::text",
                        **_YEAR_DAYS,
                    },
                    "JOIN bureau_academicyear y ON y.id = t.year_id",
                ),
                "",
            ),
            _terms_follow("shown_by_others_new", pgtrigger.Insert, "new"),
            _terms_follow("shown_by_others_gone", pgtrigger.Delete, "old"),
            _touch(
                "shown_by_others",
                _differs("public_id", "year_id", "number", "removed_at"),
                ("bureau_academicyear", "id IN (OLD.year_id, NEW.year_id)"),
                ("schools_classsection", "year_id IN (OLD.year_id, NEW.year_id)"),
            ),
        ]


class WatchedCourse(Course):
    """The courses."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [
            *_graves(
                _bury(
                    "courses",
                    "course",
                    "t.region_id",
                    {
                        "title": "t.title",
                        "courseCode": "coalesce(nullif(t.code, ''), t.public_id)",
                    },
                ),
                "region_id",
            ),
            _touch(
                "shown_by_others",
                RENAMED,
                ("schools_classsection", "course_id = NEW.id"),
            ),
        ]


_TERMS = (
    "coalesce((SELECT jsonb_agg(tm.public_id ORDER BY tm.number) FROM bureau_term tm"
    " WHERE tm.year_id = t.year_id AND tm.removed_at IS NULL),"
    " jsonb_build_array('year-' || t.year_id))"
)


class WatchedSection(ClassSection):
    """The classes."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [
            *_graves(
                _bury(
                    "classes",
                    "section",
                    "t.region_id",
                    {
                        "title": CLASS_TITLE,
                        "course": "coalesce(co.public_id, 'grade-' || t.region_id"
                        " || '-' || t.stage || '-' || t.grade)",
                        "school": "coalesce(sc.public_id, 'school-' || t.school_id)",
                        "terms": _TERMS,
                    },
                    "LEFT JOIN schools_course co ON co.id = t.course_id"
                    " LEFT JOIN schools_school sc ON sc.id = t.school_id",
                ),
                "region_id",
            ),
            _touch(
                "shown_by_others",
                _differs("public_id", "school_id"),
                ("roster_enrolment", "section_id = NEW.id"),
            ),
        ]


def _bury_person(kind: str) -> str:
    return _bury(
        "users",
        kind,
        "t.region_id",
        {"org": "coalesce(sc.public_id, 'school-' || t.school_id)"},
        "LEFT JOIN schools_school sc ON sc.id = t.school_id",
    )


class WatchedTeacher(Teacher):
    """The teachers."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [
            *_graves(_bury_person("teacher"), "region_id"),
            _touch(
                "shown_by_others",
                _differs("public_id", "region_id"),
                ("roster_enrolment", "teacher_id = NEW.id"),
            ),
        ]


class WatchedPupil(Pupil):
    """The pupils."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [
            *_graves(_bury_person("pupil"), "region_id"),
            _touch(
                "shown_by_others",
                _differs("public_id", "region_id"),
                ("roster_enrolment", "pupil_id = NEW.id"),
            ),
        ]


class WatchedEnrolment(Enrolment):
    """Who belongs to a class."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = _graves(
            _bury(
                "enrollments",
                "enrolment",
                "t.region_id",
                {
                    "user": "coalesce(te.public_id, pu.public_id,"
                    " 'teacher-' || t.teacher_id, 'pupil-' || t.pupil_id)",
                    "class": "coalesce(s.public_id, 'class-' || t.section_id)",
                    "school": "coalesce(sc.public_id, 'school-0')",
                    "role": "CASE t.role WHEN 'student' THEN 'student'"
                    " ELSE 'teacher' END",
                },
                "LEFT JOIN schools_classsection s ON s.id = t.section_id"
                " LEFT JOIN schools_school sc ON sc.id = s.school_id"
                " LEFT JOIN personnel_teacher te ON te.id = t.teacher_id"
                " LEFT JOIN roster_pupil pu ON pu.id = t.pupil_id",
            ),
            "region_id",
        )
