"""The demo, loaded once for these tests and taken back at their end."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings

from demo.loading import load
from tests.kept import kept

KEPT = {"django_content_type", "django_migrations"}


@dataclass(frozen=True)
class Loaded:
    """What a load told, the processor time it took, and where its files are."""

    result: dict[str, Any]
    cpu_seconds: float
    files: Path


@pytest.fixture(scope="package")
def loaded(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any
) -> Iterator[Loaded]:
    """Load the demo inside a transaction that never commits."""
    files = tmp_path_factory.mktemp("demo-files")
    with kept(django_db_blocker):
        started = time.process_time()
        with override_settings(MEDIA_ROOT=files):
            result = load()
        yield Loaded(result, time.process_time() - started, files)


@pytest.fixture
def demo(loaded: Loaded, db: None, settings: Any) -> Loaded:
    """The loaded demo for one test, with its files."""
    settings.MEDIA_ROOT = loaded.files
    return loaded


def empty_every_table() -> None:
    """Take every row away, inside the transaction of a test."""
    tables = sorted(set(connection.introspection.table_names()) - KEPT)
    names = ", ".join(f'"{name}"' for name in tables)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"TRUNCATE {names}")
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


@pytest.fixture
def empty_database(demo: Loaded) -> None:
    """A database in which nobody has worked yet."""
    empty_every_table()
