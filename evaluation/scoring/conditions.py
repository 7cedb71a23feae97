"""Conditions on figures, as a leaf's rule writes them: ``a.b == 0 and c.d > 1``."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
TERM = re.compile(r"^\s*([a-z_][a-z0-9_.]*)\s*(==|!=|>=|<=|>|<)\s*(\S+)\s*$")
Known = Mapping[str, "Decimal | str | None"]


@dataclass(frozen=True)
class Term:
    """One comparison of a figure (or a fact of the subject) with a constant."""

    name: str
    sign: str
    constant: Decimal | str

    def holds(self, known: Known) -> bool:
        """Tell whether the comparison is true; a missing figure makes it false."""
        value = known.get(self.name)
        if value is None or isinstance(value, str) != isinstance(self.constant, str):
            return False
        return OPERATORS[self.sign](value, self.constant)


def parse(text: str) -> list[Term]:
    """Read a condition; ValueError when it is not one."""
    return [_term(part) for part in re.split(r"\s+and\s+", text.strip())]


def _term(text: str) -> Term:
    match = TERM.match(text)
    if not match:
        raise ValueError(f"not a condition: {text!r}")
    name, sign, constant = match.groups()
    try:
        return Term(name, sign, Decimal(constant))
    except InvalidOperation:
        if sign not in {"==", "!="}:
            raise ValueError(f"words cannot be ordered: {text!r}") from None
        return Term(name, sign, constant)


def names_in(text: str) -> list[str]:
    """Return the figures and facts that a condition reads."""
    return [term.name for term in parse(text)]


def holds(text: str, known: Known) -> bool:
    """Tell whether every comparison of the condition is true."""
    return all(term.holds(known) for term in parse(text))
