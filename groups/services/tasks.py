"""Judge the checks of a case and the conditions of its approval."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from core.days import today
from core.notify import meet_deadline
from core.transitions import move
from groups.choices import TaskKind
from groups.models import CaseTask
from groups.services.obligations import settle_key


@transaction.atomic
def pass_task(task: CaseTask, *, by: Any, reason: str = "", note: str = "") -> CaseTask:
    """Confirm a check; a met condition settles its obligation and its deadline."""
    task = move(
        task,
        "pass",
        by=by,
        reason=reason or note,
        note=note or reason,
        done_by=by,
        done_on=today(),
    )
    if task.kind == TaskKind.CONDITION:
        meet_deadline(condition_key(task), at=timezone.now())
        settle_key(condition_key(task), by=by)
    return task


@transaction.atomic
def fail_task(task: CaseTask, *, by: Any, reason: str) -> CaseTask:
    """Say that a check is not met, and why."""
    return move(
        task, "fail", by=by, reason=reason, note=reason, done_by=by, done_on=today()
    )


def condition_key(task: CaseTask) -> str:
    """Return the key of a condition's deadline and obligation."""
    return f"groups.condition:{task.pk}"
