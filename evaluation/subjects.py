"""Whom a cycle appraises: the groups and schools of its reference day."""

from typing import Any

from django.db.models import QuerySet

from evaluation.choices import Variant
from evaluation.models import Cycle
from groups.choices import GroupState, GroupType, Role
from groups.models import EducationGroup, Membership
from schools.choices import CONFIRMED_STATES, SchoolType
from schools.models import School, SchoolReturn

VOCATIONAL = {SchoolType.VOCATIONAL_SECONDARY, SchoolType.TECHNICIAN}
APPRAISED = [Role.LEAD, Role.MEMBER]
"""Roles whose schools have an assessment of their own."""


def groups_of(cycle: Cycle) -> QuerySet[EducationGroup]:
    """Return the active groups of the cycle's region that have members on its day."""
    day = cycle.reference_day
    return (
        EducationGroup.objects.with_state_on(day)
        .filter(
            state_on=GroupState.ACTIVE,
            region__lineage__contains=[cycle.region_id],
            pk__in=Membership.objects.on(day).values("group"),
        )
        .select_related("region")
        .order_by("region__path", "code")
    )


def memberships_of(cycle: Cycle) -> QuerySet[Membership]:
    """Return the memberships of these groups on the cycle's day, the lead first."""
    return (
        Membership.objects.on(cycle.reference_day)
        .filter(group__in=groups_of(cycle).order_by().values("pk"))
        .select_related("school__administered_by")
        .order_by("group", "role_order", "school__pinyin", "pk")
    )


def schools_of(cycle: Cycle) -> QuerySet[School]:
    """Return the lead and member schools of these groups, each once."""
    held = memberships_of(cycle).filter(role__in=APPRAISED).order_by()
    return (
        School.objects.filter(pk__in=held.values("school"))
        .select_related("administered_by")
        .order_by("administered_by__path", "pinyin", "pk")
    )


def variant_of_group(group: EducationGroup, lead: School | None) -> str:
    """Return the sector whose metrics apply to a group."""
    if group.group_type == GroupType.VOCATIONAL_ALLIANCE:
        return Variant.VOCATIONAL
    if group.group_type == GroupType.KINDERGARTEN_CHAIN:
        return Variant.KINDERGARTEN
    return variant_of_school(lead) if lead else Variant.NONE


def variant_of_school(school: School) -> str:
    """Return the sector whose metrics apply to a school."""
    if school.type == SchoolType.KINDERGARTEN:
        return Variant.KINDERGARTEN
    return Variant.VOCATIONAL if school.type in VOCATIONAL else Variant.NONE


def member_data(membership: Membership) -> dict[str, Any]:
    """Return one member as an assessment keeps it."""
    return {
        "school": membership.school_id,
        "name": membership.school.name,
        "role": membership.role,
        "since": membership.valid_from.isoformat(),
    }


def missing_returns(cycle: Cycle) -> list[str]:
    """Name the schools of the cycle without a confirmed return of its year."""
    held = SchoolReturn.objects.filter(year=cycle.year, state__in=CONFIRMED_STATES)
    rows = schools_of(cycle).exclude(pk__in=held.values("school"))
    return [school.label for school in rows]
