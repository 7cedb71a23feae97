"""Keeping removal records for their days, and telling what a day has changed."""

from datetime import timedelta

from django.conf import settings
from django.db.models import F
from django.db.models.functions import TruncDate
from django.utils import timezone

from bureau.models import Region
from core.days import today
from roster.models import Tombstone


def clear_old() -> int:
    """Clear removal records past their days; return how many.

    Who reads changes less often than this must read everything again.
    """
    before = timezone.now() - timedelta(days=settings.TOMBSTONE_DAYS)
    count, _by_model = Tombstone.objects.filter(changed_at__lt=before).delete()
    return count


def tell_ended_regions() -> int:
    """Mark regions as changed whose last day has passed since; return how many."""
    ended = Region.objects.filter(valid_to__lte=today()).annotate(
        told=TruncDate("changed_at")
    )
    late = ended.filter(told__lt=F("valid_to"))
    return int(late.update(changed_at=timezone.now()))
