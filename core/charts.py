"""Pictures as data: drawn by ECharts in the browser, a table without JavaScript."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

KINDS = (
    *("trend", "bar", "radar", "heat", "sankey", "network", "gantt", "waterfall"),
    "plot",
)
MAX_SERIES = 6
Value = float | int | None


@dataclass(frozen=True)
class Series:
    """One line, one set of bars or one outline of a radar: a value per category."""

    name: Any
    values: Sequence[Value]


@dataclass(frozen=True)
class Threshold:
    """A line across the picture, with the clause it comes from."""

    value: float
    label: Any
    clause: str = ""


@dataclass(frozen=True)
class Link:
    """A flow or a tie between two named nodes."""

    source: str
    target: str
    value: Value = 1


@dataclass(frozen=True)
class Task:
    """One bar of a plan: from a day to a day, in a tone."""

    name: Any
    start: date
    end: date
    tone: str = "blue"


@dataclass(frozen=True)
class Point:
    """A place by its coordinates in degrees, coloured by a value, leading to a page."""

    name: Any
    longitude: float
    latitude: float
    value: Value = None
    url: str = ""


@dataclass(frozen=True)
class Chart:
    """One picture. ``title`` says the finding; give what its kind needs.

    trend, bar, radar, waterfall: ``categories`` and ``series``; heat: ``categories``
    (columns) and one Series a row; sankey, network: ``links`` (network: ``centre``);
    gantt: ``tasks``; plot: ``points``. ``maximum`` closes the axis (radar: full mark).
    """

    kind: str
    title: Any
    categories: Sequence[Any] = ()
    series: Sequence[Series] = ()
    unit: Any = ""
    thresholds: Sequence[Threshold] = ()
    links: Sequence[Link] = ()
    tasks: Sequence[Task] = ()
    points: Sequence[Point] = ()
    centre: str = ""
    maximum: float | None = None
    places: int = 1
    source: Any = ""
    day: date | None = None
    is_tall: bool = False
    key: str = field(default="chart")

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind!r} is no kind of chart: {', '.join(KINDS)}")
        if self.kind not in {"heat"} and len(self.series) > MAX_SERIES:
            raise ValueError(f"a picture holds at most {MAX_SERIES} series")

    def data(self) -> dict[str, Any]:
        """Return what the browser draws from."""
        return {
            "kind": self.kind,
            "title": str(self.title),
            "unit": str(self.unit),
            "categories": [str(c) for c in self.categories],
            "series": [
                {"name": str(s.name), "values": [_number(v) for v in s.values]}
                for s in self.series
            ],
            "thresholds": [
                {"value": t.value, "label": f"{t.label} {t.clause}".strip()}
                for t in self.thresholds
            ],
            "links": [
                {"source": k.source, "target": k.target, "value": _number(k.value)}
                for k in self.links
            ],
            "tasks": [
                {
                    "name": str(t.name),
                    "start": f"{t.start}",
                    "end": f"{t.end}",
                    "tone": t.tone,
                }
                for t in self.tasks
            ],
            "points": [
                {
                    "name": str(p.name),
                    "at": [p.longitude, p.latitude],
                    "value": _number(p.value),
                    "url": p.url,
                }
                for p in self.points
            ],
            "centre": self.centre,
            "maximum": self.maximum,
            "places": self.places,
        }

    def heads(self) -> list[str]:
        """Return the heads of the table behind the picture."""
        if self.kind in {"sankey", "network"}:
            return [_("从"), _("到"), self._with_unit(_("数值"))]
        if self.kind == "gantt":
            return [_("事项"), _("开始"), _("结束")]
        if self.kind == "plot":
            return [_("名称"), _("经度"), _("纬度"), self._with_unit(_("数值"))]
        if self.kind == "heat":
            return ["", *(str(c) for c in self.categories)]
        return [_("项目"), *(self._with_unit(str(s.name)) for s in self.series)]

    def rows(self) -> list[list[Any]]:
        """Return the rows of the table behind the picture."""
        if self.kind in {"sankey", "network"}:
            return [[k.source, k.target, self._show(k.value)] for k in self.links]
        if self.kind == "gantt":
            return [[t.name, f"{t.start}", f"{t.end}"] for t in self.tasks]
        if self.kind == "plot":
            return [
                [p.name, f"{p.longitude:.5f}", f"{p.latitude:.5f}", self._show(p.value)]
                for p in self.points
            ]
        if self.kind == "heat":
            return [[s.name, *map(self._show, s.values)] for s in self.series]
        return [
            [name, *(self._show(s.values[at]) for s in self.series)]
            for at, name in enumerate(self.categories)
        ]

    def _with_unit(self, name: str) -> str:
        return f"{name}（{self.unit}）" if self.unit else name

    def _show(self, value: Value) -> str:
        if value is None:
            return _("未填")
        text = f"{value:,.{self.places}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text


def _number(value: Value) -> float | None:
    return None if value is None else float(value)
