"""Campuses, construction projects and partners."""

from typing import Any

from django.db import transaction

from audit.services import record
from schools import permissions
from schools.models import Campus, ConstructionProject, Partner, School
from schools.services.saving import require, save, settle


@transaction.atomic
def add_campus(school: School, *, by: Any, **fields: Any) -> Campus:
    """Enter a place the school teaches at, from the day it was taken into use."""
    require(permissions.can_change_campus(by, school))
    row = Campus(school=school, **fields)
    save(row)
    settle()
    record("schools.school.add_campus", school, by=by, data={"campus": row.name})
    return row


@transaction.atomic
def change_campus(campus: Campus, *, by: Any, **fields: Any) -> Campus:
    """Correct a campus, or say from which day it is no longer used."""
    require(permissions.can_change_campus(by, campus.school))
    locked: Campus = Campus.objects.select_for_update(of=("self",)).get(pk=campus.pk)
    changed = _set(locked, fields)
    save(locked)
    settle()
    record(
        "schools.school.change_campus",
        locked.school,
        by=by,
        data={"campus": locked.name, "changed": changed},
    )
    return locked


@transaction.atomic
def add_project(school: School, *, by: Any, **fields: Any) -> ConstructionProject:
    """Enter what is being built at a school (AK-4.2b)."""
    require(permissions.can_change_project(by, school))
    row = ConstructionProject(school=school, **fields)
    save(row)
    record("schools.school.add_project", school, by=by, data={"project": row.name})
    return row


@transaction.atomic
def change_project(
    project: ConstructionProject, *, by: Any, **fields: Any
) -> ConstructionProject:
    """Keep a project up to date: money paid, days, seats."""
    require(permissions.can_change_project(by, project.school))
    rows = ConstructionProject.objects.select_for_update(of=("self",))
    locked: ConstructionProject = rows.get(pk=project.pk)
    changed = _set(locked, fields)
    save(locked)
    record(
        "schools.school.change_project",
        locked.school,
        by=by,
        data={"project": locked.name, "changed": changed},
    )
    return locked


@transaction.atomic
def register_partner(*, by: Any, **fields: Any) -> Partner:
    """Enter who works with schools without being one (BN-3.4)."""
    require(permissions.can_register_partner(by, fields["region"]))
    row = Partner(**fields)
    save(row)
    record("schools.partner.register", row, by=by)
    return row


@transaction.atomic
def change_partner(partner: Partner, *, by: Any, **fields: Any) -> Partner:
    """Correct a partner; whom to speak to is left out of the record of events."""
    require(permissions.can_change_partner(by, partner))
    target = fields.get("region")
    if target and target.pk != partner.region_id:
        require(permissions.can_register_partner(by, target))
    locked: Partner = Partner.objects.select_for_update(of=("self",)).get(pk=partner.pk)
    changed = _set(locked, fields)
    save(locked)
    for private in ("contact_name", "contact_phone"):
        changed.pop(private, None)
    record("schools.partner.change", locked, by=by, data={"changed": changed})
    return locked


def _set(row: Any, fields: dict[str, Any]) -> dict[str, list[str]]:
    changed = {
        name: [str(getattr(row, name)), str(value)]
        for name, value in fields.items()
        if getattr(row, name) != value
    }
    for name, value in fields.items():
        setattr(row, name, value)
    return changed
