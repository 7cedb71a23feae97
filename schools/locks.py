"""Why a return is locked, and who can open it, in words for its page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import RoleGrant
from audit.models import Event
from core.verdict import Verdict
from schools.choices import ReturnState, UnlockState
from schools.models import ReturnUnlock, SchoolReturn
from schools.permissions import can_ask_unlock

LOCKING = ("schools.schoolreturn.lock", "schools.schoolreturn.relock")
APPROVE = "schools.accept_schoolreturn"


@dataclass(frozen=True)
class Approver:
    """A person of the bureau who can open the lock: name, post and role."""

    name: str
    post: str
    role: str


@dataclass(frozen=True)
class LockNote:
    """Since when and by whom a return is locked, and who can open it."""

    is_locked: bool
    since: datetime | None
    by: str
    bureau: str
    approvers: list[Approver]
    unlock: ReturnUnlock | None
    ask: Verdict


def lock_note(user: Any, return_: SchoolReturn) -> LockNote | None:
    """Return the note of a return that is or once was locked, else None."""
    unlocks = return_.unlocks.select_related("asked_by", "decided_by")
    last = unlocks.first()
    is_locked = return_.state == ReturnState.LOCKED
    if not is_locked and not (last and return_.is_editable):
        return None
    event = Event.objects.about(return_).filter(verb__in=LOCKING).first()
    bureau = return_.school.administered_by
    return LockNote(
        is_locked=is_locked,
        since=event.at if event else None,
        by=event.actor if event else "",
        bureau=bureau.name,
        approvers=_approvers(bureau),
        unlock=last if last and _is_current(last) else None,
        ask=can_ask_unlock(user, return_),
    )


def _is_current(unlock: ReturnUnlock) -> bool:
    return unlock.state in (UnlockState.ASKED, UnlockState.OPEN)


def _approvers(bureau: Any) -> list[Approver]:
    grants = RoleGrant.objects.holding(APPROVE).for_scope(bureau)
    grants = grants.filter(user__is_active=True).select_related("user")
    return [
        Approver(g.user.full_name, g.user.post_title, str(g.get_role_display()))
        for g in grants.order_by("user__full_name", "pk")
    ]
