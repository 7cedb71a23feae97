"""The way of a run: taken in, staged, judged, applied."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import (
    DataError,
    IntegrityError,
    InternalError,
    models,
    transaction,
)
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from core.constraints import explain, violated_name
from core.imports import sql
from core.imports.batch import Batch
from core.imports.errors import ImportRefused
from core.imports.intake import (
    forget_source,
    keep_source,
    open_run,
    positions,
    take_in,
)
from core.imports.judge import counts_of, judge
from core.imports.kinds import ImportKind, kind_of
from core.imports.readers import Table, open_table, source_of
from core.imports.staging import Progress, read_into_staging, require_columns, silent
from core.imports.summary import ImportSummary, summary_of
from core.models import ImportRun, StagingRow
from core.transitions import MoveRefused

State = ImportRun.State
KEEP = """
INSERT INTO core_importrow (run_id, number, values, verdict, problems, target_id)
SELECT run_id, number, (data || shown) - %(secrets)s::text[], verdict,
    problems || findings || CASE verdict
    WHEN 'ASKED' THEN jsonb_build_array(question - 'candidates' || '{"level": "note"}')
    ELSE '[]' END, target_id
FROM core_stagingrow WHERE run_id = %(run)s ORDER BY number
"""


def stage(
    run: ImportRun, table: Table | None = None, progress: Progress = silent
) -> None:
    """Read the file of an open run into staging and judge it."""
    if not run.is_open:
        raise ImportRefused(_("该次导入已经结束，不能再次读取"), "closed")
    kind = kind_of(run.kind)
    require_columns(kind, run)
    with told_in_words():
        read_into_staging(run, kind, table or open_run(run), progress)
        judge(run, kind, progress)


def stage_at_once(run: ImportRun) -> ImportRun:
    """Stage a small file in one transaction; a second request waits its turn."""
    with transaction.atomic():
        held: ImportRun = ImportRun.objects.select_for_update(of=("self",)).get(
            pk=run.pk
        )
        stage(held)
    return held


def ensure_staged(run: ImportRun) -> None:
    """Stage a run again whose staging was emptied by a crash of the server.

    A run that somebody applied meanwhile has no staging either, and stays as it is.
    """
    if run.state != State.PREVIEWED or _is_staged(run):
        return
    with transaction.atomic():
        rows = ImportRun.objects.select_for_update(of=("self",)).filter(pk=run.pk)
        if rows.filter(state=State.PREVIEWED).exists() and not _is_staged(run):
            stage(run)


def _is_staged(run: ImportRun) -> bool:
    return StagingRow.objects.filter(run_id=run.pk).exists()


def answer(run: ImportRun, answers: Mapping[Any, str]) -> None:
    """Answer questions by row number (new, skip, same:ID) and judge again."""
    given = {str(number): text for number, text in answers.items() if text}
    with transaction.atomic():
        held = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        held.answers = {**held.answers, **given}
        judge(held, kind_of(held.kind))


def apply_run(
    run: ImportRun, *, by: Any = None, progress: Progress = silent
) -> ImportRun:
    """Write a previewed run into the register in one transaction.

    Raises ImportRefused, with everything as before, when the register has changed since
    the preview so that the verdicts differ, and when the database refuses a row.
    """
    ensure_staged(run)
    try:
        return _apply(run, by, progress)
    except _Stale:
        judge(ImportRun.objects.get(pk=run.pk), kind_of(run.kind))
        raise ImportRefused(
            _("预览之后名册有了变化，结果与预览不同，尚未导入。请重新核对后再确认"),
            "stale_preview",
        ) from None


class _Stale(Exception):
    """The verdicts are no longer those that were confirmed."""


def _one_at_a_time(kind: ImportKind) -> None:
    """Let imports of one kind be judged and written one after another."""
    sql.fetch(
        "SELECT pg_advisory_xact_lock(hashtext(%(_kind)s))",
        {"_kind": f"import {kind.key}"},
    )


@transaction.atomic
def _apply(run: ImportRun, by: Any, progress: Progress) -> ImportRun:
    run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if run.state == State.APPLIED:
        return run
    if run.state != State.PREVIEWED:
        raise ImportRefused(_("该次导入不在待确认状态，未作任何更改"), "not_previewed")
    kind = kind_of(run.kind)
    _one_at_a_time(kind)
    confirmed = counts_of(run)
    judge(run, kind)
    if counts_of(run) != confirmed:
        raise _Stale
    progress(_("写入名册"), None)
    _write(run, kind, by or run.by)
    return run


def _write(run: ImportRun, kind: ImportKind, by: Any) -> None:
    with told_in_words():
        batch = Batch(run, kind, by)
        kind.apply(batch)
        batch.finish()
        sql.settle_constraints()
    sql.execute(KEEP, sql.parameters(run, {"secrets": list(kind.secrets)}))
    StagingRow.objects.filter(run_id=run.pk).delete()
    if kind.secrets:
        forget_source(run)
    run.state = State.APPLIED
    run.applied_at = timezone.now()
    run.save()
    record("core.apply_import", run, by=by, data={"kind": run.kind, **counts_of(run)})


class told_in_words:
    """Turn a refusal of the database or of a rule into an ImportRefused."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if isinstance(error, IntegrityError | InternalError):
            told = explain(error).messages[0]
            text = _("数据库拒绝了这次导入，未作任何更改：%s") % told
            raise ImportRefused(text, violated_name(error) or "refused") from error
        if isinstance(error, DataError):
            raise ImportRefused(
                _("有内容超出登记项的长度或范围，未作任何更改：%s")
                % str(error).splitlines()[0],
                "out_of_range",
            ) from error
        if isinstance(error, MoveRefused | ValidationError):
            text = "；".join(getattr(error, "messages", None) or [str(error)])
            raise ImportRefused(_("未作任何更改：%s") % text, "refused") from error


def discard(run: ImportRun) -> None:
    """Give an open run up; nothing of it was written."""
    closed = ImportRun.objects.filter(pk=run.pk, state__in=ImportRun.OPEN_STATES)
    if closed.update(state=State.DISCARDED):
        StagingRow.objects.filter(run_id=run.pk).delete()
        if kind_of(run.kind).secrets:
            forget_source(run)


def sweep(days: int = 14) -> int:
    """Give up runs that nobody went on with for so many days; return how many."""
    old = timezone.now() - timedelta(days=days)
    forgotten = list(
        ImportRun.objects.filter(state__in=ImportRun.OPEN_STATES, created_at__lt=old)
    )
    for run in forgotten:
        discard(run)
    return len(forgotten)


def run_import(
    kind: str,
    source: Any,
    *,
    scope: models.Model | None = None,
    by: Any = None,
    options: Mapping[str, Any] | None = None,
    mapping: Mapping[str, str] | None = None,
    answers: Mapping[Any, str] | None = None,
    dry_run: bool = False,
) -> ImportSummary:
    """Import a source in one go; everything or nothing is stored (see the package).

    Rows that are rejected, or asked about and not answered, stay out. With ``dry_run``
    everything is tried out and taken back.
    """
    found = source_of(source)
    declared = kind_of(kind)
    table = open_table(found)
    with transaction.atomic():
        _one_at_a_time(declared)
        run = take_in(
            declared,
            found,
            scope=scope,
            by=by,
            options=options,
            table=table,
            keep_file=False,
        )
        run.answers = {str(n): text for n, text in (answers or {}).items()}
        run.mapping.update(positions(run, mapping or {}))
        stage(run, table)
        summary = summary_of(run)
        _write(run, declared, by)
        if dry_run:
            transaction.set_rollback(True)
            return _as_dry(summary)
        if found.content and not declared.secrets:
            keep_source(run, found)
    return summary


def _as_dry(summary: ImportSummary) -> ImportSummary:
    summary.dry_run, summary.run_id = True, None
    return summary
