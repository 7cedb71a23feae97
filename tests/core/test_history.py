"""Row history: cheap for many rows, and it names the work that caused it."""

from typing import Any

import pghistory.models
import pytest
from django.db import connection

from core import jobs
from tests.schools.factories import SchoolFactory

pytestmark = pytest.mark.django_db


def test_the_setting_that_every_trigger_asks_for_is_known() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('pgtrigger.ignore')")
        assert cursor.fetchone() == ("{}",)


def test_what_a_job_changes_is_kept_under_the_job(user: Any, monkeypatch: Any) -> None:
    school = SchoolFactory()

    def rename(running: Any) -> None:
        school.short_name = "新名"
        school.save()

    entries = {**jobs.kinds._entries, "test": (rename, "interactive")}
    monkeypatch.setattr(jobs.kinds, "_entries", entries)
    job = jobs.run_now("test", title="改名", by=user)

    (change,) = pghistory.models.Events.objects.tracks(school)
    assert change.pgh_context == {"job": job.pk, "user": user.pk}
