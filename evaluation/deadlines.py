"""The days by which the steps of a cycle are due."""

from typing import Any

from django.utils.translation import gettext as _

from core.access import holds
from core.registries import DueItem, deadlines
from evaluation.choices import CycleState
from evaluation.models import Cycle


def due(user: Any) -> list[DueItem]:
    """Return the next deadline of every cycle under way that the user sees."""
    if not holds(user, "evaluation.view_cycle"):
        return []
    words = {
        CycleState.OPEN: _("自评报告截止：%(name)s"),
        CycleState.DATA_LOCKED: _("自评报告截止：%(name)s"),
        CycleState.SELF_EVALUATION: _("自评报告截止：%(name)s"),
        CycleState.REVIEW: _("评分截止：%(name)s"),
        CycleState.PUBLICITY: _("公示结束：%(name)s"),
    }
    rows = Cycle.objects.visible_to(user).filter(state__in=list(words))
    return [
        DueItem(
            title=words[CycleState(row.state)] % {"name": row.name},
            due=row.next_due,
            url=row.get_absolute_url(),
            clause="BN-4.3.1",
        )
        for row in rows
        if row.next_due
    ]


deadlines.register("evaluation", due)
