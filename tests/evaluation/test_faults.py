"""A real worker killed in the middle of a compile: finished once, nothing doubled."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection

from config.celery import app
from core.files import read
from core.jobs import resend_silent_jobs
from core.models import Attachment, Job, JobPart, ReportRun
from core.reports import files_of, is_intact
from evaluation.reports import runs_of
from evaluation.reports.compiling import compile_cycle
from tests.evaluation.factories import World, group_of, make_world
from tests.schools.factories import SchoolFactory

GROUPS = 8
HEARTBEAT = 4
PATIENCE = 90


def database_url() -> str:
    """Return the address of the database the tests run on."""
    held = connection.get_connection_params()
    door = f"{held.get('user', '')}:{held.get('password', '')}@"
    host, name = held.get("host", "127.0.0.1"), held["dbname"]
    if host.startswith("/"):
        return f"postgres://{door}/{name}?host={host}"
    return f"postgres://{door}{host}:{held.get('port', 5432)}/{name}"


@contextmanager
def worker() -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker of the reports queue as its own process group."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": database_url(),
        "REDIS_URL": django_settings.REDIS_URL,
        "JOB_HEARTBEAT_SECONDS": str(HEARTBEAT),
    }
    command = [
        *(sys.executable, "-m", "celery", "-A", "config", "worker"),
        *("-Q", "reports", "--pool", "solo", "--without-gossip", "--without-mingle"),
        *("--loglevel", "ERROR"),
    ]
    process = subprocess.Popen(command, env=environment, start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until(condition: Callable[[], Any], what: str) -> None:
    """Wait for a condition; fail in words when it does not come."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(0.2)


def widen(world: World) -> None:
    """Add groups, so that a compile has many parts."""
    for number in range(GROUPS - 2):
        school = SchoolFactory(region=world.region)
        group_of(world.region, f"丁{number}集团", school)


@pytest.fixture
def queued(settings: Any) -> Iterator[None]:
    """Send tasks to the real broker instead of running them here."""
    settings.JOB_HEARTBEAT_SECONDS = HEARTBEAT
    before = app.conf.task_always_eager
    app.conf.task_always_eager = False
    app.control.purge()
    yield
    app.control.purge()
    app.conf.task_always_eager = before


@pytest.mark.slow
@pytest.mark.integration
@pytest.mark.django_db(transaction=True)
def test_a_compile_survives_the_kill_of_its_worker(queued: None, settings: Any) -> None:
    settings.MEDIA_ROOT = settings.BASE_DIR / "var" / "test" / "files"
    world = make_world()
    widen(world)
    cycle = world.consolidated()
    whole = GROUPS + 1

    job = compile_cycle(cycle, by=world.bureau)
    with worker() as first:
        wait_until(
            lambda: JobPart.objects.filter(job=job).count() >= 2, "two parts are done"
        )
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
    done = JobPart.objects.filter(job=job).count()
    assert 2 <= done < whole
    with worker():
        wait_until(resend_silent_jobs, "the silent job is sent again")
        wait_until(
            lambda: Job.objects.get(pk=job.pk).is_over, "the job has come to its end"
        )

    job.refresh_from_db()
    runs = runs_of(cycle)
    assert (job.state, job.attempts, job.done) == ("DONE", 2, whole)
    assert JobPart.objects.filter(job=job).count() == whole
    assert (len(runs), ReportRun.objects.count()) == (whole, whole)
    assert {run.version for run in runs} == {1}
    assert all(is_intact(run) for run in runs)
    assert all(len(read(file)) == file.size for run in runs for file in files_of(run))
    assert Attachment.objects.filter(kind="REPORT").count() == 3 * whole
