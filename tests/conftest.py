"""Fixtures that every room's tests use."""

from collections.abc import Callable, Iterator
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


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Let nobody hold the test database when it is dropped.

    A browser that goes away in the middle of an answer leaves the thread that served
    it, and with it a connection.
    """
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


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
