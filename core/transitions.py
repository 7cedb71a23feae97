"""Moves as data, and the only writer of ``state``."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils.translation import gettext as _

from audit.services import record
from core.registries import transition_tables
from core.verdict import ALLOWED, Denied, Verdict

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class Effects:
    """What a move will do, told before it is pressed.

    ``warnings`` are pairs of a level (``amber``, ``red``) and a sentence.
    """

    immediately: list[str] = field(default_factory=list)
    approvals: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)


def anyone(user: Any, obj: Any) -> Verdict:
    """Allow whoever reached the move (used by moves of the system itself)."""
    return ALLOWED


@dataclass(frozen=True)
class Move:
    """One legal move: from which states, to which, who may, by which clause."""

    from_states: frozenset[str]
    to: str
    can: Callable[[Any, Any], Verdict]
    label: Any = ""
    clause: str = ""
    needs_reason: bool = False
    tone: str = "secondary"
    effects: Callable[[Any, Any], Effects] | None = None
    by_system: bool = False


@dataclass(frozen=True)
class TransitionTable:
    """All legal moves of one model by name.

    ``services`` names the module of the verbs: ``<services>.MOVES[model][move]``.
    """

    model: str
    moves: dict[str, Move]
    initial: str

    def __getitem__(self, name: str) -> Move:
        return self.moves[name]

    def name_of(self, wanted: Move) -> str:
        """Return the name under which a move stands."""
        return next(name for name, move in self.moves.items() if move is wanted)


@dataclass(frozen=True)
class MoveOption:
    """A move offered on an object's page, with the answer for this user."""

    name: str
    move: Move
    verdict: Verdict


class MoveRefused(PermissionDenied):
    """A move that was not made; ``verdict`` says why, by which clause, what to do."""

    def __init__(self, verdict: Denied) -> None:
        super().__init__(verdict.message)
        self.verdict = verdict


def register_table(model: str, initial: str, moves: dict[str, Move]) -> TransitionTable:
    """Register the moves of one model (``app.Model``) and return the table."""
    table = TransitionTable(model.lower(), moves, initial)
    transition_tables.register(table.model, table)
    return table


def table_of(obj: models.Model | type[models.Model]) -> TransitionTable:
    """Return the table of an object's model."""
    table: TransitionTable = transition_tables.get(obj._meta.label_lower)
    return table


def _legality(obj: Any, move_: Move) -> Verdict:
    if obj.state in move_.from_states:
        return ALLOWED
    return Denied(
        _("未能%(label)s：当前状态是“%(state)s”")
        % {"label": move_.label, "state": obj.get_state_display()},
        move_.clause,
        _("请刷新页面查看最新进展"),
    )


@transaction.atomic
def move(
    obj: M,
    name: str,
    *,
    by: Any,
    reason: str = "",
    data: dict[str, Any] | None = None,
    **fields: Any,
) -> M:
    """Make one move and return the locked, saved row.

    Locks the row, checks legality and ``can`` on the locked row, sets the state and
    ``fields``, and writes the event. Raises MoveRefused with the reason otherwise.
    """
    move_ = table_of(obj)[name]
    locked: Any = (
        type(obj)
        ._default_manager.select_for_update(of=("self",), no_key=True)
        .get(pk=obj.pk)
    )
    verdict = _legality(locked, move_)
    if verdict and not (move_.by_system and by is None):
        verdict = move_.can(by, locked)
    if verdict and move_.needs_reason and not reason.strip():
        verdict = Denied(_("请填写事由"), move_.clause)
    if not verdict:
        raise MoveRefused(verdict)
    before = locked.state
    locked.state = move_.to
    for field_name, value in fields.items():
        setattr(locked, field_name, value)
    locked.save(update_fields=["state", *fields])
    record(
        f"{locked._meta.label_lower}.{name}",
        locked,
        by=by,
        reason=reason,
        data={"from": before, "to": move_.to, "clause": move_.clause, **(data or {})},
    )
    moved: M = locked
    return moved


def available_moves(user: Any, obj: Any) -> list[MoveOption]:
    """Return the moves that lead out of the object's state, with the user's answer."""
    return [
        MoveOption(name, move_, move_.can(user, obj))
        for name, move_ in table_of(obj).moves.items()
        if obj.state in move_.from_states and not move_.by_system
    ]


def effects_of(user: Any, obj: Any, name: str) -> Effects:
    """Tell what the move would do now."""
    move_ = table_of(obj)[name]
    return move_.effects(user, obj) if move_.effects else Effects()
