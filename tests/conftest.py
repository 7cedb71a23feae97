"""Fixtures that every room's tests use."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import TransactionTestCase

from tests.accounts.factories import UserFactory

_teardown = TransactionTestCase._fixture_teardown


def _teardown_past_triggers(self: TransactionTestCase) -> None:
    """Empty the tables although audit rows refuse it."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    try:
        _teardown(self)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = DEFAULT")


TransactionTestCase._fixture_teardown = _teardown_past_triggers


@pytest.fixture(autouse=True)
def _files_in_a_folder_of_the_test(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def user(db: None) -> Any:
    """A signed-up person without any role."""
    return UserFactory()


@pytest.fixture
def signed_in(client: Any) -> Callable[[Any], Any]:
    """Sign a user in on the test client and return the client."""

    def sign_in(user: Any) -> Any:
        client.force_login(
            user, backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        return client

    return sign_in
