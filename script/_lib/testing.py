"""Run the tests on a real PostgreSQL and a real Redis-protocol server."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from . import branches, browser, setup
from .embedded import services
from .paths import ROOT, VAR
from .say import say

WHOLE = ("-n", "2", "--dist", "worksteal")
COVERAGE = ("--cov", "--cov-report=term")
PLUGINS = ("-p", "script._lib.pytest_browser")
USAGE = """usage: script/test [--browser] [--coverage] [pytest arguments]

Without arguments every test runs, two at a time.
  --coverage  hold what was reached to the limits as well: 92 % of all, and 95 % of the
              branches of the rules: nearly twice as long
              (done by itself where CI is set)
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
    wanted, arguments = options(arguments)
    if "--browser" in wanted or os.environ.get("CI"):
        browser.require()
    else:
        browser.announce_missing()
    is_whole, arguments = not arguments, arguments or list(WHOLE)
    is_counted = "--coverage" in wanted or bool(os.environ.get("CI"))
    if is_counted:
        arguments += COVERAGE
    # needs the requirements that the set-up has just seen to
    from . import template

    prepared = services if os.environ.get("DATABASE_URL") else template.services
    with one_run(), prepared(dict(os.environ)) as env:
        failed = pytest(arguments, env)
    if is_counted and is_whole and not failed:
        failed = branches.report()
    return failed


def options(arguments: list[str]) -> tuple[set[str], list[str]]:
    """The runner's own options, and what is left for pytest."""
    own = {"--browser", "--coverage"}
    return own & set(arguments), [word for word in arguments if word not in own]


def pytest(arguments: list[str], env: dict[str, str]) -> int:
    """Run pytest with its output going straight to the terminal."""
    env["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    env["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    # compiled once, kept for the next run
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-m", "pytest", *PLUGINS]
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
