"""Rows of the bulk interface and single writes: taken in, judged, answered."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audit.services import record
from core.imports.engine import told_in_words
from core.imports.errors import ImportRefused
from core.imports.lane import drop_shared
from roster.choices import RowResult, RunKind, RunState
from roster.inbound.objects import staged_rows
from roster.inbound.pipeline import Engine
from roster.inbound.staging import stage_objects
from roster.models import IdempotencyKey, Source, SyncRun
from roster.verdicts import Verdicts, forget_verdicts

MAX_ROWS = 10_000
MAX_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True)
class Wish:
    """How the rows are to be taken in."""

    is_atomic: bool = False
    is_dry: bool = False
    kind: str = RunKind.BULK


class SourcePaused(Exception):
    """The source is paused: nothing of it is taken in."""


class KeyReused(Exception):
    """An idempotency key came with another request before."""


def receive_rows(
    source: Source, collection: str, rows: Sequence[Any], wish: Wish | None = None
) -> dict[str, Any]:
    """Judge and write rows; return the answer: counts and a result for each row.

    In partial mode good rows are written and bad ones told of; in atomic mode one bad
    row keeps all out. Raises ImportRefused when the database refuses, SourcePaused.
    """
    if source.paused_at is not None:
        raise SourcePaused
    try:
        return _receive(source, collection, rows, wish or Wish())
    except IntegrityRace:
        return _receive(source, collection, rows, wish or Wish())


class IntegrityRace(Exception):
    """Another source wrote the same thing in between: look again."""


def _receive(
    source: Source, collection: str, rows: Sequence[Any], wish: Wish
) -> dict[str, Any]:
    try:
        with transaction.atomic(), told_in_words():
            sync = SyncRun.objects.create(
                source=source,
                kind=wish.kind,
                state=RunState.DONE,
                is_atomic=wish.is_atomic,
                is_dry=wish.is_dry,
            )
            delivery = Engine(sync, [collection])
            stage_objects(collection, staged_rows(collection, rows))
            delivery.perform()
            _close(delivery)
            answer = _answer(delivery, collection, rows)
            delivery.clear()
            return answer
    except ImportRefused as refusal:
        if isinstance(refusal.__cause__, IntegrityError) and _is_race(
            refusal.__cause__
        ):
            raise IntegrityRace from refusal
        raise


def _is_race(error: BaseException) -> bool:
    return getattr(error.__cause__, "pgcode", "") == "23505"


def _close(delivery: Engine) -> None:
    sync = delivery.sync
    sync.counts, sync.finished_at = delivery.counts, timezone.now()
    sync.save(update_fields=["counts", "finished_at"])
    if sync.kind == RunKind.BULK and not sync.is_dry:
        record("roster.receive_rows", sync, data={"counts": sync.counts})


def _answer(delivery: Engine, collection: str, rows: Sequence[Any]) -> dict[str, Any]:
    told = {
        row.number: (row.result, row.errors or []) for row in Verdicts(delivery.sync)
    }
    results = []
    for index, row in enumerate(rows):
        result, sentences = told.get(index, (RowResult.UNCHANGED, ()))
        given = row.get("sourcedId") if isinstance(row, dict) else None
        given = given if isinstance(given, str) else ""
        one: dict[str, Any] = {"index": index, "sourcedId": given, "result": result}
        errors = [s for s in sentences if s.get("level") != "note"]
        notes = [s for s in sentences if s.get("level") == "note"]
        results.append(
            {**one, **({"errors": errors} if errors else {}), **_warned(notes)}
        )
    return {
        "run": delivery.sync.pk,
        "mode": "atomic" if delivery.sync.is_atomic else "partial",
        "dryRun": delivery.sync.is_dry,
        "applied": not delivery.takes_back,
        "counts": delivery.counts[collection],
        "results": results,
    }


def _warned(notes: list[dict[str, Any]]) -> dict[str, Any]:
    if not notes:
        return {}
    plain = [{k: v for k, v in note.items() if k != "level"} for note in notes]
    return {"warnings": plain}


def digest_of(*parts: bytes) -> str:
    """Return the digest of a request: what must be equal for a retry."""
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big") + part)
    return total.hexdigest()


@transaction.atomic
def answer_once(
    client: Any, key: str, request: str, work: Callable[[], tuple[int, dict[str, Any]]]
) -> tuple[int, dict[str, Any], bool]:
    """Do the work once for a key; return status, answer and whether it was repeated.

    A second request with the key waits for the first and gets its answer; KeyReused
    when the request differs. Nothing is kept when the work raises.
    """
    if not key:
        return *work(), False
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO roster_idempotencykey"
            " (client_id, key, request_sha256, made_at)"
            " VALUES (%s, %s, %s, now()) ON CONFLICT DO NOTHING RETURNING id",
            [client.pk, key, request],
        )
        mine = cursor.fetchone()
    if mine is None:
        kept = IdempotencyKey.objects.get(client=client, key=key)
        if kept.request_sha256 != request:
            raise KeyReused
        return kept.status or 200, kept.answer or {}, True
    status, answer = work()
    plain = json.loads(json.dumps(answer))
    IdempotencyKey.objects.filter(pk=mine[0]).update(status=status, answer=plain)
    return status, plain, False


def forget_rows() -> int:
    """Forget the rows of runs past their days; return how many. Counts stay."""
    ended = SyncRun.objects.filter(
        finished_at__lt=timezone.now() - timedelta(days=settings.SYNC_ROW_DAYS)
    )
    return forget_verdicts(ended)


def drop_staging() -> int:
    """Drop what a killed worker left staged and nobody works on; return how much."""
    open_runs = SyncRun.objects.filter(
        state__in=[RunState.RECEIVED, RunState.VALIDATING, RunState.APPLYING]
    )
    return drop_shared(open_runs.values_list("pk", flat=True))


def forget_keys(days: int = 30) -> int:
    """Forget answers that are older than so many days; return how many."""
    old = timezone.now() - timedelta(days=days)
    return IdempotencyKey.objects.filter(made_at__lt=old).delete()[0]
