"""The 41 addresses of the standard, and what each one lists."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from roster.provider.collections import (
    CLASSES,
    COURSES,
    ORGS,
    SCHOOL,
    SESSIONS,
    TERM,
)
from roster.provider.declaring import Collection, Part
from roster.provider.people import DEMOGRAPHICS, ENROLLMENTS, PUPIL, TEACHER, USERS

Conditions = dict[tuple[str, str], str]
"""(key of the parent's table, key of the listed table) → SQL; ``%(up)s`` stands for
the keys of the parents found."""


@dataclass(frozen=True)
class Listing:
    """A collection as it is listed at one address: all of it, or some tables."""

    path: str
    collection: Collection
    parts: tuple[Part, ...]

    @cached_property
    def graves(self) -> Part | None:
        """Return the removal records that belong here."""
        return self.collection.graves(self.parts)


@dataclass(frozen=True)
class Step:
    """From an object to what hangs on it."""

    parent: Listing
    conditions: Conditions


@dataclass(frozen=True)
class Nested:
    """A list below one object, or below an object below another."""

    path: str
    listing: Listing
    steps: tuple[Step, ...] = field(default_factory=tuple)


COLLECTIONS = (ORGS, SESSIONS, COURSES, CLASSES, USERS, ENROLLMENTS, DEMOGRAPHICS)


def _whole(collection: Collection) -> Listing:
    return Listing(collection.name, collection, collection.parts)


LISTINGS = {
    one.path: one
    for one in (
        *map(_whole, COLLECTIONS),
        Listing("terms", SESSIONS, (TERM,)),
        Listing("gradingPeriods", SESSIONS, ()),
        Listing("schools", ORGS, (SCHOOL,)),
        Listing("students", USERS, (PUPIL,)),
        Listing("teachers", USERS, (TEACHER,)),
    )
}

HERE = "= ANY(%(up)s)"


def _member(column: str, where: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM roster_enrolment e WHERE e.removed_at IS NULL"
        f" AND e.{column} = t.id AND e.{where} {HERE})"
    )


_IN_CLASS: Conditions = {
    ("section", "pupil"): _member("pupil_id", "section_id"),
    ("section", "teacher"): _member("teacher_id", "section_id"),
    ("section", "enrolment"): f"t.section_id {HERE}",
}
_OF_PERSON: Conditions = {
    ("pupil", "section"): _member("section_id", "pupil_id"),
    ("teacher", "section"): _member("section_id", "teacher_id"),
}
_OF_SCHOOL: Conditions = {
    ("school", "section"): f"t.school_id {HERE}",
    ("school", "teacher"): f"t.school_id {HERE}",
    ("school", "pupil"): f"t.school_id {HERE}",
    ("school", "enrolment"): f"s.school_id {HERE}",
    ("school", "term"): "true",
    ("school", "course"): (
        f"(t.school_id {HERE} OR EXISTS (SELECT 1 FROM schools_classsection k"
        f" WHERE k.course_id = t.id AND k.school_id {HERE}))"
    ),
    ("school", "grade"): (
        "EXISTS (SELECT 1 FROM schools_classsection k WHERE k.course_id IS NULL"
        " AND k.region_id = r.id AND k.stage = t.stage AND k.grade = t.grade"
        f" AND k.school_id {HERE})"
    ),
}
_OF_COURSE: Conditions = {
    ("course", "section"): f"t.course_id {HERE}",
    ("grade", "section"): (
        "t.course_id IS NULL AND 'grade-' || t.region_id || '-' || t.stage || '-'"
        f" || t.grade {HERE}"
    ),
}
_OF_TERM: Conditions = {
    ("term", "section"): (
        f"t.year_id IN (SELECT x.year_id FROM bureau_term x WHERE x.id {HERE})"
    )
}


def _below(parents: str, conditions: Conditions, names: str) -> list[Nested]:
    steps, path = [], ""
    for parent in parents.split():
        held = conditions if parent == parents.split()[-1] else _OF_SCHOOL
        steps.append(Step(LISTINGS[parent], held))
        path += f"{parent}/{{}}/"
    return [Nested(path + n, LISTINGS[n], tuple(steps)) for n in names.split()]


NESTED = {
    one.path: one
    for one in (
        *_below(
            "schools",
            _OF_SCHOOL,
            "classes courses enrollments students teachers terms",
        ),
        *_below("schools classes", _IN_CLASS, "enrollments students teachers"),
        *_below("classes", _IN_CLASS, "students teachers"),
        *_below("courses", _OF_COURSE, "classes"),
        *_below("terms", _OF_TERM, "classes gradingPeriods"),
        *_below("students", _OF_PERSON, "classes"),
        *_below("teachers", _OF_PERSON, "classes"),
        *_below("users", _OF_PERSON, "classes"),
    )
}
