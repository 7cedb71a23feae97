"""The balance of resources, on the pages of a school and of a region."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from bureau.models import Region
from bureau.periods import last_reported
from core.metrics import REGION
from core.registries import Panel, panels
from schools.balance import CLAUSE, standings, variations_of
from schools.models import School

VIEW = "schools.view_schoolreturn"


def balance_of_school(request: Any, school: School) -> str:
    """Draw the seven indicators of each compulsory stage, met or not."""
    period = last_reported(request.as_of)
    found = standings(school, period) if period else []
    context = {"standings": found, "period": period, "clause": CLAUSE}
    return render_to_string("schools/panel_balance.html", context, request)


def variation_of_region(request: Any, region: Region) -> str:
    """Draw how far apart the compulsory schools of a region are."""
    return draw_variation(request, REGION, region.pk, region)


def draw_variation(request: Any, kind: str, subject: int, region: Any) -> str:
    """Draw how far apart schools are; upper rooms hang it on their own pages."""
    period = last_reported(request.as_of)
    rows = variations_of(kind, subject, period, region) if period else []
    context = {"rows": rows, "period": period, "clause": CLAUSE}
    return render_to_string("schools/panel_variation.html", context, request)


panels.register(
    ("schools.school", "balance"),
    Panel(_("七项资源配置"), VIEW, balance_of_school, order=40),
)
panels.register(
    ("bureau.region", "balance"),
    Panel(_("校际差异系数"), VIEW, variation_of_region, order=40),
)
