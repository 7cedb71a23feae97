"""Who is told about schools and their returns."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType

from accounts.models import RoleGrant, User
from schools.models import School


def people_holding(permission: str, *scopes: Any) -> list[User]:
    """Return the active users whose role in one of the scopes names the permission."""
    found: set[int] = set()
    for scope in scopes:
        grants = RoleGrant.objects.holding(permission).for_scope(scope)
        found.update(grants.values_list("user_id", flat=True))
    return list(User.objects.filter(pk__in=found, is_active=True))


def people_of_schools(ids: Iterable[int], *permissions: str) -> dict[int, list[User]]:
    """Return school → its active users whose role names one of the permissions."""
    found: dict[int, dict[int, User]] = defaultdict(dict)
    kind = ContentType.objects.get_for_model(School)
    for permission in permissions:
        grants = RoleGrant.objects.holding(permission).filter(
            scope_type=kind, scope_id__in=list(ids), user__is_active=True
        )
        for grant in grants.select_related("user"):
            found[grant.scope_id or 0][grant.user_id] = grant.user
    return {school: list(people.values()) for school, people in found.items()}
