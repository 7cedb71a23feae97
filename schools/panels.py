"""The balance of resources, on the pages of a school and of a region."""

from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from bureau.models import AcademicYear, Region
from bureau.parameters import unverified
from bureau.periods import last_reported
from core.metrics import REGION
from core.registries import Panel, panels
from schools.balance import CLAUSE, standings, variations_of
from schools.choices import COMPULSORY
from schools.comparison import before_after, joined_on
from schools.completeness import TOTAL, missing_of
from schools.metrics.resources import CV_LINES, LINES
from schools.models import ClassReductionPlan, School
from schools.permissions import can_change_quality, can_plan_reduction
from schools.pressure import CLAUSE as PRESSURE
from schools.pressure import large_since, remarks_of

VIEW = "schools.view_schoolreturn"
YEARS, MOST = 4, 10


def balance_of_school(request: Any, school: School) -> str:
    """Draw the seven indicators of each compulsory stage, met or not."""
    period = last_reported(request.as_of)
    found = standings(school, period) if period else []
    keys = [*LINES, "balance.min_met", "balance.rest_floor"] if found else []
    marks = unverified(keys, school.administered_by, period.day) if period else []
    context = {
        "standings": found,
        "period": period,
        "clause": CLAUSE,
        "marks": marks,
        "applies": not set(COMPULSORY).isdisjoint(school.stage_codes),
    }
    return render_to_string("schools/panel_balance.html", context, request)


def variation_of_region(request: Any, region: Region) -> str:
    """Draw how far apart the compulsory schools of a region are."""
    return draw_variation(request, REGION, region.pk, region)


def draw_variation(request: Any, kind: str, subject: int, region: Any) -> str:
    """Draw how far apart schools are; upper rooms hang it on their own pages."""
    period = last_reported(request.as_of)
    rows = variations_of(kind, subject, period, region) if period else []
    marks = unverified(CV_LINES, region, period.day) if period else []
    context = {"rows": rows, "period": period, "clause": CLAUSE, "marks": marks}
    return render_to_string("schools/panel_variation.html", context, request)


panels.register(
    ("schools.school", "balance"),
    Panel(_("七项资源配置"), VIEW, balance_of_school, order=40),
)
panels.register(
    ("bureau.region", "balance"),
    Panel(_("校际差异系数"), VIEW, variation_of_region, order=40),
)


def pressure_of_school(request: Any, school: School) -> str:
    """Draw seats, intake and large classes of the last years, and the plans."""
    rows = AcademicYear.objects.filter(starts_on__lte=request.as_of)
    if school.opened_on:
        rows = rows.filter(ends_on__gte=school.opened_on)
    years = list(rows[:YEARS])
    told = [(year, _pressed(school, year, request.as_of)) for year in years]
    plans = ClassReductionPlan.objects.filter(school=school)
    large = bool(told and told[0][1].large)
    context = {
        "rows": told,
        "remarks": remarks_of(told[0][1], _since(school, years)) if told else [],
        "plans": plans,
        "may_plan": large
        and not request.is_past
        and not plans.standing().exists()
        and bool(can_plan_reduction(request.user, school)),
        "school": school,
        "clause": PRESSURE,
    }
    return render_to_string("schools/panel_pressure.html", context, request)


def _pressed(school: School, year: AcademicYear, day: Any) -> Any:
    return School.objects.filter(pk=school.pk).with_pressure(year, day).get()


def _since(school: School, years: Sequence[AcademicYear]) -> dict[int, str]:
    return large_since([school.pk], years[0], years[0].ends_on) if years else {}


def pressure_of_region(request: Any, region: Region) -> str:
    """Draw the findings of a region's schools, the worst first."""
    day = request.as_of
    year = AcademicYear.objects.current(day)
    rows = School.objects.visible_to(request.user, VIEW).run_by(region).running(day)
    rows = rows.with_pressure(year, day).pressed("ANY", year, day)
    found = list(rows.order_by("-oversize", "-large", "pinyin")[:MOST])
    since = large_since([s.pk for s in found], year, day) if year else {}
    context = {
        "rows": [(school, remarks_of(school, since)) for school in found],
        "count": rows.count(),
        "region": region,
        "clause": PRESSURE,
    }
    return render_to_string("schools/panel_findings.html", context, request)


panels.register(
    ("schools.school", "pressure"),
    Panel(_("招生压力与大班额"), VIEW, pressure_of_school, order=45),
)
panels.register(
    ("bureau.region", "pressure"),
    Panel(_("招生压力与大班额"), VIEW, pressure_of_region, order=45),
)


def completeness_of_school(request: Any, school: School) -> str:
    """Draw which parts of the record are there, and where the rest is entered."""
    year = AcademicYear.objects.current(request.as_of)
    row = School.objects.filter(pk=school.pk).with_completeness(year).get()
    context = {"filled": row.parts_filled, "total": TOTAL, "missing": missing_of(row)}
    return render_to_string("schools/panel_completeness.html", context, request)


def joining_of_school(request: Any, school: School) -> str:
    """Draw the years before and after the school joined what it belongs to."""
    day = joined_on(school, request.as_of)
    found = before_after(school, day, request.as_of) if day else []
    context = {"joined": day, "rows": found}
    return render_to_string("schools/panel_joining.html", context, request)


panels.register(
    ("schools.school", "completeness"),
    Panel(_("资料完整度"), "schools.view_school", completeness_of_school, order=15),
)
panels.register(
    ("schools.school", "joining"),
    Panel(_("加入集团前后的数字"), VIEW, joining_of_school, order=48),
)


def quality_of_school(request: Any, school: School) -> str:
    """Draw what quality monitoring says, to the bureaus alone."""
    rows = school.quality_results.select_related("year")
    rows = rows.filter(year__starts_on__lte=request.as_of)
    context = {
        "school": school,
        "quality_results": rows.order_by("-year__starts_on", "stage", "subject"),
        "may_quality": bool(can_change_quality(request.user, school))
        and not request.is_past,
    }
    return render_to_string("schools/panel_quality.html", context, request)


panels.register(
    ("schools.school", "quality"),
    Panel(
        _("质量监测结果（内部）"),
        "schools.view_qualityresult",
        quality_of_school,
        order=60,
    ),
)
