"""Attacks from below on the lock of returns and on its exceptions."""

from datetime import timedelta
from typing import Any

import pgtrigger
import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from core.days import today
from schools.models import ReturnUnlock, SchoolReturn
from schools.services import (
    ask_unlock,
    close_overdue_unlocks,
    refuse_unlock,
)
from tests.schools.unlocks import WHY, let_pass, opened

pytestmark = pytest.mark.django_db


def sql(query: str, *values: Any) -> str:
    """Run raw SQL and return the name of the rule that refused it, or nothing."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(query, values)
    except IntegrityError as error:
        return str(error.__cause__.diag.constraint_name)
    return ""


REOPEN = "UPDATE schools_schoolreturn SET state = 'RETURNED' WHERE id = %s"
RAISE = "UPDATE schools_schoolreturn SET students = 451 WHERE id = %s"


def test_raw_sql_opens_no_lock_without_an_approved_exception(
    world: Any, locked: SchoolReturn
) -> None:
    assert sql(REOPEN, locked.pk) == "return_locked_stays"

    asked = ask_unlock(locked, by=world.here.clerk, reason=WHY)
    assert sql(REOPEN, locked.pk) == "return_locked_stays"

    refuse_unlock(asked, by=world.here.bureau, reason="证据不足")
    assert sql(REOPEN, locked.pk) == "return_locked_stays"


def forge_open(row: SchoolReturn, world: Any, *, ago: int = 0) -> ReturnUnlock:
    """Approve a request without touching the return."""
    asked = ask_unlock(row, by=world.here.clerk, reason=WHY)
    with pgtrigger.ignore("schools.ReturnUnlock:unlock_goes_forward"):
        ReturnUnlock.objects.filter(pk=asked.pk).update(
            state="OPEN",
            decided_by=world.here.bureau,
            decided_at=timezone.now(),
            opened_on=today() - timedelta(days=ago),
            expires_on=today() - timedelta(days=ago) + timedelta(days=1),
        )
    return asked


@pytest.mark.parametrize(
    "query",
    [
        "UPDATE schools_schoolreturn SET state = 'DRAFT' WHERE id = %s",
        "UPDATE schools_schoolreturn SET state = 'ACCEPTED' WHERE id = %s",
        "UPDATE schools_schoolreturn SET saved_at = now() WHERE id = %s",
        "UPDATE schools_schoolreturn SET state = 'RETURNED', students = 1"
        " WHERE id = %s",
        "UPDATE schools_schoolreturn SET state = 'RETURNED', stage = 'JUNIOR'"
        " WHERE id = %s",
        "DELETE FROM schools_schoolreturn WHERE id = %s",
        RAISE,
    ],
)
def test_open_exception_lets_raw_sql_send_back_and_nothing_else(
    world: Any, locked: SchoolReturn, query: str
) -> None:
    forge_open(locked, world)

    assert sql(query, locked.pk) == "return_locked_stays"
    assert sql(REOPEN, locked.pk) == ""
    assert sql(RAISE, locked.pk) == ""


def test_exception_past_its_day_opens_nothing_even_before_it_is_closed(
    world: Any, locked: SchoolReturn
) -> None:
    forge_open(locked, world, ago=3)

    assert sql(REOPEN, locked.pk) == "return_locked_stays"


def test_figures_do_not_move_from_below_once_the_days_are_over(
    world: Any, locked: SchoolReturn
) -> None:
    unlock = opened(world, locked)
    assert sql(RAISE, locked.pk) == ""
    let_pass(unlock)

    assert sql(RAISE.replace("451", "452"), locked.pk) == "return_unlock_over"
    close_overdue_unlocks()
    assert sql(RAISE.replace("451", "452"), locked.pk) == "return_unlock_over"


OPENING = (
    "UPDATE schools_returnunlock SET state = 'OPEN', decided_by_id = {by},"
    " decided_at = now(), opened_on = {day}, expires_on = {day} + {days}"
    " WHERE id = {pk}"
)
TODAY = "(now() AT TIME ZONE 'Asia/Shanghai')::date"


@pytest.mark.parametrize(
    ("by", "day", "days", "rule"),
    [
        ("asker", TODAY, 7, "unlock_approver_is_another"),
        ("bureau", TODAY, 31, "unlock_within_thirty_days"),
        ("bureau", TODAY, -1, "unlock_within_thirty_days"),
        ("bureau", f"{TODAY} + 5", 7, "unlock_opens_today"),
        ("nobody", TODAY, 7, "unlock_decision_complete"),
        ("bureau", TODAY, 7, ""),
    ],
)
def test_database_holds_the_terms_of_an_exception(
    world: Any, locked: SchoolReturn, by: str, day: str, days: int, rule: str
) -> None:
    here = world.here
    asked = ask_unlock(locked, by=here.clerk, reason=WHY)
    who = {"asker": here.clerk.pk, "bureau": here.bureau.pk, "nobody": "NULL"}[by]

    query = OPENING.format(by=who, day=f"({day})", days=days, pk=asked.pk)

    assert sql(query) == rule


def test_decided_exception_is_neither_changed_nor_removed_nor_begun_open(
    world: Any, locked: SchoolReturn
) -> None:
    unlock = opened(world, locked)
    table = "schools_returnunlock"

    for change in (
        "expires_on = expires_on + 3",
        "state = 'ASKED'",
        "state = 'CLOSED', expires_on = expires_on + 1",
        "before = '{}'",
    ):
        query = f"UPDATE {table} SET {change} WHERE id = %s"
        assert sql(query, unlock.pk) == "unlock_decided_stays"
    assert sql(f"DELETE FROM {table} WHERE id = %s", unlock.pk) == "unlock_is_kept"
    with pytest.raises(IntegrityError), transaction.atomic():
        ReturnUnlock.objects.create(
            school_return=locked,
            state="OPEN",
            reason=WHY,
            asked_by=world.here.clerk,
            decided_by=world.here.bureau,
            opened_on=today(),
            expires_on=today(),
        )
