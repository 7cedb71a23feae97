"""What waits for a person, what the person waits for, and what is due."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from core.access import grants_of
from core.days import today
from core.models import Deadline
from core.registries import DueItem, InboxItem, deadlines, inbox

FAR = date(9999, 12, 31)


@dataclass(frozen=True)
class Waiting:
    """The two halves of an inbox."""

    mine: list[InboxItem]
    sent: list[InboxItem]


def _urgency(item: InboxItem) -> tuple[date, str]:
    return (item.due or FAR, str(item.since))


def waiting_for(user: Any) -> Waiting:
    """Return what waits for the user, late ones on top, and what the user waits for."""
    mine = [item for source in inbox.values() for item in source.waiting(user)]
    sent = [item for source in inbox.values() for item in source.sent(user)]
    return Waiting(sorted(mine, key=_urgency), sorted(sent, key=_urgency))


def waiting_count(user: Any) -> int:
    """Return how many items wait for the user, by the sources' own counts."""
    return sum(
        source.count(user) if source.count else len(source.waiting(user))
        for source in inbox.values()
    )


def _own_scopes(user: Any) -> Q:
    condition = Q(pk__in=[])
    day = today()
    for grant in grants_of(user):
        if grant.is_live(day) and grant.scope:
            app, model = grant.scope.split(".")
            kind = ContentType.objects.get_by_natural_key(app, model)
            condition |= Q(scope_type=kind, scope_id=grant.scope_id) & (
                Q(role="") | Q(role=grant.role)
            )
    return condition


def due_for(user: Any) -> list[DueItem]:
    """Return the open deadlines of the user's own scopes, nearest first."""
    rows = Deadline.objects.waiting().filter(_own_scopes(user))[:100]
    due = [DueItem(d.title, d.due_on, d.url, d.clause) for d in rows]
    for source in deadlines.values():
        due += source(user)
    return sorted(due, key=lambda item: item.due)
