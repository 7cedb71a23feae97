"""Rows that hold for a half-open span of days ``[valid_from, valid_to)``."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.days import today
from core.querysets import DatedQuerySet


class DatedModel(models.Model):
    """A fact with a first day and, once it ended, the first day it no longer holds."""

    valid_from = models.DateField(_("起始日期"), db_index=True)
    valid_to = models.DateField(_("终止日期"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()
    span_fields = ("valid_from", "valid_to")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_from_before_to",
                condition=Q(valid_to__isnull=True) | Q(valid_from__lt=F("valid_to")),
                violation_error_message=_("终止日期必须晚于起始日期"),
            )
        ]

    def clean(self) -> None:
        """Refuse reversed dates on the field, so that range rules are skipped."""
        super().clean()
        if self.valid_from and self.valid_to and self.valid_from >= self.valid_to:
            raise ValidationError({"valid_to": _("终止日期必须晚于起始日期")})

    def holds_on(self, day: date | None = None) -> bool:
        """Tell whether the row holds on the day (today when not given)."""
        day = day or today()
        return self.valid_from <= day and (self.valid_to is None or self.valid_to > day)
