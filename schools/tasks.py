"""Periodic tasks of schools."""

from celery import shared_task

from schools.services import close_overdue_unlocks


@shared_task(queue="interactive", name="schools.close_overdue_unlocks")
def close_overdue() -> int:
    """Close the lock exceptions whose last day has passed."""
    return close_overdue_unlocks()
