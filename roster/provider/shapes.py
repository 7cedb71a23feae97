"""The kinds of value a roster object is made of, as declarations.

A shape says what a property looks like and under which dotted paths its parts can be
filtered; it becomes a JSON Schema.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

ORG_TYPES = ("department", "school", "district", "local", "state", "national")
SESSION_TYPES = ("schoolYear", "semester", "term", "gradingPeriod")


@dataclass(frozen=True)
class Leaf:
    """A part that can be compared: its kind, and whether an object has several."""

    kind: str
    many: bool = False


@dataclass(frozen=True)
class Shape:
    """A plain value: text, flag (``"true"``), day, moment or number."""

    kind: str = "text"
    choices: tuple[str, ...] = ()

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        if self.kind == "number":
            return {"type": "integer"}
        if self.kind == "flag":
            return {"type": "string", "enum": ["true", "false"]}
        found: dict[str, Any] = {"type": "string"}
        if self.kind in FORMATS:
            found["format"] = FORMATS[self.kind]
        if self.choices:
            found["enum"] = list(self.choices)
        return found

    def leaves(self) -> dict[str, Leaf]:
        """Return the comparable parts by their path below the property."""
        return {"": Leaf(self.kind)}


FORMATS = {"day": "date", "moment": "date-time"}
TEXT, FLAG, DAY, MOMENT = (Shape(kind) for kind in ("text", "flag", "day", "moment"))
NUMBER = Shape("number")


@dataclass(frozen=True)
class Pointer(Shape):
    """A reference to an object of another collection."""

    type: str = "org"

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {
            "type": "object",
            "properties": {
                "href": {"type": "string", "format": "uri"},
                "sourcedId": {"type": "string", "minLength": 1},
                "type": {"type": "string", "enum": [self.type]},
            },
            "required": ["href", "sourcedId", "type"],
            "additionalProperties": False,
        }

    def leaves(self) -> dict[str, Leaf]:
        """Return the comparable parts by their path below the property."""
        return {"sourcedId": Leaf("text"), "type": Leaf("text")}


@dataclass(frozen=True)
class Record(Shape):
    """Named values together."""

    members: dict[str, Shape] = field(default_factory=dict)
    required: tuple[str, ...] = ()

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        found: dict[str, Any] = {
            "type": "object",
            "properties": {name: one.schema() for name, one in self.members.items()},
            "additionalProperties": False,
        }
        if self.required:
            found["required"] = list(self.required)
        return found

    def leaves(self) -> dict[str, Leaf]:
        """Return the comparable parts by their path below the property."""
        return {
            _join(name, path): leaf
            for name, one in self.members.items()
            for path, leaf in one.leaves().items()
        }


@dataclass(frozen=True)
class Several(Shape):
    """A list of values of one shape."""

    of: Shape = TEXT
    at_least: int = 0

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        found: dict[str, Any] = {"type": "array", "items": self.of.schema()}
        if self.at_least:
            found["minItems"] = self.at_least
        return found

    def leaves(self) -> dict[str, Leaf]:
        """Return the comparable parts; an object has several of each."""
        return {
            path: Leaf(leaf.kind, many=True) for path, leaf in self.of.leaves().items()
        }


def _join(name: str, path: str) -> str:
    return f"{name}.{path}" if path else name


def paths(properties: dict[str, Shape]) -> dict[str, Leaf]:
    """Return every path that a filter may name."""
    return Record(members=properties).leaves()
