"""Stage, apply and undo in the page for small files, as a job for large ones."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from core.access import holds, reaches
from core.imports.engine import apply_run, stage, stage_at_once
from core.imports.errors import ImportRefused, UndoBlocked
from core.imports.kinds import kind_of
from core.imports.staging import Progress
from core.imports.undo import undo_import
from core.jobs import JobFailed, RunningJob, enqueue, job_kind
from core.models import ImportEffect, ImportRun

SMALL = 2_000
Step = Callable[[ImportRun, Progress], Any]


def start_staging(run: ImportRun, *, by: Any) -> str:
    """Read and judge the file; return the address to go on at (or of the job)."""
    if run.layout.get("estimate", 0) < SMALL:
        return stage_at_once(run).get_absolute_url()
    return _enqueue(run, "core.import_stage", _("读取并核对：%s") % run, by)


def start_applying(run: ImportRun, *, by: Any) -> str:
    """Write a previewed run; return the address of the result (or of the job)."""
    if run.total < SMALL:
        return apply_run(run, by=by).get_absolute_url()
    return _enqueue(run, "core.import_apply", _("导入：%s") % run, by)


def start_undoing(run: ImportRun, *, by: Any) -> str:
    """Undo an applied run; return the address of the result (or of the job)."""
    if ImportEffect.objects.filter(run=run).count() < SMALL:
        undo_import(run.pk, by=by)
        return reverse("core:import-detail", args=[run.pk])
    return _enqueue(run, "core.import_undo", _("撤销导入：%s") % run, by)


def _enqueue(run: ImportRun, kind: str, title: str, by: Any) -> str:
    job = enqueue(
        kind, title=title[:200], by=by, params={"run": run.pk}, key=str(run.pk)
    )
    ImportRun.objects.filter(pk=run.pk).update(job=job)
    return job.get_absolute_url()


def _perform(job: RunningJob, step: Step) -> str:
    run = ImportRun.objects.get(pk=job.params["run"])
    total = run.total or run.layout.get("estimate", 0)

    def progress(message: str, done: int | None = None) -> None:
        job.tell(message, done=min(done, total) if done else None, total=total)

    try:
        step(run, progress)
    except (ImportRefused, UndoBlocked) as refusal:
        raise JobFailed(str(refusal)) from refusal
    return ImportRun.objects.get(pk=run.pk).get_absolute_url()


@job_kind("core.import_stage")
def stage_job(job: RunningJob) -> str:
    """Read and judge a large file."""
    return _perform(job, lambda run, progress: stage(run, progress=progress))


@job_kind("core.import_apply")
def apply_job(job: RunningJob) -> str:
    """Write a large run into the register; done once however often it is started."""
    by = job.job.by
    return _perform(job, lambda run, progress: apply_run(run, by=by, progress=progress))


@job_kind("core.import_undo")
def undo_job(job: RunningJob) -> str:
    """Undo a large run; one already undone is left as it is."""

    def step(run: ImportRun, progress: Progress) -> None:
        if run.state != ImportRun.State.UNDONE:
            progress(_("移除和恢复"), None)
            undo_import(run.pk, by=job.job.by)

    return _perform(job, step)


def may_run(user: Any, run: ImportRun) -> bool:
    """Tell whether the user may go on with, apply or undo the run."""
    permission = kind_of(run.kind).permission
    if run.scope is None:
        return holds(user, permission)
    return reaches(user, permission, run.scope)
