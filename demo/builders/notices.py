"""Old messages are read, so that only what is new stands out."""

from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from core.models import Notification

NEW_FOR = timedelta(days=30)


def read_old_messages() -> None:
    """Mark the messages of the past as read."""
    old = Notification.objects.filter(
        read_at__isnull=True, created_at__lt=timezone.now() - NEW_FOR
    )
    old.update(read_at=F("created_at"))
