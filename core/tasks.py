"""Tasks of the machinery."""

from celery import shared_task
from django.core.management import call_command

from core.imports.engine import sweep as sweep_imports
from core.jobs import resend_silent_jobs, run_job
from core.reminders import remind_of_deadlines

__all__ = ["clear_expired", "remind", "resend", "run_job"]


@shared_task(queue="interactive", name="core.resend_silent_jobs")
def resend() -> int:
    """Resume jobs whose worker was lost, sooner than the broker would."""
    return resend_silent_jobs()


@shared_task(queue="interactive", name="core.remind_of_deadlines")
def remind() -> int:
    """Tell people what is due soon or late."""
    return remind_of_deadlines()


@shared_task(queue="interactive", name="core.clear_expired")
def clear_expired() -> None:
    """Remove expired tokens and sessions, and give up abandoned imports."""
    call_command("cleartokens")
    call_command("clearsessions")
    sweep_imports()
