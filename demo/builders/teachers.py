"""The teachers of every running school; some with identity numbers that nobody has."""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

from demo.builders.classes import is_running
from demo.chance import dice
from demo.clock import on
from demo.data import rows, tree
from demo.people import bureau_of
from demo.world import PLACES, World
from personnel import identity
from personnel.choices import Degree, Employment, Sex, TeachingSubject
from personnel.models import Teacher
from personnel.services import leave_school, return_to_work
from schools.choices import Stage
from schools.models import School
from schools.names import spell

DAY = date(2026, 9, 1)
S = TeachingSubject
GENERAL = (S.CHINESE, S.MATHS, S.ENGLISH, S.MORALITY, S.SPORT, S.MUSIC, S.ART, S.IT)
DEEPER = (*GENERAL, S.PHYSICS, S.CHEMISTRY, S.BIOLOGY, S.HISTORY, S.GEOGRAPHY)
TAUGHT = {
    Stage.KINDERGARTEN: (S.PRESCHOOL,),
    Stage.PRIMARY: (*GENERAL, S.SCIENCE, S.LABOUR),
    Stage.JUNIOR: DEEPER,
    Stage.SENIOR: DEEPER,
    Stage.VOCATIONAL: (*GENERAL, S.VOCATIONAL, S.VOCATIONAL),
}
"""What is taught at each stage; the more often a subject stands, the more teach it."""
PER_CLASS = 2
TIES = (Employment.ESTABLISHMENT,) * 8 + (Employment.CONTRACT, Employment.SPECIAL_POST)
DEGREES = (Degree.BACHELOR,) * 7 + (Degree.COLLEGE, Degree.MASTER)


NUMBERED = ("云洲初级中学", "示范市第一实验小学")
"""Schools whose teachers gave an identity number."""
NOWHERE = "990000"
"""An area code that no place has: no number of the demo is anybody's."""


def build_teachers(world: World) -> None:
    """Register the teachers of each school that runs on the first day of the year."""
    held = set(
        Teacher.objects.filter(region__code__in=PLACES)
        .values_list("school__name", flat=True)
        .distinct()
    )
    made: list[Teacher] = []
    for row in rows("schools.csv"):
        if not row["type"] or not is_running(row, DAY):
            continue
        is_new = row["name"] not in held
        world.ledger.note("teaching_staffs", is_new)
        if is_new:
            made += teachers_of(world.schools[row["name"]], row)
    with on(DAY):
        Teacher.objects.bulk_create(made, batch_size=1000)
    world.ledger.note("teachers", True, len(made))
    if made:
        _careers(world)


def _careers(world: World) -> None:
    """Let some leave their school, and one come back."""
    for row in tree("careers.json"):
        school = world.schools[row["school"]]
        teacher = Teacher.objects.filter(school=school).order_by("staff_no")[row["at"]]
        by = world.person(bureau_of(school.administered_by.code).username)
        left = date.fromisoformat(row["left"])
        with on(left):
            leave_school(
                teacher, by=by, left_on=left, reason=row["reason"], note=row["note"]
            )
        if "back" in row:
            day = date.fromisoformat(row["back"])
            with on(day):
                return_to_work(
                    teacher,
                    by=by,
                    school=world.schools[row["to"]],
                    entered_on=day,
                    note=row["back_note"],
                )
        world.ledger.note("careers", True)


def teachers_of(school: School, row: dict[str, str]) -> Iterator[Teacher]:
    """Yield two teachers for each parallel class and stage of a school."""
    for stage in school.stage_codes:
        for number in range(1, PER_CLASS * int(row["classes"]) + 1):
            chance = dice("teacher", row["name"], stage, number)
            staff_no = f"{int(row['no']):03}{stage[0]}{number:02}"
            yield _teacher(school, stage, staff_no, chance)


def _teacher(school: School, stage: str, staff_no: str, chance: Random) -> Teacher:
    born = chance.randint(1967, 2002)
    name = _name(chance)
    pinyin, initials = spell(name)
    known: dict[str, Any] = {
        "employment": chance.choice(TIES),
        "sex": chance.choice(Sex.values),
        "birth_year": born,
        "subject": chance.choice(TAUGHT[Stage(stage)]),
        "degree": chance.choice(DEGREES),
        "entered_on": date(min(born + chance.randint(22, 26), 2025), 9, 1),
    }
    teacher = Teacher(
        school=school,
        region_id=school.administered_by_id,
        name=name,
        pinyin=pinyin,
        initials=initials,
        staff_no=staff_no,
        stage=stage,
        **known,
    )
    if school.name in NUMBERED:
        teacher.set_identity(_number(teacher, chance))
    return teacher


def _number(teacher: Teacher, chance: Random) -> str:
    """Return a number that fits the teacher's year of birth and sex."""
    born = f"{teacher.birth_year}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
    place = 2 * chance.randint(1, 499) + (teacher.sex == Sex.MALE)
    first = f"{NOWHERE}{born}{place:03}"
    return first + identity.check_sign(first)


def _name(chance: Random) -> str:
    pool = tree("names.json")
    return str(chance.choice(pool["surnames"]) + chance.choice(pool["given"]))
