"""Teachers in business words."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db.models import Q

from core.days import today
from core.querysets import AccessQuerySet
from personnel.choices import TeacherStatus

if TYPE_CHECKING:
    from bureau.models import Region

IDENTITY = ("identity_sealed", "identity_hash")


class TeacherQuerySet(AccessQuerySet):
    """Teachers by day, place and likeness."""

    def employed(self, day: date | None = None) -> Self:
        """Keep the teachers employed on the day (today when not given)."""
        day = day or today()
        entered = Q(entered_on__isnull=True) | Q(entered_on__lte=day)
        left = Q(left_on__isnull=True) | Q(left_on__gt=day)
        return self.filter(entered & left)

    def active(self) -> Self:
        """Keep the teachers whose employment goes on."""
        return self.filter(status=TeacherStatus.ACTIVE)

    def run_by(self, region: "Region") -> Self:
        """Keep the teachers employed by the region's schools or by ones below."""
        return self.filter(region__lineage__contains=[region.pk])

    def alike(self, name: str, *, birth_year: int | None, subject: str) -> Self:
        """Keep those of one name born in the same year or teaching the same."""
        rows = self.filter(name=name)
        same = Q()
        if birth_year:
            same |= Q(birth_year=birth_year)
        if subject:
            same |= Q(subject=subject)
        return rows.filter(same)

    def for_list(self) -> Self:
        """Bring the school along and leave the sealed numbers where they are."""
        return self.select_related("school").defer(*IDENTITY)
