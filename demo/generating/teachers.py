"""The teachers of every school, each employed by one, without identity numbers."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from core.copying import copy_rows
from demo.builders.teachers import DEGREES, TAUGHT, TIES
from demo.generating.names import draw_name, spelled
from demo.generating.plan import DrawnSchool, Plan
from personnel.choices import Sex
from personnel.models import Teacher
from schools.choices import Stage

COLUMNS = (
    "school_id",
    "region_id",
    "name",
    "pinyin",
    "initials",
    "staff_no",
    "stage",
    "employment",
    "sex",
    "birth_year",
    "subject",
    "degree",
    "entered_on",
)


def build_teachers(plan: Plan) -> None:
    """Share every county's teachers out among its schools by their classes."""
    copy_rows(Teacher, COLUMNS, _rows(plan))


def _rows(plan: Plan) -> Iterator[tuple[Any, ...]]:
    for county in plan.counties:
        number = 0
        for school, stage, count in _shares(plan, plan.schools_of(county)):
            chance = school.dice(f"teachers {stage}")
            for _nth in range(count):
                number += 1
                born = chance.randint(1967, 2002)
                name = "".join(draw_name(chance))
                yield (
                    school.pk,
                    school.county.pk,
                    name,
                    *spelled(name),
                    f"T{number:05}",
                    stage,
                    chance.choice(TIES),
                    chance.choice(Sex.values),
                    born,
                    chance.choice(TAUGHT[stage]),
                    chance.choice(DEGREES),
                    date(min(born + chance.randint(22, 26), 2025), 9, 1),
                )


def _shares(
    plan: Plan, schools: list[DrawnSchool]
) -> Iterator[tuple[DrawnSchool, Stage, int]]:
    """Yield how many teachers each stage of each school gets; they add up exactly."""
    held = [
        (school, Stage(stage), plan.running[school.pk, stage])
        for school in schools
        for stage in school.stages
    ]
    classes, given, passed = sum(count for *_, count in held), 0, 0
    for school, stage, count in held:
        passed += count
        due = plan.size.teachers * passed // classes
        yield school, stage, due - given
        given = due
