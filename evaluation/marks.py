"""The parameters that rules, scores and grades rest on, marked until confirmed."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from bureau.models import PolicyParameter, Region
from bureau.parameters import parameter_rows, unverified
from bureau.words import value_with_unit
from core.registries import metrics
from evaluation.freezing import KEYS
from evaluation.models import Cycle, Indicator
from evaluation.reading import Leaf
from evaluation.rules import metrics_of


def keys_of(parts: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the keys of the parameters that the parts of a rule compute with."""
    found = [metrics.find(name) for name in metrics_of(parts)]
    return {key for entry in found if entry for key in entry.parameters}


def marks_of_leaf(leaf: Leaf, cycle: Cycle) -> list[PolicyParameter]:
    """Return the unconfirmed parameters among those a score was computed with."""
    keys = [key for key, _value in leaf.parameters]
    return unverified(keys, cycle.region, cycle.reference_day) if keys else []


def marks_of_grades(cycle: Cycle, keys: Iterable[str] = ()) -> list[PolicyParameter]:
    """Return the unconfirmed parameters that totals and grades of a cycle rest on,
    besides those of the keys."""
    return unverified({*KEYS, *keys}, cycle.region, cycle.reference_day)


def marks_of_tree(
    tree: Iterable[Indicator], region: Region, day: date
) -> dict[int, list[PolicyParameter]]:
    """Return indicator → the unconfirmed parameters of its rules, in one query."""
    keys = {node.pk: keys_of(node.parts) for node in tree}
    wanted = set().union(*keys.values())
    rows = parameter_rows(wanted, region, day) if wanted else {}
    doubtful = {key: row for key, row in rows.items() if not row.verified}
    return {
        pk: [doubtful[key] for key in sorted(names) if key in doubtful]
        for pk, names in keys.items()
    }


def told_in_report(marks: Iterable[PolicyParameter]) -> list[str]:
    """Return the line of a report's sources that names what nobody has confirmed."""
    told = [f"{row.meaning} {value_with_unit(row)}" for row in marks]
    if not told:
        return []
    return [_("尚未核实的参数：%(names)s") % {"names": "；".join(told)}]
