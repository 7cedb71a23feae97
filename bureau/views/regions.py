"""Regions: the list, and one region with its place, names and departments."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.filters import RegionFilter
from bureau.models import PriorityArea, Region
from bureau.tables import RegionTable
from core.views import Crumb, DetailPage, Empty, Fact, ListPage, Tab


class RegionListPage(ListPage):
    """The regions in the user's charge."""

    model = Region
    permission = "bureau.view_region"
    title, unit = gettext_lazy("行政区"), gettext_lazy("个")
    table_class = RegionTable
    filterset_class = RegionFilter
    tabs = (
        Tab(gettext_lazy("区县"), "level=COUNTY"),
        Tab(gettext_lazy("功能区"), "level=FUNCTIONAL_ZONE"),
    )
    empty = Empty(gettext_lazy("没有符合条件的行政区"), icon="map")

    def get_queryset(self) -> QuerySet[Any]:
        """Return the regions that stood on the day."""
        rows = super().get_queryset().on(self.request.as_of)
        return rows.select_related("parent", "successor")


class RegionPage(DetailPage):
    """One region."""

    model = Region
    permission = "bureau.view_region"
    template_name = "bureau/region_detail.html"
    shows_files = False

    @cached_property
    def object(self) -> Region:
        """The region with the code of the address."""
        rows = self.get_queryset().select_related("parent", "predecessor", "successor")
        found = rows.filter(code=self.kwargs["code"]).first()
        if found is None:
            raise Http404(_("没有找到该行政区，或您无权查看。"))
        return found

    def get_crumbs(self) -> Sequence[Crumb]:
        """Return the regions above; those out of reach without a link."""
        above = Region.objects.above(self.object).exclude(pk=self.object.pk)
        seen = set(
            self.get_queryset().filter(pk__in=above).values_list("pk", flat=True)
        )
        return [
            Crumb(r.name, r.get_absolute_url() if r.pk in seen else "") for r in above
        ]

    def get_title(self) -> str:
        """Return the name of the day."""
        named = self.object.names.on(self.request.as_of).first()
        return named.name if named else self.object.name

    def get_facts(self) -> Sequence[Fact]:
        """Show code, level, what is above, and where it came from or went."""
        region = self.object
        facts = [
            Fact(_("区划代码"), region.code),
            Fact(_("层级"), region.get_level_display()),
            Fact(_("上级"), region.parent.name if region.parent else _("无")),
        ]
        if region.predecessor:
            facts.append(Fact(_("析出自"), region.predecessor.name))
        if region.successor:
            facts.append(Fact(_("并入"), region.successor.name))
        return facts

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what lies below, the names, the departments and the policies."""
        region, day = self.object, self.request.as_of
        return super().get_context_data(
            children=region.children.on(day).order_by("code"),
            names=region.names.order_by("-valid_from"),
            departments=region.departments.order_by("kind", "name"),
            areas=PriorityArea.objects.holding(region, day).select_related(
                "lead_region", "clause"
            ),
            **kwargs,
        )
