"""One migrated database, of which every test process gets a copy.

Migrating takes half a minute, copying half a second. The name tells of which migrations
the database is made, so that it serves every run until one of them changes.
"""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from . import embedded
from .management import run
from .paths import ROOT, VAR

TEMPLATES = "SELECT datname FROM pg_database WHERE datname ~ '^template_'"
IMPORTED = re.compile(r"^(?:import|from) ([a-z_]+(?:\.\w+)+)", re.MULTILINE)


def name() -> str:
    """The name of the template that these migrations make."""
    digest = sha256()
    for path in sources():
        digest.update(f"{path.relative_to(ROOT)}\n".encode())
        digest.update(path.read_bytes())
    return f"template_{digest.hexdigest()[:16]}"


def sources() -> list[Path]:
    """The migrations, what they import of the product, and the requirements."""
    migrations = sorted(ROOT.glob("*/migrations/*.py"))
    imported = {
        module for path in migrations for module in IMPORTED.findall(path.read_text())
    }
    files = {ROOT / "requirements.txt", *migrations}
    for module in imported:
        path = ROOT / module.replace(".", "/")
        files.update(path.glob("*.py"), [path.with_suffix(".py")])
    return sorted(path for path in files if path.is_file())


@contextmanager
def services(given: dict[str, str]) -> Iterator[dict[str, str]]:
    """The embedded services, where the template is made while tests are collected."""
    with embedded.services(given) as env:
        env["TEST_TEMPLATE"] = name()
        env["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
        # what goes wrong here goes wrong again, loudly, in the first test that waits
        maker = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=ROOT,
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield env
        finally:
            maker.terminate()
            maker.wait()


def ensure(env: dict[str, str]) -> None:
    """Make the template of ``TEST_TEMPLATE`` unless it is there; wait for its maker."""
    wanted = env["TEST_TEMPLATE"]
    with _one_maker(), _server(env["DATABASE_URL"]) as statement:
        there = statement(TEMPLATES)
        if wanted in there:
            return
        for old in there:
            statement(f'DROP DATABASE "{old}" WITH (FORCE)')
        draft = f"{wanted}_draft"
        statement(f'CREATE DATABASE "{draft}"')
        run({**env, "DATABASE_URL": _beside(env, draft)}, "migrate", "--noinput")
        statement(f'ALTER DATABASE "{draft}" RENAME TO "{wanted}"')


@contextmanager
def _one_maker() -> Iterator[None]:
    handle = os.open(VAR / "test" / "template.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def _server(url: str) -> Iterator[Callable[[str], list[str]]]:
    connection = psycopg2.connect(url)
    connection.autocommit = True

    def statement(text: str) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(text)
            return [row[0] for row in cursor.fetchall()] if cursor.description else []

    try:
        yield statement
    finally:
        connection.close()


def _beside(env: dict[str, str], database: str) -> str:
    return urlunsplit(urlsplit(env["DATABASE_URL"])._replace(path=f"/{database}"))


if __name__ == "__main__":
    ensure(dict(os.environ))
