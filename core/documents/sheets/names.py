"""Names of sheets: short, without forbidden signs, each only once."""

from __future__ import annotations

import re

LONGEST = 31
FORBIDDEN = re.compile(r"[\[\]:*?/\\'\n\t]")


class SheetNames:
    """Gives each sheet a name of its own."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def take(self, wish: str) -> str:
        """Return the wished name, cut and numbered where it must be."""
        plain = FORBIDDEN.sub(" ", wish).strip() or "表"
        name, count = _cut(plain, ""), 1
        while name.lower() in self.taken or name.lower() == "history":
            count += 1
            name = _cut(plain, f"({count})")
        self.taken.add(name.lower())
        return name


def _cut(name: str, ending: str) -> str:
    """Cut to 31 UTF-16 units, as Excel counts, without halving a character."""
    room = LONGEST - len(ending)
    while len(name.encode("utf-16-le")) // 2 > room:
        name = name[:-1]
    return name.strip() + ending
