"""What an app declares to import one kind of rows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, TypeVar

from django.apps import apps
from django.db import models

from core.imports.batch import Batch
from core.imports.columns import Column, Preset
from core.models import ImportRun
from core.registries import import_kinds

K = TypeVar("K", bound="type[ImportKind]")


@dataclass
class Row:
    """One row on its way in.

    ``values`` holds the typed values of the filled cells by column name, ``shown``
    what was written where that differs.
    """

    number: int
    values: dict[str, Any]
    shown: dict[str, str] = field(default_factory=dict)
    problems: list[dict[str, str]] = field(default_factory=list)

    def get(self, name: str, default: Any = None) -> Any:
        """Return a typed value, or the default for a blank cell."""
        return self.values.get(name, default)

    def reject(self, column: str, code: str, message: Any) -> None:
        """Send the row back: the message says what is wrong and what to do."""
        self._say(column, code, message, "error")

    def note(self, column: str, code: str, message: Any) -> None:
        """Remark something that does not keep the row out."""
        self._say(column, code, message, "note")

    def _say(self, column: str, code: str, message: Any, level: str) -> None:
        self.problems.append(
            {"column": column, "code": code, "message": str(message), "level": level}
        )

    @property
    def is_rejected(self) -> bool:
        """Tell whether some problem keeps the row out."""
        return any(problem["level"] == "error" for problem in self.problems)


@dataclass(frozen=True)
class Check:
    """A set-based check: ``sql`` returns row_number[, detail] of the rows that fail.

    ``level="note"`` remarks without rejecting. ``{detail}`` in the message is replaced.
    """

    column: str
    code: str
    message: Any
    sql: str
    params: Mapping[str, Any] = field(default_factory=dict)
    level: Literal["error", "note"] = "error"


@dataclass(frozen=True)
class Question:
    """A doubt for a person: ``sql`` returns row_number, candidate id and label."""

    code: str
    column: str
    message: Any
    sql: str
    params: Mapping[str, Any] = field(default_factory=dict)


class ImportKind:
    """One kind of import; see the package docstring for an example."""

    key: ClassVar[str]
    title: ClassVar[Any]
    permission: ClassVar[str]
    scope: ClassVar[str] = ""
    model: ClassVar[str] = ""
    columns: ClassVar[Sequence[Column]] = ()
    presets: ClassVar[Sequence[Preset]] = ()
    natural_keys: ClassVar[Sequence[Sequence[str]]] = ()
    label_column: ClassVar[str] = "name"
    duplicates: ClassVar[Literal["reject", "ask", "allow"]] = "reject"
    help: ClassVar[Any] = ""
    records_events: ClassVar[bool] = True
    secrets: ClassVar[Sequence[str]] = ()
    """Columns that go to the register and are kept nowhere else: not with the rows and
    the journal of a run, and its file is forgotten as soon as the run ends."""

    def context(self, run: ImportRun) -> Any:
        """Load once what ``prepare`` looks up."""
        return None

    def prepare(self, row: Row, context: Any) -> None:
        """Complete and check one row in Python, without queries."""

    def checks(self, run: ImportRun) -> Iterable[Check]:
        """Return the set-based checks, in the order they run."""
        return ()

    def matches(self, run: ImportRun) -> Iterable[str]:
        """Return further SQL (row_number, target id) tried before the natural keys."""
        return ()

    def questions(self, run: ImportRun) -> Iterable[Question]:
        """Return the questions put to a person, in the order they are asked."""
        return ()

    def differences(self, run: ImportRun) -> Iterable[str]:
        """Return SQL (row_number) of matched rows that differ beyond the columns."""
        return ()

    def apply(self, batch: Batch) -> None:
        """Write the rows into the register."""
        batch.upsert()

    def undo_blocks(self, run: ImportRun) -> Iterable[str]:
        """Return further reasons, in words, why the run cannot be undone."""
        return ()

    def target_model(self) -> type[models.Model] | None:
        """Return the model class one row becomes, if the kind has one."""
        return apps.get_model(self.model) if self.model else None

    def column(self, name: str) -> Column | None:
        """Return a declared column by its name."""
        return next((c for c in self.columns if c.name == name), None)

    def required(self) -> Iterator[Column]:
        """Yield the columns a file must have."""
        return (c for c in self.columns if c.required)


def register(kind: K) -> K:
    """Enter a kind into the registry under its key (a class decorator)."""
    import_kinds.register(kind.key, kind())
    return kind


def kind_of(key: str) -> ImportKind:
    """Return the registered kind; KeyError when there is none."""
    found: ImportKind = import_kinds.get(key)
    return found
