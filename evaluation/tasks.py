"""Periodic tasks of appraisal."""

from celery import shared_task

from evaluation.reports import compile_due_reports


@shared_task(queue="reports", name="evaluation.compile_due_reports")
def compile_due() -> int:
    """Compile the reports of published cycles that have none yet."""
    return compile_due_reports()
