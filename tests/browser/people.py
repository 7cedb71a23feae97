"""Accounts of the browser tests, made by the services that make them in life."""

from typing import Any

from accounts.models import User
from accounts.services import grant_role

PASSWORD = "Zhi-xue-2026-walk"


def person(username: str, name: str, role: str, scope: Any = None) -> User:
    """Return an account with one role."""
    user = User.objects.create_user(username, PASSWORD, full_name=name)
    grant_role(user, role, scope, by=None)
    return user
