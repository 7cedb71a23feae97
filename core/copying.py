"""Write many rows of a model by COPY: constraints and triggers speak as ever."""

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.utils import timezone

PIECE = 1 << 16
NULL = "\\N"
ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))


def copy_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> int:
    """Write rows by one COPY; return their number.

    ``columns`` are database columns, in the order of the cells. None is null; JSON
    and arrays are given as text (``{"a": 1}``, ``{a,b}``). Columns not named get the
    model's default, the same for every row. The rows are drawn while the database
    takes in those before them, so drawing them may not ask it anything. Raises
    IntegrityError as an INSERT does.
    """
    names, tail = _the_rest(model, columns)
    quoted = ", ".join(map(connection.ops.quote_name, [*columns, *names]))
    table = connection.ops.quote_name(model._meta.db_table)
    statement = f"COPY {table} ({quoted}) FROM STDIN"
    end = "".join(f"\t{text}" for text in tail) + "\n"
    return _copy(statement, ("\t".join(map(cell, row)) + end for row in rows))


class _Lines(io.TextIOBase):
    """Lines as the database reads them, a piece at a time."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines
        self.left = ""

    def read(self, size: int | None = -1) -> str:
        """Return about as many characters as are asked for, nothing at the end."""
        wanted = size or -1
        pieces, held = [self.left], len(self.left)
        while held < wanted and (line := next(self.lines, "")):
            pieces.append(line)
            held += len(line)
        text = "".join(pieces)
        self.left = text[wanted:]
        return text[:wanted]


def _copy(statement: str, lines: Iterator[str]) -> int:
    first = next(lines, None)
    if first is None:
        return 0
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(statement, _Lines(chain([first], lines)), size=PIECE)
        return int(cursor.rowcount)


def cell(value: Any) -> str:
    """Write one value in COPY's text form."""
    if value is None:
        return NULL
    text = str(value)
    if "\\" in text or "\n" in text or "\t" in text or "\r" in text:
        for sign, escaped in ESCAPES:
            text = text.replace(sign, escaped)
    return text


def copy_cells(
    table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> int:
    """Write rows of cells into a table that is no model's; return their number."""
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    return _copy(statement, ("\t".join(map(cell, row)) + "\n" for row in rows))


def copy_csv(table: str, columns: Sequence[str], stream: Any) -> int:
    """Hand a UTF-8 stream of CSV without its head to the database as it is.

    Empty cells become empty texts. Raises DataError for lines of another shape.
    """
    names = ", ".join(columns)
    statement = (
        f"COPY {table} ({names}) FROM STDIN WITH (FORMAT csv, ENCODING 'UTF8',"
        f" FORCE_NOT_NULL ({names}))"
    )
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(statement, stream, size=1 << 17)
        return int(cursor.rowcount)


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """Take so many primary keys from the model's sequence, for rows yet to be copied.

    Rows that refer to each other need their keys before they are written: COPY
    returns nothing.
    """
    key = model._meta.pk
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s))"
            " FROM generate_series(1, %s)",
            [model._meta.db_table, key.column if key else "id", count],
        )
        return [number for (number,) in cursor.fetchall()]


def stored_fields(model: type[models.Model]) -> list[Any]:
    """Return the columns that can be written (not the generated ones)."""
    return [f for f in model._meta.concrete_fields if not f.generated]


def _the_rest(
    model: type[models.Model], columns: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Return the columns that take their default, and its text in COPY's form.

    What is null when nothing is said, and what the database fills in, is left out.
    """
    found = {
        field.column: _default(field)
        for field in stored_fields(model)
        if field.column not in columns
        and not field.primary_key
        and not field.has_db_default()
    }
    given = {name: cell(value) for name, value in found.items() if value is not None}
    return list(given), list(given.values())


def _default(field: Any) -> Any:
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        now = timezone.now()
        return now.date() if type(field) is models.DateField else now
    value = field.get_default()
    if isinstance(field, ArrayField):
        return None if value is None else "{" + ",".join(map(str, value)) + "}"
    if isinstance(field, models.JSONField) and value is not None:
        return json.dumps(value, cls=field.encoder or DjangoJSONEncoder)
    return value
