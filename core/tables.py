"""Tables of lists: typed columns that know how to be read, sorted and exported."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.db.models import Model, QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tables2.rows import BoundRow

from core.cells import drawer, exporter
from core.templatetags import formats
from core.templatetags.components import badge_html
from core.tones import tone_of


class Column(tables.Column):  # type: ignore[misc]
    """A column of text; ``kind`` decides alignment and the type of exported cells."""

    kind = "text"
    css = ""

    def __init__(self, *args: Any, css: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.css = f"{self.css} {css}".strip()


class NameColumn(Column):
    """The first column: the object's name as a link, with a quiet second line."""

    css = "first"

    def __init__(self, *args: Any, sub: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("linkify", True)
        super().__init__(*args, **kwargs)
        self.sub = tables.A(sub) if sub else None

    def render(self, value: Any, record: Any) -> str:
        """Return the name, and below it what ``sub`` points to."""
        second = self.sub.resolve(record, quiet=True) if self.sub else None
        if not second:
            return str(value)
        return format_html('{}<span class="sub">{}</span>', value, second)


class NumberColumn(Column):
    """A whole or decimal number, right-aligned, with thousands separators."""

    kind = "number"
    css = "num"

    def __init__(self, *args: Any, places: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places

    def render(self, value: Any) -> str:
        """Return the number as a person reads it."""
        return formats.num(value, self.places)


class MoneyColumn(Column):
    """An amount in yuan, shown to the fen."""

    kind = "money"
    css = "num"

    def render(self, value: Decimal) -> str:
        """Return the amount with thousands separators."""
        return formats.money(value)


class PercentColumn(Column):
    """A ratio of one, shown in per cent."""

    kind = "percent"
    css = "num"

    def render(self, value: Any) -> str:
        """Return the ratio in per cent."""
        return formats.percent(value)


class DateColumn(Column):
    """A day."""

    kind = "date"
    css = "nowrap digits"

    def render(self, value: Any) -> str:
        """Return the day as ``2025-09-01``."""
        return formats.day(value)


class MomentColumn(Column):
    """A moment."""

    kind = "datetime"
    css = "nowrap digits"

    def render(self, value: Any) -> str:
        """Return the moment to the minute."""
        return formats.moment(value)


class DueColumn(DateColumn):
    """A deadline in words: days left or late, and the day."""

    def render(self, value: Any) -> str:
        """Return the deadline, coloured when near or past."""
        return formats.due(value)


class StateColumn(Column):
    """A state as a badge; the colour comes from the code, the word from the choices."""

    css = "nowrap"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("verbose_name", gettext_lazy("状态"))
        super().__init__(*args, **kwargs)

    def render(self, value: Any, record: Any, bound_column: Any) -> str:
        """Return the badge of the state."""
        path = bound_column.accessor
        model = record._meta.label_lower if isinstance(record, Model) else ""
        code = path.resolve(record, quiet=True)
        display = getattr(record, f"get_{path}_display", None)
        word = display() if display else value
        return badge_html(tone_of(str(code), model), str(word))


class YesNoColumn(Column):
    """Yes or no in words."""

    def render(self, value: Any) -> str:
        """Return 是 or 否."""
        return _("是") if value else _("否")

    def export(self, value: Any) -> str | None:
        """Return 是 or 否 for a file, nothing for what is not known."""
        return None if value is None else self.render(value)


@dataclass(frozen=True)
class Head:
    """One column head: what it says, how it sorts."""

    name: str
    label: str
    css: str
    orderable: bool
    next_sort: str
    direction: str


@dataclass(frozen=True)
class Cell:
    """One cell of a drawn row."""

    label: str
    css: str
    html: Any


class Table(tables.Table):  # type: ignore[misc]
    """Base of all list tables. The first column always stays."""

    class Meta:
        attrs: dict[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", formats.missing())
        super().__init__(*args, **kwargs)

    def heads(self) -> list[Head]:
        """Return the heads of the columns shown."""
        return [_head(column) for column in self._shown()]

    def lines(self) -> Iterator[tuple[Any, list[Cell]]]:
        """Yield each record of the page with its cells."""
        shape = [(str(c.header), _css(c), drawer(self, c)) for c in self._shown()]
        for row in self.paginated_rows:
            record = row.record
            yield record, [Cell(label, css, draw(record)) for label, css, draw in shape]

    def body(self) -> SafeString:
        """Return the rows of the page as HTML."""
        return format_html_join(
            "\n",
            "<tr>{}</tr>",
            ((_cells(cells),) for _record, cells in self.lines()),
        )

    def rows_of(self, record: Any) -> Any:
        """Return one record as a row of this table, for columns that need it whole."""
        return BoundRow(record, table=self)

    def _shown(self) -> list[Any]:
        return list(self.columns.itervisible())

    def settle_order(self) -> None:
        """Order equal rows by primary key, so that pages never overlap."""
        rows = self.data.data
        if not isinstance(rows, QuerySet):
            return
        order = rows.query.order_by or tuple(rows.model._meta.ordering)
        if "pk" not in order and "-pk" not in order:
            self.data.data = rows.order_by(*order, "pk")

    def export_columns(self) -> list["ExportColumn"]:
        """Return label, type and getter of every column shown."""
        return [
            ExportColumn(
                str(c.header), getattr(c.column, "kind", "text"), exporter(self, c)
            )
            for c in self._shown()
            if not c.column.exclude_from_export
        ]


@dataclass(frozen=True)
class ExportColumn:
    """One column of an export: its head, its type, and how a row gives its value."""

    label: str
    kind: str
    get: Callable[[Any], Any]


def _cells(cells: list[Cell]) -> SafeString:
    return format_html_join(
        "",
        '<td class="{}" data-label="{}">{}</td>',
        ((cell.css, cell.label, cell.html) for cell in cells),
    )


def _css(column: Any) -> str:
    return getattr(column.column, "css", "")


def _head(column: Any) -> Head:
    direction = ""
    if column.order_by_alias.is_ascending and column.is_ordered:
        direction = "ascending"
    elif column.is_ordered:
        direction = "descending"
    return Head(
        name=column.name,
        label=str(column.header),
        css=_css(column),
        orderable=column.orderable,
        next_sort=str(column.order_by_alias.next),
        direction=direction,
    )
