"""What a leaf's rule reads, and which parts of it the system can compute today."""

from collections.abc import Iterable, Mapping
from typing import Any

from core.registries import metrics
from evaluation.scoring.conditions import names_in

SYSTEM = "SYSTEM"
CONDITIONS = ("zero_if", "one_if", "cap_if")
FACTS = frozenset({"primary_mode"})
"""Names in conditions that are facts of the subject, not metrics."""


def names_of_part(part: Mapping[str, Any]) -> set[str]:
    """Return the figures that one part reads, those of its conditions too."""
    args = part["args"]
    found = {part["metric"]} if part.get("metric") else set()
    for name in CONDITIONS:
        if name in args:
            found |= set(names_in(args[name]))
    if "times" in args:
        found.add(args["times"])
    return found - FACTS


def metrics_of(parts: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the figures that the parts of a leaf read."""
    return {name for part in parts for name in names_of_part(part)}


def metrics_of_rule(na_rule: Mapping[str, Any] | None) -> set[str]:
    """Return the figures that an N/A rule reads."""
    return set(names_in(na_rule["when"])) - FACTS if na_rule else set()


def is_computable(names: Iterable[str], target: str) -> bool:
    """Tell whether every figure is registered for groups, or for schools."""
    found = [metrics.find(name) for name in names]
    return all(entry is not None and target in entry.subjects for entry in found)


def is_automatic(part: Mapping[str, Any], target: str) -> bool:
    """Tell whether the system scores this part: it has a metric and all its figures."""
    return (
        part["source"] in {SYSTEM, "SURVEY"}
        and bool(part.get("metric"))
        and is_computable(names_of_part(part), target)
    )
