"""Periodic work of the administrative frame, scheduled when it is set up."""

from typing import Any

from core.registries import setup_steps
from core.schedule import daily


def schedule_calendar(region: Any) -> int:
    """Schedule the extension of the calendar; return how many tasks."""
    daily(1, 15, "延长学校日历", "bureau.extend_calendar")
    return 1


setup_steps.register("calendar", schedule_calendar)
