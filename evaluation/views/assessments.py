"""Pages of assessments and results: lists, the result page, drill-down, veto."""

from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.authority import answers_for
from core.charts import Chart, Series
from core.forms import ReasonForm
from core.models import Attachment
from core.transitions import MoveRefused
from core.views import (
    Action,
    Crumb,
    DetailPage,
    DetailTab,
    Empty,
    Fact,
    FormPage,
    ListPage,
    MovePage,
    ObjectMixin,
    Page,
    Tab,
)
from evaluation.choices import AssessmentState
from evaluation.filters import AssessmentFilter, ResultFilter
from evaluation.forms import VetoForm
from evaluation.marks import marks_of_grades, marks_of_leaf
from evaluation.models import Assessment, Result, Score
from evaluation.permissions import can_score, can_veto
from evaluation.reading import Leaf, by_points_lost
from evaluation.reports.figures import Field, averages, dimensions_of
from evaluation.services import lift_veto, set_veto
from evaluation.tables import AssessmentTable, ResultTable

VIEW = "evaluation.view_assessment"
SCORE = "evaluation.score_assessment"
MOST_BARS = 15


class AssessmentListPage(ListPage):
    """The assessments, for those who score them."""

    model = Assessment
    permission = VIEW
    title, unit = gettext_lazy("评分任务"), gettext_lazy("个")
    table_class = AssessmentTable
    filterset_class = AssessmentFilter
    tabs = (
        Tab(gettext_lazy("待评分"), "state=UNDER_REVIEW"),
        Tab(gettext_lazy("待确认"), "state=SCORED"),
    )
    empty = Empty(
        gettext_lazy("还没有评分任务"),
        gettext_lazy("启动考核周期后，每个集团一个任务。"),
        icon="list-check",
    )

    def get_queryset(self) -> Any:
        """Return assessments with how far they are."""
        return (
            super()
            .get_queryset()
            .with_progress()
            .select_related("cycle__year", "county", "lead_school", "result")
        )


class ResultListPage(ListPage):
    """The ranking, with export."""

    model = Result
    permission = "evaluation.view_result"
    export_permission = "evaluation.export_result"
    title, unit = gettext_lazy("考核结果"), gettext_lazy("项")
    table_class = ResultTable
    filterset_class = ResultFilter
    tabs = (
        Tab(gettext_lazy("教育集团"), "target=GROUP"),
        Tab(gettext_lazy("成员学校"), "target=SCHOOL"),
    )
    empty = Empty(
        gettext_lazy("还没有可以查看的考核结果"),
        gettext_lazy("结果公示和公布后列在这里。"),
        icon="award",
    )

    def get_queryset(self) -> Any:
        """Return results without their frozen inputs."""
        rows = super().get_queryset().defer("frozen")
        of_school = ExpressionWrapper(
            Q(assessment__school__isnull=False), BooleanField()
        )
        return rows.select_related(
            "assessment__county", "assessment__cycle__year"
        ).order_by("-assessment__cycle__year__starts_on", of_school, "rank", "pk")


class AssessmentPage(DetailPage):
    """One subject: the number, its grade, where points were lost, how to gain them."""

    model = Assessment
    permission = VIEW
    template_name = "evaluation/assessment_detail.html"
    move_url_name = "evaluation:assessment-move"
    tabs = (
        DetailTab("result", gettext_lazy("结果"), "evaluation/assessment_result.html"),
        DetailTab("leaves", gettext_lazy("指标"), "evaluation/assessment_leaves.html"),
        DetailTab(
            "members", gettext_lazy("成员"), "evaluation/assessment_members.html"
        ),
    )

    def get_queryset(self) -> Any:
        """Return assessments with what the page shows."""
        return (
            super()
            .get_queryset()
            .select_related(
                "cycle__region",
                "cycle__year",
                "cycle__framework",
                "county",
                "group",
                "school",
                "lead_school",
            )
        )

    def get_crumbs(self) -> list[Crumb]:
        """Return the way back to the cycle."""
        cycle = self.object.cycle
        return [
            Crumb(_("考核周期"), reverse("evaluation:cycle-list")),
            Crumb(cycle.name, cycle.get_absolute_url()),
        ]

    @property
    def result(self) -> Result | None:
        """Return the result when the user may see it."""
        if not hasattr(self, "_result"):
            rows = Result.objects.visible_to(self.request.user).defer("frozen")
            rows = rows.select_related("assessment__cycle")
            self._result = rows.filter(assessment=self.object).first()
        return self._result

    @property
    def sees_inside(self) -> bool:
        """Tell whether the user is of the bureau that runs the cycle."""
        return answers_for(self.request.user, VIEW, self.object.cycle.region)

    def get_facts(self) -> list[Fact]:
        """Return cycle, subject, lead, county, report."""
        o = self.object
        facts = [
            Fact(_("考核周期"), o.cycle.name, o.cycle.get_absolute_url()),
            Fact(_("所属区县"), o.county.name),
        ]
        if o.lead_school:
            facts.append(Fact(_("龙头学校"), o.lead_school.name))
        if o.veto_kind:
            facts.append(Fact(_("一票否决"), o.get_veto_kind_display()))
        report = o.reports.first()
        if report and report.submitted_at:
            facts.append(Fact(_("自评报告"), _("查看"), report.get_absolute_url()))
        return facts

    def get_actions(self) -> list[Action]:
        """Offer the scoring desk and the veto."""
        user, o = self.request.user, self.object
        actions = []
        if o.state == AssessmentState.UNDER_REVIEW and can_score(user, o):
            url = reverse("evaluation:assessment-desk", args=[o.pk])
            actions.append(Action(_("打开评分台"), url, "edit", primary=True))
        if can_veto(user, o) and not o.veto_kind:
            url = reverse("evaluation:assessment-veto", args=[o.pk])
            actions.append(Action(_("一票否决"), url, "gavel"))
        elif o.veto_kind and can_veto(user, o):
            url = reverse("evaluation:assessment-veto-lift", args=[o.pk])
            actions.append(Action(_("撤销一票否决"), url, "arrow-back-up"))
        return actions

    def get_tab_context(self, slug: str) -> dict[str, Any]:
        """Return what the tab shows."""
        if slug == "members":
            return {"members": self.members()}
        leaves = self.leaves()
        if slug == "leaves":
            return {"leaves": leaves, "result": self.result}
        return self.result_context(leaves)

    def leaves(self) -> list[Leaf]:
        """Return the leaves whose scores the user may see."""
        rows = Score.objects.visible_to(self.request.user).filter(
            assessment=self.object
        )
        return [Leaf.from_score(row) for row in rows.with_leaf()]

    def result_context(self, leaves: list[Leaf]) -> dict[str, Any]:
        """Return the number with its pictures and the cheapest points."""
        result = self.result
        lost = by_points_lost(x for x in leaves if x.score is not None)
        return {
            "result": result,
            "marks": marks_of_grades(self.object.cycle) if result else [],
            "radar": self.radar(result) if result else None,
            "lost_chart": lost_chart(lost) if lost else None,
            "advice": [x for x in lost if x.advice][:5],
            "waiting": sum(x.score is None and not x.is_na for x in leaves),
            "leaf_count": len(leaves),
        }

    def radar(self, result: Result) -> Chart | None:
        """Draw the dimensions beside the mean of groups of the same mode."""
        own = dimensions_of(result)
        if len(own) < 3:
            return None
        like = Field(self.object.cycle).like(result) if self.object.is_group else []
        mean = averages(like)
        weakest = min((d for d in own if d.score is not None), key=lambda d: d.score)
        series = [Series(self.object.label, [_float(d.score) for d in own])]
        if len(like) > 1:
            same = [_float(mean.get(d.code)) for d in own]
            series.append(Series(_("同类集团平均"), same))
        return Chart(
            "radar",
            _("“%(name)s”最弱，得 %(score)s %%")
            % {"name": weakest.name, "score": weakest.score},
            [d.name for d in own],
            series,
            unit="%",
            maximum=100,
            key="dimensions",
            source=_("考核得分，各维度按适用权重折算"),
            day=self.object.cycle.consolidated_on,
        )

    def members(self) -> list[dict[str, Any]]:
        """Return the members of the reference day with their own results."""
        rows = (
            Result.objects.visible_to(self.request.user)
            .filter(
                assessment__cycle=self.object.cycle, assessment__school__isnull=False
            )
            .select_related("assessment")
            .defer("frozen")
        )
        scored = {row.assessment.school_id: row for row in rows}
        return [{**m, "result": scored.get(m["school"])} for m in self.object.members]


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def lost_chart(lost: list[Leaf]) -> Chart:
    """Draw the points lost, the most first."""
    shown = lost[:MOST_BARS]
    return Chart(
        "bar",
        _("失分最多的是“%(name)s”，失 %(lost)s 分")
        % {"name": lost[0].name, "lost": lost[0].lost},
        [f"{x.code} {x.name}" for x in shown],
        [Series(_("失分"), [float(x.lost) for x in shown])],
        unit=_("分"),
        places=2,
        key="lost",
        is_tall=len(shown) > 8,
    )


class AssessmentMovePage(MovePage):
    """Finish, confirm, reopen, exempt."""

    model = Assessment
    permission = VIEW

    def get_queryset(self) -> Any:
        """Return assessments with what the rules read."""
        return super().get_queryset().select_related("cycle__region", "framework")


class ScorePage(ObjectMixin, Page):
    """One score unfolded: formula → numbers → rows → evidence → clause."""

    model = Score
    permission = "evaluation.view_score"
    template_name = "evaluation/score_detail.html"

    def get_queryset(self) -> Any:
        """Return scores with everything the page unfolds."""
        rows = super().get_queryset()
        return rows.select_related(
            "indicator__parent__parent",
            "assessment__cycle__region",
            "assessment__cycle__year",
            "scored_by",
        )

    def get_title(self) -> Any:
        """Return the indicator."""
        leaf = Leaf.from_score(self.object)
        return f"{leaf.code} {leaf.name}"

    def get_crumbs(self) -> list[Crumb]:
        """Return the way back to the assessment's leaves."""
        a = self.object.assessment
        return [
            Crumb(a.cycle.name, a.cycle.get_absolute_url()),
            Crumb(a.label, f"{a.get_absolute_url()}?tab=leaves"),
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Draw the page."""
        score, leaf = self.object, Leaf.from_score(self.object)
        inside = answers_for(request.user, VIEW, score.assessment.cycle.region)
        context = self.get_context_data(
            score=score,
            leaf=leaf,
            rows=leaf.rows if inside else leaf.public_rows,
            indicator=score.indicator,
            rubric=score.indicator.rule_for(score.snapshot.get("variant", ""))[
                "rubric"
            ],
            evidence=evidence_of(score.assessment, score.indicator.code),
            marks=marks_of_leaf(leaf, score.assessment.cycle),
        )
        return TemplateResponse(request, self.template_name, context)


def evidence_of(assessment: Assessment, code: str) -> list[Attachment]:
    """Return the files handed in for one indicator."""
    report = assessment.reports.first()
    return list(report.files.filter(label=code)) if report else []


class VetoPage(FormPage):
    """Enter a veto."""

    model = Assessment
    permission = "evaluation.confirm_assessment"
    form_class = VetoForm
    service = staticmethod(set_veto)
    title = gettext_lazy("一票否决")
    submit_label = gettext_lazy("认定一票否决")

    def get_queryset(self) -> Any:
        """Return assessments with the region whose rules count."""
        return super().get_queryset().select_related("cycle__region")

    def check_object(self) -> None:
        """Refuse who may not enter a veto now."""
        verdict = can_veto(self.request.user, self.object)
        if not verdict:
            raise MoveRefused(verdict)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Give the form the region whose rules count."""
        self.check_object()
        return {**super().get_form_kwargs(), "region": self.object.cycle.region}

    def get_crumbs(self) -> list[Crumb]:
        """Return the way back to the assessment."""
        return [Crumb(str(self.object), self.object.get_absolute_url())]


class VetoLiftPage(VetoPage):
    """Lift a veto that was entered in error."""

    form_class = ReasonForm
    service = staticmethod(lift_veto)
    title = gettext_lazy("撤销一票否决")
    submit_label = gettext_lazy("撤销")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Return the arguments of the reason's form."""
        self.check_object()
        return {"user": self.request.user}
