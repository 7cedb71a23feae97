"""Regions, years and policies in business words."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Protocol, Self

from django.db.models import (
    Case,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from bureau.choices import Level
from core.querysets import AccessQuerySet, DatedQuerySet


class Place(Protocol):
    """A region, as far as querysets ask about it."""

    @property
    def pk(self) -> Any:
        """Its id."""

    @property
    def path(self) -> str:
        """Its codes from the top down."""

    @property
    def lineage(self) -> list[int]:
        """The ids from the top down to its own."""


AS_NUMBER = Case(
    When(
        kind="decimal",
        then=Cast(
            Func(
                F("value"),
                Value("{}"),
                template="(%(expressions)s)",
                arg_joiner=" #>> ",
                output_field=TextField(),
            ),
            DecimalField(max_digits=30, decimal_places=10),
        ),
    ),
    output_field=DecimalField(max_digits=30, decimal_places=10),
)
"""The value of a decimal parameter, null for other kinds."""


class RegionQuerySet(DatedQuerySet):
    """Regions by their place in the tree and by any name they had."""

    def within(self, region: Place) -> Self:
        """Keep the region itself and everything below it."""
        return self.filter(path__startswith=region.path)

    def under_ids(self, ids: Iterable[int]) -> Self:
        """Keep the regions with these ids and everything below them."""
        return self.filter(lineage__overlap=list(ids))

    def run_from(self, ids: Iterable[int]) -> Self:
        """Keep the regions with these ids and their towns, which they run themselves.

        A county or a functional zone below is an authority of its own.
        """
        return self.filter(Q(pk__in=ids) | Q(level=Level.TOWN, parent__in=ids))

    def with_above(self) -> Self:
        """Return these regions and every region above them."""
        chains = self.annotate(up=Func(F("lineage"), function="unnest")).order_by()
        regions: Self = self.model._default_manager.filter(pk__in=chains.values("up"))
        return regions

    def above(self, region: Place) -> Self:
        """Keep the region itself and everything above it, the province first."""
        return self.filter(pk__in=region.lineage).order_by("path")

    def called(self, text: str) -> Self:
        """Keep the regions that have or had this code, name or short name."""
        text = text.strip()
        named = Q(names__name=text) | Q(names__code=text)
        return self.filter(Q(short_name=text) | Q(code=text) | named).distinct()


class PriorityAreaQuerySet(DatedQuerySet):
    """Priority areas by the regions in them."""

    def holding(self, region: Place, day: date | None = None) -> Self:
        """Keep the areas that the region is in on the day."""
        members = self.model._meta.get_field("members").related_model.objects.on(day)
        return self.on(day).filter(pk__in=members.filter(region=region).values("area"))


class TargetQuerySet(AccessQuerySet):
    """Targets by region and day."""

    def of_region(self, region: Place) -> Self:
        """Keep the region's own targets and those set for a region above it."""
        return self.filter(region__in=region.lineage)

    def due_after(self, day: date) -> Self:
        """Keep the targets whose day has not passed."""
        return self.filter(due_on__gte=day)


class RuleQuerySet(AccessQuerySet):
    """Policy documents and clauses."""

    def basis_for(self, region: Place) -> Self:
        """Keep what is in force in the region, not what is a mere template."""
        prefix = self.model.region_lookup
        return self.filter(
            Q(**{f"{prefix}__isnull": True}) | Q(**{f"{prefix}__in": region.lineage})
        )


class ParameterQuerySet(DatedQuerySet):
    """Parameter values of regions and the shipped defaults."""

    def for_region(self, region: Place | None) -> Self:
        """Keep the shipped values and those of the region and what is above it."""
        above = list(region.lineage) if region else []
        return self.filter(Q(region__isnull=True) | Q(region__in=above))

    def effective(self, region: Place | None, day: date | None = None) -> Self:
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

    def unverified(self) -> Self:
        """Keep the values that nobody has confirmed."""
        return self.filter(verified=False)

    def outside(self, day: date | None = None) -> Self:
        """Keep the values that a region above does not allow on the day.

        They were set before that region narrowed what it allows.
        """
        above = (
            self.model._default_manager.on(day)
            .annotate(below=ExpressionWrapper(OuterRef("region__path"), TextField()))
            .filter(key=OuterRef("key"), below__startswith=F("region__path"))
            .exclude(region=OuterRef("region"))
        )
        value = OuterRef("as_number")
        broken = Q(refining="FIXED") | Q(least__gt=value) | Q(most__lt=value)
        return (
            self.on(day)
            .filter(region__isnull=False)
            .annotate(as_number=AS_NUMBER)
            .filter(Exists(above.filter(broken)))
        )
