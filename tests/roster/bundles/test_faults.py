"""A real worker killed while it takes a bundle in: nothing half written, done once."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction

from config.celery import app
from core.jobs import resend_silent_jobs
from core.models import Job
from personnel.models import Teacher
from roster.bundles.receiving import receive_bundle
from roster.models import Enrolment, SyncRun
from roster.verdicts import Verdicts
from schools.models import School
from tests.evaluation.test_faults import HEARTBEAT, database_url, wait_until
from tests.roster.bundles.factories import bundle, roster
from tests.roster.inbound.factories import make_world

SCHOOLS = 40
TEACHERS = int(os.environ.get("FAULT_PEOPLE", "10000")) // SCHOOLS
"""Per school; ``FAULT_PEOPLE=500000`` is the size a city sends."""


@contextmanager
def worker(media: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker of the sync queue as its own process group."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": database_url(),
        "REDIS_URL": django_settings.REDIS_URL,
        "JOB_HEARTBEAT_SECONDS": str(HEARTBEAT),
    }
    command = [
        *(sys.executable, "-m", "celery", "-A", "config", "worker"),
        *("-Q", "sync", "--pool", "solo", "--without-gossip", "--without-mingle"),
        *("--loglevel", "ERROR"),
    ]
    process = subprocess.Popen(command, env=environment, start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


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


def patiently(condition: Callable[[], bool], what: str) -> None:
    """Wait as long as the size of the bundle deserves; look often."""
    end = time.monotonic() + 90 + SCHOOLS * TEACHERS / 1000
    while not condition():
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(0.01)


def staging_left() -> int:
    """Count the schemas of staged rows that still stand."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname ~ '^staging_'")
        return int(cursor.fetchone()[0])


def is_reading(run: SyncRun) -> bool:
    """Tell whether the worker reads the files of the bundle."""
    told = Job.objects.get(pk=run.job_id).message
    return "users" in told or "核对" in told


def is_writing(run: SyncRun) -> bool:
    """Tell whether the worker has written people and goes on to write classes' rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
            " AND wait_event_type = 'Lock' AND query ~ 'INTO roster_enrolment'"
        )
        return cursor.fetchone() is not None


@contextmanager
def stopped_before_enrolments() -> Iterator[None]:
    """Let nobody write who belongs to a class, so that a worker waits just there."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE roster_enrolment IN SHARE MODE")
        yield


@pytest.mark.slow
@pytest.mark.integration
@pytest.mark.parametrize(
    ("moment", "holding"),
    [(is_reading, nullcontext), (is_writing, stopped_before_enrolments)],
    ids=["reading", "writing"],
)
@pytest.mark.django_db(transaction=True)
def test_a_bundle_survives_the_kill_of_its_worker(
    moment: Callable[[SyncRun], bool],
    holding: Callable[[], AbstractContextManager[None]],
    queued: None,
    settings: Any,
) -> None:
    settings.MEDIA_ROOT = settings.BASE_DIR / "var" / "test" / "files"
    world = make_world()
    content = bundle(roster(teachers=TEACHERS, schools=SCHOOLS))

    run, _new = receive_bundle(world.sender.source, "名册.zip", content)
    with holding(), worker(settings.MEDIA_ROOT) as first:
        patiently(lambda: moment(run), "the worker has come that far")
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
    assert (School.objects.count(), Teacher.objects.count()) == (0, 0)
    assert SyncRun.objects.get().state == "VALIDATING"
    with worker(settings.MEDIA_ROOT):
        wait_until(resend_silent_jobs, "the silent job is sent again")
        patiently(
            lambda: Job.objects.get(pk=run.job_id).is_over,
            "the job has come to its end",
        )

    job = Job.objects.get(pk=run.job_id)
    run.refresh_from_db()
    whole = SCHOOLS * TEACHERS
    assert (job.state, job.attempts, run.state) == ("DONE", 2, "DONE")
    assert (School.objects.count(), Teacher.objects.count()) == (SCHOOLS, whole)
    assert Enrolment.objects.count() == whole
    told = Counter(row.sourced_id for row in Verdicts(run) if row.collection == "users")
    assert (len(told), set(told.values())) == (whole, {1})
    assert staging_left() == 0
