"""From frozen data to what is printed: numbered, formatted, measured, plain text.

HTML, DOCX and PDF print the same layout, so that they cannot disagree. XLSX uses it
for captions and takes the values themselves from the document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import blocks as b
from .charts import pictures
from .data import digest, from_data
from .measure import measure
from .text import chinese_date, chinese_number, format_value, title_lines

Printed = dict[str, Any]
LINES_KEPT_TOGETHER = 14

STATUS_LABELS = {b.DRAFT: "草稿", b.SIGNED: "已签发", b.PUBLISHED: "已公开"}


def lay_out(
    data: Mapping[str, Any],
    status: str | None = None,
    signers: Sequence[b.Signer] | None = None,
) -> Printed:
    """Return the printed form of frozen data, as plain JSON-like values.

    `status` and `signers` stand in for the frozen ones when the document was signed
    after it was frozen; the digest stays that of the data.
    """
    document = from_data(data)
    state = status or document.status
    if state not in b.STATUSES:
        raise ValueError(f"unknown status {state!r}")
    fingerprint = digest(data)
    return {
        **_head(document),
        "status": state,
        "status_label": STATUS_LABELS[state],
        "draft": state == b.DRAFT,
        "digest": fingerprint,
        "foot": f"数据校验 SHA-256：{fingerprint}",
        "signers": [
            _signer(s) for s in (document.signers if signers is None else signers)
        ],
        "sources": list(document.sources),
        **_bodies(document),
    }


def _head(document: b.Document) -> Printed:
    facts = [document.period, document.region, document.doc_number]
    if document.red_head:
        facts.remove(document.doc_number)
    return {
        "title": _one_line(document.title),
        "title_lines": title_lines(document.title),
        "subtitle": document.subtitle,
        "red_head": document.red_head,
        "doc_number": document.doc_number if document.red_head else "",
        "facts": [fact for fact in facts if fact],
        "issuer": document.issuer,
        "date": chinese_date(document.prepared_on),
        "date_iso": document.prepared_on.isoformat(),
        "seal": document.seal,
    }


def _signer(signer: b.Signer) -> Printed:
    day = chinese_date(signer.signed_on) if signer.signed_on else ""
    return {"role": signer.role, "name": signer.name, "date": day}


def _bodies(document: b.Document) -> Printed:
    counter = _Counter()
    blocks = list(_blocks(document.blocks, counter))
    appendix = list(_blocks(document.appendix, counter.for_appendix()))
    if appendix:
        appendix.insert(0, {"type": "heading", "level": 1, "text": "附件"})
    return {"blocks": _turn_wide(blocks), "appendix": _turn_wide(appendix)}


def _turn_wide(blocks: Sequence[Printed]) -> list[Printed]:
    """Gather wide tables, with the headings right before them, on lying pages."""
    result: list[Printed] = []
    for block in blocks:
        if not block.get("wide"):
            result.append(block)
            continue
        headings: list[Printed] = []
        while result and result[-1]["type"] == "heading":
            headings.insert(0, result.pop())
        if not (result and result[-1]["type"] == "lying"):
            result.append({"type": "lying", "blocks": []})
        result[-1]["blocks"] += [*headings, block]
    return result


class _Counter:
    """Numbers headings, tables and pictures in the order they come."""

    def __init__(self, tables: int = 0, charts: int = 0) -> None:
        self.headings = [0, 0, 0]
        self.tables = tables
        self.charts = charts

    def for_appendix(self) -> _Counter:
        return _Counter(self.tables, self.charts)

    def heading(self, level: int) -> str:
        self.headings[level - 1] += 1
        self.headings[level:] = [0] * (3 - level)
        number = self.headings[level - 1]
        chinese = chinese_number(number)
        return {1: f"{chinese}、", 2: f"（{chinese}）", 3: f"{number}. "}[level]

    def table(self) -> str:
        self.tables += 1
        return f"表 {self.tables}"

    def chart(self) -> str:
        self.charts += 1
        return f"图 {self.charts}"


def _blocks(blocks: Sequence[b.Block], counter: _Counter) -> Iterator[Printed]:
    for block in blocks:
        if isinstance(block, b.Paragraph):
            yield from _paragraphs(block)
        else:
            yield PRINT[type(block)](block, counter)


def _heading(block: b.Heading, counter: _Counter) -> Printed:
    number = counter.heading(block.level) if block.numbered else ""
    text = f"{number}{_one_line(block.text)}"
    return {"type": "heading", "level": block.level, "text": text}


def _paragraphs(block: b.Paragraph) -> Iterator[Printed]:
    lead = block.lead
    for text in filter(str.strip, block.text.split("\n")):
        yield {
            "type": "paragraph",
            "lead": lead,
            "text": text.strip(),
            "note": block.note,
        }
        lead = ""


def _figures(block: b.KeyFigures, counter: _Counter) -> Printed:
    items = [
        {
            "label": item.label,
            "value": format_value(item.value, item.kind, item.decimals),
            "unit": item.unit,
            "note": item.note,
        }
        for item in block.items
    ]
    return {"type": "figures", "items": items, "columns": _even(len(items))}


def _even(count: int) -> int:
    """Return into how many columns cards go without leaving a thin last row."""
    if count <= 4:
        return max(count, 1)
    return min((3, 4), key=lambda columns: (-count % columns, -columns))


def _table(block: b.Table, counter: _Counter) -> Printed:
    number = counter.table()
    return {**print_table(block), "number": number, **_caption(number, block.caption)}


def _caption(number: str, caption: str) -> Printed:
    return {"caption": f"{number}　{caption}" if caption else number}


def print_table(block: b.Table) -> Printed:
    """Return a table as text, with the share of the width each column takes."""
    rows = [_cells(block, row) for row in block.rows]
    total = None if block.total is None else _total(block)
    measured = measure(block.columns, [*rows, *([total] if total else [])])
    return {
        "type": "table",
        "note": block.note,
        "columns": [
            {"title": column.title, "align": _align(column), "share": share}
            for column, share in zip(block.columns, measured.shares, strict=True)
        ],
        "rows": rows,
        "total": total,
        "wide": measured.wide,
        "size": measured.size,
        "whole": measured.lines <= LINES_KEPT_TOGETHER,
    }


def _cells(block: b.Table, row: Sequence[b.Value]) -> list[str]:
    return [
        format_value(cell, column.kind, column.decimals)
        for cell, column in zip(row, block.columns, strict=True)
    ]


def _total(block: b.Table) -> list[str]:
    """Print the total row; a cell that has no total stays empty."""
    assert block.total is not None  # noqa: S101 - the caller asked
    cells = _cells(block, block.total)
    return [
        "" if raw is None else cell
        for raw, cell in zip(block.total, cells, strict=True)
    ]


def _align(column: b.Column) -> str:
    if column.align:
        return column.align
    return {b.TEXT: "left", b.DATE: "center"}.get(column.kind, "right")


def _list(block: b.BulletList, counter: _Counter) -> Printed:
    return {"type": "list", "ordered": block.ordered, "items": list(block.items)}


def _chart(block: b.Chart, counter: _Counter) -> Printed:
    number = counter.chart()
    return {
        "type": "chart",
        "number": number,
        **_caption(number, block.title),
        "alt": block.title,
        "note": block.note,
        "pictures": pictures(block),
        "table": print_table(chart_table(block)),
    }


def chart_table(chart: b.Chart) -> b.Table:
    """Return a chart's values as a table; a heat map keeps its rows."""
    if chart.kind == b.HEATMAP:
        heads = [_value_column(chart, name) for name in chart.categories]
        rows = [(series.name, *series.values) for series in chart.series]
        return b.Table([b.Column("名称"), *heads], rows, caption=chart.title)
    heads = [_value_column(chart, series.name) for series in chart.series]
    values = zip(*(series.values for series in chart.series), strict=True)
    rows = [(name, *row) for name, row in zip(chart.categories, values, strict=True)]
    return b.Table([b.Column("项目"), *heads], rows, caption=chart.title)


def _value_column(chart: b.Chart, title: str) -> b.Column:
    return b.Column(title, chart.values, decimals=chart.decimals)


def _break(block: b.PageBreak, counter: _Counter) -> Printed:
    return {"type": "break"}


def _definitions(block: b.Definitions, counter: _Counter) -> Printed:
    return {"type": "definitions", "items": [list(item) for item in block.items]}


def _one_line(text: str) -> str:
    return " ".join(text.split("\n"))


PRINT: dict[type, Any] = {
    b.Heading: _heading,
    b.KeyFigures: _figures,
    b.Table: _table,
    b.BulletList: _list,
    b.Chart: _chart,
    b.PageBreak: _break,
    b.Definitions: _definitions,
}
