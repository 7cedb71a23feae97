"""A heat map: one row for each series, darker where the value is higher."""

from __future__ import annotations

from core.documents.blocks import Chart
from core.documents.text import text_width

from . import svg

ROW = 28.0
LABEL_CHARS = 13.0
LIGHT, DARK = (234, 241, 249), (24, 78, 140)


def draw_heatmap(part: Chart, whole: Chart) -> str:
    """Draw some rows of a heat map in the colours of the whole."""
    names = max(text_width(series.name) for series in whole.series)
    left = min(names, LABEL_CHARS) * svg.SIZE + 12
    width = (svg.WIDTH - left) / len(whole.categories)
    parts, y = _heads(whole, left, width)
    for series in part.series:
        name = svg.wrap(series.name, LABEL_CHARS, most=1)[0]
        parts.append(svg.words(left - 8, y + 19, name, anchor="end"))
        for index, value in enumerate(series.values):
            parts += _cell(whole, value, left + index * width, y, width)
        y += ROW
    return svg.picture(whole.title, y + 6, parts)


def _heads(chart: Chart, left: float, width: float) -> tuple[list[str], float]:
    wrapped = [svg.wrap(name, max(width / 13, 1), 3) for name in chart.categories]
    depth = max(len(lines) for lines in wrapped)
    parts = [
        svg.words(
            left + (index + 0.5) * width,
            16 + (depth - len(lines) + row) * 16,
            text,
            anchor="middle",
            size=12,
        )
        for index, lines in enumerate(wrapped)
        for row, text in enumerate(lines)
    ]
    return parts, depth * 16 + 10


def _cell(
    chart: Chart, value: svg.Number | None, x: float, y: float, width: float
) -> list[str]:
    share = _share(chart, value)
    fill = "#ffffff" if share is None else _shade(share)
    ink = svg.GREY if share is None else ("#ffffff" if share > 0.55 else svg.INK)
    return [
        svg.box(x + 1, y + 1, width - 2, ROW - 2, fill),
        svg.words(
            x + width / 2,
            y + 19,
            svg.value_label(chart, value),
            anchor="middle",
            fill=ink,
            size=13,
        ),
    ]


def _share(chart: Chart, value: svg.Number | None) -> float | None:
    if value is None:
        return None
    values = [float(v) for v in svg.all_values(chart)]
    low, high = min(values), max(values)
    return (float(value) - low) / (high - low) if high > low else 0.5


def _shade(share: float) -> str:
    mixed = (
        round(light + (dark - light) * share)
        for light, dark in zip(LIGHT, DARK, strict=True)
    )
    return "#" + "".join(f"{part:02x}" for part in mixed)
