"""Remind the people behind an organisation of what is due soon or late."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext as _

from core.days import today
from core.models import Deadline, Notification
from core.notify import notify

DAYS_BEFORE = (7, 3, 1)
Audience = Callable[[Deadline], Iterable[Any]]
_audience: Audience = lambda deadline: ()  # noqa: E731 - replaced by the accounts room


def register_audience(audience: Audience) -> None:
    """Say who stands behind the scope and role of a deadline."""
    global _audience
    _audience = audience


def remind_of_deadlines() -> int:
    """Notify about each unmet deadline 7, 3 and 1 days before and the day after.

    Safe to run twice a day: a reminder has a key and is sent once. Returns how many
    deadlines were looked at.
    """
    day = today()
    looked = 0
    for deadline in Deadline.objects.waiting():
        left = (deadline.due_on - day).days
        if left in DAYS_BEFORE:
            text = _("还剩 %(days)s 天：%(title)s") % {
                "days": left,
                "title": deadline.title,
            }
            _send(deadline, text, Notification.Level.DUE, left)
        elif left == -1:
            text = _("已逾期：%(title)s") % {"title": deadline.title}
            _send(deadline, text, Notification.Level.LATE, left)
        looked += 1
    return looked


def _send(deadline: Deadline, text: str, level: str, left: int) -> None:
    notify(
        _audience(deadline),
        text,
        url=deadline.url,
        level=level,
        key=f"deadline-{deadline.pk}-{left}",
    )
