"""HTML: a fragment for a page of the portal, and a page of its own to print."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from .layout import Printed, lay_out


def render_fragment(
    data: Mapping[str, Any], *, status: str | None = None
) -> SafeString:
    """Return the document as an article without head or styles, all text escaped."""
    return render_to_string("documents/fragment.html", _context(lay_out(data, status)))


def render_page(printed: Printed) -> bytes:
    """Render a layout as a page that stands alone and prints on A4."""
    return render_to_string("documents/page.html", _context(printed)).encode()


def _context(printed: Printed) -> Printed:
    return {
        "document": printed
        | {
            "blocks": _drawn(printed["blocks"]),
            "appendix": _drawn(printed["appendix"]),
        }
    }


def _drawn(blocks: Sequence[Printed]) -> list[Printed]:
    """Name the template of each block and ready what templates cannot work out."""
    return [
        {
            **block,
            "template": f"documents/blocks/{block['type']}.html",
            **READY.get(block["type"], dict)(block),
        }
        for block in blocks
    ]


def _lying(block: Printed) -> Printed:
    return {"blocks": _drawn(block["blocks"])}


def _chart(block: Printed) -> Printed:
    """Mark pictures as safe: they are drawn here, with every text escaped."""
    pictures = [mark_safe(svg) for svg in block["pictures"]]  # noqa: S308
    return {"pictures": pictures, "table": {**block["table"], **_table(block["table"])}}


def _table(block: Printed) -> Printed:
    aligns = [column["align"] for column in block["columns"]]

    def cells(row: Sequence[str]) -> list[Printed]:
        pairs = zip(row, aligns, strict=True)
        return [{"text": text, "align": align} for text, align in pairs]

    return {
        "cells": [cells(row) for row in block["rows"]],
        "total_cells": cells(block["total"]) if block["total"] else [],
    }


READY: dict[str, Callable[[Printed], Printed]] = {
    "lying": _lying,
    "chart": _chart,
    "table": _table,
}
