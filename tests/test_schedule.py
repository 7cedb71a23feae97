"""What beat runs: every entry of a fresh installation names a task that works."""

import pytest
from django.core.management import call_command
from django_celery_beat.models import PeriodicTask

from audit.services import record
from config.celery import app
from tests.bureau.factories import CountyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries() -> list[PeriodicTask]:
    call_command("init_bureau", "--region", "610900", "--json")
    return list(PeriodicTask.objects.exclude(name__startswith="celery."))


def test_each_scheduled_task_is_known_to_the_workers_and_runs(
    entries: list[PeriodicTask],
) -> None:
    record("test.happened", CountyFactory(), by=None)
    app.loader.import_default_modules()

    done = {entry.task: app.tasks[entry.task].apply().state for entry in entries}

    assert done == {
        "audit.tasks.seal_waiting_events": "SUCCESS",
        "bureau.extend_calendar": "SUCCESS",
        "core.clear_expired": "SUCCESS",
        "core.remind_of_deadlines": "SUCCESS",
        "core.resend_silent_jobs": "SUCCESS",
        "evaluation.compile_due_reports": "SUCCESS",
        "schools.close_overdue_unlocks": "SUCCESS",
    }


def test_setting_up_again_leaves_what_an_administrator_changed(
    entries: list[PeriodicTask],
) -> None:
    PeriodicTask.objects.filter(task="core.remind_of_deadlines").update(enabled=False)

    call_command("init_bureau", "--region", "610900", "--json")

    assert not PeriodicTask.objects.get(task="core.remind_of_deadlines").enabled
    assert PeriodicTask.objects.count() == len(entries)
