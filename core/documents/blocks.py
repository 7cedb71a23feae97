"""What an official document is made of, whatever file format it ends in.

Every class is frozen and holds plain values only. Cells and figures are ``str``,
``int``, ``Decimal``, ``date`` or ``None`` (missing, printed “未填”); the constant
``NOT_APPLICABLE`` prints “—”. Floats are refused when the document is frozen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Value = str | int | Decimal | date | None

NOT_APPLICABLE = "—"

TEXT, NUMBER, MONEY, PERCENT, DATE = "text", "number", "money", "percent", "date"
VALUE_KINDS = (TEXT, NUMBER, MONEY, PERCENT, DATE)

DRAFT, SIGNED, PUBLISHED = "DRAFT", "SIGNED", "PUBLISHED"
STATUSES = (DRAFT, SIGNED, PUBLISHED)

BAR, RADAR, TREND, HEATMAP = "bar", "radar", "trend", "heatmap"
CHART_KINDS = (BAR, RADAR, TREND, HEATMAP)
MOST_SERIES = 6


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


def _freeze(instance: object, **values: Iterable[object]) -> None:
    """Turn list-like fields into tuples, so that a block cannot change later."""
    for name, value in values.items():
        object.__setattr__(instance, name, tuple(value))


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; levels 1–3 are numbered 一、（一） 1. unless `numbered` is off."""

    text: str
    level: int = 1
    numbered: bool = True

    def __post_init__(self) -> None:
        _require(self.level in (1, 2, 3), f"heading level {self.level} is not 1–3")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; a line break starts a new paragraph. `lead` opens it in 黑体."""

    text: str
    lead: str = ""
    note: bool = False


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One figure with its name; `note` says what it is compared with."""

    label: str
    value: Value
    kind: str = NUMBER
    unit: str = ""
    note: str = ""
    decimals: int | None = None

    def __post_init__(self) -> None:
        _require(self.kind in VALUE_KINDS, f"unknown value kind {self.kind!r}")


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """A row of key figures."""

    items: Sequence[KeyFigure]

    def __post_init__(self) -> None:
        _freeze(self, items=self.items)


@dataclass(frozen=True, slots=True)
class Column:
    """One table column.

    ``money`` takes whole fen (int) or yuan (Decimal); ``percent`` takes a ratio
    (0.123 is 12.3 %). `align` is left, center or right; empty follows the kind.
    """

    title: str
    kind: str = TEXT
    align: str = ""
    decimals: int | None = None

    def __post_init__(self) -> None:
        _require(self.kind in VALUE_KINDS, f"unknown value kind {self.kind!r}")
        _require(
            self.align in ("", "left", "center", "right"),
            f"unknown alignment {self.align!r}",
        )


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `total` is one more row, set off at the end."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    caption: str = ""
    note: str = ""
    total: Sequence[Value] | None = None

    def __post_init__(self) -> None:
        _freeze(self, columns=self.columns, rows=(tuple(row) for row in self.rows))
        if self.total is not None:
            _freeze(self, total=self.total)
        _require(bool(self.columns), "a table needs a column")
        for row in (*self.rows, *([self.total] if self.total is not None else [])):
            _require(
                len(row) == len(self.columns),
                f"{len(row)} cells in a table of {len(self.columns)} columns: {row!r}",
            )


@dataclass(frozen=True, slots=True)
class BulletList:
    """A list of short points."""

    items: Sequence[str]
    ordered: bool = False

    def __post_init__(self) -> None:
        _freeze(self, items=self.items)


@dataclass(frozen=True, slots=True)
class Series:
    """Named values, one for each category of the chart."""

    name: str
    values: Sequence[int | Decimal | None]

    def __post_init__(self) -> None:
        _freeze(self, values=self.values)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit drawn as a line; the label names it and its clause."""

    value: int | Decimal
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One picture with one idea; the title says the finding.

    A heat map has one row for each series and one column for each category.
    """

    kind: str
    title: str
    categories: Sequence[str]
    series: Sequence[Series]
    values: str = NUMBER
    decimals: int | None = None
    maximum: int | Decimal | None = None
    threshold: Threshold | None = None
    note: str = ""

    def __post_init__(self) -> None:
        _freeze(self, categories=self.categories, series=self.series)
        _require(self.kind in CHART_KINDS, f"unknown chart kind {self.kind!r}")
        _require(self.values in (NUMBER, MONEY, PERCENT), "charts draw numbers only")
        _require(bool(self.categories and self.series), "a chart needs values")
        for series in self.series:
            _require(
                len(series.values) == len(self.categories),
                f"series {series.name!r} does not have one value for each category",
            )
        _require(
            self.kind == HEATMAP or len(self.series) <= MOST_SERIES,
            f"at most {MOST_SERIES} series in a picture",
        )
        _require(
            self.kind != RADAR or len(self.categories) >= 3,
            "a radar needs three axes",
        )


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows starts on a new page."""


@dataclass(frozen=True, slots=True)
class Definitions:
    """Terms and what they mean here."""

    items: Sequence[tuple[str, str]]

    def __post_init__(self) -> None:
        _freeze(self, items=(tuple(item) for item in self.items))


Block = (
    Heading
    | Paragraph
    | KeyFigures
    | Table
    | BulletList
    | Chart
    | PageBreak
    | Definitions
)


@dataclass(frozen=True, slots=True)
class Signer:
    """A line to sign: the role, and who signed when known."""

    role: str
    name: str = ""
    signed_on: date | None = None


BLANK_SIGNERS = (Signer("填报人"), Signer("审核人"), Signer("签发人"))


@dataclass(frozen=True, slots=True)
class Document:
    """A whole official document.

    `red_head` is the issuer's line in red above the text (红头); without it the
    document is a plain report. `sources` name where the figures come from and the
    day they were taken. `appendix` starts on a new page after the signatures.
    """

    title: str
    issuer: str
    prepared_on: date
    blocks: Sequence[Block]
    subtitle: str = ""
    red_head: str = ""
    doc_number: str = ""
    period: str = ""
    region: str = ""
    status: str = DRAFT
    signers: Sequence[Signer] = BLANK_SIGNERS
    sources: Sequence[str] = ()
    appendix: Sequence[Block] = ()
    seal: bool = True

    def __post_init__(self) -> None:
        _freeze(
            self,
            blocks=self.blocks,
            signers=self.signers,
            sources=self.sources,
            appendix=self.appendix,
        )
        _require(self.status in STATUSES, f"unknown status {self.status!r}")
        _require(bool(self.title.strip()), "a document needs a title")
