"""Enrolment pressure and large classes: the list with findings, plans and progress."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.models import AcademicYear
from bureau.parameters import unverified
from bureau.standing import region_of
from core.transitions import Effects
from core.views import (
    Action,
    Crumb,
    DetailPage,
    Empty,
    Fact,
    FormPage,
    MovePage,
    Tab,
)
from schools.filters import PressureFilter
from schools.models import ClassReductionPlan, School
from schools.permissions import can_change_plan
from schools.pressure import (
    CLAUSE,
    LINES,
    large_since,
    progress,
    remarks_of,
)
from schools.reduction_form import ReductionForm
from schools.services import change_plan, plan_reduction
from schools.tables import PressureTable
from schools.views.schools import LabelledListPage

VIEW = "schools.view_schoolreturn"
ADD, CHANGE = "schools.add_classreductionplan", "schools.change_classreductionplan"


class PressureListPage(LabelledListPage):
    """Schools with their seats, intake and large classes, and what stands out."""

    model = School
    permission = VIEW
    title, unit = gettext_lazy("招生压力与大班额"), gettext_lazy("所")
    lead = gettext_lazy("学位、片区内外入学和班额，按各地参数判断。")
    table_class = PressureTable
    filterset_class = PressureFilter
    export_permission = "schools.export_school"
    template_name = "schools/pressure_list.html"
    tabs = (
        Tab(gettext_lazy("有发现的"), "finding=ANY"),
        Tab(gettext_lazy("大班额"), "finding=LARGE"),
        Tab(gettext_lazy("超大班额"), "finding=OVERSIZE"),
        Tab(gettext_lazy("学位紧张"), "finding=FULL"),
        Tab(gettext_lazy("片区外入学多"), "finding=CHOSEN"),
    )
    empty = Empty(gettext_lazy("没有符合条件的学校"), icon="gauge")

    @cached_property
    def year(self) -> AcademicYear | None:
        """The year asked for, else that of the day."""
        asked = self.request.GET.get("year", "")
        if asked.isdigit():
            return AcademicYear.objects.filter(pk=int(asked)).first()
        return AcademicYear.objects.current(self.request.as_of)

    def get_title(self) -> str:
        """Name the year."""
        title = _("招生压力与大班额")
        return f"{title}（{self.year.code}）" if self.year else title

    def get_queryset(self) -> QuerySet[Any]:
        """Return the running schools of the day with their figures."""
        day = self.request.as_of
        plans = ClassReductionPlan.objects.standing()
        rows = School.objects.visible_to(self.request.user, VIEW).running(day)
        rows = rows.with_pressure(self.year, day).select_related("administered_by")
        standing = Prefetch("reduction_plans", plans, to_attr="plans_standing")
        return rows.prefetch_related(standing).order_by(
            "administered_by__path", "pinyin", "pk"
        )

    def get_filter_kwargs(self) -> dict[str, Any]:
        """Let the filter judge by the year of the page."""
        return {"judged_in": self.year}

    def _table(self, rows: Any) -> Any:
        table = super()._table(rows)
        table.judge(self._judge)
        return table

    def _judge(self, schools: Sequence[Any]) -> dict[int, list[Any]]:
        """Return school → remarks, for the rows of one page or file."""
        day = self.request.as_of
        ids = [school.pk for school in schools]
        since = large_since(ids, self.year, day) if self.year else {}
        return {school.pk: remarks_of(school, since) for school in schools}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the unconfirmed lines and the clause."""
        here = region_of(self.request)
        marks = unverified(LINES, here, self.request.as_of)
        return super().get_context_data(marks=marks, clause=CLAUSE, **kwargs)


class PlanPage(DetailPage):
    """One plan: where it began, targets by term against the classes."""

    model = ClassReductionPlan
    permission = "schools.view_classreductionplan"
    move_url_name = "schools:plan-move"
    template_name = "schools/plan_detail.html"

    def get_queryset(self) -> QuerySet[Any]:
        """Join what the head shows."""
        rows = super().get_queryset().select_related("school__administered_by")
        return rows.select_related("base_year", "submitted_by", "approved_by")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the school."""
        school = self.object.school
        return [
            Crumb(_("招生压力与大班额"), reverse("schools:pressure-list")),
            Crumb(school.name, school.get_absolute_url()),
        ]

    def get_facts(self) -> Sequence[Fact]:
        """Show school, stage, where it began and who agreed."""
        plan = self.object
        base = _("%(year)s：大班额 %(large)s 个，其中超大班额 %(oversize)s 个") % {
            "year": plan.base_year.code,
            "large": plan.base_large,
            "oversize": plan.base_oversize,
        }
        return [
            Fact(_("学校"), plan.school.name, plan.school.get_absolute_url()),
            Fact(_("学段"), plan.get_stage_display()),
            Fact(_("起点"), base),
            Fact(_("报送人"), plan.submitted_by),
            Fact(_("同意人"), plan.approved_by),
        ]

    def get_actions(self) -> Sequence[Action]:
        """Offer changes while it is a draft."""
        plan = self.object
        if self.request.is_past or not can_change_plan(self.request.user, plan):
            return []
        url = reverse("schools:plan-update", args=[plan.pk])
        return [Action(_("修改计划"), url, "pencil", permission=CHANGE)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the progress."""
        steps = progress(self.object, self.request.as_of)
        return super().get_context_data(steps=steps, clause=CLAUSE, **kwargs)


class PlanMovePage(MovePage):
    """Submit, agree, send back, close."""

    model, permission = ClassReductionPlan, "schools.view_classreductionplan"

    def get_queryset(self) -> QuerySet[Any]:
        """Join what the verbs need."""
        return super().get_queryset().select_related("school__administered_by")


class PlanCreatePage(FormPage):
    """Draft a plan for one school."""

    model, permission = School, ADD
    form_class = ReductionForm
    submit_label = gettext_lazy("保存计划")

    def get_title(self) -> str:
        """Name the school."""
        return _("制订消除大班额计划：%s") % self.object

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the school."""
        return [Crumb(str(self.object), self.object.get_absolute_url())]

    def get_form_kwargs(self) -> dict[str, Any]:
        """Hand the school to the form."""
        return {**super().get_form_kwargs(), "school": self.object}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Draw the form; where each stage has its plan, lead to the one that stands."""
        standing = self.object.reduction_plans.standing()
        planned = {plan.stage: plan for plan in standing}
        if planned and not set(self.object.stage_codes) - planned.keys():
            messages.info(request, _("该校已有未结束的计划，请在原计划上办理。"))
            first = next(iter(planned.values()))
            return HttpResponseRedirect(first.get_absolute_url())
        return super().get(request, *args, **kwargs)

    def get_effects(self, form: Any) -> Effects:
        """Say what comes next."""
        return Effects(
            immediately=[_("以本学年已填班级中的大班额数为起点，存为草稿")],
            approvals=[_("报送后由主管部门同意")],
        )

    def save(self, form: Any) -> ClassReductionPlan:
        """Draft it."""
        return plan_reduction(self.object, by=self.request.user, **form.values)


class PlanEditPage(FormPage):
    """Change a draft."""

    model, permission = ClassReductionPlan, CHANGE
    form_class = ReductionForm
    submit_label = gettext_lazy("保存计划")

    def get_queryset(self) -> QuerySet[Any]:
        """Join the school."""
        return super().get_queryset().select_related("school__administered_by")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the plan."""
        return [Crumb(str(self.object), self.object.get_absolute_url())]

    def get_form_kwargs(self) -> dict[str, Any]:
        """Hand school and plan to the form."""
        kwargs = super().get_form_kwargs()
        return {**kwargs, "school": self.object.school, "plan": self.object}

    def save(self, form: Any) -> ClassReductionPlan:
        """Keep measures and targets."""
        return change_plan(self.object, by=self.request.user, **form.values)
