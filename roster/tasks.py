"""Work of roster exchange done by the workers."""

from celery import shared_task

from roster.bundles import receiving as _jobs  # noqa: F401 - registers its job
from roster.inbound.receiving import forget_keys


@shared_task(name="roster.forget_keys")
def forget_old_keys() -> int:
    """Forget answers kept for retries that no client asks for any more."""
    return forget_keys()
