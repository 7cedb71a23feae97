"""The register: schools with their stages and labels."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from core.copying import copy_rows, reserve_ids
from demo.chance import dice
from demo.generating.places import middle_of
from demo.generating.plan import DrawnSchool, Plan
from schools.choices import CODE_PREFIXES, Label, Ownership, SchoolType, UrbanRural
from schools.models import School, SchoolLabel, SchoolStage
from schools.names import spell

KINDS = (
    *[SchoolType.PRIMARY] * 8,
    *[SchoolType.KINDERGARTEN] * 5,
    *[SchoolType.JUNIOR] * 3,
    SchoolType.NINE_YEAR,
    SchoolType.COMPLETE_SECONDARY,
    SchoolType.SENIOR,
    SchoolType.VOCATIONAL_SECONDARY,
)
"""Of twenty schools so many are of each type."""
NAMES = {
    SchoolType.PRIMARY: "小学",
    SchoolType.KINDERGARTEN: "幼儿园",
    SchoolType.JUNIOR: "初级中学",
    SchoolType.NINE_YEAR: "九年一贯制学校",
    SchoolType.COMPLETE_SECONDARY: "中学",
    SchoolType.SENIOR: "高级中学",
    SchoolType.VOCATIONAL_SECONDARY: "职业中学",
}
OWNERSHIPS = (*[Ownership.PUBLIC] * 9, Ownership.PRIVATE)
KINDER_OWNERSHIPS = (*[Ownership.PUBLIC] * 3, Ownership.INCLUSIVE_PRIVATE)
LABELS = (Label.FAMOUS, *[Label.QUALITY] * 3, *[Label.WEAK] * 2, *[""] * 14)
LABELLED = date(2020, 9, 1)
CROWDING = (-6, -4, -2, 0, 0, 0, 0, 2, 4, 16)
"""By how many pupils a school's classes lie above or below the usual size."""


def build_schools(plan: Plan) -> None:
    """Draw every county's schools and write them with their stages and labels."""
    keys = iter(reserve_ids(School, plan.size.counties * plan.size.schools))
    for county in plan.counties:
        counted: Counter[SchoolType] = Counter()
        for place in range(plan.size.schools):
            kind = KINDS[place * 7 % len(KINDS)]
            counted[kind] += 1
            number = len(plan.schools) + 1
            name = f"{county.name}第{counted[kind]}{NAMES[kind]}"
            plan.schools.append(_draw(next(keys), number, county, name, kind))
    copy_rows(School, COLUMNS, map(_row, plan.schools))
    copy_rows(SchoolStage, ("school_id", "stage", "school_type"), _stages(plan))
    copy_rows(SchoolLabel, LABEL_COLUMNS, _labels(plan))


def _draw(
    pk: int, number: int, county: Any, name: str, kind: SchoolType
) -> DrawnSchool:
    chance = dice("generate", "school", number)
    kinder = kind == SchoolType.KINDERGARTEN
    ownership = chance.choice(KINDER_OWNERSHIPS if kinder else OWNERSHIPS)
    return DrawnSchool(
        pk,
        number,
        county,
        name,
        kind,
        ownership,
        chance.choice(LABELS) if ownership == Ownership.PUBLIC else "",
        chance.choice(CROWDING),
        {
            "resource": f"{chance.uniform(0.75, 1.35):.2f}",
            "out_of_zone": f"{chance.uniform(0.01, 0.15):.3f}",
            "retention": f"{chance.uniform(0.96, 0.995):.3f}",
            "fitness": f"{chance.uniform(0.35, 0.6):.3f}",
        },
    )


COLUMNS = (
    "id",
    "name",
    "short_name",
    "pinyin",
    "initials",
    "school_code",
    "region_id",
    "administered_by_id",
    "type",
    "ownership",
    "urban_rural_code",
    "opened_on",
    "latitude",
    "longitude",
)


def _row(school: DrawnSchool) -> tuple[Any, ...]:
    chance = school.dice("place")
    latitude, longitude = middle_of(school.county)
    return (
        school.pk,
        school.name,
        school.name.removeprefix(school.county.name),
        *spell(school.name),
        f"{CODE_PREFIXES[school.type][0]}98{school.number:06d}",
        school.county.pk,
        school.county.pk,
        school.type,
        school.ownership,
        chance.choice(UrbanRural.values),
        date(chance.randint(1950, 2019), 9, 1),
        f"{latitude + chance.uniform(-0.14, 0.14):.6f}",
        f"{longitude + chance.uniform(-0.14, 0.14):.6f}",
    )


def _stages(plan: Plan) -> Iterator[tuple[Any, ...]]:
    for school in plan.schools:
        for stage in school.stages:
            yield school.pk, stage, school.type


LABEL_COLUMNS = ("school_id", "label", "decided_by", "valid_from")


def _labels(plan: Plan) -> Iterator[tuple[Any, ...]]:
    for school in plan.schools:
        if school.label:
            bureau = f"{school.county.name}教育局"
            yield school.pk, school.label, bureau, LABELLED
