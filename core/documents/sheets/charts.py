"""Excel's own charts over the values of a sheet; a heat map becomes colours."""

from __future__ import annotations

from typing import Any

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from core.documents import blocks as b
from core.documents.charts.svg import colour

from .formats import number_format

KINDS: dict[str, dict[str, str]] = {
    b.BAR: {"type": "bar"},
    b.TREND: {"type": "line"},
    b.RADAR: {"type": "radar", "subtype": "with_markers"},
}


def add_chart(
    workbook: Workbook, sheet: Worksheet, chart: b.Chart, first: int, below: int
) -> None:
    """Draw a chart at row `below`, from the table whose data begin at row `first`."""
    if chart.kind == b.HEATMAP:
        _colour(sheet, chart, first)
        return
    last = first + len(chart.categories) - 1
    drawing = workbook.add_chart(KINDS[chart.kind])
    for column, series in enumerate(chart.series, start=1):
        drawing.add_series(
            {
                "name": series.name,
                "categories": [sheet.name, first, 0, last, 0],
                "values": [sheet.name, first, column, last, column],
                **_look(chart, colour(column - 1)),
            }
        )
    drawing.set_title({"name": chart.title, "name_font": {"size": 12}})
    drawing.set_legend(
        {"none": True} if len(chart.series) == 1 else {"position": "top"}
    )
    form = number_format(chart.values, chart.decimals)
    if chart.kind == b.BAR:
        drawing.set_y_axis({"reverse": True})
        drawing.set_x_axis({"min": _least(chart), "num_format": form})
    drawing.set_size({"width": 620, "height": 340})
    sheet.insert_chart(below, 0, drawing, {"description": chart.title})


def _look(chart: b.Chart, shade: str) -> dict[str, Any]:
    if chart.kind == b.BAR:
        return {"fill": {"color": shade}, "data_labels": {"value": True}, "gap": 60}
    marker = {"type": "circle", "size": 5, "fill": {"color": shade}}
    return {"line": {"color": shade, "width": 2}, "marker": marker}


def _least(chart: b.Chart) -> int | None:
    values = (value for series in chart.series for value in series.values)
    return None if any(value is not None and value < 0 for value in values) else 0


def _colour(sheet: Worksheet, chart: b.Chart, first: int) -> None:
    last = first + len(chart.series) - 1
    scale = {"type": "2_color_scale", "min_color": "#EAF1F9", "max_color": "#5B8FC7"}
    sheet.conditional_format(first, 1, last, len(chart.categories), scale)
