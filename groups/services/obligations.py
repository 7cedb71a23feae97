"""Open and settle what blocks the end of a membership or of a group."""

from typing import Any

from django.db import transaction

from audit.services import record
from core.days import today
from groups.models import EducationGroup, Membership, Obligation


@transaction.atomic
def open_obligation(
    group: EducationGroup,
    *,
    kind: str,
    label: str,
    key: str,
    membership: Membership | None = None,
    link: str = "",
    by: Any = None,
) -> Obligation:
    """Open an obligation, or return the one that stands under the key already."""
    row, created = Obligation.objects.get_or_create(
        key=key,
        defaults={
            "group": group,
            "membership": membership,
            "kind": kind,
            "label": label[:200],
            "link": link,
            "opened_on": today(),
        },
    )
    if created:
        record(
            "groups.open_obligation", group, by=by, data={"label": label, "key": key}
        )
    return row


@transaction.atomic
def settle_obligation(obligation: Obligation, *, by: Any = None) -> Obligation:
    """Settle an obligation; settling twice does nothing."""
    row: Obligation = Obligation.objects.select_for_update(of=("self",)).get(
        pk=obligation.pk
    )
    if row.settled_on is None:
        row.settled_on = today()
        row.save(update_fields=["settled_on"])
        record("groups.settle_obligation", row.group, by=by, data={"label": row.label})
    return row


def settle_key(key: str, *, by: Any = None) -> None:
    """Settle the obligation under a key, if there is one."""
    row = Obligation.objects.filter(key=key).first()
    if row:
        settle_obligation(row, by=by)
