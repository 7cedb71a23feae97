"""The figures of a home: registered metrics, this school year beside the last."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bureau.models import AcademicYear, Region
from bureau.periods import DAILY, period_of
from core.access import holds
from core.days import today
from core.metrics import GROUP, REGION, SCHOOL, Metric, compute
from core.registries import metrics
from core.templatetags import formats

REGION_SCOPE, GROUP_SCOPE, SCHOOL_SCOPE = (
    "bureau.region",
    "groups.educationgroup",
    "schools.school",
)
LISTS = {
    "groups:group-list": "groups.view_educationgroup",
    "schools:school-list": "schools.view_school",
}
"""The lists behind the figures, and the permission each asks for."""
KIND_OF_SCOPE = {REGION_SCOPE: REGION, GROUP_SCOPE: GROUP, SCHOOL_SCOPE: SCHOOL}
SHOWN: dict[str, tuple[tuple[str, str], ...]] = {
    REGION: (
        ("groups.group_count", "groups:group-list"),
        ("groups.member_school_count", "schools:school-list"),
        ("groups.school_coverage_ratio", "groups:group-list"),
        ("groups.pupil_coverage_ratio", "groups:group-list"),
        ("schools.large_class_share", "schools:school-list"),
        ("schools.quality_seat_share", "schools:school-list"),
    ),
    GROUP: (
        ("groups.member_school_count", "groups:group-list"),
        ("schools.pupil_count", "schools:school-list"),
        ("schools.large_class_share", "schools:school-list"),
        ("schools.retention_rate", "schools:school-list"),
    ),
    SCHOOL: (
        ("schools.pupil_count", "schools:school-list"),
        ("schools.large_class_share", "schools:school-list"),
        ("schools.retention_rate", "schools:school-list"),
        ("schools.fitness_good_rate", "schools:school-list"),
    ),
}

REPORTED = {"schools.pupil_count"}
"""Sums of what schools report: without a single report they are unknown, not 0."""


@dataclass(frozen=True)
class Figure:
    """One figure of a home: value, a year before, source, link to its rows."""

    key: str
    label: Any
    unit: str
    value: Decimal | None
    before: Decimal | None
    note: str
    url: str

    @property
    def text(self) -> str | None:
        """Return the value as a page shows it."""
        return _shown(self.value, self.unit)

    @property
    def trend(self) -> str:
        """Return the change on last year in words."""
        change = self.change
        if change is None:
            return ""
        if not change:
            return gettext("与上年持平")
        words = gettext("较上年增加 %s") if change > 0 else gettext("较上年减少 %s")
        return words % _difference(abs(change), self.unit)

    @property
    def trend_icon(self) -> str:
        """Return the arrow of the change."""
        change = self.change or 0
        if not change:
            return "minus"
        return "trending-up" if change > 0 else "trending-down"

    @property
    def change(self) -> Decimal | None:
        """Return the change on the year before, None when either is missing."""
        if self.value is None or self.before is None:
            return None
        return self.value - self.before


def _difference(value: Decimal, unit: str) -> str:
    """Say a difference; that of two ratios is in percentage points."""
    if unit == "ratio":
        return gettext("%s 个百分点") % formats.num(value * 100, 1)
    return _shown(value, unit) or ""


def _shown(value: Decimal | None, unit: str) -> str | None:
    if value is None:
        return None
    if unit == "ratio":
        return formats.percent(value)
    return formats.num(value, 0 if unit == "count" else 2)


def figures_for(
    user: Any, scope: str, scope_id: int, region: Region | None
) -> list[Figure]:
    """Return the figures of one scope, each beside that of the year before.

    What the register tells on any day is of the current school year; what schools
    return is of the last year that ended, so that a collection under way does not
    look like a fall. A figure leads to its rows where the user may open their list.
    """
    kind = KIND_OF_SCOPE.get(scope)
    years = list(
        AcademicYear.objects.filter(starts_on__lte=today()).order_by("-starts_on")[:3]
    )
    if kind is None or not years:
        return []
    listed = [(k, u) for k, u in SHOWN[kind] if k in metrics]
    urls = {name: _list_url(user, name) for _key, name in listed}
    return [
        _figure(k, urls[u], kind, scope_id, _years_of(k, years), region)
        for k, u in listed
    ]


def _years_of(key: str, years: list[AcademicYear]) -> list[AcademicYear]:
    return years[:2] if key in DAILY else years[1:3] or years[:1]


def _list_url(user: Any, url_name: str) -> str:
    return reverse(url_name) if holds(user, LISTS[url_name]) else ""


def _figure(
    key: str,
    url: str,
    kind: str,
    scope_id: int,
    years: Sequence[AcademicYear],
    region: Region | None,
) -> Figure:
    entry: Metric = metrics.get(key)
    periods = [period_of(year) for year in years]
    found = [compute(key, kind, [scope_id], p, region)[scope_id] for p in periods]
    values = [None if key in REPORTED and not f.detail else f.value for f in found]
    return Figure(
        key=key,
        label=entry.title,
        unit=entry.unit,
        value=values[0],
        before=values[1] if len(values) > 1 else None,
        note=str(_("%(year)s 学年，按登记与已报数据计算") % {"year": years[0].code}),
        url=url,
    )
