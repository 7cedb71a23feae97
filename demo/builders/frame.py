"""The fictional regions, their school years, and the set-up of the installation."""

from datetime import date

from bureau.choices import Level
from bureau.models import Region
from bureau.services import create_region, ensure_year, ensure_years, set_up
from demo.clock import on
from demo.data import rows
from demo.world import CITY, World

BEGUN = date(2017, 8, 1)
SET_UP = date(2023, 3, 1)
FIRST_YEARS = range(2017, 2027)


def build_regions(world: World) -> None:
    """Create the province, the two cities and their counties where they are missing."""
    held = {r.code: r for r in Region.objects.filter(code__startswith="99")}
    with on(SET_UP):
        for row in rows("regions.csv"):
            code = row["code"]
            world.ledger.note("regions", code not in held)
            if code not in held:
                held[code] = create_region(
                    code,
                    row["name"],
                    Level(row["level"]),
                    held.get(row["parent"]),
                    short_name=row["short_name"],
                    valid_from=BEGUN,
                )
    world.forget("regions")


def build_frame(world: World) -> None:
    """Set the installation up for the city, and open the school years told of."""
    before = set(world.years)
    with on(SET_UP):
        set_up(CITY, is_demo=True)
    for first in FIRST_YEARS:
        ensure_year(first)
    ensure_years()
    world.forget("years", "regions")
    made = set(world.years) - before
    world.ledger.note("academic_years", True, len(made))
    world.ledger.note("academic_years", False, len(before))
