"""One leaf's score, computed from nothing but its snapshot, so that it can be replayed.

A snapshot is plain JSON (numbers as text)::

    {"weight": "4", "parts": [...], "na": {...} | null, "known": {name: value},
     "hand": {"level": "B"} | {"points": "1.50"} | {"na": "reason"} | null}

``known`` holds the value of every figure and fact that the rule reads. A part with
``automatic`` true is scored from them; the others together are scored by hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from evaluation.scoring.conditions import holds
from evaluation.scoring.functions import (
    ONE,
    RUBRIC_SHARES,
    ZERO,
    clamp,
    fraction,
    half_up,
    rubric,
)

Snapshot = Mapping[str, Any]
Part = Mapping[str, Any]


@dataclass(frozen=True)
class LeafScore:
    """What a snapshot is worth; ``score`` is None while a hand score is missing."""

    score: Decimal | None
    automatic: Decimal
    hand: Decimal | None
    is_na: bool


def known_values(snapshot: Snapshot) -> dict[str, Decimal | str | None]:
    """Return the figures as numbers and the facts as words."""
    facts = snapshot.get("facts", {})
    numbers = {
        name: None if value is None else Decimal(value)
        for name, value in snapshot.get("known", {}).items()
    }
    return {**numbers, **facts}


def score_leaf(snapshot: Snapshot) -> LeafScore:
    """Score one leaf: parts unrounded, the leaf rounded half up to 0.01."""
    if is_not_applicable(snapshot):
        return LeafScore(None, ZERO, None, True)
    weight = Decimal(snapshot["weight"])
    known = known_values(snapshot)
    automatic = sum(
        (
            weight * Decimal(part["share"]) * part_fraction(part, known)
            for part in snapshot["parts"]
            if part["automatic"]
        ),
        ZERO,
    )
    by_hand = hand_points(snapshot, known)
    if hand_maximum(snapshot) and by_hand is None:
        return LeafScore(None, half_up(automatic), None, False)
    total = min(weight, half_up(automatic + (by_hand or ZERO)))
    return LeafScore(total, half_up(automatic), by_hand, False)


def is_not_applicable(snapshot: Snapshot) -> bool:
    """Tell whether the leaf's own rule, or a person with a reason, says N/A."""
    rule = snapshot.get("na")
    if rule and rule.get("automatic") and holds(rule["when"], known_values(snapshot)):
        return True
    return bool((snapshot.get("hand") or {}).get("na"))


def part_fraction(part: Part, known: Mapping[str, Decimal | str | None]) -> Decimal:
    """Return the share of its weight that an automatic part earns."""
    args = part["args"]
    if "zero_if" in args and holds(args["zero_if"], known):
        return ZERO
    if "one_if" in args and holds(args["one_if"], known):
        return ONE
    value = known.get(part["metric"])
    earned = fraction(part["function"], _number(value), args)
    if "times" in args:
        earned *= clamp(_number(known.get(args["times"])) or ZERO)
    return earned


def _number(value: Decimal | str | None) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


def hand_maximum(snapshot: Snapshot) -> Decimal:
    """Return the points that a person gives, out of the leaf's weight."""
    by_hand = [Decimal(p["share"]) for p in snapshot["parts"] if not p["automatic"]]
    return Decimal(snapshot["weight"]) * sum(by_hand, ZERO)


def hand_points(
    snapshot: Snapshot, known: Mapping[str, Decimal | str | None]
) -> Decimal | None:
    """Return the points given by hand, or None while there are none."""
    given = snapshot.get("hand") or {}
    most = hand_maximum(snapshot)
    if not most or not given:
        return None
    args = rubric_args(snapshot)
    if "zero_if" in args and holds(args["zero_if"], known):
        return ZERO
    if "level" not in given:
        return min(most, max(ZERO, Decimal(given["points"])))
    capped = "cap_if" in args and holds(args["cap_if"], known)
    best = args.get("cap_level", "") if capped else ""
    return most * rubric(given["level"], args, best)


def rubric_args(snapshot: Snapshot) -> Mapping[str, str]:
    """Return the arguments of the leaf's rubric, or the usual shares."""
    for part in snapshot["parts"]:
        if not part["automatic"] and part["function"] == "RUBRIC":
            args: Mapping[str, str] = part["args"]
            return args
    return RUBRIC_SHARES
