"""Priority areas: the list, one area with its dated members, forming and changing."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.filters import PriorityAreaFilter
from bureau.forms import AreaEndForm, AreaForm, AreaJoinForm
from bureau.models import AreaMember, PriorityArea
from bureau.permissions import can_lead_area
from bureau.services import end_area, form_area, join_area, leave_area
from bureau.tables import PriorityAreaTable
from core.transitions import Effects
from core.views import Action, Crumb, DetailPage, Empty, Fact, FormPage, ListPage

CHANGE = "bureau.change_priorityarea"
ADD = "bureau.add_priorityarea"


def _crumbs(*more: Crumb) -> list[Crumb]:
    return [Crumb(_("重点片区"), reverse("bureau:area-list")), *more]


class AreaListPage(ListPage):
    """The areas that the user's regions lead or are in."""

    model = PriorityArea
    permission = "bureau.view_priorityarea"
    title, unit = gettext_lazy("重点片区"), gettext_lazy("个")
    lead = gettext_lazy("几个地区由一个地区牵头，共同推进集团化办学（AK-2.1）。")
    table_class = PriorityAreaTable
    filterset_class = PriorityAreaFilter
    empty = Empty(
        gettext_lazy("还没有重点片区"),
        gettext_lazy("由牵头地区设立，写明所含地区和推进重点。"),
        icon="map",
    )

    def get_queryset(self) -> QuerySet[Any]:
        """Bring the regions of the day along."""
        day = self.request.as_of
        members = AreaMember.objects.on(day).select_related("region")
        rows = super().get_queryset().select_related("lead_region")
        return rows.prefetch_related(
            Prefetch("members", members, to_attr="members_now")
        )

    def get_actions(self) -> Sequence[Action]:
        """Offer a new one."""
        url = reverse("bureau:area-create")
        return [Action(_("设立片区"), url, "plus", True, permission=ADD)]


class AreaPage(DetailPage):
    """One area: its lead and the regions in it, each with its days."""

    model = PriorityArea
    permission = "bureau.view_priorityarea"
    template_name = "bureau/area_detail.html"

    def get_queryset(self) -> QuerySet[Any]:
        """Join lead and clause."""
        return super().get_queryset().select_related("lead_region", "clause")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the list."""
        return _crumbs()

    def get_facts(self) -> Sequence[Fact]:
        """Show lead, days and the point of it."""
        area = self.object
        return [
            Fact(_("牵头地区"), area.lead_region.name),
            Fact(_("设立日期"), f"{area.valid_from:%Y-%m-%d}"),
            Fact(_("终止日期"), f"{area.valid_to:%Y-%m-%d}" if area.valid_to else "—"),
            Fact(_("推进重点"), area.purpose or "—"),
        ]

    def _may_change(self) -> bool:
        area = self.object
        return (
            not self.request.is_past
            and area.valid_to is None
            and bool(can_lead_area(self.request.user, area.lead_region))
        )

    def get_actions(self) -> Sequence[Action]:
        """Offer changes to the lead."""
        if not self._may_change():
            return []
        args = [self.object.pk]
        return [
            Action(_("撤销片区"), reverse("bureau:area-end", args=args), "x"),
            Action(_("加入地区"), reverse("bureau:area-join", args=args), "plus", True),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the members of all days, those of the day first."""
        day = self.request.as_of
        rows = self.object.members.select_related("region")
        members = [(row, row.holds_on(day)) for row in rows]
        members.sort(key=lambda pair: not pair[1])
        return super().get_context_data(
            members=members, may_change=self._may_change(), **kwargs
        )


class AreaCreatePage(FormPage):
    """Form an area."""

    model, permission = PriorityArea, ADD
    title = gettext_lazy("设立重点片区")
    form_class = AreaForm
    service = staticmethod(form_area)
    submit_label = gettext_lazy("设立")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the list."""
        return _crumbs()

    def back_url(self) -> str:
        """Return the list."""
        return reverse("bureau:area-list")

    def get_effects(self, form: Any) -> Effects:
        """Say where it shows."""
        return Effects(immediately=[_("片区列在牵头地区和所含各地区的页面上")])


class _AreaFormPage(FormPage):
    model, permission = PriorityArea, CHANGE

    def get_queryset(self) -> QuerySet[Any]:
        """Join the lead."""
        return super().get_queryset().select_related("lead_region")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the area."""
        return _crumbs(Crumb(self.object.name, self.object.get_absolute_url()))

    def success_url(self, saved: Any) -> str:
        """Return the area."""
        return str(self.object.get_absolute_url())


class AreaJoinPage(_AreaFormPage):
    """Take a region into the area."""

    title = gettext_lazy("加入地区")
    form_class = AreaJoinForm
    service = staticmethod(join_area)
    submit_label = gettext_lazy("加入")


class AreaEndPage(_AreaFormPage):
    """End the area."""

    title = gettext_lazy("撤销片区")
    form_class = AreaEndForm
    service = staticmethod(end_area)
    submit_label = gettext_lazy("撤销")

    def get_effects(self, form: Any) -> Effects:
        """Say what ends."""
        return Effects(
            immediately=[_("片区和所含地区的关系自终止日期起结束，记录保留")]
        )


class AreaLeavePage(FormPage):
    """End a region's part in an area."""

    model, permission = AreaMember, CHANGE
    title = gettext_lazy("退出片区")
    form_class = AreaEndForm
    service = staticmethod(leave_area)
    submit_label = gettext_lazy("退出")

    def get_queryset(self) -> QuerySet[Any]:
        """Join area and region."""
        return super().get_queryset().select_related("area__lead_region", "region")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the area."""
        area = self.object.area
        return _crumbs(Crumb(area.name, area.get_absolute_url()))

    def back_url(self) -> str:
        """Return the area."""
        return str(self.object.area.get_absolute_url())

    def success_url(self, saved: AreaMember) -> str:
        """Return the area."""
        return self.back_url()
