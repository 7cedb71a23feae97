"""Who is told about schools and their returns."""

from typing import Any

from accounts.models import RoleGrant, User


def people_holding(permission: str, *scopes: Any) -> list[User]:
    """Return the active users whose role in one of the scopes names the permission."""
    found: set[int] = set()
    for scope in scopes:
        grants = RoleGrant.objects.holding(permission).for_scope(scope)
        found.update(grants.values_list("user_id", flat=True))
    return list(User.objects.filter(pk__in=found, is_active=True))
