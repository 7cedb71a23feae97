"""Periodic work, kept in tables that administrators can edit."""

from django.conf import settings
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask


def every(seconds: int, name: str, task: str) -> None:
    """Schedule a task every so many seconds; an existing entry stays as it is."""
    schedule, _created = IntervalSchedule.objects.get_or_create(
        every=seconds, period=IntervalSchedule.SECONDS
    )
    PeriodicTask.objects.get_or_create(
        name=name, defaults={"task": task, "interval": schedule}
    )


def daily(hour: int, minute: int, name: str, task: str) -> None:
    """Schedule a task each day at a time of the installation's time zone."""
    schedule, _created = CrontabSchedule.objects.get_or_create(
        hour=str(hour),
        minute=str(minute),
        day_of_month="*",
        month_of_year="*",
        day_of_week="*",
        timezone=settings.TIME_ZONE,
    )
    PeriodicTask.objects.get_or_create(
        name=name, defaults={"task": task, "crontab": schedule}
    )
