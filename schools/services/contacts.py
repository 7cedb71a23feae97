"""Whom to speak to at a school: entered, corrected and taken off by the school."""

from typing import Any

from django.db import transaction

from audit.services import record
from schools import permissions
from schools.models import School, SchoolContact
from schools.services.saving import require, save


@transaction.atomic
def add_contact(school: School, *, by: Any, **fields: Any) -> SchoolContact:
    """Enter a person to speak to; events name the post, never the person."""
    require(permissions.can_change_contact(by, school))
    _hold(school)
    row = SchoolContact(school=school, **fields)
    _lead(row)
    save(row)
    record("schools.school.add_contact", school, by=by, data={"post": row.post})
    return row


@transaction.atomic
def change_contact(
    contact: SchoolContact, *, by: Any, is_gone: bool = False, **fields: Any
) -> SchoolContact:
    """Correct a person to speak to, or take one off who ``is_gone``."""
    require(permissions.can_change_contact(by, contact.school))
    _hold(contact.school)
    rows = SchoolContact.objects.select_for_update(of=("self",))
    locked: SchoolContact = rows.get(pk=contact.pk)
    if is_gone:
        locked.delete()
        verb = "schools.school.remove_contact"
    else:
        for name, value in fields.items():
            setattr(locked, name, value)
        _lead(locked)
        save(locked)
        verb = "schools.school.change_contact"
    record(verb, contact.school, by=by, data={"post": locked.post})
    return locked


def _hold(school: School) -> None:
    """Let two who name the main contact at once wait for each other."""
    held = School.objects.select_for_update(of=("self",), no_key=True)
    held.get(pk=school.pk)


def _lead(row: SchoolContact) -> None:
    """Let a new main contact take the place of the former one."""
    others = SchoolContact.objects.filter(school=row.school).exclude(pk=row.pk)
    if row.is_main:
        others.filter(is_main=True).update(is_main=False)
