"""Periodic work of the administrative frame."""

from celery import shared_task

from bureau.services import ensure_years


@shared_task(queue="interactive", name="bureau.extend_calendar")
def extend_calendar() -> None:
    """Create the coming school year before it is needed."""
    ensure_years()
