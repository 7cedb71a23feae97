"""The site and its worker on the test database, as real processes and threads."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test.utils import modify_settings
from pytest_django.live_server_helper import LiveServer

from config.celery import app
from config.runtime import service_urls

QUEUES = "interactive,reports,sync"
PATIENCE = 40


def empty_the_tables() -> None:
    """Empty every table of the test database, audit rows too."""
    name = connection.settings_dict["NAME"]
    if not name.startswith("test_"):
        raise RuntimeError(f"{name!r} is no test database; nothing was emptied")
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    try:
        call_command("flush", interactive=False, verbosity=0)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = DEFAULT")


@contextmanager
def live_site() -> Iterator[str]:
    """Serve the site from a thread; its jobs go to the broker, not to the request."""
    server = LiveServer("127.0.0.1")
    with modify_settings(ALLOWED_HOSTS={"append": "127.0.0.1"}):
        eager, app.conf.task_always_eager = app.conf.task_always_eager, False
        try:
            yield server.url
        finally:
            app.conf.task_always_eager = eager
            server.stop()
            connection.close()


def _test_database_url() -> str:
    """Name the test database in the form of DATABASE_URL."""
    parts = urlsplit(service_urls(settings.BASE_DIR).database)
    name = connection.settings_dict["NAME"]
    return urlunsplit(parts._replace(path=f"/{name}"))


@contextmanager
def live_worker() -> Iterator[subprocess.Popen[bytes]]:
    """Run a Celery worker on the test database and the tests' broker."""
    app.control.purge()
    log = Path(settings.BASE_DIR) / "var" / "test" / f"worker-{os.getpid()}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    env = dict(
        os.environ,
        DJANGO_SETTINGS_MODULE="config.settings.test",
        DATABASE_URL=_test_database_url(),
        REDIS_URL=settings.REDIS_URL,
        CELERY_EAGER="0",
    )
    command = ["-m", "celery", "-A", "config", "worker", "-Q", QUEUES, "-P", "solo"]
    quiet = ["--without-gossip", "--without-mingle", "-l", "INFO"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, *command, *quiet],
            cwd=settings.BASE_DIR,
            env=env,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            _await_ready(process, log)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    log.unlink(missing_ok=True)


def _await_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        said = log.read_text(errors="replace")
        if " ready." in said:
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"the worker did not start:\n{log.read_text(errors='replace')}")
