"""Targets: the list with the figures of the day, one target, setting."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.attainment import Attainment, attainments
from bureau.filters import TargetFilter
from bureau.forms import TargetForm
from bureau.models import Target
from bureau.parameters import unverified
from bureau.permissions import can_set_target
from bureau.services import set_target
from bureau.standing import region_of
from bureau.tables import TargetTable
from core.templatetags.formats import due
from core.transitions import Effects
from core.views import Action, Crumb, DetailPage, Empty, Fact, FormPage, ListPage, Tab

CHANGE = "bureau.change_target"


class TargetListPage(ListPage):
    """The targets of the regions in the user's charge."""

    model = Target
    permission = "bureau.view_target"
    title, unit = gettext_lazy("发展目标"), gettext_lazy("个")
    lead = gettext_lazy("现值按已确认的数据计算，进度按基数到期限匀速推算。")
    table_class = TargetTable
    filterset_class = TargetFilter
    tabs = (
        Tab(gettext_lazy("未到期"), "due=open"),
        Tab(gettext_lazy("已到期"), "due=past"),
    )
    empty = Empty(
        gettext_lazy("还没有目标"),
        gettext_lazy("从指标目录里选一项，写明基数、目标值和期限。"),
        icon="target",
    )

    def get_queryset(self) -> QuerySet[Any]:
        """Join region and clause."""
        return super().get_queryset().select_related("region", "clause")

    def get_table_kwargs(self) -> dict[str, Any]:
        """Compute each metric once for all targets."""
        here, day = region_of(self.request), self.request.as_of
        return {"attained": attainments(self.get_queryset(), day, here)}

    def get_actions(self) -> Sequence[Action]:
        """Offer a new one."""
        url = reverse("bureau:target-create")
        return [Action(_("设定目标"), url, "plus", True, permission=CHANGE)]


class TargetPage(DetailPage):
    """One target: what was, what is, what should be."""

    model = Target
    permission = "bureau.view_target"
    template_name = "bureau/target_detail.html"

    def get_queryset(self) -> QuerySet[Any]:
        """Join region and clause."""
        return super().get_queryset().select_related("region", "clause")

    @cached_property
    def attained(self) -> Attainment:
        """Where the target stands on the day of the page."""
        return attainments([self.object], self.request.as_of)[self.object.pk]

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the list."""
        return [Crumb(_("发展目标"), reverse("bureau:target-list"))]

    def get_facts(self) -> Sequence[Fact]:
        """Show region, figure, goal, day and where it stands."""
        row, one = self.object, self.attained
        return [
            Fact(_("地区"), row.region.name),
            Fact(_("现值"), one.now_text),
            Fact(_("目标值"), one.goal_text),
            Fact(_("完成期限"), due(row.due_on)),
            Fact(_("进展"), one.word),
        ]

    def get_actions(self) -> Sequence[Action]:
        """Offer the change to the bureau of the region."""
        if self.request.is_past or not can_set_target(
            self.request.user, self.object.region
        ):
            return []
        url = reverse("bureau:target-update", args=[self.object.pk])
        return [Action(_("修改目标"), url, "edit", permission=CHANGE)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the picture, and the unconfirmed values behind the figure."""
        known = self.attained.metric
        keys = known.parameters if known else ()
        return super().get_context_data(
            attained=self.attained,
            chart=self.attained.chart(),
            metric=known,
            marks=unverified(keys, self.object.region, self.request.as_of),
            **kwargs,
        )


class TargetSetPage(FormPage):
    """Set a new target, or change one."""

    model = Target
    permission = CHANGE
    form_class = TargetForm
    shows_section_nav = True

    def get_title(self) -> str:
        """Say what is done."""
        return _("设定目标") if self.is_new else _("修改目标：%s") % self.object

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the list."""
        return [Crumb(_("发展目标"), reverse("bureau:target-list"))]

    def get_form_kwargs(self) -> dict[str, Any]:
        """Begin with the user's own region."""
        kwargs = super().get_form_kwargs()
        if self.is_new:
            here = region_of(self.request)
            kwargs["initial"] = {"region": here.pk if here else None}
        return kwargs

    def get_effects(self, form: Any) -> Effects:
        """Say where the target appears."""
        return Effects(
            immediately=[
                _("目标列入该地区的页面和到期提醒"),
                _("原来的取值和修改人留在记录里"),
            ]
        )

    def back_url(self) -> str:
        """Lead back to the target, or to the list."""
        return super().back_url() if self.object else reverse("bureau:target-list")

    def save(self, form: Any) -> Target:
        """Set it."""
        target = None if self.is_new else self.get_queryset().get(pk=self.object.pk)
        return set_target(target, by=self.request.user, **form.cleaned_data)
