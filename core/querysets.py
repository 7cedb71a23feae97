"""QuerySets that know who may see a row and on which days a row holds."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q

from core import access
from core.days import today


class AccessQuerySet(models.QuerySet[Any]):
    """Rows narrowed to what a user's grants reach."""

    def visible_to(
        self, user: Any, permission: str | None = None, day: date | None = None
    ) -> Self:
        """Keep the rows the user may know of.

        ``permission`` defaults to ``app.view_model``. Live grants reach by their
        scope; ended grants reach only rows dated inside their span, for reading; a
        revoked grant reaches nothing. One extra query, kept on the user object.
        """
        return self.filter(access.reach_condition(self.model, user, permission, day))


class DatedQuerySet(AccessQuerySet):
    """Rows that hold for a half-open span of days."""

    def on(self, day: date | None = None) -> Self:
        """Keep the rows that hold on ``day`` (today when not given)."""
        day = day or today()
        return self.filter(
            Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))
        )

    def open(self) -> Self:
        """Keep the rows without an end."""
        return self.filter(valid_to__isnull=True)

    def during(self, start: date, end: date | None) -> Self:
        """Keep the rows that hold on some day of ``[start, end)``."""
        kept = self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=start))
        return kept.filter(valid_from__lt=end) if end else kept
