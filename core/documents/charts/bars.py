"""Lying bars from zero, with the value at the end of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.documents.blocks import Chart
from core.documents.text import text_width

from . import svg

LABEL_CHARS = 13.0
GAP = 12.0
LINE_FOR_LIMIT = 22.0


@dataclass(frozen=True)
class Frame:
    """Where the values of a bar chart lie on the canvas."""

    left: float
    room: float
    low: float
    high: float
    thick: float

    def at(self, value: float) -> float:
        """Return the x of a value."""
        return self.left + (value - self.low) / (self.high - self.low) * self.room


def draw_bars(part: Chart, whole: Chart) -> str:
    """Draw some categories of a bar chart on the scale of the whole."""
    frame = _frame(whole)
    several = len(whole.series) > 1
    parts, top = svg.legend([s.name for s in whole.series], 16) if several else ([], 4)
    top += LINE_FOR_LIMIT if whole.threshold else 0
    bottom = top + len(part.categories) * (frame.thick * len(part.series) + GAP)
    parts += _limit(whole, frame.at, top, bottom)
    y = top
    for index, category in enumerate(part.categories):
        height = frame.thick * len(part.series) + GAP
        parts += _label(category, frame, y + height / 2)
        for order, series in enumerate(part.series):
            bar_top = y + GAP / 2 + order * frame.thick
            parts += _bar(part, series.values[index], order, bar_top, frame)
        y += height
    parts.append(svg.line(frame.at(0), top, frame.at(0), y, svg.GREY))
    return svg.picture(whole.title, y + 6, parts)


def _frame(chart: Chart) -> Frame:
    values = [float(value) for value in svg.all_values(chart)]
    low, high = min([0.0, *values]), svg.top_of(chart)
    names = max(text_width(name) for name in chart.categories)
    left = min(names, LABEL_CHARS) * svg.SIZE + 12
    ends = [svg.value_label(chart, v) for s in chart.series for v in s.values]
    tail = max(text_width(end) for end in ends) * svg.SIZE + 12
    left += tail if low < 0 else 0
    room = svg.WIDTH - left - tail
    return Frame(left, room, low, high, 18 if len(chart.series) == 1 else 14)


def _label(category: str, frame: Frame, middle: float) -> list[str]:
    lines = svg.wrap(category, LABEL_CHARS)
    size = svg.SIZE if len(lines) == 1 else 11
    start = middle + 5 - (len(lines) - 1) * 6.5
    right = min(LABEL_CHARS * svg.SIZE + 4, frame.left - 8)
    return [
        svg.words(right, start + row * 13, text, anchor="end", size=size)
        for row, text in enumerate(lines)
    ]


def _bar(
    chart: Chart, value: svg.Number | None, order: int, top: float, frame: Frame
) -> list[str]:
    text, base = svg.value_label(chart, value), top + frame.thick / 2 + 4.5
    size = svg.SIZE if len(chart.series) == 1 else 12
    if value is None:
        return [svg.words(frame.at(0) + 6, base, text, fill=svg.GREY, size=size)]
    zero, end = frame.at(0), frame.at(float(value))
    left, right = min(zero, end), max(zero, end)
    bar = svg.box(left, top + 1, right - left, frame.thick - 2, svg.colour(order))
    if value < 0:
        return [
            bar,
            svg.words(left - 5, base, text, anchor="end", size=size, halo=True),
        ]
    return [bar, svg.words(right + 5, base, text, size=size, halo=True)]


def _limit(
    chart: Chart, at: Callable[[float], float], top: float, bottom: float
) -> list[str]:
    if chart.threshold is None:
        return []
    x = at(float(chart.threshold.value))
    near_end = x + text_width(chart.threshold.label) * 12 > svg.WIDTH
    anchor = "end" if near_end else "start"
    return [
        svg.line(x, top - 4, x, bottom, svg.LIMIT, ' stroke-dasharray="5 3"'),
        svg.words(
            x, top - 9, chart.threshold.label, anchor=anchor, fill=svg.LIMIT, size=12
        ),
    ]
