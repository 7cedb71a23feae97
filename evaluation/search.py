"""What of appraisal can be found by its name."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from core.access import holds
from core.registries import SearchHit, search
from evaluation.models import Assessment, Cycle, Framework

MOST = 5


def find(user: Any, text: str) -> list[SearchHit]:
    """Return cycles, assessments and frameworks whose name holds the text."""
    return [*_cycles(user, text), *_assessments(user, text), *_frameworks(user, text)]


def _cycles(user: Any, text: str) -> list[SearchHit]:
    if not holds(user, "evaluation.view_cycle"):
        return []
    rows = Cycle.objects.visible_to(user).filter(name__icontains=text)[:MOST]
    return [
        SearchHit(
            row.name, row.get_absolute_url(), _("考核周期"), row.get_state_display()
        )
        for row in rows
    ]


def _assessments(user: Any, text: str) -> list[SearchHit]:
    if not holds(user, "evaluation.view_assessment"):
        return []
    rows = Assessment.objects.visible_to(user).filter(label__icontains=text)
    return [
        SearchHit(
            _("%(label)s的考核") % {"label": row.label},
            row.get_absolute_url(),
            _("考核任务"),
            row.cycle.name,
        )
        for row in rows.select_related("cycle").order_by("-cycle__year__starts_on")[
            :MOST
        ]
    ]


def _frameworks(user: Any, text: str) -> list[SearchHit]:
    if not holds(user, "evaluation.view_framework"):
        return []
    named = Q(name_zh__icontains=text) | Q(code__icontains=text)
    rows = Framework.objects.visible_to(user).filter(named).select_related("region")
    return [
        SearchHit(str(row), row.get_absolute_url(), _("指标体系"), row.region.name)
        for row in rows[:MOST]
    ]


search.register("evaluation", find)
