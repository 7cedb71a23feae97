"""Pictures of a group: who belongs to it on a day, and since when."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.utils.translation import gettext as _

from core.charts import Chart, Link, Task
from core.days import today
from groups.models import EducationGroup, Membership

TONES = {"LEAD": "blue", "MEMBER": "green", "COOPERATING": "amber"}


def network(
    group: EducationGroup, held: Sequence[Membership], day: date
) -> Chart | None:
    """Return the group with its schools as a network, or None without schools."""
    if not held:
        return None
    lead = next((row.school.label for row in held if row.is_lead), group.label)
    links = [
        Link(lead, row.school.label, 1)
        for row in held
        if not row.is_lead and row.school.label != lead
    ]
    if not links:
        return None
    return Chart(
        "network",
        _("%(lead)s 带动 %(n)d 所学校") % {"lead": lead, "n": len(links)},
        links=links,
        centre=lead,
        source=_("集团名册"),
        day=day,
    )


def spans(group: EducationGroup, rows: Sequence[Membership]) -> Chart | None:
    """Return the memberships as bars over time, or None when there are none."""
    if not rows:
        return None
    end = max([today(), *(r.valid_to for r in rows if r.valid_to)]) + timedelta(1)
    return Chart(
        "gantt",
        _("%d 段成员关系") % len(rows),
        tasks=[
            Task(
                row.school.label,
                row.valid_from,
                row.valid_to or end,
                TONES[row.role] if row.valid_to is None else "grey",
            )
            for row in rows
        ],
        source=_("集团名册"),
        is_tall=len(rows) > 8,
    )
