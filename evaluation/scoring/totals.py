"""From leaves to one number: raw points, applicable weight, the renormalised score."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from evaluation.scoring.functions import ZERO, half_up

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Total:
    """Σ points, Σ weight of the applicable leaves, and 100·Σ points / Σ weight.

    ``score`` is None when nothing is applicable.
    """

    raw: Decimal
    applicable: Decimal
    full: Decimal
    score: Decimal | None

    def is_scorable(self, minimum: Decimal) -> bool:
        """Tell whether ``minimum`` per cent of the full weight applies."""
        return self.applicable * HUNDRED >= minimum * self.full


def total(leaves: Iterable[tuple[Decimal, Decimal | None]]) -> Total:
    """Add up pairs of weight and points; points of None mean not applicable."""
    raw = applicable = full = ZERO
    for weight, points in leaves:
        full += weight
        if points is not None:
            raw += points
            applicable += weight
    score = half_up(HUNDRED * raw / applicable) if applicable else None
    return Total(raw, applicable, full, score)
