"""Periodic work, kept in tables that administrators can edit."""

from datetime import time
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from audit.services import record


def every(seconds: int, name: str, task: str) -> None:
    """Schedule a task every so many seconds; an existing entry stays as it is."""
    PeriodicTask.objects.get_or_create(
        name=name, defaults={"task": task, "interval": _interval(seconds)}
    )


def daily(hour: int, minute: int, name: str, task: str) -> None:
    """Schedule a task each day at a time of the installation's time zone."""
    PeriodicTask.objects.get_or_create(
        name=name, defaults={"task": task, "crontab": _each_day(time(hour, minute))}
    )


def _interval(seconds: int) -> IntervalSchedule:
    found, _created = IntervalSchedule.objects.get_or_create(
        every=seconds, period=IntervalSchedule.SECONDS
    )
    return found


def _each_day(at: time) -> CrontabSchedule:
    found, _created = CrontabSchedule.objects.get_or_create(
        hour=str(at.hour),
        minute=str(at.minute),
        day_of_month="*",
        month_of_year="*",
        day_of_week="*",
        timezone=settings.TIME_ZONE,
    )
    return found


def time_of(entry: PeriodicTask) -> time | None:
    """Return the time of day at which an entry runs; None for an interval."""
    plan = entry.crontab
    return time(int(plan.hour), int(plan.minute)) if plan else None


def words_of(entry: PeriodicTask) -> str:
    """Say when an entry runs."""
    at = time_of(entry)
    if at:
        return _("每天 %(time)s") % {"time": f"{at:%H:%M}"}
    return _("每 %(seconds)s 秒") % {"seconds": entry.interval.every}


@transaction.atomic
def change_entry(
    entry: PeriodicTask,
    *,
    by: Any,
    enabled: bool,
    at: time | None = None,
    seconds: int | None = None,
) -> PeriodicTask:
    """Run an entry at another time, or not at all; the scheduler notices by itself."""
    before = {"enabled": entry.enabled, "plan": words_of(entry)}
    entry.enabled = enabled
    if entry.crontab and at:
        entry.crontab = _each_day(at)
    if entry.interval and seconds:
        entry.interval = _interval(seconds)
    entry.save()
    after = {"enabled": entry.enabled, "plan": words_of(entry)}
    record("core.change_schedule", entry, by=by, data={"from": before, "to": after})
    return entry
