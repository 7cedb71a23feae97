"""Columns of a kind, and how the heads of a file find them."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

CellKind = Literal["text", "code", "int", "decimal", "date", "bool", "choice"]
Choices = Mapping[str, Any] | Callable[[], Mapping[str, Any]]
NOISE = re.compile(r"[\s\W_]+")
IN_BRACKETS = re.compile(r"[(\[【〔].*?[)\]】〕]")


@dataclass(frozen=True)
class Column:
    """One column a kind understands.

    ``name`` is the key in ``row.values``. ``kind="code"`` is text that must not have
    been typed as a number (identity numbers, codes with leading zeros). ``choices``
    maps the words people write to the stored value. ``minimum`` and ``maximum`` bound
    numbers and days.
    """

    name: str
    label: Any
    aliases: Sequence[str] = ()
    kind: CellKind = "text"
    required: bool = False
    choices: Choices = field(default_factory=dict)
    help: Any = ""
    example: str = ""
    max_length: int = 255
    minimum: Any = None
    maximum: Any = None

    def words(self) -> list[str]:
        """Return the heads that mean this column, normalised, the label first."""
        return [normal(str(word)) for word in (self.label, *self.aliases, self.name)]

    def choice_table(self) -> dict[str, Any]:
        """Return the choices by normalised word."""
        table = self.choices() if callable(self.choices) else self.choices
        return {normal(str(word)): value for word, value in table.items()}


@dataclass(frozen=True)
class Preset:
    """A usual workbook: which of its heads fills which column.

    ``help`` says what of it is known from where, and what it cannot tell.
    """

    title: Any
    heads: Mapping[str, str]
    help: Any = ""


def normal(text: str) -> str:
    """Return a head or word without width, case, spaces and punctuation."""
    return NOISE.sub("", unicodedata.normalize("NFKC", text)).casefold()


def bare(text: str) -> str:
    """Return a head without what stands in brackets: units and remarks."""
    return normal(IN_BRACKETS.sub("", unicodedata.normalize("NFKC", text)))


def signature(heads: Sequence[str]) -> str:
    """Return the mark by which files of the same layout are known again."""
    joined = "\x1f".join(normal(head) for head in heads)
    return hashlib.sha256(joined.encode()).hexdigest()


def match_heads(
    columns: Sequence[Column], heads: Sequence[str], presets: Sequence[Preset] = ()
) -> dict[str, int]:
    """Return column name → position of its head; each head serves one column.

    The preset with the most heads found goes first, then labels and aliases word for
    word, then heads without their brackets, then heads that contain the label.
    """
    found: dict[str, int] = {}
    for position, name in _preset_hits(heads, presets).items():
        found.setdefault(name, position)
    for reading in (normal, bare):
        _match_words(columns, [reading(head) for head in heads], found)
    return found


def _preset_hits(heads: Sequence[str], presets: Sequence[Preset]) -> dict[int, str]:
    best: dict[int, str] = {}
    known = [normal(head) for head in heads]
    for preset in presets:
        hits = {
            known.index(normal(head)): name
            for name, head in preset.heads.items()
            if normal(head) in known
        }
        if len(hits) == len(preset.heads) and len(hits) > len(best):
            best = hits
    return best


def _match_words(
    columns: Sequence[Column], heads: list[str], found: dict[str, int]
) -> None:
    taken = set(found.values())
    for column in columns:
        if column.name in found:
            continue
        for word in column.words():
            position = next(
                (i for i, h in enumerate(heads) if h == word and i not in taken), None
            )
            if word and position is not None:
                found[column.name] = position
                taken.add(position)
                break


def score(columns: Sequence[Column], cells: Sequence[str]) -> int:
    """Return how many columns of the kind these cells could be the heads of."""
    return len(match_heads(columns, cells))
