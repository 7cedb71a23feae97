"""Small SVG pieces: shapes, text, colours and scales. The canvas is 600 wide."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from html import escape
from math import floor, log10

from core.documents.blocks import Chart
from core.documents.text import format_value, text_width

WIDTH = 600
SIZE = 14
LINE = 20
FONTS = "Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
PALETTE = ("#1f5fa8", "#c8553d", "#2e8b6f", "#8a6bbd", "#b8861b", "#5b6770")
INK, GREY, PALE, LIMIT = "#222222", "#7a828c", "#e3e7ec", "#b3261e"

Number = int | Decimal


def picture(title: str, height: float, parts: Sequence[str]) -> str:
    """Wrap parts in an SVG image that reads out its title."""
    name = escape(title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="doc-chart" role="img" '
        f'viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" height="{height:.0f}" '
        f'font-family="{FONTS}" font-size="{SIZE}" aria-label="{name}">'
        f"<title>{name}</title>{''.join(parts)}</svg>"
    )


def words(
    x: float,
    y: float,
    text: str,
    *,
    anchor: str = "start",
    fill: str = INK,
    size: float = SIZE,
    halo: bool = False,
) -> str:
    """Draw text with its baseline at y; a halo keeps it clear of lines."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}" '
        f'font-size="{size:g}" paint-order="stroke" stroke="#ffffff" '
        f'stroke-width="{2.5 if halo else 0}">{escape(text)}</text>'
    )


def box(x: float, y: float, width: float, height: float, fill: str) -> str:
    """Draw a filled rectangle."""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" '
        f'height="{height:.1f}" fill="{fill}"/>'
    )


def line(
    x1: float, y1: float, x2: float, y2: float, stroke: str = PALE, extra: str = ""
) -> str:
    """Draw a straight line; `extra` holds further attributes."""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{stroke}"{extra}/>'
    )


def points(pairs: Sequence[tuple[float, float]]) -> str:
    """Write coordinates for a polyline or polygon."""
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in pairs)


def legend(names: Sequence[str], y: float) -> tuple[list[str], float]:
    """Draw the names of the series, wrapped; return the parts and the next y."""
    parts: list[str] = []
    x = 0.0
    for index, name in enumerate(names):
        width = text_width(name) * SIZE + 40
        if x and x + width > WIDTH:
            x, y = 0.0, y + LINE
        parts.append(box(x, y - 11, 12, 12, colour(index)))
        parts.append(words(x + 18, y, name))
        x += width
    return parts, y + LINE


def colour(index: int) -> str:
    """Return the colour of a series."""
    return PALETTE[index % len(PALETTE)]


def value_label(chart: Chart, value: Number | None) -> str:
    """Return a value as the chart prints it."""
    return format_value(value, chart.values, chart.decimals)


def all_values(chart: Chart) -> list[Number]:
    """Return every value that is there."""
    return [
        value for series in chart.series for value in series.values if value is not None
    ]


def top_of(chart: Chart) -> float:
    """Return where the axis ends: the chart's maximum, else a round number."""
    if chart.maximum is not None:
        return float(chart.maximum)
    limit = [chart.threshold.value] if chart.threshold else []
    return nice_ceiling(float(max([0, *all_values(chart), *limit])))


def floor_of(chart: Chart, values: Sequence[float]) -> float:
    """Return where a trend's axis starts: zero, or below the least far from zero."""
    least, top = min([*values, top_of(chart)]), top_of(chart)
    if least < 0:
        return -nice_ceiling(-least)
    step = nice_ceiling(top) / 10
    return 0.0 if least < top * 0.6 else floor(least / step - 1) * step


def exact(value: float) -> Decimal:
    """Return a computed axis value as a number that prints short."""
    return Decimal(f"{value:.6g}").normalize() + 0


def nice_ceiling(value: float) -> float:
    """Return the next round number (1, 2, 2.5, 5 × 10ⁿ) at or above the value."""
    if value <= 0:
        return 1.0
    power = 10.0 ** floor(log10(value))
    steps = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
    return next(step * power for step in steps if step * power >= value * 0.999999)


def wrap(text: str, width: float, most: int = 2) -> list[str]:
    """Break text into at most `most` lines of `width` characters, ending in …."""
    lines = [""]
    for char in text:
        if text_width(lines[-1] + char) > width:
            lines.append("")
        lines[-1] += char
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1][:-1] + "…"]
    return lines
