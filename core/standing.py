"""Where a user stands: the region, group or school, and the role held there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps

from core.access import Grant, grants_of
from core.days import today

SESSION_KEY = "standing"
_role_labels: Callable[[], Mapping[str, Any]] = dict


def register_role_labels(labels: Callable[[], Mapping[str, Any]]) -> None:
    """Say how roles are called (the accounts room)."""
    global _role_labels
    _role_labels = labels


@dataclass(frozen=True)
class Standing:
    """One live grant as the top bar shows it."""

    key: str
    role: str
    role_label: str
    scope: str
    scope_id: int | None
    scope_label: str


def standings_of(user: Any) -> list[Standing]:
    """Return the user's live grants in words; one query for each kind of scope."""
    live = [g for g in grants_of(user) if g.is_live(today())]
    names = _scope_names(live)
    labels = _role_labels()
    return [
        Standing(
            key=f"{grant.role}:{grant.scope_id or 0}",
            role=grant.role,
            role_label=str(labels.get(grant.role, grant.role)),
            scope=grant.scope,
            scope_id=grant.scope_id,
            scope_label=names.get((grant.scope, grant.scope_id), ""),
        )
        for grant in live
    ]


def _scope_names(grants: list[Grant]) -> dict[tuple[str, int | None], str]:
    wanted: dict[str, set[int]] = {}
    for grant in grants:
        if grant.scope and grant.scope_id:
            wanted.setdefault(grant.scope, set()).add(grant.scope_id)
    return {
        (scope, row.pk): str(getattr(row, "name", row))
        for scope, ids in wanted.items()
        for row in apps.get_model(scope)._default_manager.filter(pk__in=ids)
    }


def chosen(standings: list[Standing], key: str | None) -> Standing | None:
    """Return the standing of the key, else the first, else None."""
    found = next((s for s in standings if s.key == key), None)
    return found or next(iter(standings), None)


def own_standings(request: Any) -> list[Standing]:
    """Return the standings of the request's user (kept on the request)."""
    kept: list[Standing] | None = getattr(request, "_standings", None)
    if kept is None:
        kept = request._standings = standings_of(request.user)
    return kept


def standing_of(request: Any) -> Standing | None:
    """Return where the request's user stands now."""
    return chosen(own_standings(request), request.session.get(SESSION_KEY))
