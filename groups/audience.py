"""Who is told: the people who hold a permission over a region, group or school."""

from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from accounts.models import RoleGrant, User
from bureau.authority import answering
from bureau.models import Region
from groups.models import EducationGroup, GroupCase
from schools.models import School


def holders(
    permission: str,
    *,
    region: Region | None = None,
    group: EducationGroup | None = None,
    schools: Iterable[Any] = (),
    roles: Iterable[str] | None = None,
) -> list[User]:
    """Return the active users who hold the permission over any of the scopes.

    A region is answered for by its own authority, or also from above where the
    permission is not one that each authority keeps to itself.
    """
    kinds = ContentType.objects.get_for_models(Region, EducationGroup, School)
    scopes = Q(pk__in=[])
    if region:
        scopes |= Q(
            scope_type=kinds[Region], scope_id__in=answering(permission, region)
        )
    if group:
        scopes |= Q(scope_type=kinds[EducationGroup], scope_id=group.pk)
    if ids := [school.pk for school in schools]:
        scopes |= Q(scope_type=kinds[School], scope_id__in=ids)
    grants = RoleGrant.objects.holding(permission).filter(scopes)
    if roles is not None:
        grants = grants.filter(role__in=list(roles))
    return list(
        User.objects.filter(pk__in=grants.values("user"), is_active=True).order_by("pk")
    )


def applicants(case: GroupCase) -> list[User]:
    """Return the people who answer for the application."""
    found = {case.opened_by, case.submitted_by} - {None}
    return sorted(found, key=lambda user: user.pk)
