"""Periodic sealing of events."""

from celery import shared_task

from audit.services import seal_all


@shared_task(queue="interactive")
def seal_waiting_events() -> None:
    """Seal every event that waits."""
    seal_all()
