"""Work of roster exchange done by the workers."""

from celery import shared_task

from roster.bundles import receiving as _jobs  # noqa: F401 - registers its job
from roster.inbound.receiving import drop_staging, forget_keys, forget_rows
from roster.provider.keeping import clear_old, tell_ended_regions


@shared_task(queue="interactive", name="roster.clear_tombstones")
def clear_tombstones() -> int:
    """Clear old removal records; tell the end of regions as a change."""
    tell_ended_regions()
    return clear_old()


@shared_task(name="roster.forget_rows")
def forget_old_rows() -> int:
    """Forget verdicts of runs that ended long ago, and rows that were only staged."""
    drop_staging()
    return forget_rows()


@shared_task(name="roster.forget_keys")
def forget_old_keys() -> int:
    """Forget answers kept for retries that no client asks for any more."""
    return forget_keys()
