"""Reading pages and objects, keeping totals, waiting for unfinished writers."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection

from roster.provider.asking import Asked
from roster.provider.callers import Caller
from roster.provider.declaring import Part, Version
from roster.provider.endpoints import Listing, Nested
from roster.provider.statements import Statement, window

KEPT_TOTALS = 2000
BYTE_ORDERED = {"C", "POSIX", "C.UTF-8", "C.utf8", "C.UTF8"}

FINISHED_BEFORE = """
    SELECT date_trunc('milliseconds', least(statement_timestamp(), min(xact_start)))
    FROM pg_stat_activity
    WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()
        AND datname = current_database()
"""
"""Every change before this moment is committed: a row is stamped no earlier than its
transaction began, and one that began later is stamped later."""


@dataclass(frozen=True)
class Page:
    """The JSON texts of a page, and how many rows there are in all."""

    text: str
    total: int


@cache
def collation() -> str:
    """Return the clause that sorts by code points; none where the database does."""
    rows = _rows(
        "SELECT datcollate FROM pg_database WHERE datname = current_database()", {}
    )
    return "" if rows[0][0] in BYTE_ORDERED else ' COLLATE "C"'


def _rows(sql: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def _value(sql: str, parameters: dict[str, Any]) -> Any:
    rows = _rows(sql, parameters)
    return rows[0][0] if rows else None


def finished_before() -> datetime:
    """Return the moment before which every change is to be seen."""
    moment: datetime = _value(FINISHED_BEFORE, {})
    return moment


@dataclass(frozen=True)
class Reader:
    """Reads one version of the standard for one caller."""

    caller: Caller
    version: Version
    base: str

    def statement(self, **more: Any) -> Statement:
        """Return an empty statement with the caller's reach."""
        return Statement(
            self.version,
            list(self.caller.regions),
            self.base,
            collation=collation(),
            **more,
        )

    # -- one object ----------------------------------------------------------
    def single(self, listing: Listing, name: str, asked: Asked) -> str | None:
        """Return the JSON text of one object; None when there is none to be seen."""
        graves = [listing.graves] if listing.graves else []
        for part in (*listing.parts, *graves):
            statement = self.statement()
            place = statement.put(name)
            text = _value(statement.single(part, asked, place), statement.parameters)
            if text is not None:
                return str(text)
        return None

    # -- lists ---------------------------------------------------------------
    def page(self, listing: Listing, asked: Asked) -> Page:
        """Return a page of a collection."""
        graves = [listing.graves] if listing.graves else []
        before = finished_before() if asked.follows_changes else None
        wanted = [(part, "") for part in (*listing.parts, *graves)]
        return self._page(listing, wanted, asked, self.statement(before=before))

    def nested(self, nested: Nested, names: list[str], asked: Asked) -> Page | None:
        """Return a page of what hangs on an object; None when there is no such one."""
        found = self._parents(nested, names)
        if not found:
            return None
        held: dict[str, list[Any]] = {}
        for key, pk in found:
            held.setdefault(key, []).append(pk)
        conditions = nested.steps[-1].conditions
        before = finished_before() if asked.follows_changes else None
        statement = self.statement(before=before)
        wanted = []
        for part in nested.listing.parts:
            joint = [
                conditions[key, part.key].replace("%(up)s", statement.put(pks))
                for key, pks in held.items()
                if (key, part.key) in conditions
            ]
            if joint:
                wanted.append((part, " OR ".join(f"({one})" for one in joint)))
        return self._page(nested.listing, wanted, asked, statement, keep=False)

    def _parents(self, nested: Nested, names: list[str]) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = []
        conditions: dict[tuple[str, str], str] = {}
        for step, name in zip(nested.steps, names, strict=True):
            above, found = found, []
            for part in step.parent.parts:
                statement = self.statement()
                joint = [
                    conditions[key, part.key].replace("%(up)s", statement.put([pk]))
                    for key, pk in above
                ]
                condition = " OR ".join(f"({one})" for one in joint)
                sql = statement.parents(part, statement.put(name), condition)
                found += [
                    (part.key, row[0]) for row in _rows(sql, statement.parameters)
                ]
            if not found:
                return []
            conditions = step.conditions
        return found

    def _page(
        self,
        listing: Listing,
        wanted: list[tuple[Part, str]],
        asked: Asked,
        statement: Statement,
        keep: bool = True,
    ) -> Page:
        wheres = [(p, statement.where(p, asked, condition)) for p, condition in wanted]
        totals = [
            self._total(part, where, statement, keep and not statement.before)
            for part, where in wheres
        ]
        total = sum(totals)
        if asked.offset >= total:
            return Page("", total)
        if asked.sort:
            leaf = listing.collection.leaves(self.version)[asked.sort]
            sql = statement.sorted_page(wheres, asked, leaf)
            return Page(_value(sql, statement.parameters) or "", total)
        pieces = []
        left, skipped = asked.limit, asked.offset
        for (part, where), there in zip(wheres, totals, strict=True):
            if skipped >= there or left <= 0:
                skipped = max(0, skipped - there)
                continue
            shown = window(skipped, left, there)
            sql = statement.page(part, where, asked, shown)
            pieces.append(_value(sql, statement.parameters) or "")
            left, skipped = left - shown.limit, 0
        return Page(",".join(piece for piece in pieces if piece), total)

    # -- totals --------------------------------------------------------------
    def _total(self, part: Part, where: str, statement: Statement, keep: bool) -> int:
        count = statement.count(part, where)
        if not (keep and part.is_large):
            return int(_value(count, statement.parameters))
        version, settled = self._last_change(part, statement)
        key = (where, repr(sorted(statement.parameters.items(), key=str)))
        known = _totals.get(key)
        if known and version is not None and known[0] == version:
            _totals.move_to_end(key)
            return known[1]
        total = int(_value(count, statement.parameters))
        if settled:
            _totals[key] = (version, total)
            while len(_totals) > KEPT_TOTALS:
                _totals.popitem(last=False)
        return total

    def _last_change(self, part: Part, statement: Statement) -> tuple[Any, bool]:
        """Return the last change of a table, and whether none before it can follow.

        Whatever an object shows moves its row's moment, a removal leaves a record, so
        that a total holds as long as this moment stands.
        """
        sql = (
            "WITH last AS (SELECT (SELECT max(m) FROM unnest(%(regions)s::bigint[])"
            f" AS o(id), LATERAL (SELECT {part.changed} AS m FROM {part.base} WHERE"
            f" {part.region} = o.id ORDER BY {part.changed} DESC LIMIT 1) l) AS m,"
            " (SELECT max(g.changed_at) FROM roster_tombstone g WHERE"
            " g.region_id = ANY(%(regions)s)) AS g)"
            " SELECT m, g, greatest(m, g) < (" + FINISHED_BEFORE + ") FROM last"
        )
        row = _rows(sql, statement.parameters)[0]
        return row[:2], bool(row[2])


_totals: OrderedDict[Any, tuple[Any, int]] = OrderedDict()
"""(condition, parameters) → (last change, total), in this process."""
