"""Statements out of declarations; callers' values stand in their parameters only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from roster.provider.asking import Asked
from roster.provider.declaring import Part, Version
from roster.provider.grammar import MILLISECOND, Clause
from roster.provider.shapes import Leaf
from roster.provider.values import MOMENT_TEXT, Found, joined

COMPARED = {"=": "=", "!=": "<>", ">": ">", ">=": ">=", "<": "<", "<=": "<="}
CASTS = {"text": "text", "flag": "text", "day": "date", "moment": "timestamptz"}
CASTS["number"] = "bigint"
NEAR = 1000
"""Up to this row whole rows are skipped; beyond it, entries of the index."""
FEW = 50_000
"""So many rows are put in order quicker than a whole table is walked in its order."""


@dataclass
class Statement:
    """Builds the statements of one request and collects their parameters."""

    version: Version
    regions: list[int]
    base: str = ""
    up: list[Any] = field(default_factory=list)
    before: datetime | None = None
    collation: str = ' COLLATE "C"'
    parameters: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parameters |= {"regions": self.regions, "base": self.base, "up": self.up}
        self.parameters["before"] = self.before
        self.parameters["region"] = self.regions[0] if self.regions else 0

    def put(self, value: Any) -> str:
        """Add a parameter; return its place in the statement."""
        name = f"v{len(self.parameters)}"
        self.parameters[name] = value
        return f"%({name})s"

    # -- which rows ----------------------------------------------------------
    def where(self, part: Part, asked: Asked, condition: str = "") -> str:
        """Return the condition on a table: reach, address, filter."""
        held = [self.reach(part), part.where, condition]
        if self.before is not None:
            held.append(f"{part.changed} < %(before)s")
        if asked.filter is not None:
            held.append(self.filtered(part, asked))
        return " AND ".join(f"({one})" for one in held if one) or "true"

    def reach(self, part: Part) -> str:
        """Return the condition that a row belongs to the caller's regions."""
        if not part.region:
            return ""
        if len(self.regions) == 1:
            return f"{part.region} = %(region)s"
        return f"{part.region} = ANY(%(regions)s)"

    def filtered(self, part: Part, asked: Asked) -> str:
        """Return the filter as a condition on a table."""
        alternatives = (
            " AND ".join(f"({self.compared(part, clause)})" for clause in clauses)
            for clauses in asked.filter or []
        )
        return " OR ".join(f"({one})" for one in alternatives)

    def compared(self, part: Part, clause: Clause) -> str:
        """Return one comparison; what an object does not have differs from all."""
        found = part.found(clause.path, self.version)
        if found is None:
            return "true" if clause.op == "!=" else "false"
        if clause.op == "!=":
            return f"NOT coalesce({self._any(found, clause, '=')}, false)"
        return self._any(found, clause, clause.op)

    def _any(self, found: Found, clause: Clause, op: str) -> str:
        held = self._held(found.sql, clause, op)
        if not found.rows:
            return held
        joint = "AND" if " WHERE " in found.rows.rsplit(")", 1)[-1] else "WHERE"
        return f"EXISTS (SELECT 1 FROM {found.rows} {joint} {held})"

    def _held(self, sql: str, clause: Clause, op: str) -> str:
        kind = clause.leaf.kind
        if op == "~":
            text = MOMENT_TEXT.format(sql) if kind == "moment" else f"({sql})::text"
            return f"strpos(lower({text}), lower({self.put(clause.value)})) > 0"
        if kind == "moment":
            return self._moment(sql, clause.value, op)
        collation = self.collation if kind == "text" and op != "=" else ""
        cast = CASTS[kind]
        value = f"{self.put(clause.value)}::{cast}"
        return f"({sql}){collation} {COMPARED[op]} {value}"

    def _moment(self, sql: str, value: datetime, op: str) -> str:
        """Compare as shown, in whole milliseconds, and still by the index."""
        floor = value.replace(microsecond=value.microsecond // 1000 * 1000)
        whole = floor == value
        if op == "=":
            if not whole:
                return "false"
            low, high = self.put(value), self.put(value + MILLISECOND)
            return f"{sql} >= {low} AND {sql} < {high}"
        over = floor + MILLISECOND
        bounds = {
            ">": (">=", over),
            ">=": (">=", value if whole else over),
            "<": ("<", value if whole else over),
            "<=": ("<", over),
        }
        sign, bound = bounds[op]
        return f"{sql} {sign} {self.put(bound)}"

    # -- how many ------------------------------------------------------------
    def count(self, part: Part, where: str) -> str:
        """Return the statement that counts rows of a table."""
        return f"SELECT count(*) FROM {part.source_for(where)} WHERE {where}"

    # -- what of them --------------------------------------------------------
    def page(self, part: Part, where: str, asked: Asked, window: Window) -> str:
        """Return the statement of one table's rows in the order of their names.

        Where a filter leaves few rows they are all found first, by the index that
        serves the filter, and put in order then: OFFSET 0 keeps the steps apart.
        """
        names = self.placing(part)
        source = part.source_for(where)
        is_plain = source == part.base and part.is_table
        if is_plain and window.offset <= NEAR:
            alias = part.base.split()[1]
            cut, some = window.cut(names), f"FROM {source} WHERE {where}"
            if window.is_few:
                some = f"FROM (SELECT {alias}.* {some} OFFSET 0) AS {alias}"
            rows = f"(SELECT {alias}.* {some} {cut}) AS {alias} {part.joins}"
            placed = ", ".join(names)
        else:
            rows = f"({self._names(part, where, window)}) AS page JOIN {joining(part)}"
            placed = "page.region, page.sid"
        written = object_sql(part, self.version, asked.fields)
        return (
            "SELECT string_agg(j, ',') FROM ("
            f"SELECT {written} AS j FROM {rows} ORDER BY {placed}) AS found"
        )

    def placing(self, part: Part) -> list[str]:
        """Return the columns that order a table; the region only among several."""
        several = part.region if len(self.regions) != 1 else ""
        return [name for name in (several, part.sid) if name]

    def _names(self, part: Part, where: str, window: Window) -> str:
        """Return the statement of the names of the rows on a page."""
        keys = f"{part.region or '0'} AS region, {part.sid} AS sid"
        chosen = f"SELECT {keys} FROM {part.source_for(where)} WHERE {where}"
        if window.is_few:
            cut = window.cut(["region", "sid"])
            return f"SELECT * FROM ({chosen} OFFSET 0) AS every {cut}"
        return f"{chosen} {window.cut(self.placing(part))}"

    def sorted_page(
        self, parts: Sequence[tuple[Part, str]], asked: Asked, leaf: Leaf
    ) -> str:
        """Return the statement of a page in the order of a property."""
        cast = CASTS[leaf.kind]
        collation = self.collation if cast == "text" else ""
        keys = " UNION ALL ".join(
            self._keys(number, part, where, asked, cast)
            for number, (part, where) in enumerate(parts)
        )
        way = "DESC" if asked.descending else "ASC"
        chosen = (
            f"SELECT part, region, sid, row_number() OVER () AS place FROM ("
            f"SELECT * FROM ({keys}) AS every"
            f" ORDER BY k{collation} {way} NULLS LAST,"
            f" sid{self.collation}, part, region"
            f" LIMIT {asked.limit:d} OFFSET {asked.offset:d}) AS ordered"
        )
        objects = " UNION ALL ".join(
            f"SELECT page.place, {object_sql(part, self.version, asked.fields)} AS j"
            f" FROM page JOIN {joining(part)} WHERE page.part = {number}"
            for number, (part, _where) in enumerate(parts)
        )
        return (
            "SELECT string_agg(j, ',' ORDER BY place) FROM ("
            f"WITH page AS MATERIALIZED ({chosen}) {objects}) AS found"
        )

    def _keys(
        self, number: int, part: Part, where: str, asked: Asked, cast: str
    ) -> str:
        found = part.found(asked.sort, self.version)
        key = f"({found.sql})::{cast}" if found and not found.rows else f"NULL::{cast}"
        return (
            f"SELECT {number} AS part, {part.region or '0'} AS region,"
            f" {part.sid} AS sid, {key} AS k FROM {part.source} WHERE {where}"
        )

    def single(self, part: Part, asked: Asked, place: str) -> str:
        """Return the statement of one object by its public identifier."""
        held = [self.reach(part), part.where, f"{part.sid} = {place}"]
        where = " AND ".join(f"({one})" for one in held if one)
        return (
            f"SELECT {object_sql(part, self.version, asked.fields)}"
            f" FROM {part.source} WHERE {where} LIMIT 1"
        )

    def parents(self, part: Part, place: str, condition: str) -> str:
        """Return the statement of the keys of the objects a list hangs on."""
        held = [self.reach(part), part.where, f"{part.sid} = {place}", condition]
        where = " AND ".join(f"({one})" for one in held if one)
        return f"SELECT {part.pk} FROM {part.source} WHERE {where}"


@dataclass(frozen=True)
class Window:
    """Which rows of a table a page shows, counted from the nearer end."""

    limit: int
    offset: int
    backwards: bool = False
    is_few: bool = False

    def cut(self, names: Sequence[str]) -> str:
        """Return order, limit and offset."""
        way = " DESC" if self.backwards else ""
        order = ", ".join(f"{name}{way}" for name in names)
        return f"ORDER BY {order} LIMIT {self.limit:d} OFFSET {self.offset:d}"


def window(offset: int, limit: int, total: int, is_filtered: bool = False) -> Window:
    """Return the rows from ``offset`` on, read from the end in the last half."""
    limit = min(limit, total - offset)
    is_few = is_filtered and total <= FEW
    if offset > total // 2:
        return Window(limit, total - offset - limit, True, is_few)
    return Window(limit, offset, False, is_few)


def joining(part: Part) -> str:
    """Return the table with its neighbours, joined to the chosen rows."""
    region = f"{part.region} = page.region AND " if part.region else ""
    first, gap, cross = part.base.partition(" CROSS JOIN ")
    on = f"ON {region}{part.sid} = page.sid"
    if part.is_grave:  # older records of the same name are not meant
        on += f" AND {part.where}"
    table = f"({first} CROSS JOIN {cross})" if gap else first
    return f"{table} {on} {part.joins}"


def object_sql(part: Part, version: Version, fields: tuple[str, ...]) -> str:
    """Return the expression that writes one object, or the wanted part of it."""
    members = part.members(version)
    wanted = {n: v for n, v in members.items() if not fields or n in fields}
    if not wanted:
        return "'{}'"
    return f"'{{' || {joined(wanted)} || '}}'"
