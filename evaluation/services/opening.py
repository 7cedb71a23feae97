"""Write down whom a cycle appraises, as of its reference day."""

from typing import Any

from core.days import today
from evaluation.choices import Target
from evaluation.models import Assessment, Cycle, PeriodicReport
from evaluation.subjects import (
    groups_of,
    member_data,
    memberships_of,
    schools_of,
    variant_of_group,
    variant_of_school,
)
from groups.choices import Role
from schools.models import School


def make_assessments(cycle: Cycle) -> None:
    """Write an assessment for each subject of the cycle, a report for each group."""
    if Target.GROUP in cycle.targets:
        _make_group_assessments(cycle)
    if Target.SCHOOL in cycle.targets:
        _make_school_assessments(cycle)
    _make_reports(cycle, list(Assessment.objects.filter(cycle=cycle).of_groups()))


def _make_group_assessments(cycle: Cycle) -> None:
    members: dict[int, list[Any]] = {}
    for row in memberships_of(cycle):
        members.setdefault(row.group_id, []).append(row)
    Assessment.objects.bulk_create(
        _group_assessment(cycle, group, members[group.pk]) for group in groups_of(cycle)
    )


def _group_assessment(cycle: Cycle, group: Any, members: list[Any]) -> Assessment:
    lead = next((m.school for m in members if m.role == Role.LEAD), None)
    return Assessment(
        cycle=cycle,
        framework_id=cycle.framework_id,
        group=group,
        label=group.name,
        lead_school=lead,
        county=group.region,
        variant=variant_of_group(group, lead),
        facts={"primary_mode": group.primary_mode_id or ""},
        members=[member_data(m) for m in members],
        opened_on=today(),
    )


def _make_school_assessments(cycle: Cycle) -> None:
    group_of = {
        row.school_id: row
        for row in memberships_of(cycle).select_related("group")
        if row.role in {Role.LEAD, Role.MEMBER}
    }
    Assessment.objects.bulk_create(
        _school_assessment(cycle, school, group_of[school.pk])
        for school in schools_of(cycle)
    )


def _school_assessment(cycle: Cycle, school: School, membership: Any) -> Assessment:
    return Assessment(
        cycle=cycle,
        framework_id=cycle.framework_id,
        school=school,
        label=school.name,
        lead_school=None,
        county=school.administered_by,
        variant=variant_of_school(school),
        facts={
            "primary_mode": membership.group.primary_mode_id or "",
            "group": membership.group.name,
            "role": membership.role,
        },
        members=[],
        opened_on=today(),
    )


def _make_reports(cycle: Cycle, assessments: list[Assessment]) -> None:
    PeriodicReport.objects.bulk_create(
        PeriodicReport(assessment=a, due_on=cycle.self_due_on, opened_on=today())
        for a in assessments
    )
