"""What beat runs: every entry of a fresh installation names a task that works."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from django_celery_beat.models import PeriodicTask

from audit.models import Event
from audit.services import record
from config.celery import app
from tests.accounts.factories import user_with
from tests.bureau.factories import CountyFactory
from tests.kept import kept

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def installation(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Set a bureau up, once for all tests."""
    with kept(django_db_blocker):
        call_command("init_bureau", "--region", "610900", "--json")
        yield


@pytest.fixture
def entries(installation: None, db: None) -> list[PeriodicTask]:
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
        "roster.clear_tombstones": "SUCCESS",
        "roster.forget_keys": "SUCCESS",
        "roster.forget_rows": "SUCCESS",
        "schools.close_overdue_unlocks": "SUCCESS",
    }


def test_setting_up_again_leaves_what_an_administrator_changed(
    entries: list[PeriodicTask],
) -> None:
    PeriodicTask.objects.filter(task="core.remind_of_deadlines").update(enabled=False)

    call_command("init_bureau", "--region", "610900", "--json")

    assert not PeriodicTask.objects.get(task="core.remind_of_deadlines").enabled
    assert PeriodicTask.objects.count() == len(entries)


@pytest.fixture
def administrator(entries: list[PeriodicTask], signed_in: Any) -> Any:
    return signed_in(user_with("SYS_ADMIN", None))


def change(client: Any, task: str, **data: Any) -> Any:
    entry = PeriodicTask.objects.get(task=task)
    url = reverse("core:schedule-change", args=[entry.pk])
    assert client.get(url).status_code == 200
    return client.post(url, data, follow=True)


def test_an_administrator_sees_what_runs_and_moves_it(administrator: Any) -> None:
    page = administrator.get(reverse("core:schedule")).content.decode()
    assert "编制到期的年度报告" in page
    assert "每天 02:00" in page
    assert "每 60 秒" in page

    told = change(
        administrator, "evaluation.compile_due_reports", enabled="on", at="04:30"
    )

    assert "每天 04:30" in told.content.decode()
    moved = PeriodicTask.objects.get(task="evaluation.compile_due_reports")
    assert (moved.crontab.hour, moved.crontab.minute) == ("4", "30")
    event = Event.objects.get(verb="core.change_schedule")
    assert event.data["from"]["plan"] == "每天 02:00"


def test_an_entry_is_switched_off_and_on(administrator: Any) -> None:
    name = "core.resend_silent_jobs"

    change(administrator, name, seconds="45")
    assert not PeriodicTask.objects.get(task=name).enabled
    change(administrator, name, seconds="45", enabled="on")

    entry = PeriodicTask.objects.get(task=name)
    assert (entry.enabled, entry.interval.every) == (True, 45)


@pytest.mark.parametrize("seconds", ["0", "9", "86401", "", "x"])
def test_a_senseless_interval_is_refused(administrator: Any, seconds: str) -> None:
    told = change(
        administrator, "core.resend_silent_jobs", enabled="on", seconds=seconds
    )

    assert 'role="alert"' in told.content.decode()
    entry = PeriodicTask.objects.get(task="core.resend_silent_jobs")
    assert entry.interval.every == 30


def test_business_roles_do_not_touch_the_schedule(
    entries: list[PeriodicTask], signed_in: Any
) -> None:
    client = signed_in(user_with("DISTRICT_EDU", CountyFactory()))

    assert client.get(reverse("core:schedule")).status_code == 403
