"""Remind schools of returns they have not confirmed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from core.days import today
from core.models import Notification
from core.notify import notify
from core.transitions import MoveRefused
from schools import permissions
from schools.choices import CONFIRMED_STATES
from schools.models import ReturnReminder, SchoolReturn, SchoolStage
from schools.services.people import people_of_schools
from schools.services.returns import open_return

FILLERS = ("schools.submit_schoolreturn", "schools.confirm_schoolreturn")


@dataclass(frozen=True)
class Reminded:
    """How many returns a reminder went out for, and why not for the others."""

    sent: int = 0
    done_today: int = 0
    confirmed: int = 0
    nobody: int = 0


@transaction.atomic
def remind_returns(stages: Iterable[SchoolStage], year: Any, *, by: Any) -> Reminded:
    """Remind clerks and principals of unconfirmed returns, each once a day.

    A return not begun is opened first, so that the message leads to its figures.
    """
    rows = [_return_of(stage, year, by) for stage in stages]
    open_ = [row for row in rows if row.state not in CONFIRMED_STATES]
    sent_today = ReturnReminder.objects.filter(sent_on=today(), school_return__in=open_)
    before = set(sent_today.values_list("school_return_id", flat=True))
    fresh = [row for row in open_ if row.pk not in before]
    people = people_of_schools({row.school_id for row in fresh}, *FILLERS)
    due = [row for row in fresh if people.get(row.school_id)]
    ReturnReminder.objects.bulk_create(
        [ReturnReminder(school_return=row, sent_by=by) for row in due],
        ignore_conflicts=True,
    )
    for row in due:
        _remind(row, people[row.school_id], by)
    return Reminded(
        sent=len(due),
        done_today=len(before),
        confirmed=len(rows) - len(open_),
        nobody=len(fresh) - len(due),
    )


def _return_of(stage: SchoolStage, year: Any, by: Any) -> SchoolReturn:
    verdict = permissions.can_remind_school(by, stage.school)
    if not verdict:
        raise MoveRefused(verdict)
    held = SchoolReturn.objects.filter(
        school=stage.school_id, year=year, stage=stage.stage
    ).first()
    row = held or open_return(stage.school, year, stage.stage, by=by)
    row.school, row.year = stage.school, year
    return row


def _remind(row: SchoolReturn, people: list[Any], by: Any) -> None:
    notify(
        people,
        _("请尽快报送：%s") % row,
        url=row.get_absolute_url(),
        level=Notification.Level.LATE,
        key=f"return-{row.pk}-{today().isoformat()}",
    )
    told = [person.pk for person in people]
    record("schools.schoolreturn.remind", row, by=by, data={"told": told})
