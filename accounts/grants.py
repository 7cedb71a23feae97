"""A user's standing grants in the shape that reach needs."""

from typing import Any

from django.contrib.contenttypes.models import ContentType

from accounts.models import RoleGrant, User
from accounts.roles import ROLES
from core.access import Grant


def _scope_label(content_type_id: int | None) -> str:
    if content_type_id is None:
        return ""
    kind = ContentType.objects.get_for_id(content_type_id)
    return f"{kind.app_label}.{kind.model}"


def load_grants(user: Any) -> list[Grant]:
    """Return the user's grants that were not revoked, ended ones too (one query)."""
    rows = RoleGrant.objects.standing().filter(user_id=user.pk)
    return [
        Grant(
            role=row.role,
            permissions=ROLES[row.role].permissions,
            scope=_scope_label(row.scope_type_id),
            scope_id=row.scope_id,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            own=ROLES[row.role].own,
        )
        for row in rows.only(
            "role", "scope_type_id", "scope_id", "valid_from", "valid_to"
        )
    ]


def people_behind(deadline: Any) -> Any:
    """Return the active users who hold the deadline's role in its scope today."""
    grants = RoleGrant.objects.standing().on()
    grants = grants.filter(
        scope_type_id=deadline.scope_type_id, scope_id=deadline.scope_id
    )
    if deadline.role:
        grants = grants.filter(role=deadline.role)
    return User.objects.filter(is_active=True, pk__in=grants.values("user_id"))
