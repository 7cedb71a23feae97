"""Run the tests on a real PostgreSQL and a real Redis-protocol server."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from . import browser, setup
from .paths import ROOT, VAR
from .say import say, step

WHOLE = ("-n", "2", "--dist", "worksteal", "--cov", "--cov-report=term")
USAGE = """usage: script/test [--browser] [pytest arguments]

Without arguments every test runs, two at a time, and the coverage is checked.
  --browser   install Debian's chromium for the browser tests when it is missing
              (done by itself where CI is set)
Environment: DATABASE_URL, REDIS_URL use other servers than the embedded ones."""


def main(arguments: list[str]) -> int:
    """script/test [--browser] [pytest arguments]"""
    if arguments in (["-h"], ["--help"]):
        say(USAGE)
        return 0
    setup.ensure(development=True)
    setup.enter("test", arguments)
    if "--browser" in arguments:
        arguments.remove("--browser")
        browser.require()
    elif os.environ.get("CI"):
        browser.require()
    else:
        browser.announce_missing()
    with one_run(), services(dict(os.environ)) as env:
        return pytest(arguments or list(WHOLE), env)


def pytest(arguments: list[str], env: dict[str, str]) -> int:
    """Run pytest with its output going straight to the terminal."""
    env["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    env["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    command = [sys.executable, "-m", "pytest", "-p", "script._lib.pytest_browser"]
    sys.stdout.flush()
    return subprocess.run(
        [*command, *arguments], cwd=ROOT, env=env, check=False
    ).returncode


@contextmanager
def one_run() -> Iterator[None]:
    """Two runs at once would share their databases."""
    (VAR / "test").mkdir(parents=True, exist_ok=True)
    handle = os.open(VAR / "test" / "run.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another test run is at work in this checkout; waiting for it.")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def services(
    env: dict[str, str], home: str = "test", *, durable: bool = False
) -> Iterator[dict[str, str]]:
    """The environment with both addresses, embedded where they are not given."""
    from config.runtime import Services

    if env.get("DATABASE_URL") and env.get("REDIS_URL"):
        yield env
        return
    embedded = Services(VAR / home, durable=durable)
    try:
        with step(f"PostgreSQL and Valkey in var/{home}"):
            embedded.start(
                database=not env.get("DATABASE_URL"), broker=not env.get("REDIS_URL")
            )
        env["DATABASE_URL"] = env.get("DATABASE_URL") or embedded.database_url
        env["REDIS_URL"] = env.get("REDIS_URL") or embedded.redis_url
        yield env
    finally:
        embedded.stop()
