"""Locked returns that schools asked to correct: one waits, one was refused."""

from typing import Any

from demo.builders.schools import bureau_for
from demo.clock import day_of, on
from demo.data import tree
from demo.people import clerk_of
from demo.world import World
from schools.models import ReturnUnlock, SchoolReturn
from schools.services import ask_unlock, refuse_unlock


def build_unlocks(world: World) -> None:
    """Ask for the locked returns the data file names; decide where it says so."""
    held = set(ReturnUnlock.objects.values_list("school_return", "reason"))
    for row in tree("unlocks.json"):
        locked = SchoolReturn.objects.get(
            school=world.schools[row["school"]],
            year=world.years[row["year"]],
            stage=row["stage"],
        )
        is_new = (locked.pk, row["reason"]) not in held
        world.ledger.note("unlocks", is_new)
        if is_new:
            _ask(world, locked, row)


def _ask(world: World, locked: SchoolReturn, row: dict[str, Any]) -> None:
    school = locked.school
    clerk = world.person(clerk_of(school.name).username)
    with on(day_of(row["on"])):
        unlock = ask_unlock(locked, by=clerk, reason=row["reason"])
    if "refused" in row:
        bureau = bureau_for(world, school.administered_by.code)
        with on(day_of(row["refused"])):
            refuse_unlock(unlock, by=bureau, reason=row["answer"])
