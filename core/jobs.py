"""Long work: claimed by compare-and-set, resumed part by part, safe to run twice."""

import os
import socket
import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any, TypeVar

import pghistory
from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import Job, JobPart
from core.registry import Registry

T = TypeVar("T")
LOG_LINES = 20
JobFunction = Callable[["RunningJob"], str | None]
kinds: Registry[str, tuple[JobFunction, str]] = Registry("job kinds")


class ClaimLost(Exception):
    """Another worker took the job over, or it was cancelled: stop quietly."""


class JobFailed(Exception):
    """The work cannot be done; the message tells the person why."""


def job_kind(
    kind: str, *, queue: str = "interactive"
) -> Callable[[JobFunction], JobFunction]:
    """Register the function that does jobs of this kind.

    It receives the running job and returns the address of the result, or None.
    """

    def enter(function: JobFunction) -> JobFunction:
        kinds.register(kind, (function, queue))
        return function

    return enter


def enqueue(
    kind: str,
    *,
    title: str,
    by: Any = None,
    params: dict[str, Any] | None = None,
    key: str = "",
    cancellable: bool = True,
) -> Job:
    """Create a job and send it to the workers when the transaction commits.

    With ``key``, an open job of the same kind and key is returned instead.
    """
    queue = kinds.get(kind)[1]
    if key:
        open_job: Job | None = Job.objects.filter(
            kind=kind, key=key, state__in=[Job.State.QUEUED, Job.State.RUNNING]
        ).first()
        if open_job:
            return open_job
    job: Job = Job.objects.create(
        kind=kind,
        title=title,
        by=by if getattr(by, "pk", None) else None,
        params=params or {},
        key=key,
        is_cancellable=cancellable,
    )
    transaction.on_commit(lambda: run_job.apply_async(args=[job.pk], queue=queue))
    return job


def run_now(
    kind: str,
    *,
    title: str,
    by: Any = None,
    params: dict[str, Any] | None = None,
    key: str = "",
) -> Job:
    """Do a job in this process and return it closed.

    An open job of the same kind and key is taken over when nobody works on it. Raises
    JobFailed when a worker holds it, or with the reason when the work failed.
    """
    open_job = Job.objects.filter(kind=kind, key=key, state__in=["QUEUED", "RUNNING"])
    job = (open_job.first() if key else None) or Job.objects.create(
        kind=kind,
        title=title,
        by=by if getattr(by, "pk", None) else None,
        params=params or {},
        key=key,
    )
    running = claim(job.pk)
    if running is None:
        raise JobFailed(_("同一项工作正在进行，请等待它完成"))
    perform(running)
    job.refresh_from_db()
    if job.state != Job.State.DONE:
        raise JobFailed(job.message)
    return job


class RunningJob:
    """A claimed job in the hands of one worker."""

    def __init__(self, job: Job, owner: str) -> None:
        self.job = job
        self.owner = owner

    @property
    def params(self) -> dict[str, Any]:
        """Return the job's parameters."""
        params: dict[str, Any] = self.job.params
        return params

    def _update(self, **fields: Any) -> None:
        fields["heartbeat_at"] = timezone.now()
        mine = Job.objects.filter(pk=self.job.pk, owner=self.owner, state="RUNNING")
        if not mine.filter(cancel_requested=False).update(**fields):
            raise ClaimLost

    def tell(
        self, message: str, *, done: int | None = None, total: int | None = None
    ) -> None:
        """Say what is being done; also a heartbeat. Raises ClaimLost when not mine."""
        job = self.job
        job.message = message[:250]
        job.log = [*job.log, f"{timezone.localtime():%H:%M:%S} {message}"][-LOG_LINES:]
        fields: dict[str, Any] = {"message": job.message, "log": job.log}
        if done is not None:
            fields["done"] = done
        if total is not None:
            fields["total"] = total
        self._update(**fields)

    def part_result(self, key: str) -> dict[str, Any] | None:
        """Return the stored result of a finished part, or None."""
        part = JobPart.objects.filter(job=self.job, key=key).first()
        return part.result if part else None

    @transaction.atomic
    def finish_part(self, key: str, result: dict[str, Any] | None = None) -> None:
        """Record a part as finished and count it, in one transaction."""
        self._update(done=F("done") + 1)
        JobPart.objects.create(job=self.job, key=key, result=result or {})

    def parts(
        self, items: Iterable[T], key: Callable[[T], str], label: Callable[[T], str]
    ) -> Iterator[tuple[str, T]]:
        """Yield the items not yet finished; the caller calls ``finish_part``."""
        listed = list(items)
        finished = set(self.job.parts.values_list("key", flat=True))
        self._update(done=len(finished), total=len(listed))
        for item in listed:
            if key(item) not in finished:
                self.tell(label(item))
                yield key(item), item


def claim(job_id: int) -> RunningJob | None:
    """Take a queued job, or one whose worker fell silent; None when not free."""
    owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    silent = timezone.now() - timedelta(seconds=settings.JOB_HEARTBEAT_SECONDS)
    free = Q(state=Job.State.QUEUED) | Q(
        state=Job.State.RUNNING, heartbeat_at__lt=silent
    )
    taken = Job.objects.filter(free, pk=job_id, cancel_requested=False).update(
        state=Job.State.RUNNING,
        owner=owner,
        heartbeat_at=timezone.now(),
        started_at=timezone.now(),
        attempts=F("attempts") + 1,
    )
    return RunningJob(Job.objects.get(pk=job_id), owner) if taken else None


def _close(running: RunningJob, state: str, **fields: Any) -> None:
    Job.objects.filter(pk=running.job.pk, owner=running.owner).update(
        state=state, finished_at=timezone.now(), **fields
    )


def perform(running: RunningJob) -> None:
    """Do a claimed job and close it with its result or its failure in words."""
    job = running.job
    function = kinds.get(job.kind)[0]
    try:
        with pghistory.context(job=job.pk, user=job.by_id):
            url = function(running)
    except ClaimLost:
        _close_cancelled(running)
    except JobFailed as error:
        _close(running, Job.State.FAILED, message=str(error)[:250])
    except Exception:
        text = _("处理中断，已完成的部分已保存。请稍后重试；仍不成功请联系系统管理员。")
        _close(running, Job.State.FAILED, message=text)
        raise
    else:
        _close(running, Job.State.DONE, result_url=url or "", message=_("已完成"))


def _close_cancelled(running: RunningJob) -> None:
    Job.objects.filter(
        pk=running.job.pk, owner=running.owner, cancel_requested=True
    ).update(state=Job.State.CANCELLED, finished_at=timezone.now(), message=_("已取消"))


@shared_task(bind=True, max_retries=None, name="core.run_job")
def run_job(task: Any, job_id: int) -> None:
    """Claim and do one job; wait when another worker still holds it."""
    running = claim(job_id)
    if running:
        perform(running)
        return
    job = Job.objects.filter(pk=job_id).first()
    if job and not job.is_over and not task.request.is_eager:
        raise task.retry(countdown=settings.JOB_HEARTBEAT_SECONDS // 2)


def cancel(job: Job, *, by: Any) -> bool:
    """Ask a job to stop; a queued one stops at once. False when it is over."""
    asked = Job.objects.filter(
        pk=job.pk, is_cancellable=True, state__in=["QUEUED", "RUNNING"]
    ).update(cancel_requested=True)
    Job.objects.filter(pk=job.pk, state="QUEUED", cancel_requested=True).update(
        state=Job.State.CANCELLED, finished_at=timezone.now(), message=_("已取消")
    )
    return bool(asked)


def resend_silent_jobs() -> int:
    """Send jobs again whose worker fell silent; the claim keeps it safe."""
    silent = timezone.now() - timedelta(seconds=settings.JOB_HEARTBEAT_SECONDS)
    waiting = Job.objects.filter(
        Q(state="RUNNING", heartbeat_at__lt=silent)
        | Q(state="QUEUED", created_at__lt=silent)
    )
    for job in waiting:
        queue = kinds.get(job.kind)[1]
        run_job.apply_async(args=[job.pk], queue=queue)
    return len(waiting)
