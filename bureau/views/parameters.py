"""Parameters: the values that count here, one parameter through the levels, setting."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import F, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.filters import PolicyParameterFilter
from bureau.forms import ParameterConfirmForm, ParameterForm
from bureau.models import PolicyParameter
from bureau.permissions import can_confirm_parameter
from bureau.services import confirm_parameter, set_parameter
from bureau.services.parameters import outside
from bureau.standing import region_of
from bureau.tables import PolicyParameterTable
from bureau.words import owner_word, unit_word, value_with_unit
from core.transitions import Effects
from core.verdict import Verdict
from core.views import Action, Crumb, DetailPage, Empty, Fact, FormPage, ListPage, Tab


class PolicyParameterListPage(ListPage):
    """The values that count where the user stands, on the day of the page."""

    model = PolicyParameter
    permission = "bureau.view_policyparameter"
    title, unit = gettext_lazy("政策参数"), gettext_lazy("项")
    lead = gettext_lazy("县区取值优先于市级，市级优先于系统默认。")
    table_class = PolicyParameterTable
    filterset_class = PolicyParameterFilter
    tabs = (
        Tab(gettext_lazy("未核实"), "verified=false"),
        Tab(gettext_lazy("地方已调整"), "own=true"),
        Tab(gettext_lazy("超出上级允许范围"), "outside=true"),
    )
    empty = Empty(gettext_lazy("没有符合条件的参数"), icon="adjustments")

    def get_queryset(self) -> QuerySet[Any]:
        """Return one row for each key, or every one beyond what is allowed."""
        if self.request.GET.get("outside") == "true":
            rows = super().get_queryset().on(self.request.as_of)
            return rows.select_related("region").prefetch_related("clauses")
        rows = PolicyParameter.objects.effective(
            region_of(self.request), self.request.as_of
        )
        return rows.select_related("region").prefetch_related("clauses")


class PolicyParameterPage(DetailPage):
    """One parameter: what counts here, and every value the user may know of."""

    model = PolicyParameter
    permission = "bureau.view_policyparameter"
    template_name = "bureau/parameter_detail.html"
    shows_files = False

    @cached_property
    def object(self) -> PolicyParameter:
        """The row that counts where the user stands, else the shipped one."""
        named = PolicyParameter.objects.filter(key=self.kwargs["key"])
        rows = named.select_related("region", "set_by").prefetch_related("clauses")
        here = PolicyParameter.objects.effective(
            region_of(self.request), self.request.as_of
        )
        found = rows.filter(pk__in=here.values("pk")).first() or rows.first()
        if found is None:
            raise Http404(_("没有找到该政策参数。"))
        return found

    def get_title(self) -> str:
        """Return what the parameter means."""
        return self.object.meaning

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the list."""
        return [Crumb(_("政策参数"), reverse("bureau:parameter-list"))]

    def get_facts(self) -> Sequence[Fact]:
        """Show the value that counts, whose it is, the unit and whether confirmed."""
        row = self.object
        return [
            Fact(_("现行取值"), value_with_unit(row)),
            Fact(_("由谁设定"), owner_word(row)),
            Fact(_("单位"), unit_word(row.unit) or "—"),
            Fact(_("核实"), _("已核实") if row.verified else _("未核实")),
        ]

    def get_actions(self) -> Sequence[Action]:
        """Offer confirming the value that counts, and setting an own one."""
        found = []
        if can_confirm_parameter(self.request.user, self.object):
            url = reverse("bureau:parameter-confirm", args=[self.object.pk])
            found.append(Action(_("核实现行取值"), url, "shield-check"))
        url = reverse("bureau:parameter-set", args=[self.object.key])
        permission = "bureau.change_policyparameter"
        set_own = Action(_("设定本地取值"), url, "edit", True, permission=permission)
        return [*found, set_own]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add every value, the nearest region last."""
        rows = PolicyParameter.objects.visible_to(self.request.user, self.permission)
        values = rows.filter(key=self.object.key).select_related(
            "region", "set_by", "verified_by"
        )
        beyond = values.outside(self.request.as_of).values_list("pk", flat=True)
        return super().get_context_data(
            values=values.order_by(
                F("region__path").asc(nulls_first=True), "-valid_from"
            ),
            beyond=set(beyond),
            clauses=self.object.clauses.all(),
            **kwargs,
        )


class ParameterSetPage(FormPage):
    """Set the value of one parameter in a region of the user's charge."""

    model = PolicyParameter
    permission = "bureau.change_policyparameter"
    form_class = ParameterForm
    title = gettext_lazy("设定本地取值")
    submit_label = gettext_lazy("设定")

    @property
    def is_new(self) -> bool:
        """Every setting is a new row."""
        return True

    @cached_property
    def parameter(self) -> PolicyParameter:
        """The shipped row, which says kind, unit and meaning."""
        shipped = PolicyParameter.objects.shipped().filter(key=self.kwargs["key"])
        found = shipped.prefetch_related("clauses").order_by("valid_from").last()
        if found is None:
            raise Http404(_("没有找到该政策参数。"))
        return found

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the parameter."""
        return [
            Crumb(_("政策参数"), reverse("bureau:parameter-list")),
            Crumb(self.parameter.meaning, self.parameter.get_absolute_url()),
        ]

    def get_title(self) -> str:
        """Name the parameter."""
        return _("设定本地取值：%s") % self.parameter.meaning

    def get_crumb_title(self) -> Any:
        """Leave the parameter to the step before."""
        return self.title

    def get_form_kwargs(self) -> dict[str, Any]:
        """Hand the parameter and the user's region to the form."""
        here = region_of(self.request)
        return {
            **super().get_form_kwargs(),
            "parameter": self.parameter,
            "initial": {"region": here.pk if here else None},
        }

    def get_effects(self, form: Any) -> Effects:
        """Tell from when the value counts and for whom."""
        return Effects(
            immediately=[
                _("自生效日期起，新取值用于该地区及未另行设定的下级地区"),
                _("原取值到生效日期为止，已算出的结果不变"),
                _("理由和取值变化记入业务事件"),
            ]
        )

    def back_url(self) -> str:
        """Lead back to the parameter."""
        return self.parameter.get_absolute_url()

    def save(self, form: Any) -> PolicyParameter:
        """Set the value."""
        return set_parameter(self.parameter.key, by=self.request.user, **form.values)

    def success_message(self, saved: PolicyParameter) -> str:
        """Say what counts from when, and whose values it leaves outside."""
        told = _("已设定：%(region)s自 %(day)s 起为 %(value)s") % {
            "region": saved.region,
            "day": saved.valid_from,
            "value": value_with_unit(saved),
        }
        day = max(saved.valid_from, self.request.as_of)
        beyond = outside(saved.key, saved.region, day) if saved.region else []
        if not beyond:
            return told
        names = "、".join(str(row.region) for row in beyond)
        return _("%(told)s。以下地区的取值超出允许范围，已通知调整：%(names)s") % {
            "told": told,
            "names": names,
        }


class ParameterConfirmPage(FormPage):
    """Confirm one value from its source."""

    model = PolicyParameter
    permission = "bureau.confirm_policyparameter"
    form_class = ParameterConfirmForm
    service = staticmethod(confirm_parameter)
    submit_label = gettext_lazy("核实")

    def get_queryset(self) -> QuerySet[Any]:
        """Join the region."""
        return super().get_queryset().select_related("region")

    def get_title(self) -> str:
        """Name value and parameter."""
        row = self.object
        words = {"meaning": row.meaning, "value": value_with_unit(row)}
        return _("核实取值：%(meaning)s，%(value)s") % words

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the parameter."""
        return [
            Crumb(_("政策参数"), reverse("bureau:parameter-list")),
            Crumb(self.object.meaning, self.object.get_absolute_url()),
        ]

    def verdict(self) -> Verdict:
        """Ask before the form is filled in."""
        return can_confirm_parameter(self.request.user, self.object)

    def get_effects(self, form: Any) -> Effects:
        """Say what it changes."""
        return Effects(
            immediately=[
                _("各处不再标“未核实”，页面上写明核实人、时间和依据"),
                _("取值不变；取值有误的，请另行设定本地取值"),
            ]
        )
