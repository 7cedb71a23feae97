"""The day on which a piece of the demo's history happens."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils import timezone

from core.days import today

WORKING_HOUR = time(10, 0)


def moment(day: date, at: time = WORKING_HOUR) -> datetime:
    """Return a time of a day in the installation's time zone."""
    return datetime.combine(day, at, ZoneInfo(settings.TIME_ZONE))


def day_of(told: str | int, now: date | None = None) -> date:
    """Read a day of a data file: ``2025-09-01``, or days before or after today.

    ``now`` is the present day where the clock stands on another one.
    """
    if isinstance(told, int):
        return (now or today()) + timedelta(days=told)
    return date.fromisoformat(told)


@contextmanager
def on(day: date) -> Iterator[date]:
    """Let everything inside happen on a day, its messages included.

    The verbs of the product read the present day. The demo tells what happened over
    years through the same verbs, so Django's clock stands on that day meanwhile; only
    the process that loads the demo is touched.
    """
    with patch.object(timezone, "now", lambda: moment(day)):
        try:
            yield day
        finally:
            send_messages()


def send_messages() -> None:
    """Send now what waits for the commit, so that each message carries its day."""
    waiting, connection.run_on_commit = connection.run_on_commit, []
    for entry in waiting:
        entry[1]()
