"""The register: schools, their labels and honours."""

from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import User
from audit.services import record
from demo.chance import dice
from demo.clock import on
from demo.data import rows
from demo.people import bureau_of
from demo.world import PLACES, World
from schools.choices import CODE_PREFIXES, SchoolStatus
from schools.models import School, SchoolHonour, SchoolLabel, SchoolStage
from schools.services import label_school, merge_schools, stages_for

REGISTERED = date(2023, 3, 6)


def build_schools(world: World) -> None:
    """Register the schools, then the one that merged with another."""
    new = [row for row in rows("schools.csv") if row["name"] not in world.schools]
    known = len(rows("schools.csv")) - len(new)
    world.ledger.note("schools", False, known)
    world.ledger.note("schools", True, len(new))
    with on(REGISTERED):
        _register(world, new)
    world.forget("schools")
    for row in rows("schools.csv"):
        if row["successor"]:
            _merge(world, row)


def _register(world: World, new: list[dict[str, str]]) -> None:
    """Write the schools at once, as ``register_school`` writes one."""
    made = [School(**_fields(world, row)) for row in new]
    for school in made:
        school.spell()
    School.objects.bulk_create(made)
    SchoolStage.objects.bulk_create(
        SchoolStage(school=school, stage=stage, school_type=school.type)
        for school in made
        for stage in stages_for(school.type)
    )
    for school in made:
        bureau = bureau_for(world, school.administered_by.code)
        record("schools.school.register", school, by=bureau)


def bureau_for(world: World, code: str) -> User:
    """Return who keeps the register of a county."""
    return world.person(bureau_of(code).username)


def _opened(row: dict[str, str]) -> date:
    return date.fromisoformat(row["opened_on"])


def school_code(row: dict[str, str]) -> str | None:
    """Return a code of the block for fictional schools, ``TT99999xxx``.

    A school whose type is not settled has none.
    """
    if not row["type"]:
        return None
    return f"{CODE_PREFIXES[row['type']][0]}99999{int(row['no']):03d}"


def _fields(world: World, row: dict[str, str]) -> dict[str, Any]:
    return {
        "region": world.regions[row["region"]],
        "administered_by": world.regions[row["region"]],
        "school_code": school_code(row),
        "name": row["name"],
        "short_name": row["short_name"],
        "type": row["type"],
        "ownership": row["ownership"],
        "urban_rural_code": row["urban_rural"],
        "opened_on": _opened(row),
        "address": _address(world, row),
        "latitude": Decimal(row["latitude"]),
        "longitude": Decimal(row["longitude"]),
    }


STREETS = ("文昌路", "滨江大道", "学府街", "东城街", "书院路", "建设路", "育才巷")
EVERY_NTH_LACKS = 9
"""Which schools have told no address, so that completeness has gaps to show."""


def _address(world: World, row: dict[str, str]) -> str:
    if int(row["no"]) % EVERY_NTH_LACKS == 0:
        return ""
    chance = dice("address", row["name"])
    street, number = chance.choice(STREETS), chance.randint(1, 199)
    return f"{world.regions[row['region']].name}{street}{number}号"


def _merge(world: World, row: dict[str, str]) -> None:
    """Close a school that went into another one."""
    school = world.schools[row["name"]]
    if school.status == SchoolStatus.MERGED:
        return
    closed = date.fromisoformat(row["closed_on"])
    with on(closed):
        merge_schools(
            [school],
            by=bureau_for(world, row["region"]),
            day=closed,
            reason="布局调整，生源并入邻近学校",
            survivor=world.schools[row["successor"]],
        )
    world.forget("schools")


def build_labels(world: World) -> None:
    """Record the dated labels with the authority that decided each."""
    held = set(
        SchoolLabel.objects.filter(
            school__administered_by__code__in=PLACES
        ).values_list("school__name", "label", "valid_from")
    )
    for row in rows("labels.csv"):
        start = date.fromisoformat(row["valid_from"])
        is_new = (row["school"], row["label"], start) not in held
        world.ledger.note("labels", is_new)
        if is_new:
            _label(world, row, start)


def _label(world: World, row: dict[str, str], start: date) -> None:
    school = world.schools[row["school"]]
    until = date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
    region = school.administered_by
    by_city = row["document_no"].startswith("示教")
    with on(max(REGISTERED, start)):
        label_school(
            school,
            by=bureau_for(world, region.code),
            label=row["label"],
            decided_by=f"{'示范市' if by_city else region.name}教育局",
            valid_from=start,
            valid_to=until,
            document_no=row["document_no"],
        )


def build_honours(world: World) -> None:
    """Record the recognitions of schools."""
    for row in rows("honours.csv"):
        _honour, is_new = SchoolHonour.objects.get_or_create(
            school=world.schools[row["school"]],
            kind=row["kind"],
            level=row["level"],
            year=int(row["year"]),
            title=row["title"],
            defaults={"awarded_by": row["awarded_by"]},
        )
        world.ledger.note("honours", is_new)
