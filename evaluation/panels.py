"""Parts of other rooms' pages: a subject's results, the indicators on a clause."""

from typing import Any

from django.db.models import Model
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from core.registries import Panel, panels
from evaluation import words
from evaluation.models import Assessment, Framework, Indicator, Result

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


def indicators_of_clause(request: Any, clause: Any) -> str:
    """Return the leaves that rest on a clause, of the frameworks the user may see."""
    leaves = (
        Indicator.objects.leaves()
        .filter(
            framework__in=Framework.objects.visible_to(request.user),
            clause=clause.clause_id,
        )
        .select_related("framework__region")
        .order_by("framework__region__path", "framework", "position")
    )
    context = {"leaves": leaves}
    return render_to_string("evaluation/panel_indicators.html", context, request)


panels.register(
    ("bureau.policyclause", "evaluation-indicators"),
    Panel(
        _("依据本条的指标"),
        "evaluation.view_framework",
        indicators_of_clause,
        order=60,
    ),
)
panels.register(
    ("groups.educationgroup", "evaluation-results"),
    Panel(_("考核结果"), "evaluation.view_result", group_results, order=60),
)
panels.register(
    ("schools.school", "evaluation-results"),
    Panel(_("考核结果"), "evaluation.view_result", school_results, order=60),
)

__all__ = ["group_results", "indicators_of_clause", "school_results", "words"]
