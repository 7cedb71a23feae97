"""Annual returns: closed years, the last one accepted, this one being collected."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from bureau.models import AcademicYear
from demo.builders.classes import PRESENT_YEAR, TOLD_YEARS
from demo.builders.figures import Sheet
from demo.clock import day_of, moment, on
from demo.data import rows, tree
from demo.people import bureau_of, clerk_of, principal_of
from demo.world import PLACES, World
from schools.choices import ReturnState
from schools.jumps import jumps_of
from schools.models import ClassSection, SchoolReturn
from schools.services import (
    confirm_return,
    open_return,
    save_figures,
    send_back_return,
    submit_return,
)

LOCKED_YEARS = TOLD_YEARS[:2]
SUBMITTED_AFTER, CONFIRMED_AFTER, ACCEPTED_AFTER = (
    timedelta(days=n) for n in (17, 21, 38)
)
HALF = 11
"""How many figures the clerk of an unfinished return has filled in."""


def build_returns(world: World) -> None:
    """File the returns of every year; some of this year's are still on their way."""
    waiting = {told["school"]: told for told in tree("returns_open.json")}
    held = set(
        SchoolReturn.objects.filter(
            school__administered_by__code__in=PLACES
        ).values_list("school__name", "year__code", "stage")
    )
    for code in (*TOLD_YEARS, PRESENT_YEAR):
        year = world.years[code]
        skip = set(waiting) if code == PRESENT_YEAR else set()
        made = list(_returns(world, year, skip, held))
        SchoolReturn.objects.bulk_create(made, batch_size=500)
        world.ledger.note("returns", True, len(made))
    world.ledger.note("returns", False, len(held))
    for told in waiting.values():
        _collect(world, told, held)


def _returns(
    world: World, year: AcademicYear, skip: set[str], held: set[tuple[str, ...]]
) -> Iterator[SchoolReturn]:
    for row in rows("schools.csv"):
        name = row["name"]
        if name in skip:
            continue
        for stage, sections in sorted(_by_stage(world, name, year).items()):
            if (name, year.code, stage) not in held:
                yield _return(world, row, stage, year, sections)


def _by_stage(
    world: World, name: str, year: AcademicYear
) -> dict[str, list[ClassSection]]:
    if year.code not in world.sections:
        world.sections[year.code] = _sections(year)
    return world.sections[year.code].get(world.schools[name].pk, {})


def _sections(year: AcademicYear) -> dict[int, dict[str, list[ClassSection]]]:
    found: dict[int, dict[str, list[ClassSection]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for section in ClassSection.objects.filter(year=year):
        found[section.school_id][section.stage].append(section)
    return found


def _return(
    world: World,
    row: dict[str, str],
    stage: str,
    year: AcademicYear,
    sections: list[ClassSection],
) -> SchoolReturn:
    start, school = year.starts_on, world.schools[row["name"]]
    locked = year.code in LOCKED_YEARS
    return SchoolReturn(
        school=school,
        year=year,
        stage=stage,
        state=ReturnState.LOCKED if locked else ReturnState.ACCEPTED,
        counted_on=year.reference_day,
        submitted_by=world.person(clerk_of(school.name).username),
        submitted_at=moment(start + SUBMITTED_AFTER),
        confirmed_by=world.person(principal_of(school.name).username),
        confirmed_at=moment(start + CONFIRMED_AFTER),
        accepted_by=world.person(bureau_of(row["region"]).username),
        accepted_at=moment(start + ACCEPTED_AFTER),
        **Sheet(row, stage, year, sections).figures(),
    )


def _collect(world: World, told: dict[str, Any], held: Iterable[Any]) -> None:
    """Walk a return of this year as far as it has come."""
    year = world.years[PRESENT_YEAR]
    row = next(r for r in rows("schools.csv") if r["name"] == told["school"])
    for stage, sections in sorted(_by_stage(world, told["school"], year).items()):
        if (told["school"], PRESENT_YEAR, stage) in set(held):
            continue
        figures = Sheet(row, stage, year, sections).figures()
        _walk(world, told, stage, figures)
        world.ledger.note("returns", True)


def _why(draft: SchoolReturn) -> dict[str, str]:
    """Say of every figure that jumps why it does."""
    told: str = tree("texts.json")["returns_explained"]
    return dict.fromkeys(jumps_of(draft), told)


def _walk(
    world: World, told: dict[str, Any], stage: str, figures: dict[str, Any]
) -> None:
    school, year = world.schools[told["school"]], world.years[PRESENT_YEAR]
    clerk = world.person(clerk_of(school.name).username)
    principal = world.person(principal_of(school.name).username)
    day: date = day_of(told["on"])
    with on(day):
        draft = open_return(school, year, stage, by=clerk)
        if told["to"] == ReturnState.DRAFT:
            figures = dict(list(figures.items())[:HALF])
        draft = save_figures(draft, by=clerk, **figures)
        draft = save_figures(draft, by=clerk, explanations=_why(draft))
        if told["to"] != ReturnState.DRAFT:
            draft = submit_return(draft, by=clerk)
    if told["to"] not in {ReturnState.CONFIRMED, ReturnState.RETURNED}:
        return
    with on(day + timedelta(days=1)):
        draft = confirm_return(draft, by=principal)
    if told["to"] == ReturnState.RETURNED:
        with on(day + timedelta(days=3)):
            bureau = world.person(bureau_of(school.administered_by.code).username)
            reason = tree("texts.json")["returns_sent_back"]
            send_back_return(draft, by=bureau, reason=reason)
