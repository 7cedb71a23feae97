"""The days by which targets of a region should be met (BN-3.5)."""

from typing import Any

from django.utils.translation import gettext as _

from bureau.models import Target
from core.access import scope_ids
from core.days import today
from core.registries import DueItem, deadlines

MOST = 50


def targets(user: Any) -> list[DueItem]:
    """Return the targets of the user's own regions whose day is still to come."""
    regions = scope_ids(user, "bureau.region", "bureau.change_target")
    if not regions:
        return []
    rows = Target.objects.due_after(today()).filter(region__in=regions)
    rows = rows.select_related("region", "clause").order_by("due_on")[:MOST]
    return [
        DueItem(
            title=_("%(region)s目标：%(title)s")
            % {"region": row.region, "title": row.title},
            due=row.due_on,
            url=row.get_absolute_url(),
            clause=row.clause.clause_id if row.clause else "",
        )
        for row in rows
    ]


deadlines.register("bureau.targets", targets)
