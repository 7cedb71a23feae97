"""Regions, years and policies in business words."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Self

from django.db.models import F, Func, Q
from django.db.models.functions import Coalesce

from core.days import today
from core.querysets import AccessQuerySet, DatedQuerySet

if TYPE_CHECKING:
    from bureau.models import AcademicYear, Region


class RegionQuerySet(DatedQuerySet):
    """Regions by their place in the tree and by any name they had."""

    def within(self, region: "Region") -> Self:
        """Keep the region itself and everything below it."""
        return self.filter(path__startswith=region.path)

    def under_ids(self, ids: Iterable[int]) -> Self:
        """Keep the regions with these ids and everything below them."""
        return self.filter(lineage__overlap=list(ids))

    def with_above(self) -> Self:
        """Return these regions and every region above them."""
        chains = self.annotate(up=Func(F("lineage"), function="unnest")).order_by()
        regions: Self = self.model._default_manager.filter(pk__in=chains.values("up"))
        return regions

    def above(self, region: "Region") -> Self:
        """Keep the region itself and everything above it, the province first."""
        return self.filter(pk__in=region.lineage).order_by("path")

    def called(self, text: str) -> Self:
        """Keep the regions that have or had this code, name or short name."""
        text = text.strip()
        named = Q(names__name=text) | Q(names__code=text)
        return self.filter(Q(short_name=text) | Q(code=text) | named).distinct()


class AcademicYearQuerySet(AccessQuerySet):
    """School years by day."""

    def containing(self, day: date) -> Self:
        """Keep the year that the day lies in."""
        return self.filter(starts_on__lte=day, ends_on__gte=day)

    def current(self, day: date | None = None) -> "AcademicYear | None":
        """Return the year of the day (today when not given), or None."""
        return self.containing(day or today()).first()


class RuleQuerySet(AccessQuerySet):
    """Policy documents and clauses."""

    def basis_for(self, region: "Region") -> Self:
        """Keep what is in force in the region, not what is a mere template."""
        prefix = self.model.region_lookup
        return self.filter(
            Q(**{f"{prefix}__isnull": True}) | Q(**{f"{prefix}__in": region.lineage})
        )


class ParameterQuerySet(DatedQuerySet):
    """Parameter values of regions and the shipped defaults."""

    def for_region(self, region: "Region | None") -> Self:
        """Keep the shipped values and those of the region and what is above it."""
        above = list(region.lineage) if region else []
        return self.filter(Q(region__isnull=True) | Q(region__in=above))

    def effective(self, region: "Region | None", day: date | None = None) -> Self:
        """Return for each key the one row that counts in the region on the day."""
        ranked = (
            self.on(day)
            .for_region(region)
            .annotate(depth=Coalesce(F("region__lineage__len"), 0))
            .order_by("key", "-depth")
            .distinct("key")
        )
        rows: Self = self.model._default_manager.filter(pk__in=ranked.values("pk"))
        return rows

    def shipped(self) -> Self:
        """Keep the shipped defaults."""
        return self.filter(region__isnull=True)
