"""Schools entered twice."""

from typing import Any

from schools.models import (
    School,
)
from tests.schools.factories import (
    SchoolFactory,
)


def made(world: Any, name: str, **fields: Any) -> School:
    """Enter a school of the county ``here``."""
    school: School = SchoolFactory(region=world.here.county, name=name, **fields)
    return school


def code(world: Any, number: int) -> str:
    """Return a school code of the county's province."""
    return f"21{world.here.county.code[:2]}{number:06d}"


def twins(world: Any) -> tuple[School, School]:
    """Enter one school twice: without and with its code."""
    kept = made(world, "东湖小学", address="")
    other = made(world, "东湖小学", school_code=code(world, 9), address="文昌路8号")
    return kept, other
