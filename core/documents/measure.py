"""How wide the columns of a table are, and whether it needs a lying page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from .blocks import TEXT, Column
from .text import text_width

# Size of table text in points; characters on a line of an upright and a lying page.
TABLE_SIZE = 10.5
SMALLEST_SIZE = 6.0
UPRIGHT_CHARS = 42.0
LYING_CHARS = 60.0
CELL_PADDING = 1.1
WIDEST_TEXT = 18.0
NARROWEST_TEXT = 6.0


@dataclass(frozen=True)
class Measured:
    """Column shares in hundredths of a percent, the page and the size of the text."""

    shares: list[int]
    wide: bool
    size: str
    lines: int


def measure(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Measured:
    """Fit a table on the page: wrap long text, then turn the page, then shrink.

    Numbers and dates never wrap; text wraps down to six characters.
    """
    wished = [_wished(column, index, rows) for index, column in enumerate(columns)]
    least = [
        min(width, NARROWEST_TEXT + CELL_PADDING) if column.kind == TEXT else width
        for column, width in zip(columns, wished, strict=True)
    ]
    wide = sum(least) > UPRIGHT_CHARS
    room = LYING_CHARS if wide else UPRIGHT_CHARS
    size = TABLE_SIZE * min(1.0, room / sum(least))
    room = max(room, sum(least))
    widths = _squeeze(wished, least, room)
    shares = [round(width / sum(widths) * 10_000) for width in widths]
    lines = sum(_lines(row, widths) for row in rows)
    return Measured(shares, wide, f"{max(size, SMALLEST_SIZE):.1f}", lines)


def _lines(row: Sequence[str], widths: Sequence[float]) -> int:
    """Count the lines a row takes when its texts wrap."""
    return max(
        sum(
            max(1, ceil(text_width(line) / max(width - CELL_PADDING, 1)))
            for line in text.split("\n")
        )
        for text, width in zip(row, widths, strict=True)
    )


def _wished(column: Column, index: int, rows: Sequence[Sequence[str]]) -> float:
    longest = max((text_width(row[index]) for row in rows), default=0.0)
    if column.kind == TEXT:
        longest = min(longest, WIDEST_TEXT)
    title = min(text_width(column.title), max(4.0, longest))
    return max(longest, title, 2.0) + CELL_PADDING


def _squeeze(
    wished: Sequence[float], least: Sequence[float], room: float
) -> list[float]:
    """Take what is too much from the columns that can give, in proportion."""
    excess = sum(wished) - room
    spare = sum(wished) - sum(least)
    if excess <= 0 or spare <= 0:
        return list(wished)
    part = min(1.0, excess / spare)
    return [wish - (wish - low) * part for wish, low in zip(wished, least, strict=True)]
