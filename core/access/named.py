"""Named one-off grants with an end date, kept by django-guardian."""

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionAbstract

from core.days import today


class NamedGrantQuerySet(models.QuerySet["NamedGrant"]):
    """Named grants in business words."""

    def live(self, day: date | None = None) -> "NamedGrantQuerySet":
        """Keep the grants that have not ended on the day."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day or today()))


class NamedGrant(UserObjectPermissionAbstract):
    """One person's right to one object until a day (reviewer, partner, expert).

    Subclasses declare ``content_object``, a foreign key to the model, with CASCADE,
    so that the grant goes with what caused it.
    """

    ends_on = models.DateField(_("截止日期"), null=True, blank=True)

    objects: ClassVar[Any] = NamedGrantQuerySet.as_manager()

    class Meta(UserObjectPermissionAbstract.Meta):
        abstract = True
