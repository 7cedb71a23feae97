"""Targets, a priority area, limits of parameters, and a plan against large classes."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bureau.models import PolicyParameter, PriorityArea, Target, Term
from bureau.services import (
    Below,
    confirm_parameter,
    form_area,
    set_parameter,
    set_target,
)
from core.days import today
from demo.clock import on
from demo.data import tree
from demo.people import bureau_of, clerk_of, post
from demo.world import CITY, World
from schools.models import ClassReductionPlan
from schools.services import approve_plan, plan_reduction, submit_plan

SET_ON, PLANNED_ON = date(2025, 9, 1), date(2026, 10, 12)


def build_insight(world: World) -> None:
    """Build what lets a bureau see where its schools and regions stand."""
    told: dict[str, Any] = tree("insight.json")
    _parameters(world, told)
    with on(SET_ON):
        _confirm(world, told)
        _targets(world, told)
        _area(world, told["area"])
    with on(PLANNED_ON):
        _plan(world, told["plan"])


def _bureau(world: World, code: str) -> Any:
    who = post("CITY_EDU", CITY) if code == CITY else bureau_of(code)
    return world.person(who.username)


def _parameters(world: World, told: dict[str, Any]) -> None:
    for row in told["parameters"]:
        region = world.regions[row["region"]]
        held = PolicyParameter.objects.filter(key=row["key"], region=region).exists()
        world.ledger.note("parameter_values", not held)
        if held:
            continue
        ends = [Decimal(row[end]) if end in row else None for end in ENDS]
        with on(date.fromisoformat(row.get("on", SET_ON.isoformat()))):
            set_parameter(
                row["key"],
                region,
                row["value"],
                by=_bureau(world, row["region"]),
                reason=row["reason"],
                source_note=row["source"],
                below=Below("RANGE" if any(ends) else "FREE", *ends),
            )


def _confirm(world: World, told: dict[str, Any]) -> None:
    for key, source in told["confirmed"].items():
        shipped = PolicyParameter.objects.shipped().filter(key=key, verified=False)
        for value in shipped:
            confirm_parameter(value, by=_bureau(world, CITY), source_note=source)


ENDS = ("least", "most")


def _targets(world: World, told: dict[str, Any]) -> None:
    for row in told["targets"]:
        region = world.regions[row["region"]]
        given = {"metric": row["metric"], "due_on": date.fromisoformat(row["due_on"])}
        held = Target.objects.filter(region=region, **given).exists()
        world.ledger.note("targets", not held)
        if not held:
            set_target(
                region=region,
                by=_bureau(world, row["region"]),
                title=row["title"],
                direction=row.get("direction", "AT_LEAST"),
                value=Decimal(row["value"]),
                baseline=Decimal(row["baseline"]),
                baseline_on=date.fromisoformat(row["baseline_on"]),
                **given,
            )


def _area(world: World, told: dict[str, Any]) -> None:
    lead = world.regions[told["lead"]]
    held = PriorityArea.objects.filter(lead_region=lead, name=told["name"]).exists()
    world.ledger.note("priority_areas", not held)
    if not held:
        form_area(
            lead_region=lead,
            regions=[world.regions[code] for code in told["regions"]],
            by=_bureau(world, told["lead"]),
            name=told["name"],
            purpose=told["purpose"],
            valid_from=SET_ON,
        )


def _plan(world: World, told: dict[str, Any]) -> None:
    school = world.schools[told["school"]]
    held = ClassReductionPlan.objects.filter(school=school).exists()
    world.ledger.note("reduction_plans", not held)
    if held:
        return
    clerk = world.person(clerk_of(school.name).username)
    ahead = Term.objects.filter(ends_on__gte=today() - timedelta(days=1))
    steps = [
        (term, most, 0) for term, most in zip(ahead, told["targets"], strict=False)
    ]
    plan = plan_reduction(
        school, stage=told["stage"], measures=told["measures"], steps=steps, by=clerk
    )
    plan = submit_plan(plan, by=clerk)
    approve_plan(plan, by=_bureau(world, school.administered_by.code))
