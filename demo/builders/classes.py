"""Classes and their headcounts, year by year."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from bureau.models import AcademicYear
from demo.chance import dice
from demo.clock import on
from demo.data import rows
from demo.world import PLACES, World
from schools.choices import SchoolType, Stage
from schools.models import ClassSection
from schools.models.classes import GRADES

TOLD_YEARS = ("2023-2024", "2024-2025", "2025-2026")
PRESENT_YEAR = "2026-2027"
"""The school year whose returns are being collected."""
FIRST_GRADE = {Stage.KINDERGARTEN: 1}
LAST_GRADE = {Stage.VOCATIONAL: 3}
YOUNG = 2020
"""Schools opened since then have not filled all their grades yet."""
KINDER_SIZE = {1: -3, 2: 1, 3: 4}
LARGEST = {
    Stage.PRIMARY: 50,
    Stage.JUNIOR: 52,
    Stage.SENIOR: 54,
    Stage.VOCATIONAL: 50,
}
KINDER_LARGEST = {1: 25, 2: 30, 3: 35}


def grades_of(row: dict[str, str], stage: str, first: int) -> range:
    """Return the grades that a school teaches in the school year beginning then."""
    every = [g for g in GRADES[stage] if g >= FIRST_GRADE.get(Stage(stage), 0)]
    if stage == Stage.JUNIOR:
        every = every[1:]
    last = LAST_GRADE.get(Stage(stage), every[-1])
    opened = date.fromisoformat(row["opened_on"]).year
    if opened >= YOUNG and stage != Stage.KINDERGARTEN:
        last = min(last, every[0] + first - opened + 1)
    return range(every[0], last + 1)


def _special() -> dict[tuple[str, ...], int]:
    keys = ("school", "year", "stage", "grade", "number")
    return {
        tuple(row[key] for key in keys): int(row["headcount"])
        for row in rows("class_sizes.csv")
    }


def headcount(row: dict[str, str], stage: str, grade: int, *key: object) -> int:
    """Throw the size of one class around the school's usual size."""
    usual, chance = int(row["size"]), dice("class", row["name"], stage, grade, *key)
    if row["type"] == SchoolType.SPECIAL:
        return chance.randint(usual - 2, usual + 2)
    if stage == Stage.KINDERGARTEN:
        size = usual + KINDER_SIZE[grade] + chance.randint(-2, 1)
        return min(size, KINDER_LARGEST[grade])
    return min(usual + chance.randint(-3, 3), LARGEST[Stage(stage)])


def sections_of(
    row: dict[str, str], stages: list[str], year: AcademicYear
) -> Iterator[dict[str, Any]]:
    """Yield the classes of one school in one year as plain values."""
    special = _special()
    for stage in stages:
        for grade in grades_of(row, stage, year.starts_on.year):
            for number in range(1, int(row["classes"]) + 1):
                key = (row["name"], year.code, stage, str(grade), str(number))
                usual = headcount(row, stage, grade, number, year.code)
                yield {
                    "stage": stage,
                    "grade": grade,
                    "number": number,
                    "headcount": special.get(key, usual),
                }


def is_running(row: dict[str, str], day: date) -> bool:
    """Tell whether the school had opened and not closed by the day."""
    closed = row["closed_on"]
    return date.fromisoformat(row["opened_on"]) <= day and (
        not closed or date.fromisoformat(closed) > day
    )


def build_classes(world: World) -> None:
    """Enter the classes of every school in every year told of, and of this one."""
    held: dict[str, set[str]] = defaultdict(set)
    found = ClassSection.objects.filter(school__administered_by__code__in=PLACES)
    for name, code in found.values_list("school__name", "year__code").distinct():
        held[code].add(name)
    for code in (*TOLD_YEARS, PRESENT_YEAR):
        year = world.years[code]
        with on(year.starts_on + timedelta(days=9)):
            _build_year(world, year, held[code])


def _build_year(world: World, year: AcademicYear, held: set[str]) -> None:
    made: list[ClassSection] = []
    counted = year.starts_on
    for row in rows("schools.csv"):
        if not row["type"] or not is_running(row, counted):
            continue
        if row["name"] in held:
            world.ledger.note("class_lists", False)
            continue
        school = world.schools[row["name"]]
        world.ledger.note("class_lists", True)
        made += [
            ClassSection(
                school=school,
                year=year,
                counted_on=counted,
                **section,
            )
            for section in sections_of(row, school.stage_codes, year)
        ]
    ClassSection.objects.bulk_create(made, batch_size=1000)
    world.ledger.note("classes", True, len(made))
