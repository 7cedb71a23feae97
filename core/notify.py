"""Tell people: notifications go out when the transaction commits."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

from core.models import Deadline, Notification


def notify(
    users: Iterable[Any],
    title: str,
    *,
    url: str = "",
    body: str = "",
    level: str = Notification.Level.INFO,
    key: str = "",
) -> None:
    """Send one message to each user after the commit; ``key`` sends it only once."""
    ids = sorted({user.pk for user in users})
    rows = [
        Notification(
            user_id=pk, title=title[:200], url=url, body=body, level=level, key=key
        )
        for pk in ids
    ]
    transaction.on_commit(
        lambda: Notification.objects.bulk_create(rows, ignore_conflicts=True)
    )


def set_deadline(
    subject: models.Model,
    scope: models.Model,
    *,
    title: str,
    due_on: date,
    key: str,
    role: str = "",
    url: str = "",
    clause: str = "",
) -> Deadline:
    """Set (or move) the day by which ``scope`` should act on ``subject``."""
    deadline, _created = Deadline.objects.update_or_create(
        key=key,
        defaults={
            "subject_type": ContentType.objects.get_for_model(subject),
            "subject_id": subject.pk,
            "scope_type": ContentType.objects.get_for_model(scope),
            "scope_id": scope.pk,
            "title": title,
            "due_on": due_on,
            "role": role,
            "url": url,
            "clause": clause,
        },
    )
    return deadline


def meet_deadline(key: str, *, at: Any) -> None:
    """Mark a deadline as met, once."""
    Deadline.objects.filter(key=key, met_at__isnull=True).update(met_at=at)
