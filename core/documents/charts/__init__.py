"""Charts as SVG, drawn from frozen values; the same picture in every format."""

from __future__ import annotations

from dataclasses import replace

from core.documents.blocks import BAR, HEATMAP, MONEY, RADAR, TREND, Chart
from core.documents.text import in_yuan

from .bars import draw_bars
from .heatmap import draw_heatmap
from .radar import draw_radar
from .trend import draw_trend

DRAW = {BAR: draw_bars, HEATMAP: draw_heatmap, RADAR: draw_radar, TREND: draw_trend}
BARS_ON_A_PAGE = 24
ROWS_ON_A_PAGE = 20

__all__ = ["pictures"]


def pictures(chart: Chart) -> list[str]:
    """Draw a chart; one too long for a page becomes several pictures.

    The pictures share one scale, taken from the whole chart.
    """
    whole = _in_yuan(chart) if chart.values == MONEY else chart
    return [DRAW[whole.kind](part, whole) for part in _parts(whole)]


def _in_yuan(chart: Chart) -> Chart:
    """Turn fen into yuan, so that axis values read right."""
    limit = chart.threshold
    return replace(
        chart,
        maximum=None if chart.maximum is None else in_yuan(chart.maximum),
        threshold=limit and replace(limit, value=in_yuan(limit.value)),
        series=[
            replace(
                series,
                values=[None if v is None else in_yuan(v) for v in series.values],
            )
            for series in chart.series
        ],
    )


def _parts(chart: Chart) -> list[Chart]:
    if chart.kind == BAR:
        return _by_category(
            chart, max(1, BARS_ON_A_PAGE // (len(chart.series) + 1) * 2)
        )
    if chart.kind == HEATMAP:
        rows, size = chart.series, ROWS_ON_A_PAGE
        return [
            replace(chart, series=rows[start : start + size])
            for start in range(0, len(rows), size)
        ]
    return [chart]


def _by_category(chart: Chart, size: int) -> list[Chart]:
    return [
        replace(
            chart,
            categories=chart.categories[start : start + size],
            series=[
                replace(series, values=series.values[start : start + size])
                for series in chart.series
            ],
        )
        for start in range(0, len(chart.categories), size)
    ]
