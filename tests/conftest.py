"""Fixtures that every room's tests use."""

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import TransactionTestCase

from script._lib import template
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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest: what an idle process takes over at the end is short."""
    here = Path(__file__).parent
    items.sort(key=lambda item: not item.path.is_relative_to(here / "demo"))
    items.sort(key=lambda item: not item.path.is_relative_to(here / "browser"))


def pytest_collection_finish() -> None:
    """Spare the collector what lives until the end; it took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Wait until the database is there that the test database is a copy of."""
    if os.environ.get("TEST_TEMPLATE"):
        template.ensure(dict(os.environ))


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
