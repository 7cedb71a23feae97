"""What rests on a clause: moves and metrics, as the rooms have registered them."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps

from core.registries import metrics, transition_tables


@dataclass(frozen=True)
class RestingMove:
    """A move that names the clause: on what, and what it is called."""

    subject: Any
    label: Any


def moves_on(clause_id: str) -> list[RestingMove]:
    """Return the moves that name the clause."""
    return [
        RestingMove(apps.get_model(model)._meta.verbose_name, move.label)
        for model, table in transition_tables.items()
        for move in table.moves.values()
        if move.clause == clause_id
    ]


def metrics_on(clause_id: str) -> list[Any]:
    """Return the metrics that name the clause."""
    return [metric for metric in metrics.values() if clause_id in metric.clauses]
