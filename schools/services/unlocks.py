"""Open a locked return for some days and lock it again."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from core.constraints import explain
from core.notify import notify
from core.templatetags.formats import long_day
from core.transitions import MoveRefused, move
from schools import permissions
from schools.choices import ReturnState
from schools.models import ReturnUnlock, SchoolReturn
from schools.models.returns import FIGURES
from schools.services.people import people_holding

CLEARED: dict[str, None] = {
    "submitted_by": None,
    "submitted_at": None,
    "confirmed_by": None,
    "confirmed_at": None,
    "accepted_by": None,
    "accepted_at": None,
}


def _figures_of(row: SchoolReturn) -> dict[str, Any]:
    """Return figures as JSON keeps them, so that two pictures compare."""
    values = {name: getattr(row, name) for name in FIGURES}
    kept = (bool, int, type(None))
    return {n: v if isinstance(v, kept) else str(v) for n, v in values.items()}


def _hands_of(row: SchoolReturn) -> dict[str, Any]:
    names = [f"{name}_id" if name.endswith("_by") else name for name in CLEARED]
    values = {name: getattr(row, name) for name in names}
    return {
        n: v.isoformat() if isinstance(v, datetime) else v for n, v in values.items()
    }


def _hands_back(before: dict[str, Any]) -> dict[str, Any]:
    return {
        n: datetime.fromisoformat(v) if isinstance(v, str) else v
        for n, v in before.items()
    }


@transaction.atomic
def ask_unlock(return_: SchoolReturn, *, by: Any, reason: str) -> ReturnUnlock:
    """Ask the administering bureau to open a locked return for correction."""
    locked: SchoolReturn = SchoolReturn.objects.select_for_update(
        of=("self",), no_key=True
    ).get(pk=return_.pk)
    verdict = permissions.can_ask_unlock(by, locked)
    if not verdict:
        raise MoveRefused(verdict)
    unlock = ReturnUnlock(school_return=locked, reason=reason.strip(), asked_by=by)
    try:
        with transaction.atomic():
            unlock.save()
    except IntegrityError as error:
        raise explain(error) from error
    record("schools.returnunlock.ask", unlock, by=by, reason=reason)
    record("schools.schoolreturn.ask_unlock", locked, by=by, reason=reason)
    bureau = locked.school.administered_by
    approvers = people_holding("schools.accept_schoolreturn", bureau)
    _tell(approvers, unlock, _("待批准解锁：%s"))
    return unlock


def _tell(people: list[Any], unlock: ReturnUnlock, title: str) -> None:
    told = title % unlock.school_return
    notify(people, told, url=unlock.get_absolute_url(), body=unlock.reason)


@transaction.atomic
def approve_unlock(
    unlock: ReturnUnlock, *, by: Any, expires_on: date, reason: str = ""
) -> ReturnUnlock:
    """Open the return until the end of ``expires_on``, at most thirty days ahead."""
    row: SchoolReturn = SchoolReturn.objects.select_for_update(
        of=("self",), no_key=True
    ).get(pk=unlock.school_return_id)
    now = timezone.now()
    try:
        with transaction.atomic():
            done = move(
                unlock,
                "approve",
                by=by,
                reason=reason,
                decided_by=by,
                decided_at=now,
                opened_on=timezone.localdate(now),
                expires_on=expires_on,
                before=_picture(row),
            )
    except IntegrityError as error:
        raise explain(error) from error
    why = {"expires_on": expires_on.isoformat(), "asked_by": done.asked_by_id}
    if row.state == ReturnState.LOCKED:
        move(row, "unlock", by=by, reason=done.reason, data=why, **CLEARED)
    else:
        verb = "schools.schoolreturn.extend_unlock"
        record(verb, row, by=by, reason=done.reason, data=why)
    clerks = people_holding("schools.submit_schoolreturn", row.school)
    until = long_day(expires_on)
    _tell(clerks, done, _("已解锁，请于 %(day)s前改好：%%s") % {"day": until})
    return done


def _picture(row: SchoolReturn) -> dict[str, Any]:
    """Return what the lock held; an extension keeps the picture of the lock."""
    last = row.unlocks.granted().first()
    if row.state != ReturnState.LOCKED and last:
        return dict(last.before)
    return {"figures": _figures_of(row), "hands": _hands_of(row)}


@transaction.atomic
def refuse_unlock(unlock: ReturnUnlock, *, by: Any, reason: str = "") -> ReturnUnlock:
    """Leave the return locked, with the reason."""
    now = timezone.now()
    done = move(unlock, "refuse", by=by, reason=reason, decided_by=by, decided_at=now)
    record(
        "schools.schoolreturn.refuse_unlock", done.school_return, by=by, reason=reason
    )
    _tell([done.asked_by], done, _("未批准解锁：%s"))
    return done


@transaction.atomic
def withdraw_unlock(unlock: ReturnUnlock, *, by: Any, reason: str = "") -> ReturnUnlock:
    """Take one's own request back."""
    done = move(unlock, "withdraw", by=by, reason=reason)
    record("schools.schoolreturn.withdraw_unlock", done.school_return, by=by)
    return done


@transaction.atomic
def close_unlock(unlock: ReturnUnlock, *, by: Any = None) -> ReturnUnlock:
    """Close an exception; a return that nobody changed is locked as it was."""
    row: SchoolReturn = SchoolReturn.objects.select_for_update(
        of=("self",), no_key=True
    ).get(pk=unlock.school_return_id)
    done = move(unlock, "close", by=by, closed_at=timezone.now())
    if row.state == ReturnState.LOCKED:
        return done
    data = {"expires_on": str(done.expires_on)}
    record("schools.schoolreturn.close_unlock", row, by=by, data=data)
    clerks = people_holding("schools.submit_schoolreturn", row.school)
    unchanged = _figures_of(row) == done.before.get("figures")
    if row.state == ReturnState.RETURNED and unchanged:
        move(row, "relock", by=by, data=data, **_hands_back(done.before["hands"]))
        _tell(clerks, done, _("解锁到期，已按原数字锁定：%s"))
    elif row.is_editable:
        _tell(clerks, done, _("解锁到期，请报送或重新申请：%s"))
    return done


def close_overdue_unlocks() -> int:
    """Close every exception whose last day has passed; count them. Safe to repeat."""
    closed = 0
    for unlock in ReturnUnlock.objects.over().select_related("school_return"):
        try:
            close_unlock(unlock)
        except MoveRefused:
            continue  # closed in the meantime
        closed += 1
    return closed
