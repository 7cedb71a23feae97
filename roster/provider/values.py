"""Where the values of a shape come from: SQL expressions that write JSON text.

Every value has two readings: ``json``, an expression that gives the JSON text, or NULL
where the object has no such property; and ``leaf``, what a filter compares. No value
given by a caller ever stands in an expression.
"""

from __future__ import annotations

from dataclasses import dataclass

URI = (
    "CASE WHEN {0} ~ '^[A-Za-z0-9._~-]*$' THEN {0} ELSE upper(regexp_replace("
    "encode(convert_to({0}, 'UTF8'), 'hex'), '(..)', chr(37) || '\\1', 'g')) END"
)
"""A text as one part of an address; an odd one is written byte by byte."""

MOMENT_TEXT = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"


@dataclass(frozen=True)
class Found:
    """What a filter compares: an expression, and where its rows come from."""

    sql: str
    rows: str = ""


class Value:
    """Base of all values."""

    def json(self) -> str:
        """Return the expression of the JSON text."""
        raise NotImplementedError

    def leaf(self, path: str) -> Found | None:
        """Return what stands at a path below the property; None where nothing can."""
        raise NotImplementedError


@dataclass(frozen=True)
class Column(Value):
    """A text, a date or a number as it stands; an empty text is no value."""

    sql: str

    def json(self) -> str:
        """Return the expression of the JSON text."""
        return f"to_json({self.sql})::text"

    def leaf(self, path: str) -> Found | None:
        """Return the expression itself."""
        return Found(self.sql) if path == "" else None


def optional(sql: str) -> Column:
    """Return a text column whose empty value is no value."""
    return Column(f"nullif({sql}, '')")


@dataclass(frozen=True)
class Constant(Value):
    """The same word for every row."""

    word: str

    def json(self) -> str:
        """Return the expression of the JSON text."""
        return f"'\"{self.word}\"'"

    def leaf(self, path: str) -> Found | None:
        """Return the word."""
        return Found(f"'{self.word}'::text") if path == "" else None


@dataclass(frozen=True)
class Choice(Value):
    """One of two words, by a condition; none where the condition is NULL."""

    condition: str
    yes: str = "true"
    no: str = "false"

    @property
    def sql(self) -> str:
        """Return the expression of the word."""
        return (
            f"CASE WHEN {self.condition} THEN '{self.yes}'"
            f" WHEN NOT ({self.condition}) THEN '{self.no}' END"
        )

    def json(self) -> str:
        """Return the expression of the JSON text."""
        return f"'\"' || ({self.sql}) || '\"'"

    def leaf(self, path: str) -> Found | None:
        """Return the word."""
        return Found(f"({self.sql})") if path == "" else None


@dataclass(frozen=True)
class Moment(Value):
    """A point in time, in UTC with milliseconds."""

    sql: str

    def json(self) -> str:
        """Return the expression of the JSON text."""
        return f"'\"' || {MOMENT_TEXT.format(self.sql)} || '\"'"

    def leaf(self, path: str) -> Found | None:
        """Return the column."""
        return Found(self.sql) if path == "" else None


@dataclass(frozen=True)
class Ref(Value):
    """A reference: the public identifier of a row of another collection."""

    collection: str
    type: str
    sql: str

    def json(self) -> str:
        """Return the expression of the JSON text."""
        uri = URI.format(f"({self.sql})")
        return (
            f"'{{\"href\":\"' || %(base)s || '/{self.collection}/' || {uri}"
            f' || \'","sourcedId":\' || to_json(({self.sql})::text)::text'
            f' || \',"type":"{self.type}"}}\''
        )

    def leaf(self, path: str) -> Found | None:
        """Return identifier or type."""
        if path == "sourcedId":
            return Found(f"({self.sql})")
        if path == "type":
            return Found(
                f"CASE WHEN ({self.sql}) IS NOT NULL THEN '{self.type}'::text END"
            )
        return None


@dataclass(frozen=True)
class Group(Value):
    """Named values together; none at all is no value."""

    members: dict[str, Value]

    def json(self) -> str:
        """Return the expression of the JSON text."""
        inner = joined(self.members)
        return f"'{{' || nullif({inner}, '') || '}}'"

    def leaf(self, path: str) -> Found | None:
        """Return what a member has at the rest of the path."""
        return within(self.members, path)


@dataclass(frozen=True)
class Texts(Value):
    """A list of texts from an array column; an empty one is no value."""

    sql: str

    def json(self) -> str:
        """Return the expression of the JSON text."""
        return f"nullif(to_json({self.sql})::text, '[]')"

    def leaf(self, path: str) -> Found | None:
        """Return the elements."""
        return Found("e.v", f"unnest({self.sql}) AS e(v)") if path == "" else None


@dataclass(frozen=True)
class Only(Value):
    """A list with one element, or none where that is NULL."""

    value: Value

    def json(self) -> str:
        """Return the expression of the JSON text."""
        return f"'[' || {self.value.json()} || ']'"

    def leaf(self, path: str) -> Found | None:
        """Return what the element has."""
        return self.value.leaf(path)


@dataclass(frozen=True)
class Rows(Value):
    """A list with an element for each row of a subquery; no row is no value."""

    rows: str
    value: Value
    order: str

    def json(self) -> str:
        """Return the expression of the JSON text."""
        return (
            f"(SELECT '[' || string_agg({self.value.json()}, ',' ORDER BY {self.order})"
            f" || ']' FROM {self.rows})"
        )

    def leaf(self, path: str) -> Found | None:
        """Return the elements."""
        found = self.value.leaf(path)
        return Found(found.sql, self.rows) if found else None


def joined(members: dict[str, Value]) -> str:
    """Return the members of an object with commas; absent ones leave no trace."""
    pairs = (f"'\"{name}\":' || {one.json()}" for name, one in members.items())
    return f"concat_ws(',', {', '.join(pairs)})"


def within(members: dict[str, Value], path: str) -> Found | None:
    """Return what stands at a dotted path of a set of members."""
    for name, value in members.items():
        if path == name:
            return value.leaf("")
        if path.startswith(f"{name}."):
            return value.leaf(path[len(name) + 1 :])
    return None
