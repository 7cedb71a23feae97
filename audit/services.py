"""Record events, seal them in batches, and verify the seals."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

from audit.models import Event, Seal, SealEntry

BATCH = 10_000
SEAL_LOCK = 0x5EA1


@dataclass(frozen=True)
class Verification:
    """What a check of the seals found: counts, the head, and each fault in words."""

    seals: int
    events: int
    unsealed: int
    head: str
    faults: list[str]

    @property
    def is_intact(self) -> bool:
        """Tell whether no fault was found."""
        return not self.faults


def record(
    verb: str,
    subject: models.Model | None,
    *,
    by: Any = None,
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> Event:
    """Write one event in the caller's transaction."""
    kind = ContentType.objects.get_for_model(subject) if subject else None
    plain = json.loads(json.dumps(data or {}, cls=DjangoJSONEncoder))
    return Event.objects.create(
        verb=verb,
        by=by if getattr(by, "pk", None) else None,
        actor=str(by or "")[:120],
        subject_type=kind,
        subject_id=subject.pk if subject else None,
        subject_label=str(subject or "")[:250],
        reason=reason,
        data=plain,
    )


def _payload(event: Event) -> bytes:
    row = [
        event.pk,
        event.at.timestamp(),
        event.by_id,
        event.actor,
        event.verb,
        event.subject_type_id,
        event.subject_id,
        event.subject_label,
        event.reason,
        event.data,
    ]
    return json.dumps(row, sort_keys=True, ensure_ascii=False).encode()


def _digest(previous: str, events: list[Event]) -> str:
    running = hashlib.sha256(previous.encode())
    for event in events:
        running.update(hashlib.sha256(_payload(event)).digest())
    return running.hexdigest()


@transaction.atomic
def seal_events(limit: int = BATCH) -> Seal | None:
    """Seal the oldest unsealed events; return the new seal, or None when none wait."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEAL_LOCK])
    events = list(Event.objects.unsealed()[:limit])
    if not events:
        return None
    last = Seal.objects.order_by("-number").first()
    previous = last.digest if last else ""
    seal = Seal.objects.create(
        number=(last.number if last else 0) + 1,
        event_count=len(events),
        previous=previous,
        digest=_digest(previous, events),
    )
    SealEntry.objects.bulk_create(SealEntry(event=e, seal=seal) for e in events)
    return seal


def seal_all() -> Seal | None:
    """Seal until no event waits; return the head of the chain."""
    while seal_events():
        pass
    return Seal.objects.order_by("-number").first()


def verify(expected_head: str = "") -> Verification:
    """Recompute every seal; ``expected_head`` finds a chain cut at its end."""
    faults: list[str] = []
    previous, number, total = "", 0, 0
    for seal in Seal.objects.order_by("number").iterator():
        number += 1
        events = list(Event.objects.filter(seal_entry__seal=seal).order_by("pk"))
        total += len(events)
        faults += _faults_of(seal, number, previous, events)
        previous, number = seal.digest, seal.number
    if expected_head and not Seal.objects.filter(digest=expected_head).exists():
        faults.append(f"封存链缺少已留存的摘要 {expected_head[:12]}")
    unsealed = Event.objects.unsealed().count()
    return Verification(Seal.objects.count(), total, unsealed, previous, faults)


def _faults_of(
    seal: Seal, number: int, previous: str, events: list[Event]
) -> list[str]:
    faults = []
    if seal.number != number:
        faults.append(f"封存批次 {number} 缺失")
    if seal.previous != previous:
        faults.append(f"封存批次 {seal.number} 与上一批不衔接")
    if len(events) != seal.event_count:
        faults.append(
            f"封存批次 {seal.number} 应有 {seal.event_count} 条事件，"
            f"实有 {len(events)} 条"
        )
    if _digest(seal.previous, events) != seal.digest:
        faults.append(f"封存批次 {seal.number} 的事件内容被改动")
    return faults
