"""Compile reports: builder → data object → digest → files, stored once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.utils.translation import override

from audit.services import record
from core.documents import digest, file_name, render
from core.files import attach
from core.models import Attachment, Job, ReportRun
from core.registries import ReportBuilder

FORMATS = ("docx", "pdf", "xlsx")
"""The files kept with a run; its page is drawn from the data itself."""
MOST_MB = 200
OnStored = Callable[[ReportRun], None]


@dataclass(frozen=True)
class Order:
    """One report to compile: which, about whom, by which parameters, in what state."""

    builder: ReportBuilder
    subject: models.Model | None
    params: dict[str, Any] = field(default_factory=dict)
    state: str = ReportRun.State.DRAFT
    job: Job | None = None
    by: Any = None

    @property
    def key(self) -> str:
        """Return the key under which the runs of this report count."""
        listed = ",".join(f"{name}={self.params[name]}" for name in sorted(self.params))
        about = "all"
        if self.subject is not None:
            about = f"{self.subject._meta.label_lower}={self.subject.pk}"
        return f"{self.builder.code}:{about}:{listed}"[:160]


@dataclass(frozen=True)
class Compiled:
    """A stored run; ``is_new`` is false when nothing had to be written."""

    run: ReportRun
    is_new: bool


def compile_report(order: Order, *, on_stored: OnStored | None = None) -> Compiled:
    """Build one report, render its files, and store both in one transaction.

    The same data gives the same digest: a run with that digest and state is returned
    as it is, other data become the next version. ``on_stored`` runs inside the
    transaction, so that a worker can count the part in the same breath.
    """
    with override("zh-hans"):
        data = order.builder.build(order.subject, order.params)
        found = _same(order, digest(data))
        files = {} if found else _render(order, data)
        with transaction.atomic():
            compiled = _store(order, data, files)
            if on_stored:
                on_stored(compiled.run)
    return compiled


def _latest(order: Order) -> ReportRun | None:
    return ReportRun.objects.filter(run_key=order.key).order_by("-version").first()


def _same(order: Order, hash_: str) -> ReportRun | None:
    """Return the newest run when it holds this very data in this state."""
    latest = _latest(order)
    same = latest and latest.digest == hash_ and latest.state == order.state
    return latest if same else None


def _render(order: Order, data: dict[str, Any]) -> dict[str, bytes]:
    return {
        fmt: render(data, fmt, status=order.state)
        for fmt in order.builder.formats
        if fmt in FORMATS
    }


def _lock(key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", ["report " + key]
        )


def _store(order: Order, data: dict[str, Any], files: dict[str, bytes]) -> Compiled:
    hash_ = digest(data)
    _lock(order.key)
    found = _same(order, hash_)
    if found:
        return Compiled(found, False)
    latest = _latest(order)
    if latest and latest.digest == hash_:
        run = _restate(latest, order.state)
    else:
        run = _create(order, data, hash_, latest.version + 1 if latest else 1)
    for fmt, content in files.items():
        _keep(run, file_name(data, fmt), content, fmt, order.by)
    told = {"digest": hash_, "version": run.version, "state": run.state}
    record("core.report.compile", run, by=order.by, data=told)
    return Compiled(run, True)


def _keep(run: ReportRun, name: str, content: bytes, fmt: str, by: Any) -> None:
    kind = Attachment.Kind.REPORT
    attach(run, name, content, kind=kind, by=by, label=fmt, max_mb=MOST_MB)


def _restate(run: ReportRun, state: str) -> ReportRun:
    """Give a run its new state; the files that carry the old one go."""
    run.state = state
    run.save(update_fields=["state"])
    Attachment.objects.about(run).filter(kind=Attachment.Kind.REPORT).delete()
    return run


def _create(order: Order, data: dict[str, Any], hash_: str, version: int) -> ReportRun:
    subject = order.subject
    return ReportRun.objects.create(
        code=order.builder.code,
        title=str(data["title"])[:200],
        period=str(data["period"])[:40],
        subject_type=ContentType.objects.get_for_model(subject) if subject else None,
        subject_id=subject.pk if subject else None,
        params=order.params,
        run_key=order.key,
        data=data,
        digest=hash_,
        version=version,
        state=order.state,
        job=order.job,
        compiled_by=order.by if getattr(order.by, "pk", None) else None,
    )


def files_of(run: ReportRun) -> list[Attachment]:
    """Return the files of a run in the order of their formats."""
    rows = Attachment.objects.about(run).filter(kind=Attachment.Kind.REPORT)
    return sorted(rows, key=lambda row: FORMATS.index(row.label))


def is_intact(run: ReportRun) -> bool:
    """Tell whether the data still has the digest it was stored under."""
    return digest(run.data) == run.digest
