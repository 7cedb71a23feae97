"""The typed lane: rows staged in columns of a temporary table, judged in one pass.

The wizard's lane keeps a row as JSON and lets Python type it; this one is for
deliveries of hundreds of thousands of rows in a known shape. A delivery is copied into
a staged table of texts, rows equal to what is stored drop out by their digest, and one
SELECT resolves references and marks each remaining row with the numbers of the rules it
breaks::

    RULES = (
        Rule("name", "required", _("未填名称"), "r.name = ''"),
        Rule("type", "unknown_type", _("没有类型“{value}”"), "r.type NOT IN ('a')"),
    )
    marks(RULES, "error")     # an SQL text such as '0,4', empty for a good row

Numbers become sentences only for rows that are told of (``told``). Staged tables are
temporary: unlogged by nature, seen by one session, gone with it. Those of a large
delivery stand in a schema of their own (``shared_staging``), so that the processes that
PostgreSQL divides a query among all see them.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal

from django.db import connection

from core.imports.sql import literal
from core.personal import hidden

SHOWN = 80
TEMPORARY, STAGING = "pg_temp", "staging_"
FENCE = "OFFSET '0'"
"""Keeps a subquery apart, so that what it computes is computed once.

Quoted, because PostgreSQL takes a plain 0 for something it would have to compute, and
then leaves the subquery to one process.
"""
_place: ContextVar[str] = ContextVar("place", default=TEMPORARY)
QUOTED = f"left(coalesce(to_jsonb(j)->>v.col, ''), {SHOWN})"
SHAPE = "^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"


@dataclass(frozen=True)
class Rule:
    """A condition in SQL under which a row is sent back, or remarked on.

    ``when`` speaks of the staged row as ``r`` and never yields null for a broken row.
    ``{value}`` in the message is the cell of ``field`` as it came. A rule that
    ``spares_removals`` is not asked of rows that take something away.
    """

    field: str
    code: str
    message: Any
    when: str
    level: Literal["error", "note"] = "error"
    column: str = ""
    spares_removals: bool = True


def marks(rules: Sequence[Rule], level: str, removing: str = "FALSE") -> str:
    """Return SQL for the numbers of the rules that a row breaks, comma-separated."""
    cases = [
        f"CASE WHEN {_guarded(rule, removing)} THEN '{number}' END"
        for number, rule in enumerate(rules)
        if rule.level == level
    ]
    return f"concat_ws(',', {', '.join(cases)})" if cases else "''"


def _guarded(rule: Rule, removing: str) -> str:
    return f"NOT ({removing}) AND ({rule.when})" if rule.spares_removals else rule.when


def told(rules: Sequence[Rule], table: str, marked: str) -> str:
    """Return SQL for the sentences of a row ``j`` of the table as a JSON list, or null.

    ``marked`` is the SQL of its numbers. No sentence quotes an identity number.
    """
    values = ", ".join(
        f"({number}, {literal(rule.field)}, {literal(rule.code)},"
        f" {literal(str(rule.message))}, {literal(rule.level)},"
        f" {literal(rule.column or rule.field)})"
        for number, rule in enumerate(rules)
    )
    return (
        "(SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object("  # noqa: S608
        "'field', v.field, 'code', v.code, 'message', replace(v.message, '{value}',"
        f" {hidden(QUOTED)}),"
        " 'level', CASE v.level WHEN 'note' THEN 'note' END)) ORDER BY v.no)"
        f" FROM (VALUES {values}) v(no, field, code, message, level, col)"
        f" WHERE v.no = ANY (string_to_array({marked}, ',')::int[]))"
    )


@contextmanager
def shared_staging(key: int) -> Iterator[None]:
    """Keep staged tables in the schema ``staging_<key>``: unlogged, gone at the end.

    What a killed worker left there is dropped when the same key is worked on again, or
    by ``drop_shared``. Must not begin or end within a transaction that fails.
    """
    name = f"{STAGING}{int(key)}"
    run(f"DROP SCHEMA IF EXISTS {name} CASCADE")
    run(f"CREATE SCHEMA {name}")
    run(
        "SELECT set_config('search_path', concat_ws(', ', %(name)s,"
        " current_setting('search_path')), FALSE)",
        {"name": name},
    )
    token = _place.set(name)
    try:
        yield
    finally:
        _place.reset(token)
        run("RESET search_path")
        run(f"DROP SCHEMA {name} CASCADE")


def drop_shared(open_keys: Iterable[int]) -> int:
    """Drop the shared staging that nobody works on any more; return how many."""
    names = {f"{STAGING}{key}" for key in open_keys}
    found = rows_of(
        "SELECT nspname FROM pg_namespace WHERE nspname ~ %(form)s",
        {"form": f"^{STAGING}[0-9]+$"},
    )
    left = [name for (name,) in found if name not in names]
    for name in left:
        run(f"DROP SCHEMA IF EXISTS {name} CASCADE")
    return len(left)


def _made(name: str) -> str:
    """Return the beginning of the statement that makes a staged table."""
    place = _place.get()
    kind = "TEMP" if place == TEMPORARY else "UNLOGGED"
    return f"CREATE {kind} TABLE {place}.{name}"


def fresh_table(name: str, columns: Mapping[str, str]) -> None:
    """Make a staged table, in place of one of the same name."""
    inside = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    drop_tables([name])
    run(f"{_made(name)} ({inside})")


def table_as(
    name: str,
    select: str,
    params: Mapping[str, Any] | None = None,
    keys: Sequence[str] = (),
) -> int:
    """Make a staged table from a SELECT; return its number of rows, analysed.

    ``keys`` are the columns worth knowing of a wide table; none means all of them.
    """
    drop_tables([name])
    rows = run(f"{_made(name)} AS {select}", params)
    learn(name, keys)
    return rows


def learn(name: str, keys: Sequence[str] = ()) -> None:
    """Let the planner know a table that was just filled, or only some columns of it.

    A tenth of the usual sample shapes the joins of the same delivery; of tables that
    stay the database takes a better one by itself, soon after.
    """
    columns = f" ({', '.join(keys)})" if keys else ""
    run(
        "SET default_statistics_target = 10;"
        f" ANALYZE {name}{columns};"
        " RESET default_statistics_target"
    )


def drop_tables(names: Iterable[str]) -> None:
    """Remove staged tables, those that exist."""
    for name in names:
        run(f"DROP TABLE IF EXISTS {_place.get()}.{name}")


def run(statement: str, params: Mapping[str, Any] | None = None) -> int:
    """Run a statement and return the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return int(cursor.rowcount)


def rows_of(
    statement: str, params: Mapping[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    """Run a query and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


def is_date(column: str) -> str:
    """Return SQL that tells whether a text is a day (``YYYY-MM-DD``)."""
    return (
        f"CASE WHEN {column} ~ '{SHAPE}'"
        f" THEN substr({column}, 9, 2)::int <= extract(day FROM make_date("
        f"substr({column}, 1, 4)::int, substr({column}, 6, 2)::int, 1)"
        f" + interval '1 month - 1 day') ELSE FALSE END"
    )


def is_moment(column: str) -> str:
    """Return SQL that tells whether a text is an ISO moment with its zone."""
    clock = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?"
    zone = "(Z|[+-](0[0-9]|1[0-4]):?[0-5][0-9])"
    return (
        f"CASE WHEN {column} ~ '^[12][0-9]{{3}}-[0-9]{{2}}-[0-9]{{2}}T{clock}{zone}$'"
        f" THEN {is_date(f'left({column}, 10)')} ELSE FALSE END"
    )


def as_json(value: Any) -> str:
    """Return JSON text for a staged column."""
    return json.dumps(value, ensure_ascii=False)
