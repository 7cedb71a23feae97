"""Parts of a group's and a school's page: their results."""

from typing import Any

from django.db.models import Model
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from core.registries import Panel, panels
from evaluation import words
from evaluation.models import Assessment, Result

MOST = 5


def _render(request: Any, **subject: Any) -> str:
    results = (
        Result.objects.visible_to(request.user)
        .filter(**{f"assessment__{name}": obj for name, obj in subject.items()})
        .defer("frozen")
        .select_related("assessment__cycle__year")
        .order_by("-assessment__cycle__year__starts_on")[:MOST]
    )
    under_way = (
        Assessment.objects.visible_to(request.user)
        .filter(**subject)
        .exclude(pk__in=[r.assessment_id for r in results])
        .select_related("cycle")
        .order_by("-cycle__year__starts_on")[:MOST]
    )
    context = {"results": results, "under_way": under_way}
    return render_to_string("evaluation/panel_results.html", context, request)


def group_results(request: Any, group: Model) -> str:
    """Return the results of a group, newest first."""
    return _render(request, group=group)


def school_results(request: Any, school: Model) -> str:
    """Return the results of a school, newest first."""
    return _render(request, school=school)


panels.register(
    ("groups.educationgroup", "evaluation-results"),
    Panel(_("考核结果"), "evaluation.view_result", group_results, order=60),
)
panels.register(
    ("schools.school", "evaluation-results"),
    Panel(_("考核结果"), "evaluation.view_result", school_results, order=60),
)

__all__ = ["group_results", "school_results", "words"]
