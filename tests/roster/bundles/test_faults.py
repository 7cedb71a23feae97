"""A real worker killed while it takes a bundle in: nothing half written, done once."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings as django_settings

from config.celery import app
from core.jobs import resend_silent_jobs
from core.models import Job
from personnel.models import Teacher
from roster.bundles.receiving import receive_bundle
from roster.models import Enrolment, SyncRow, SyncRun
from schools.models import School
from tests.evaluation.test_faults import HEARTBEAT, database_url, wait_until
from tests.roster.bundles.factories import bundle, roster
from tests.roster.inbound.factories import make_world

SCHOOLS, TEACHERS = 40, 250


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


@pytest.mark.slow
@pytest.mark.integration
@pytest.mark.django_db(transaction=True)
def test_a_bundle_survives_the_kill_of_its_worker(queued: None, settings: Any) -> None:
    settings.MEDIA_ROOT = settings.BASE_DIR / "var" / "test" / "files"
    world = make_world()
    content = bundle(roster(teachers=TEACHERS, schools=SCHOOLS))

    run, _new = receive_bundle(world.sender.source, "名册.zip", content)
    with worker(settings.MEDIA_ROOT) as first:
        wait_until(
            lambda: (
                "users" in Job.objects.get(pk=run.job_id).message
                or "核对" in Job.objects.get(pk=run.job_id).message
            ),
            "rows are being read",
        )
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
    assert (School.objects.count(), Teacher.objects.count()) == (0, 0)
    assert SyncRun.objects.get().state == "VALIDATING"
    with worker(settings.MEDIA_ROOT):
        wait_until(resend_silent_jobs, "the silent job is sent again")
        wait_until(
            lambda: Job.objects.get(pk=run.job_id).is_over,
            "the job has come to its end",
        )

    job = Job.objects.get(pk=run.job_id)
    run.refresh_from_db()
    whole = SCHOOLS * TEACHERS
    assert (job.state, job.attempts, run.state) == ("DONE", 2, "DONE")
    assert (School.objects.count(), Teacher.objects.count()) == (SCHOOLS, whole)
    assert Enrolment.objects.count() == whole
    assert SyncRow.objects.filter(run=run, collection="users").count() == whole
