"""What a collection is made of: its properties, and the tables that fill them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from roster.provider.shapes import MOMENT, TEXT, Leaf, Shape, paths
from roster.provider.values import Choice, Column, Found, Moment, Value, within

JOINED = re.compile(r"LEFT JOIN \w+ (\w+) ON")
COMMON: dict[str, Shape] = {
    "sourcedId": TEXT,
    "status": Shape(choices=("active", "tobedeleted")),
    "dateLastModified": MOMENT,
}
"""What every object has, and must have."""


@dataclass(frozen=True)
class Version:
    """One version of the standard, with the prefix under which it is served."""

    name: str
    prefix: str
    scopes: str


V1P2 = Version(
    "1.2",
    "/ims/oneroster/rostering/v1p2",
    "https://purl.imsglobal.org/spec/or/v1p2/scope/",
)
V1P1 = Version(
    "1.1", "/ims/oneroster/v1p1", "https://purl.imsglobal.org/spec/or/v1p1/scope/"
)
VERSIONS = (V1P2, V1P1)


@dataclass(frozen=True)
class Part:
    """A table that fills a collection.

    ``base`` is the table with its alias, ``joins`` are LEFT JOINs on primary keys, so
    that they change no number of rows. ``region`` is the
    column that says whose the row is, empty where it is everybody's. ``is_large``
    tells that (region, changed_at) is indexed. ``old`` is what version 1.1 has
    instead, None where it has nothing.
    """

    key: str
    base: str
    values: dict[str, Value]
    region: str = "t.region_id"
    sid: str = "t.public_id"
    changed: str = "t.changed_at"
    removed: str = "t.removed_at IS NOT NULL"
    pk: str = "t.id"
    joins: str = ""
    where: str = ""
    old: dict[str, Value | None] = field(default_factory=dict)
    is_large: bool = False
    is_grave: bool = False

    def members(self, version: Version) -> dict[str, Value]:
        """Return the values of every property, the common ones first."""
        common: dict[str, Value] = {
            "sourcedId": Column(self.sid),
            "status": Choice(self.removed, "tobedeleted", "active"),
            "dateLastModified": Moment(self.changed),
        }
        own = {**self.values, **(self.old if version is V1P1 else {})}
        return common | {name: value for name, value in own.items() if value}

    def found(self, path: str, version: Version) -> Found | None:
        """Return what a filter compares at a path; None where the table has nothing."""
        return within(self.members(version), path)

    @property
    def source(self) -> str:
        """Return what stands behind FROM."""
        return f"{self.base} {self.joins}".strip()

    @property
    def is_table(self) -> bool:
        """Tell whether the rows are those of one table."""
        return len(self.base.split()) == 2

    def source_for(self, condition: str) -> str:
        """Return the table alone, unless the condition asks for a neighbour.

        The table alone can be read from an index only.
        """
        neighbours = "|".join(JOINED.findall(self.joins))
        if neighbours and re.search(rf"\b(?:{neighbours})\.", condition):
            return self.source
        return self.base


@dataclass(frozen=True)
class Collection:
    """A collection of the standard, as both versions show it."""

    name: str
    singular: str
    schema_name: str
    properties: dict[str, Shape]
    required: tuple[str, ...]
    parts: tuple[Part, ...]
    grave: Part | None = None
    old_properties: dict[str, Shape] | None = None
    old_required: tuple[str, ...] | None = None

    def shape(self, version: Version) -> dict[str, Shape]:
        """Return the properties of an object, the common ones first."""
        own = self.properties
        if version is V1P1 and self.old_properties is not None:
            own = self.old_properties
        return {**COMMON, **own}

    def needed(self, version: Version) -> tuple[str, ...]:
        """Return the properties that every object has."""
        own = self.required
        if version is V1P1 and self.old_required is not None:
            own = self.old_required
        return (*COMMON, *own)

    def leaves(self, version: Version) -> dict[str, Leaf]:
        """Return every path that a filter may name."""
        return paths(self.shape(version))

    def graves(self, parts: Iterable[Part]) -> Part | None:
        """Return the removal records of those tables that nothing living replaced."""
        kinds = ", ".join(f"'{part.key}'" for part in parts)
        if self.grave is None or not kinds:
            return None
        living = " AND ".join(
            f"NOT EXISTS (SELECT 1 FROM {part.base} WHERE {part.sid} = d.public_id"
            + (f" AND {part.region} = ANY(%(regions)s))" if part.region else ")")
            for part in self.parts
        )
        newest = (
            "NOT EXISTS (SELECT 1 FROM roster_tombstone n WHERE n.id > d.id"
            " AND n.collection = d.collection AND n.public_id = d.public_id"
            " AND n.region_id = ANY(%(regions)s))"
        )
        if not self.grave.region:
            newest = newest.replace(" AND n.region_id = ANY(%(regions)s)", "")
        where = (
            f"d.collection = '{self.name}' AND d.kept->>'kind' IN ({kinds})"
            f" AND {newest} AND {living}"
        )
        return replace(self.grave, where=where)


def grave(values: Mapping[str, Value], **changed: Any) -> Part:
    """Return the part that shows removal records with these values."""
    part = Part(
        "grave",
        "roster_tombstone d",
        dict(values),
        region="d.region_id",
        sid="d.public_id",
        changed="d.changed_at",
        removed="true",
        pk="d.id",
        is_grave=True,
    )
    return replace(part, **changed)
