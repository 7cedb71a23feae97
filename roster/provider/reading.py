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
        AND datname = current_database() AND backend_type <> 'autovacuum worker'
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
        wanted_rows = [
            (p, statement.where(p, asked, condition)) for p, condition in wanted
        ]
        name = listing.collection.name if keep and not statement.before else ""
        totals = self._totals(wanted_rows, statement, name)
        total = sum(totals)
        if asked.offset >= total:
            return Page("", total)
        if asked.sort:
            leaf = listing.collection.leaves(self.version)[asked.sort]
            sql = statement.sorted_page(wanted_rows, asked, leaf)
            return Page(_value(sql, statement.parameters) or "", total)
        pieces = []
        left, skipped = asked.limit, asked.offset
        for (part, where), there in zip(wanted_rows, totals, strict=True):
            if skipped >= there or left <= 0:
                skipped = max(0, skipped - there)
                continue
            shown = window(skipped, left, there, asked.filter is not None)
            sql = statement.page(part, where, asked, shown)
            pieces.append(_value(sql, statement.parameters) or "")
            left, skipped = left - shown.limit, 0
        return Page(",".join(piece for piece in pieces if piece), total)

    # -- totals --------------------------------------------------------------
    def _totals(
        self, wanted: list[tuple[Part, str]], statement: Statement, collection: str
    ) -> list[int]:
        """Return how many rows of each table there are; known for a collection.

        Whatever an object shows moves its row's moment, and a removal leaves a
        record: a total holds as long as the last of these moments stands.
        """
        kept = [p for p, _where in wanted if p.is_large or p.is_grave]
        if not wanted:
            return []
        if not collection or not any(part.is_large for part in kept):
            counts = ", ".join(f"({statement.count(p, w)})" for p, w in wanted)
            return list(_rows(f"SELECT {counts}", statement.parameters)[0])
        lasts, is_settled = self._last_changes(kept, statement, collection)
        found = []
        for part, where in wanted:
            if part not in kept or (part.is_grave and len(kept) < len(wanted)):
                found.append(self._count(part, where, statement))
                continue
            key = (statement.count(part, where), repr(statement.parameters))
            last = tuple(lasts.values()) if part.is_grave else lasts[part.key]
            known = _known.get(key)
            if known is None or known[0] != last:
                known = (last, self._count(part, where, statement))
                if is_settled:
                    _keep(key, known)
            found.append(known[1])
        return found

    def _count(self, part: Part, where: str, statement: Statement) -> int:
        return int(_value(statement.count(part, where), statement.parameters))

    def _last_changes(
        self, parts: list[Part], statement: Statement, collection: str
    ) -> tuple[dict[str, Any], bool]:
        """Return the last change of each table, with first and last removal record.

        Also tell whether nothing from before them is still to be committed.
        """
        columns = [
            _of_regions(f"{part.base} WHERE {part.region} = o.id", part.changed, "DESC")
            for part in parts
            if not part.is_grave
        ]
        graves = (
            "roster_tombstone d WHERE d.region_id = o.id"
            f" AND d.collection = '{collection}'"
        )
        columns += [_of_regions(graves, "d.changed_at", way) for way in ("ASC", "DESC")]
        sql = f"SELECT {', '.join(columns)}, ({FINISHED_BEFORE})"
        *moments, finished = _rows(sql, statement.parameters)[0]
        keys = [part.key for part in parts if not part.is_grave]
        lasts = {
            key: (moment, *moments[-2:])
            for key, moment in zip(keys, moments[:-2], strict=True)
        }
        return lasts, all(m is None or m < finished for m in moments)


def _of_regions(rows: str, moment: str, way: str) -> str:
    """Return the expression of the first or last moment, by each region's index."""
    extreme = "max" if way == "DESC" else "min"
    return (
        f"(SELECT {extreme}(m) FROM unnest(%(regions)s::bigint[]) AS o(id), LATERAL"
        f" (SELECT {moment} AS m FROM {rows} ORDER BY {moment} {way} LIMIT 1) AS l)"
    )


Total = tuple[Any, int]
_known: OrderedDict[Any, Total] = OrderedDict()
"""(statement, parameters) → (last change, total), in this process."""


def _keep(key: Any, total: Total) -> None:
    _known[key] = total
    _known.move_to_end(key)
    while len(_known) > KEPT_TOTALS:
        _known.popitem(last=False)
