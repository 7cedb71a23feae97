"""Groups that stood before the system, entered by their papers, and two that ended."""

from datetime import date
from typing import Any

from demo.builders.accounts import build_group_posts
from demo.builders.papers import ENTERED, build_papers
from demo.clock import on
from demo.data import tree
from demo.people import bureau_of, leading_group_of
from demo.world import PLACES, World
from groups.models import EducationGroup
from groups.services import MemberSpan, close_group, register_group, wind_up_group

PROFILE = (
    "group_type",
    "closeness",
    "operation_form",
    "bond_type",
    "formation_basis",
    "vision",
    "short_name",
)


def build_groups(world: World) -> None:
    """Register the groups with their true days; put their papers on file."""
    held = set(
        EducationGroup.objects.filter(
            region__code__in=PLACES, is_registered=True
        ).values_list("name", flat=True)
    )
    for told in tree("groups.json"):
        world.ledger.note("groups", told["name"] not in held)
        if told["name"] not in held:
            _build(world, told)


def _build(world: World, told: dict[str, Any]) -> None:
    founded = date.fromisoformat(told["founded_on"])
    bureau = world.person(bureau_of(told["region"]).username)
    ended = told.get("dissolved_on")
    with on(max(ENTERED, founded)):
        group = register_group(
            by=bureau,
            region=world.regions[told["region"]],
            name=told["name"],
            founded_on=founded,
            founding_document=told["founding_document"],
            members=[_span(world, told, row) for row in told["members"]],
            dissolved_on=date.fromisoformat(ended) if ended else None,
            primary_mode_id=told["primary_mode"],
            **{name: told[name] for name in PROFILE},
        )
    if ended:
        return
    build_group_posts(world, group, lead_of(told))
    build_papers(world, group, told)
    if "wind_up" in told:
        _wind_up(world, group, told["wind_up"])


def lead_of(told: dict[str, Any]) -> str:
    """Return the name of the lead school."""
    rows = told.get("members") or told["lines"]
    name: str = next(row["school"] for row in rows if row.get("role") == "LEAD")
    return name


def _span(world: World, told: dict[str, Any], row: dict[str, str]) -> MemberSpan:
    return MemberSpan(
        school=world.schools[row["school"]],
        role=row.get("role", "MEMBER"),
        valid_from=date.fromisoformat(row.get("from", told["founded_on"])),
        valid_to=date.fromisoformat(row["to"]) if "to" in row else None,
        mode_id=row.get("mode"),
        join_form=row.get("join_form", ""),
        document_number=told["founding_document"],
        ended_because=row.get("ended_because", ""),
    )


def _wind_up(world: World, group: EducationGroup, told: dict[str, str]) -> None:
    """End a group by decision of the leading group, then close it."""
    code, reason = group.region.code, told["reason"]
    with on(date.fromisoformat(told["on"])):
        leading = world.person(leading_group_of(code).username)
        group = wind_up_group(group, by=leading, reason=reason)
    with on(date.fromisoformat(told["closed_on"])):
        bureau = world.person(bureau_of(code).username)
        close_group(group, by=bureau, reason=reason)
