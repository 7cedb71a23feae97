"""A locked return and its exceptions, as tests of unlocking need them."""

from datetime import timedelta
from typing import Any

import pgtrigger

from core.days import today
from schools.models import ReturnUnlock, SchoolReturn
from schools.services import (
    approve_unlock,
    ask_unlock,
    lock_return,
)
from schools.services.returns import MOVES
from tests.schools.factories import FullReturnFactory

VERBS = MOVES["schools.schoolreturn"]
WHY = "班级数少报一个，附学籍系统截图"


def opened(world: Any, row: SchoolReturn, days: int = 7) -> ReturnUnlock:
    """Let the return be opened for some days."""
    asked = ask_unlock(row, by=world.here.clerk, reason=WHY)
    until = today() + timedelta(days=days)
    return approve_unlock(asked, by=world.here.bureau, expires_on=until)


def let_pass(unlock: ReturnUnlock, days: int = 10) -> None:
    """Move an exception into the past, past its trigger."""
    with pgtrigger.ignore("schools.ReturnUnlock:unlock_goes_forward"):
        ReturnUnlock.objects.filter(pk=unlock.pk).update(
            opened_on=unlock.opened_on - timedelta(days=days),
            expires_on=unlock.expires_on - timedelta(days=days),
        )


def locked_return(world: Any) -> SchoolReturn:
    """Lead the return of the school ``here`` to its lock."""
    here = world.here
    row = FullReturnFactory(school=here.school, year=world.year, state="DRAFT")
    row = VERBS["submit"](row, by=here.clerk)
    row = VERBS["confirm"](row, by=here.principal)
    row = VERBS["accept"](row, by=here.bureau)
    return lock_return(row, by=here.bureau)
