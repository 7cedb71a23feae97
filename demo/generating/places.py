"""The regions and their school years, and the set-up of the installation."""

from bureau.choices import Level
from bureau.models import Region
from bureau.services import create_region, ensure_year, ensure_years, set_up
from demo.builders.frame import BEGUN, SET_UP
from demo.clock import on
from demo.generating.plan import Plan
from demo.generating.sizes import FIRST_YEARS

HEADS = "霁岚澜沐翎璟芷筠煦曦"
TAILS = "峦榆岭汀涧溪屏川原浦"


def build_places(plan: Plan) -> None:
    """Create the regions, set the bureau up as a demo, and open the school years."""
    with on(SET_UP):
        above: Region | None = None
        for code, name, level in plan.size.top:
            above = create_region(code, name, level, above, valid_from=BEGUN)
        plan.counties = [
            _county(plan, number, above) for number in range(1, plan.size.counties + 1)
        ]
        set_up(plan.size.region, is_demo=True)
    plan.years = [ensure_year(first) for first in FIRST_YEARS]
    ensure_years()


def _county(plan: Plan, number: int, above: Region | None) -> Region:
    name = f"{HEADS[(number - 1) % 10]}{TAILS[(number - 1) // 10]}县"
    return create_region(
        plan.size.county_code(number),
        name,
        Level.COUNTY,
        above,
        short_name=name[:-1],
        valid_from=BEGUN,
    )


def middle_of(county: Region) -> tuple[float, float]:
    """Return the latitude and longitude around which the county's schools lie."""
    number = int(county.code) % 1000
    return 28.0 + number // 10 % 10 * 0.3, 104.0 + number % 10 * 0.3
