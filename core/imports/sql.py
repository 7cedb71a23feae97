"""The statements' common ground: what a kind's SQL sees of the staged rows."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.utils import timezone

from core.copying import stored_fields
from core.models import ImportRun

STAGED = """
WITH staged AS (
    SELECT number AS row_number, target_id AS row_target, verdict, data
    FROM core_stagingrow WHERE run_id = %(run)s AND NOT is_rejected
)
"""
APPLIED = """
, applied AS (
    SELECT * FROM staged WHERE verdict IN ('CREATED', 'UPDATED', 'UNCHANGED')
)
"""
TYPED = """
, typed AS (
    SELECT x.row_number, x.row_target, x.verdict, x.data AS row_data, (x.p).*
    FROM (SELECT s.*, jsonb_populate_record(NULL::{table}, s.data) AS p
          FROM {rows} s OFFSET 0) x
)
"""
BULK = 2_000


def quote(name: str) -> str:
    """Return a quoted identifier."""
    return connection.ops.quote_name(name)


def literal(text: str) -> str:
    """Return a quoted string for a column name declared in code."""
    return "'" + text.replace("'", "''").replace("%", "%%") + "'"


def table_of(model: type[models.Model]) -> str:
    """Return the quoted table of a model."""
    return quote(model._meta.db_table)


def prelude(model: type[models.Model] | None, *, applied: bool = False) -> str:
    """Return the WITH clause that a SELECT of a kind with this model is put behind."""
    text = STAGED + (APPLIED if applied else "")
    if model:
        rows = "applied" if applied else "staged"
        text += TYPED.format(rows=rows, table=table_of(model))
    return text


def parameters(run: ImportRun, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the parameters every statement may name."""
    return {"run": run.pk, "scope": run.scope_id, **(more or {})}


def empty(prelude: str, select: str) -> str:
    """Return the query without rows, to learn its columns."""
    return f"{prelude} SELECT * FROM ({select}) x LIMIT 0"  # noqa: S608 - declared SQL


@contextmanager
def planned_for(rows: int) -> Iterator[None]:
    """Let joins of many staged rows be hashed: fresh rows have no statistics.

    Only while judging: the triggers of a table that is written look up row by row.
    """
    if rows < BULK:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        cursor.execute("SET LOCAL enable_nestloop = on")


def settle_constraints() -> None:
    """Let deferred constraints speak now, so that their refusal is told in words."""
    execute("SET CONSTRAINTS ALL IMMEDIATE", {})
    execute("SET CONSTRAINTS ALL DEFERRED", {})


def analyze(table: str) -> None:
    """Refresh the planner's knowledge of a table after a bulk write."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {table}")


def analyze_staging(run: ImportRun) -> None:
    """Tell the planner what is staged, when that is much."""
    if run.total >= BULK:
        analyze("core_stagingrow (run_id, number, is_rejected, verdict, target_id)")


def execute(sql: str, params: Mapping[str, Any]) -> int:
    """Run a statement and return the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def fetch(sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Run a query and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def names_of(sql: str, params: Mapping[str, Any]) -> list[str]:
    """Return the column names a query gives, without running it over rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [column.name for column in cursor.description]


def written_names(model: type[models.Model] | None, run: ImportRun) -> list[str]:
    """Return the columns of the model that the staged rows fill."""
    if model is None:
        return []
    names = set(run.layout.get("names", ()))
    return [
        field.column
        for field in stored_fields(model)
        if field.column in names and not field.primary_key
    ]


def defaults_of(model: type[models.Model]) -> str:
    """Return the JSON of the model's defaults by column, moments of saving as now."""
    now = timezone.now()
    values: dict[str, Any] = {}
    for field in stored_fields(model):
        if field.primary_key or field.has_db_default():
            continue
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
            values[field.column] = (
                now.date() if type(field) is models.DateField else now
            )
        else:
            values[field.column] = field.get_default()
    return json.dumps(values, cls=DjangoJSONEncoder, ensure_ascii=False)


def insert_columns(model: type[models.Model], names: set[str]) -> list[str]:
    """Return the columns an INSERT names: all but the key and untouched db defaults."""
    return [
        field.column
        for field in stored_fields(model)
        if not field.primary_key
        and (field.column in names or not field.has_db_default())
    ]


def volatile_columns(model: type[models.Model]) -> list[str]:
    """Return the columns that change with every save and so tell nothing."""
    return [f.column for f in stored_fields(model) if getattr(f, "auto_now", False)]


def kept_value(
    name: str, model: type[models.Model], row: str = "t", data: str = "t.row_data"
) -> str:
    """Return SQL for the value a matched row ends with: the file's unless pinned."""
    column = quote(name)
    key = literal(name)
    given = f"{data} ? {key}"
    if any(field.column == "pinned" for field in model._meta.concrete_fields):
        given += f" AND NOT {key} = ANY (m.pinned)"
    return f"CASE WHEN {given} THEN {row}.{column} ELSE m.{column} END"
