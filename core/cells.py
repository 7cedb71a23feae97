"""How a row gives a cell: found once for each column, then quick for each row."""

import inspect
from collections.abc import Callable
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.html import format_html, strip_tags

Getter = Callable[[Any], Any]
OFFERED = ("value", "record", "column", "bound_column", "table")


def resolver(accessor: Any) -> Getter:
    """Return the way from a row to a value; choices give their word."""
    path = accessor.bits
    words: dict[type, dict[Any, str] | None] = {}

    def value_of(record: Any) -> Any:
        holder = value = record
        for bit in path:
            holder, value = value, _step(value, bit)
            if value is None:
                return None
        kind = type(holder)
        if kind not in words:
            words[kind] = _words_of(kind, path[-1] if path else "")
        known = words[kind]
        return known.get(value, value) if known else value

    return value_of


def _words_of(kind: type, name: str) -> dict[Any, str] | None:
    """Return value → word of a model's field with choices."""
    if not issubclass(kind, Model):
        return None
    try:
        choices = getattr(kind._meta.get_field(name), "flatchoices", None)
    except FieldDoesNotExist:
        return None
    return {value: str(word) for value, word in choices} if choices else None


def _step(value: Any, bit: str) -> Any:
    found = value.get(bit) if isinstance(value, dict) else getattr(value, bit, None)
    if not callable(found) or isinstance(found, type):
        return found
    # Managers of related rows say that they are not to be called.
    return found if getattr(found, "do_not_call_in_templates", False) else found()


def drawer(table: Any, column: Any) -> Getter:
    """Return the way from a row to the cell's HTML (``column`` is bound)."""
    names = _wanted(column.render)
    if names is None:
        return lambda record: table.rows_of(record).get_cell(column.name)
    value_of = resolver(column.accessor)
    fixed = {"column": column.column, "bound_column": column, "table": table}
    given = {name: fixed[name] for name in names if name in fixed}
    default, empty, link = column.default, column.column.empty_values, column.link

    def draw(record: Any) -> Any:
        value = value_of(record)
        if value in empty:
            return default
        offered = {"value": value, "record": record}
        content = column.render(
            **{n: offered[n] for n in names if n in offered}, **given
        )
        return _linked(link, content, value, record, column) if link else content

    return draw


def _wanted(render: Callable[..., Any]) -> tuple[str, ...] | None:
    """Return the arguments a render method takes; None when it needs the whole row."""
    parameters = inspect.signature(render).parameters.values()
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return None
    names = tuple(p.name for p in parameters)
    return names if set(names) <= set(OFFERED) else None


def _linked(link: Any, content: Any, value: Any, record: Any, column: Any) -> Any:
    if link.attrs:
        return link(content, value=value, record=record, bound_column=column)
    url = link.compose_url(value=value, record=record, bound_column=column)
    return format_html('<a href="{}">{}</a>', url, content) if url else content


def exporter(table: Any, column: Any) -> Getter:
    """Return the way from a row to the exported value.

    ``value_<name>`` of the table wins; text drawn by ``render_<name>`` is exported
    as it is read; everything else is exported as the typed value itself.
    """
    special = getattr(table, f"value_{column.name}", None)
    if special:
        return _special(special, resolver(column.accessor))
    drawn = getattr(table, f"render_{column.name}", None)
    if drawn and getattr(column.column, "kind", "text") == "text":
        draw = drawer(table, column)
        return lambda record: _as_text(draw(record), column)
    value_of = resolver(column.accessor)
    convert = getattr(column.column, "export", None)
    if convert is None:
        return value_of
    return lambda record: convert(value_of(record))


def _special(function: Callable[..., Any], value_of: Getter) -> Getter:
    names = _wanted(function) or ()

    def export(record: Any) -> Any:
        value = value_of(record)
        if "value" in names and value in (None, ""):
            return None
        offered = {"record": record, "value": value}
        return function(**{n: v for n, v in offered.items() if n in names})

    return export


def _as_text(cell: Any, column: Any) -> Any:
    return None if cell == column.default else strip_tags(str(cell))
