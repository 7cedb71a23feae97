"""Classes with their headcounts, and the annual returns that count them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from bureau.models import AcademicYear
from core.copying import copy_rows
from demo.builders.figures import Sheet
from demo.builders.returns import ACCEPTED_AFTER, CONFIRMED_AFTER, SUBMITTED_AFTER
from demo.clock import moment
from demo.generating.plan import DrawnSchool, Plan
from schools.choices import ReturnState, Stage
from schools.models import ClassSection, SchoolReturn
from schools.models.returns import FIGURES

GRADES = {
    Stage.KINDERGARTEN: range(1, 4),
    Stage.PRIMARY: range(1, 7),
    Stage.JUNIOR: range(7, 10),
    Stage.SENIOR: range(10, 13),
    Stage.VOCATIONAL: range(1, 4),
}
PARALLEL = {
    Stage.KINDERGARTEN: (3, 5),
    Stage.PRIMARY: (3, 5),
    Stage.JUNIOR: (5, 9),
    Stage.SENIOR: (10, 16),
    Stage.VOCATIONAL: (8, 12),
}
"""How many classes a grade has, at least and at most."""
USUAL = {
    Stage.KINDERGARTEN: 28,
    Stage.PRIMARY: 45,
    Stage.JUNIOR: 49,
    Stage.SENIOR: 50,
    Stage.VOCATIONAL: 44,
}


@dataclass(frozen=True, slots=True)
class DrawnClass:
    """One class of one school year."""

    grade: int
    number: int
    headcount: int


@dataclass(frozen=True)
class Drawn:
    """One stage of one school in one school year."""

    school: DrawnSchool
    stage: str
    year: AcademicYear
    classes: list[DrawnClass]


def build_returns(plan: Plan) -> None:
    """Write the classes of every year, and a return for each stage of each school."""
    drawn = [
        Drawn(school, stage, year, classes)
        for school in plan.schools
        for stage in school.stages
        for year, classes in _history(plan, school, Stage(stage))
    ]
    plan.running = {
        (told.school.pk, told.stage): len(told.classes)
        for told in drawn
        if told.year is plan.years[-1]
    }
    copy_rows(ClassSection, CLASS_COLUMNS, _class_rows(drawn))
    copy_rows(SchoolReturn, (*RETURN_COLUMNS, *FIGURES), _return_rows(plan, drawn))


def _history(
    plan: Plan, school: DrawnSchool, stage: Stage
) -> Iterator[tuple[AcademicYear, list[DrawnClass]]]:
    """Yield each year's classes: a class moves up year by year and loses a few."""
    chance, grades = school.dice(f"classes {stage}"), GRADES[stage]
    parallel = chance.randint(*PARALLEL[stage])
    usual = USUAL[stage] + (0 if stage == Stage.KINDERGARTEN else school.crowding)
    begun = range(-len(grades) + 1, len(plan.years))
    size = {
        (first, number): usual + chance.randint(-4, 4)
        for first in begun
        for number in range(1, parallel + 1)
    }
    for turn, year in enumerate(plan.years):
        yield (
            year,
            [
                DrawnClass(grade, number, size[turn - stayed, number] - stayed // 2)
                for stayed, grade in enumerate(grades)
                for number in range(1, parallel + 1)
            ],
        )


CLASS_COLUMNS = (
    "school_id",
    "year_id",
    "stage",
    "grade",
    "number",
    "headcount",
    "counted_on",
)


def _class_rows(drawn: list[Drawn]) -> Iterator[tuple[Any, ...]]:
    for told in drawn:
        key = told.school.pk, told.year.pk, told.stage
        day = told.year.reference_day
        for each in told.classes:
            yield *key, each.grade, each.number, each.headcount, day


RETURN_COLUMNS = (
    "school_id",
    "year_id",
    "stage",
    "state",
    "counted_on",
    "submitted_at",
    "confirmed_at",
    "accepted_at",
)


def _return_rows(plan: Plan, drawn: list[Drawn]) -> Iterator[tuple[Any, ...]]:
    """Yield the returns: the last year's are accepted, the earlier ones locked."""
    for told in drawn:
        row = {"name": told.school.name, "type": told.school.type, **told.school.shares}
        figures = Sheet(row, told.stage, told.year, told.classes).figures()
        last = told.year is plan.years[-1]
        yield (
            told.school.pk,
            told.year.pk,
            told.stage,
            ReturnState.ACCEPTED if last else ReturnState.LOCKED,
            told.year.reference_day,
            *_moments(told.year.starts_on),
            *map(figures.get, FIGURES),
        )


def _moments(start: date) -> list[Any]:
    after = (SUBMITTED_AFTER, CONFIRMED_AFTER, ACCEPTED_AFTER)
    return [moment(start + days) for days in after]
