"""A radar of dimensions: one closed line for each series."""

from __future__ import annotations

from math import cos, pi, sin

from core.documents.blocks import Chart, Series

from . import svg

RADIUS = 125.0
CENTRE = svg.WIDTH / 2
RINGS = 5


def draw_radar(part: Chart, whole: Chart) -> str:
    """Draw every series on axes from zero to the chart's maximum."""
    several = len(whole.series) > 1
    parts, top = svg.legend([s.name for s in whole.series], 16) if several else ([], 0)
    middle = top + RADIUS + 44
    parts += _web(whole, middle) + _names(whole, middle)
    for order, series in enumerate(part.series):
        parts.append(_shape(whole, series, svg.colour(order), middle))
    return svg.picture(whole.title, middle + RADIUS + 44, parts)


def _spot(chart: Chart, axis: int, share: float, middle: float) -> tuple[float, float]:
    angle = 2 * pi * axis / len(chart.categories) - pi / 2
    return CENTRE + cos(angle) * RADIUS * share, middle + sin(angle) * RADIUS * share


def _web(chart: Chart, middle: float) -> list[str]:
    axes = range(len(chart.categories))
    rings = [
        [_spot(chart, axis, ring / RINGS, middle) for axis in axes]
        for ring in range(1, RINGS + 1)
    ]
    drawn = [
        f'<polygon points="{svg.points(ring)}" fill="none" stroke="{svg.PALE}"/>'
        for ring in rings
    ]
    spokes = [svg.line(CENTRE, middle, x, y) for x, y in rings[-1]]
    high = svg.value_label(chart, svg.exact(svg.top_of(chart)))
    scale = svg.words(CENTRE + 4, middle - RADIUS + 14, high, fill=svg.GREY, size=11)
    return [*drawn, *spokes, scale]


def _names(chart: Chart, middle: float) -> list[str]:
    parts = []
    for axis, name in enumerate(chart.categories):
        x, y = _spot(chart, axis, 1.1, middle)
        near = abs(x - CENTRE) < 8
        anchor = "middle" if near else ("start" if x > CENTRE else "end")
        lines = [*svg.wrap(name, 11), _values(chart, axis)]
        first = y - 16 * (len(lines) - 1) if y < middle - RADIUS / 2 else y
        for row, text in enumerate(lines):
            fill = svg.GREY if row == len(lines) - 1 else svg.INK
            parts.append(
                svg.words(
                    x, first + 4 + row * 16, text, anchor=anchor, fill=fill, size=13
                )
            )
    return parts


def _values(chart: Chart, axis: int) -> str:
    return " / ".join(svg.value_label(chart, s.values[axis]) for s in chart.series)


def _shape(chart: Chart, series: Series, colour: str, middle: float) -> str:
    high = svg.top_of(chart)
    spots = [
        _spot(chart, axis, float(value) / high, middle)
        for axis, value in enumerate(series.values)
        if value is not None
    ]
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in spots
    )
    return (
        f'<polygon points="{svg.points(spots)}" fill="{colour}" fill-opacity="0.12" '
        f'stroke="{colour}" stroke-width="2"/>{dots}'
    )
