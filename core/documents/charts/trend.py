"""Lines over time, each named and valued at its end."""

from __future__ import annotations

from dataclasses import dataclass

from core.documents.blocks import Chart, Series
from core.documents.text import text_width

from . import svg

HEIGHT = 230.0
STEPS = 4


@dataclass(frozen=True)
class Frame:
    """Where the values of a trend lie on the canvas."""

    left: float
    right: float
    top: float
    low: float
    high: float
    count: int

    def x(self, index: int) -> float:
        """Return the x of a moment."""
        if self.count == 1:
            return (self.left + self.right) / 2
        return self.left + (self.right - self.left) * index / (self.count - 1)

    def y(self, value: float) -> float:
        """Return the y of a value."""
        share = (value - self.low) / (self.high - self.low)
        return self.top + HEIGHT * (1 - share)


def draw_trend(part: Chart, whole: Chart) -> str:
    """Draw every series as a line; a missing value leaves a gap."""
    several = len(whole.series) > 1
    parts, top = svg.legend([s.name for s in whole.series], 16) if several else ([], 8)
    frame = _frame(whole, top + 14)
    parts += _grid(whole, frame) + _moments(whole, frame) + _limit(whole, frame)
    for order, series in enumerate(part.series):
        parts += _line(whole, series, order, frame)
    return svg.picture(whole.title, frame.top + HEIGHT + 32, parts)


def _frame(chart: Chart, top: float) -> Frame:
    values = [float(value) for value in svg.all_values(chart)]
    low, high = svg.floor_of(chart, values), svg.top_of(chart)
    labels = [_tick(chart, low + (high - low) * k / STEPS) for k in range(STEPS + 1)]
    left = max(text_width(label) for label in labels) * 12 + 36
    tail = max(text_width(svg.value_label(chart, v)) for v in _last_values(chart))
    half = text_width(chart.categories[-1]) * 6
    right = svg.WIDTH - max(tail * 12 + 10, half + 2, 30)
    return Frame(left, right, top, low, high, len(chart.categories))


def _last_values(chart: Chart) -> list[svg.Number | None]:
    return [series.values[-1] for series in chart.series]


def _tick(chart: Chart, value: float) -> str:
    return svg.value_label(chart, svg.exact(value))


def _grid(chart: Chart, frame: Frame) -> list[str]:
    parts = []
    for step in range(STEPS + 1):
        value = frame.low + (frame.high - frame.low) * step / STEPS
        y = frame.y(value)
        parts.append(svg.line(frame.left - 14, y, frame.right, y))
        label = _tick(chart, value)
        parts.append(
            svg.words(
                frame.left - 18, y + 4, label, anchor="end", fill=svg.GREY, size=12
            )
        )
    return parts


def _moments(chart: Chart, frame: Frame) -> list[str]:
    widest = max(text_width(name) for name in chart.categories) * 12 + 8
    space = (frame.right - frame.left) / max(frame.count - 1, 1)
    every = max(1, -(-int(widest) // max(int(space), 1)))
    last, y = frame.count - 1, frame.top + HEIGHT + 20
    return [
        svg.words(frame.x(index), y, name, anchor="middle", fill=svg.GREY, size=12)
        for index, name in enumerate(chart.categories)
        if (last - index) % every == 0
    ]


def _line(chart: Chart, series: Series, order: int, frame: Frame) -> list[str]:
    colour, parts = svg.colour(order), []
    run: list[tuple[float, float]] = []
    for index, value in enumerate([*series.values, None]):
        if value is not None:
            run.append((frame.x(index), frame.y(float(value))))
            continue
        parts += _run(run, colour)
        run = []
    known = [(i, value) for i, value in enumerate(series.values) if value is not None]
    for index, value in known if len(chart.series) == 1 else known[-1:]:
        x, y = frame.x(index), frame.y(float(value))
        text = svg.value_label(chart, value)
        if index == frame.count - 1:
            parts.append(svg.words(x + 8, y + 4, text, fill=colour, size=12))
        else:
            parts.append(
                svg.words(x, y - 9, text, anchor="middle", fill=colour, size=12)
            )
    return parts


def _run(run: list[tuple[float, float]], colour: str) -> list[str]:
    dots = [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in run
    ]
    path = (
        f'<polyline points="{svg.points(run)}" fill="none" stroke="{colour}" '
        'stroke-width="2.2" stroke-linejoin="round"/>'
    )
    return [path, *dots] if len(run) > 1 else dots


def _limit(chart: Chart, frame: Frame) -> list[str]:
    if chart.threshold is None:
        return []
    y = frame.y(float(chart.threshold.value))
    label = chart.threshold.label
    return [
        svg.line(
            frame.left - 14, y, frame.right, y, svg.LIMIT, ' stroke-dasharray="5 3"'
        ),
        svg.words(frame.left - 12, y - 5, label, fill=svg.LIMIT, size=12),
    ]
