"""What a load created and what it found as it was."""

from collections import Counter
from typing import Any


class Ledger:
    """Counts by kind of row."""

    def __init__(self) -> None:
        self.created: Counter[str] = Counter()
        self.unchanged: Counter[str] = Counter()

    def note(self, what: str, is_new: bool, count: int = 1) -> None:
        """Count rows of one kind."""
        (self.created if is_new else self.unchanged)[what] += count

    def as_dict(self) -> dict[str, Any]:
        """Return both sums and the counts of each kind."""
        kinds = sorted(self.created.keys() | self.unchanged.keys())
        return {
            "created": self.created.total(),
            "unchanged": self.unchanged.total(),
            "tables": {
                kind: {"created": self.created[kind], "unchanged": self.unchanged[kind]}
                for kind in kinds
            },
        }
