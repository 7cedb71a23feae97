"""Bundles coming in: kept, validated and written by a job, held when much would go."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import DataError, IntegrityError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import files
from core.imports.engine import told_in_words
from core.imports.errors import ImportRefused
from core.imports.lane import shared_staging
from core.jobs import JobFailed, RunningJob, enqueue, job_kind
from core.models import Attachment
from core.transitions import move
from roster.bundles.layout import BULK, DELTA
from roster.bundles.validating import Bundle, BundleRefused, Fault, open_bundle
from roster.choices import RowResult, RunKind, RunState
from roster.inbound.pipeline import Engine
from roster.inbound.receiving import SourcePaused
from roster.inbound.staging import stage_file
from roster.models import Source, SyncRun
from roster.permissions import can_send_bundle

JOB = "roster.bundle"
MAX_MB = 200
LINE = re.compile(r"line (\d+)")
ENDED = (RunState.FAILED, RunState.DISCARDED)


def receive_bundle(
    source: Source,
    name: str,
    content: bytes,
    *,
    by: Any = None,
    preview: bool = False,
    atomic: bool = False,
) -> tuple[SyncRun, bool]:
    """Keep a bundle and queue its work; return the run and whether it is new.

    The same content from the same source returns the run of its first time. Raises
    PermissionDenied, SourcePaused, or ValidationError for what is no zip.
    """
    if source.paused_at is not None:
        raise SourcePaused
    if by is not None:
        verdict = can_send_bundle(by, source)
        if not verdict:
            raise PermissionDenied(verdict.message)
    digest = hashlib.sha256(content).hexdigest()
    if found := _earlier(source, digest):
        return found, False
    try:
        with transaction.atomic():
            run = SyncRun.objects.create(
                source=source,
                kind=RunKind.BUNDLE,
                is_atomic=atomic,
                is_dry=preview,
                file_name=name[-200:],
                file_sha256=digest,
                sent_by=by if getattr(by, "pk", None) else None,
            )
            run.attachment = files.attach(
                run, name, content, kind=Attachment.Kind.UPLOAD, by=by, max_mb=MAX_MB
            )
            run.save(update_fields=["attachment"])
            queue_run(run, by=by)
    except IntegrityError:
        found = _earlier(source, digest)
        if found is None:
            raise
        return found, False
    return run, True


def _earlier(source: Source, digest: str) -> SyncRun | None:
    same = SyncRun.objects.filter(
        source=source, file_sha256=digest, kind=RunKind.BUNDLE
    )
    found: SyncRun | None = same.exclude(state__in=ENDED).first()
    return found


def queue_run(run: SyncRun, *, by: Any) -> None:
    """Send the run to the workers."""
    run.job = enqueue(
        JOB,
        title=_("名册数据包：%s") % run,
        by=by,
        params={"run": run.pk},
        key=str(run.pk),
        cancellable=False,
    )
    run.save(update_fields=["job"])


@job_kind(JOB, queue="sync")
def bundle_job(job: RunningJob) -> str:
    """Work a bundle off; safe to run again at any point, done once."""
    run = SyncRun.objects.select_related("source__region", "attachment").get(
        pk=job.params["run"]
    )
    if run.state == RunState.RECEIVED:
        run = move(run, "validate", by=None)
    if run.state in {RunState.VALIDATING, RunState.APPLYING}:
        work_off(run, lambda message: job.tell(message))
        run.refresh_from_db()
        if run.state == RunState.FAILED:
            raise JobFailed(run.failure)
    address: str = run.get_absolute_url()
    return address


def work_off(run: SyncRun, tell: Any = lambda message: None) -> None:
    """Validate and write a bundle in one transaction; move the run on."""
    try:
        with _opened(run) as bundle, shared_staging(run.pk):
            _perform(run, bundle, tell)
    except BundleRefused as refusal:
        _fail(run, refusal.message, refusal.faults)
    except ImportRefused as refusal:
        _fail(run, refusal.message, [Fault("", refusal.code, refusal.message)])


@contextmanager
def _opened(run: SyncRun) -> Iterator[Bundle]:
    if run.attachment is None:
        raise ImportRefused(_("数据包没有保存，请重新上传"), "no_file")
    with default_storage.open(run.attachment.path) as stored:
        yield open_bundle(run.file_name, stored)


def _perform(run: SyncRun, bundle: Bundle, tell: Any) -> None:
    delivery = Engine(
        run,
        {each.collection for each in bundle.layouts.values()},
        whole=bundle.of_mode(BULK) - bundle.of_mode(DELTA),
        deltas=bundle.of_mode(DELTA),
        has_roles="roles" in bundle.layouts,
        tell=lambda message: None,
    )
    for name, layout in bundle.layouts.items():
        tell(_("读取 %s.csv") % name)
        _stage(bundle, name, layout)
    tell(_("核对并写入"))
    with transaction.atomic(), told_in_words():
        delivery.perform(is_approved=run.decided_by_id is not None)
        _close(run, bundle, delivery)


def _stage(bundle: Bundle, name: str, layout: Any) -> None:
    with bundle.archive.open(f"{name}.csv") as stream:
        try:
            with transaction.atomic():
                stage_file(layout, stream)
        except DataError as error:
            raise BundleRefused([_csv_fault(name, error)]) from error
        except OperationalError as error:
            if stream.refusal is None:
                raise
            raise stream.refusal from error


def _csv_fault(name: str, error: DataError) -> Fault:
    diagnostics = getattr(error.__cause__, "diag", None)
    found = LINE.search(getattr(diagnostics, "context", None) or "")
    row = int(found.group(1)) + 1 if found else 0
    said = _("%(file)s.csv 第 %(row)s 行：列数、引号或编码有误，请核对") % {
        "file": name,
        "row": row,
    }
    return Fault(f"{name}.csv", "bad_csv", said, row=row)


def _close(run: SyncRun, bundle: Bundle, delivery: Engine) -> None:
    fields: dict[str, Any] = {
        "counts": delivery.counts,
        "held_for": delivery.held_for,
        "manifest": {"version": bundle.version, "files": bundle.modes},
    }
    rejected = sum(c[RowResult.REJECTED] for c in delivery.counts.values())
    if run.is_atomic and rejected:
        said = _("有 %s 行退回，按“全部成功才写入”的要求未作任何更改") % rejected
        fields.update(failure=said, finished_at=timezone.now())
        move(run, "fail", by=None, **fields)
    elif run.is_dry:
        move(run, "preview", by=None, **fields)
    elif delivery.held_for:
        move(run, "hold", by=None, **fields)
    else:
        data = {"counts": delivery.counts}
        move(run, "finish", by=None, data=data, finished_at=timezone.now(), **fields)
    if fields.get("failure") or not delivery.takes_back:
        forget_file(run)


def _fail(run: SyncRun, message: str, faults: list[Fault]) -> None:
    with transaction.atomic():
        move(
            run,
            "fail",
            by=None,
            failure=message,
            finished_at=timezone.now(),
            manifest={"faults": [fault.as_dict() for fault in faults]},
        )
        forget_file(run)


def forget_file(run: SyncRun) -> None:
    """Keep no copy of people's data once the run has ended."""
    kept = run.attachment
    if kept is None:
        return
    SyncRun.objects.filter(pk=run.pk).update(attachment=None)
    kept.delete()
    transaction.on_commit(lambda: files.drop_content(kept))


@transaction.atomic
def apply_run(run: SyncRun, *, by: Any, reason: str = "") -> SyncRun:
    """Write a previewed bundle."""
    run = move(run, "apply", by=by, reason=reason, is_dry=False)
    queue_run(run, by=by)
    return run


@transaction.atomic
def discard_run(run: SyncRun, *, by: Any, reason: str = "") -> SyncRun:
    """Give a previewed bundle up."""
    run = move(run, "discard", by=by, reason=reason, finished_at=timezone.now())
    forget_file(run)
    return run


@transaction.atomic
def approve_run(run: SyncRun, *, by: Any, reason: str = "") -> SyncRun:
    """Let a held bundle be written as it is."""
    decided = {"decided_by": by, "decided_at": timezone.now()}
    run = move(run, "approve", by=by, reason=reason, **decided)
    queue_run(run, by=by)
    return run


@transaction.atomic
def refuse_run(run: SyncRun, *, by: Any, reason: str = "") -> SyncRun:
    """Keep a held bundle out."""
    decided = {"decided_by": by, "decided_at": timezone.now()}
    run = move(
        run, "refuse", by=by, reason=reason, finished_at=timezone.now(), **decided
    )
    forget_file(run)
    return run
