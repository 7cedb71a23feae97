"""Grants first, then one condition built from literals: no join per row."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model, Q

from core.days import today
from core.registries import reach
from core.verdict import Denied

NOTHING = Q(pk__in=[])
READING = ("view_", "export_")


@dataclass(frozen=True)
class Grant:
    """A user's role in one scope for a span of days, as reach needs it."""

    role: str
    permissions: frozenset[str]
    scope: str
    scope_id: int | None
    valid_from: date
    valid_to: date | None
    own: frozenset[str] = frozenset()
    """Permissions that reach only what the scope itself runs, nothing below it."""

    def is_live(self, day: date) -> bool:
        """Tell whether the grant holds on the day."""
        return self.valid_from <= day and (self.valid_to is None or self.valid_to > day)

    def has_ended(self, day: date) -> bool:
        """Tell whether the grant ended on or before the day."""
        return self.valid_to is not None and self.valid_to <= day


_source: Callable[[Any], list[Grant]] = lambda user: []  # noqa: E731 - replaced
_permissions: Callable[[], Iterable[str]] = lambda: ()  # noqa: E731 - replaced
_authority: Callable[[Model, str], Denied] = lambda obj, doing: Denied("")  # noqa: E731 - replaced


def register_grant_source(source: Callable[[Any], list[Grant]]) -> None:
    """Say where grants come from (the accounts room)."""
    global _source
    _source = source


def register_authority(told: Callable[[Model, str], Denied]) -> None:
    """Say who runs a row that somebody above may only read (the bureau room)."""
    global _authority
    _authority = told


def register_permission_table(names: Callable[[], Iterable[str]]) -> None:
    """Say where the known permission names come from (the role table)."""
    global _permissions
    _permissions = names


def grants_of(user: Any) -> list[Grant]:
    """Return all grants of the user, ended ones too, revoked ones not.

    The list is kept on the user object, so one request asks once.
    """
    if not getattr(user, "is_active", False):
        return []
    kept: list[Grant] | None = getattr(user, "_grants", None)
    if kept is None:
        kept = _source(user)
        user._grants = kept
    return kept


def holds(user: Any, permission: str, day: date | None = None) -> bool:
    """Tell whether any live grant of the user names the permission."""
    day = day or today()
    return any(g.is_live(day) and permission in g.permissions for g in grants_of(user))


def scope_ids(user: Any, scope: str, permission: str | None = None) -> list[int]:
    """Return the ids of the user's live scopes of one kind (``bureau.region`` …)."""
    day = today()
    return sorted(
        {
            g.scope_id
            for g in grants_of(user)
            if g.scope == scope
            and g.scope_id
            and g.is_live(day)
            and (permission is None or permission in g.permissions)
        }
    )


def reach_condition(
    model: type[Model],
    user: Any,
    permission: str | None = None,
    day: date | None = None,
) -> Q:
    """Return the condition on ``model`` that the user's grants reach."""
    meta = model._meta
    permission = permission or f"{meta.app_label}.view_{meta.model_name}"
    day = day or today()
    granted = [g for g in grants_of(user) if permission in g.permissions]
    live = _condition(model, [g for g in granted if g.is_live(day)], permission)
    if not permission.split(".")[1].startswith(READING):
        return live
    condition = live
    for grant in granted:
        if grant.has_ended(day):
            condition |= _within_span(model, grant)
    return condition


def _condition(model: type[Model], grants: list[Grant], permission: str = "") -> Q:
    """Reach by scope; a reach without ``own`` reaches nothing as its own."""
    by_scope: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for grant in grants:
        by_scope[grant.scope, permission in grant.own].append(grant.scope_id or 0)
    condition = NOTHING
    for (scope, is_own), ids in by_scope.items():
        entry = reach.find((scope, model._meta.label_lower))
        function = entry.own if entry and is_own else entry
        if function:
            condition |= function(sorted(set(ids)))
    return condition


def _within_span(model: type[Model], grant: Grant) -> Q:
    """An ended grant reaches rows dated inside its span, and nothing else.

    A reach that reads dated rows of its own says so by ``within``, which answers for
    the days of the span instead of for today.
    """
    entry = reach.find((grant.scope, model._meta.label_lower))
    if entry and entry.within and grant.valid_to:
        return entry.within([grant.scope_id or 0], grant.valid_from, grant.valid_to)
    fields = getattr(model, "span_fields", None)
    if not fields:
        return NOTHING
    start, end = fields
    began = Q(**{f"{start}__lt": grant.valid_to})
    lasted = Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gt": grant.valid_from})
    return _condition(model, [grant]) & began & lasted


def reaches(user: Any, permission: str, obj: Model, day: date | None = None) -> bool:
    """Tell whether the user holds ``permission`` over this very object."""
    if not holds(user, permission, day):
        return False
    told = _told_by_row(user, permission, obj, day or today())
    if told is not None:
        return told
    condition = reach_condition(type(obj), user, permission, day)
    return type(obj)._default_manager.filter(condition, pk=obj.pk).exists()


def _told_by_row(user: Any, permission: str, obj: Model, day: date) -> bool | None:
    """Answer ``reaches`` from the loaded row, None when it takes the database."""
    granted = [g for g in grants_of(user) if permission in g.permissions]
    told = _of_row(obj, [g for g in granted if g.is_live(day)], permission)
    reads = permission.split(".")[1].startswith(READING)
    if told is False and reads and any(g.has_ended(day) for g in granted):
        return None
    return told


def _of_row(obj: Model, grants: list[Grant], permission: str = "") -> bool | None:
    """Tell whether some grant reaches the row; None when the row cannot tell."""
    if obj._state.adding:
        return None
    is_sure = True
    for grant in grants:
        is_own = permission in grant.own
        entry = reach.find((grant.scope, obj._meta.label_lower))
        if entry is None or (is_own and entry.own is None):
            continue
        told = entry.of(obj, [grant.scope_id or 0], is_own) if entry.of else None
        if told:
            return True
        is_sure = is_sure and told is not None
    return False if is_sure else None


def guided_condition(model: type[Model], user: Any, permission: str) -> Q:
    """Return the condition on rows the user may only read: others run them below."""
    day = today()
    above = [g for g in grants_of(user) if g.is_live(day) and permission in g.own]
    if not above:
        return NOTHING
    return _condition(model, above) & ~Q(
        pk__in=model._default_manager.filter(
            reach_condition(model, user, permission)
        ).values("pk")
    )


def guided(user: Any, permission: str, obj: Model, doing: str = "") -> Denied | None:
    """Say who runs the object when the user's scope lies above and only reads it.

    None when no grant that names the permission has the object below its scope.
    """
    day = today()
    above = [g for g in grants_of(user) if g.is_live(day) and permission in g.own]
    if not above:
        return None
    is_below = _of_row(obj, above)
    if is_below is None:
        below = guided_condition(type(obj), user, permission)
        is_below = type(obj)._default_manager.filter(below, pk=obj.pk).exists()
    elif is_below:
        is_below = not reaches(user, permission, obj)
    return _authority(obj, doing) if is_below else None


def refusal(
    user: Any, permission: str, obj: Model, otherwise: Denied, doing: str = ""
) -> Denied:
    """Say who runs the object where the user only reads it, else ``otherwise``."""
    below = guided(user, permission, obj, doing)
    return otherwise if below is None else below
