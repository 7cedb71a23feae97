"""Pictures of schools: how one went over the years, and where many of them lie."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from statistics import median
from typing import Any

from django.utils.translation import gettext as _

from bureau.periods import period_for
from core.access import holds
from core.charts import Chart, Point, Series
from core.metrics import SCHOOL, Metric, compute
from core.registries import metrics
from schools.choices import INTERNAL_METRICS, Stage
from schools.models import School, SchoolReturn

FIRST = "schools.pupil_count"
READ_BY = {
    "schools": "schools.view_schoolreturn",
    "groups": "groups.view_membership",
    "personnel": "personnel.view_teacher",
    "evaluation": "evaluation.view_result",
}
"""Room of a metric → the permission to read it school by school; others are closed."""

NOBODY = "schools.no_one"

Figure = Callable[[SchoolReturn], float | None]


def _per(part: str, whole: str) -> Figure:
    def figure(row: SchoolReturn) -> float | None:
        top, bottom = getattr(row, part), getattr(row, whole)
        return float(top) / float(bottom) if top is not None and bottom else None

    return figure


def _count(name: str) -> Figure:
    return lambda row: getattr(row, name)


def trends(school: School, day: date) -> list[Chart]:
    """Return the years of one school up to a day, from its confirmed returns."""
    rows = (
        SchoolReturn.objects.confirmed()
        .filter(school=school, year__starts_on__lte=day)
        .select_related("year")
        .order_by("year__starts_on", "stage")
    )
    found = list(rows)
    wanted: list[tuple[Any, Any, int, Figure]] = [
        (_("在校生"), _("人"), 0, _count("students")),
        (_("平均班额"), _("人"), 1, _per("students", "classes")),
        (_("生师比"), "", 1, _per("students", "full_time")),
    ]
    charts = [_trend(found, day, *one) for one in wanted]
    return [chart for chart in charts if chart is not None]


def _trend(
    rows: Sequence[SchoolReturn],
    day: date,
    name: Any,
    unit: Any,
    places: int,
    figure: Figure,
) -> Chart | None:
    years = list(dict.fromkeys(row.year.code for row in rows))
    held = {(row.stage, row.year.code): figure(row) for row in rows}
    stages = list(dict.fromkeys(row.stage for row in rows))
    series = [
        Series(Stage(stage).label, [held.get((stage, year)) for year in years])
        for stage in stages
        if any(held.get((stage, year)) is not None for year in years)
    ]
    if len(years) < 2 or not series:
        return None
    return Chart(
        "trend",
        _finding(name, unit, places, series, years),
        categories=years,
        series=series,
        unit=unit,
        places=places,
        source=_("已确认的年度报表"),
        day=day,
    )


def _finding(
    name: Any, unit: Any, places: int, series: Sequence[Series], years: Sequence[str]
) -> str:
    """Say what the picture shows; with several lines, only what it is about."""
    told = zip(years, series[0].values, strict=True)
    held = [(year, value) for year, value in told if value is not None]
    if len(series) > 1 or len(held) < 2:
        return str(name)
    change = float(held[-1][1] or 0) - float(held[0][1] or 0)
    words = {
        "name": name,
        "year": held[0][0],
        "change": f"{abs(change):,.{places}f} {unit}".strip(),
    }
    if round(abs(change), places) == 0:
        return _("%(name)s与 %(year)s 学年持平") % words
    if change > 0:
        return _("%(name)s比 %(year)s 学年增加 %(change)s") % words
    return _("%(name)s比 %(year)s 学年减少 %(change)s") % words


def plotted(user: Any) -> list[Metric]:
    """Return the metrics of schools the user may read, that of pupils first.

    What comes from quality monitoring is never among them: no ranking by results.
    """
    found = [
        one
        for one in metrics.values()
        if SCHOOL in one.subjects
        and one.key not in INTERNAL_METRICS
        and holds(user, READ_BY.get(one.key.partition(".")[0], NOBODY))
    ]
    return sorted(found, key=lambda one: (one.key != FIRST, one.key))


def plot(
    schools: Iterable[School], metric: Metric | None, day: date, region: Any = None
) -> Chart | None:
    """Return schools as points, coloured by a metric of the last school year.

    None without a school that has coordinates. A figure that is not known has no
    colour.
    """
    placed = [school for school in schools if school.longitude is not None]
    if not placed:
        return None
    ids = [school.pk for school in placed]
    values = _values(metric, ids, day, region) if metric else {}
    scale = 100 if metric is not None and metric.unit == "ratio" else 1
    points = [
        Point(
            school.name,
            float(school.longitude or 0),
            float(school.latitude or 0),
            None if values.get(school.pk) is None else values[school.pk] * scale,
            school.get_absolute_url(),
        )
        for school in placed
    ]
    unit = "%" if scale == 100 else ""
    return Chart(
        "plot",
        _spread(metric, points, unit),
        points=points,
        unit=unit,
        places=1 if scale == 100 else 0,
        source=_("学校名录与年度报表"),
        day=day,
        is_tall=True,
    )


def _spread(metric: Metric | None, points: Sequence[Point], unit: str) -> str:
    """Say from where to where the figures of the points go, and where half lies."""
    held = sorted(point.value for point in points if point.value is not None)
    words: dict[str, Any] = {"n": len(points), "known": len(held)}
    if metric is None or not held:
        return _("%(n)s 所学校的位置") % words
    least, middle, most = (
        f"{value:,.{1 if unit else 0}f} {unit}".strip()
        for value in (held[0], median(held), held[-1])
    )
    words |= {"metric": metric.title, "least": least, "middle": middle, "most": most}
    return (
        _(
            "%(metric)s：最低 %(least)s，中位 %(middle)s，最高 %(most)s"
            "（%(n)s 所学校，%(known)s 所有数据）"
        )
        % words
    )


def _values(
    metric: Metric, ids: Sequence[int], day: date, region: Any
) -> dict[int, float | None]:
    """Return the figure of each school in the period in which the metric is read."""
    period = period_for(metric.key, day)
    if period is None:
        return {}
    found = compute(metric.key, SCHOOL, ids, period, region)
    return {
        pk: float(one.value) if one.value is not None and one.detail else None
        for pk, one in found.items()
    }
