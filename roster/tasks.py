"""Periodic tasks of rosters."""

from celery import shared_task

from roster.provider.keeping import clear_old, tell_ended_regions


@shared_task(queue="interactive", name="roster.clear_tombstones")
def clear_tombstones() -> int:
    """Clear old removal records; tell the end of regions as a change."""
    tell_ended_regions()
    return clear_old()
