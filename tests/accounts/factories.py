"""Smallest valid users and grants."""

from datetime import date
from typing import Any

import factory
from django.contrib.contenttypes.models import ContentType

from accounts.models import RoleGrant, User


class UserFactory(factory.django.DjangoModelFactory):
    """A person who can sign in."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    full_name = factory.Sequence(lambda n: f"测试用户{n}")
    password = factory.django.Password("correct horse battery")


def grant(
    user: User,
    role: str,
    scope: Any = None,
    start: date = date(2020, 1, 1),
    end: date | None = None,
) -> RoleGrant:
    """Give a role directly, without the service's checks, and forget cached grants."""
    kind = ContentType.objects.get_for_model(scope) if scope else None
    made = RoleGrant.objects.create(
        user=user,
        role=role,
        scope_type=kind,
        scope_id=scope.pk if scope else None,
        valid_from=start,
        valid_to=end,
    )
    user.__dict__.pop("_grants", None)
    return made


def user_with(role: str, scope: Any = None, **fields: Any) -> User:
    """Return a new user who holds one role since 2020."""
    user = UserFactory(**fields)
    grant(user, role, scope)
    return user
