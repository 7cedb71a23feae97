"""Pages of cycles: list, plan, board, moves, compile."""

from typing import Any

from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.models import ReportRun
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
)
from evaluation.choices import CycleState, ReportState
from evaluation.filters import CycleFilter
from evaluation.forms import CycleForm, PublicityForm
from evaluation.marks import marks_of_grades
from evaluation.models import Assessment, Cycle, Result
from evaluation.permissions import can_compile
from evaluation.progress import DONE, CycleProgress
from evaluation.reports import compile_cycle, runs_of
from evaluation.services import create_cycle
from evaluation.tables import CycleTable

VIEW = "evaluation.view_cycle"
LIST = gettext_lazy("考核周期")
SHOWN = 40
"""How many rows of a tab stand on the page of a cycle; the lists have them all."""
STEPS = [
    CycleState.PLANNED,
    CycleState.OPEN,
    CycleState.DATA_LOCKED,
    CycleState.SELF_EVALUATION,
    CycleState.REVIEW,
    CycleState.CONSOLIDATION,
    CycleState.PUBLICITY,
    CycleState.PUBLISHED,
]


class CycleListPage(ListPage):
    """The cycles the user may know of."""

    model = Cycle
    permission = VIEW
    title, unit = LIST, gettext_lazy("个")
    table_class = CycleTable
    filterset_class = CycleFilter
    empty = Empty(
        gettext_lazy("还没有考核周期"),
        gettext_lazy("每学年建立一个年度考核周期，按步骤推进到公布结果。"),
        icon="clipboard-check",
    )

    def get_queryset(self) -> Any:
        """Return cycles with their counts."""
        rows = super().get_queryset().select_related("region", "year", "framework")
        return rows.annotate(
            subjects=Count("assessments"),
            confirmed=Count("assessments", filter=Q(assessments__state__in=DONE)),
        )

    def get_actions(self) -> list[Action]:
        """Offer to plan a cycle."""
        url = reverse("evaluation:cycle-create")
        permission = "evaluation.add_cycle"
        return [Action(_("新建周期"), url, "plus", primary=True, permission=permission)]


class CycleCreatePage(FormPage):
    """Plan a cycle."""

    model = Cycle
    permission = "evaluation.add_cycle"
    form_class = CycleForm
    service = staticmethod(create_cycle)
    title = gettext_lazy("新建考核周期")
    submit_label = gettext_lazy("建立")
    autosave = True

    def get_crumbs(self) -> list[Crumb]:
        """Return the way back to the list."""
        return [Crumb(LIST, reverse("evaluation:cycle-list"))]

    def back_url(self) -> str:
        """Return the list."""
        return reverse("evaluation:cycle-list")


class CyclePage(DetailPage):
    """One cycle: its steps, who is how far, its results and reports."""

    model = Cycle
    permission = VIEW
    template_name = "evaluation/cycle_detail.html"
    move_url_name = "evaluation:cycle-move"
    shows_files = False
    tabs = (
        DetailTab("board", gettext_lazy("进展"), "evaluation/cycle_board.html"),
        DetailTab("results", gettext_lazy("结果"), "evaluation/cycle_results.html"),
        DetailTab("reports", gettext_lazy("报告"), "evaluation/cycle_reports.html"),
    )

    def get_queryset(self) -> Any:
        """Return cycles with what the head shows."""
        return (
            super()
            .get_queryset()
            .select_related("region", "year", "framework__region", "submitted_by")
        )

    def get_crumbs(self) -> list[Crumb]:
        """Return the way back to the list."""
        return [Crumb(LIST, reverse("evaluation:cycle-list"))]

    def get_facts(self) -> list[Fact]:
        """Return framework, year, targets, days."""
        o = self.object
        return [
            Fact(_("指标体系"), o.framework, o.framework.get_absolute_url()),
            Fact(_("考核对象"), "、".join(o.target_labels)),
            Fact(_("数据基准日"), f"{o.reference_day:%Y-%m-%d}"),
            Fact(_("自评截止"), f"{o.self_due_on:%Y-%m-%d}"),
            Fact(_("评分截止"), f"{o.review_due_on:%Y-%m-%d}"),
        ]

    def get_actions(self) -> list[Action]:
        """Offer to compile the reports once there are results."""
        if not can_compile(self.request.user, self.object) or self.request.is_past:
            return []
        url = reverse("evaluation:cycle-compile", args=[self.object.pk])
        return [Action(_("编制年度报告"), url, "report", method="post")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the line of steps."""
        state = self.object.state
        at = STEPS.index(state) + 1 if state in STEPS else len(STEPS) + 1
        labels = [CycleState(step).label for step in STEPS]
        return super().get_context_data(steps=labels, step=at, **kwargs)

    def get_tab_context(self, slug: str) -> dict[str, Any]:
        """Return what the tab shows, narrowed to what the user may know of."""
        if slug == "results":
            results = self.results()
            return {
                "results": results[:SHOWN],
                "more": len(results) > SHOWN,
                "marks": marks_of_grades(self.object) if results else [],
            }
        if slug == "reports":
            return {"runs": self.runs()}
        rows = self.assessments()
        return {
            "progress": CycleProgress(self.object),
            "assessments": rows[:SHOWN],
            "more": len(rows) > SHOWN,
            "is_scoring": self.object.state == CycleState.REVIEW,
        }

    def assessments(self) -> list[dict[str, Any]]:
        """Return the first assessments with their report and how far they are."""
        rows = (
            Assessment.objects.visible_to(self.request.user)
            .filter(cycle=self.object)
            .with_progress()
            .select_related("lead_school", "county")
            .prefetch_related("reports")
            .order_by(F("school_id").asc(nulls_first=True), "pk")[: SHOWN + 1]
        )
        return [self.board_row(row) for row in rows]

    def board_row(self, row: Any) -> dict[str, Any]:
        """Return one row of the board."""
        report = next(iter(row.reports.all()), None)
        whole = row.weight_all or 0
        late = (
            report is not None
            and report.state in {ReportState.DRAFT, ReportState.RETURNED}
            and self.object.state == CycleState.SELF_EVALUATION
        )
        return {
            "assessment": row,
            "report": report,
            "late": late,
            "percent": int(100 * row.weight_done / whole) if whole else 0,
        }

    def results(self) -> list[Result]:
        """Return the first results by place, groups before schools."""
        rows = (
            Result.objects.visible_to(self.request.user)
            .filter(assessment__cycle=self.object)
            .defer("frozen")
            .select_related("assessment__county")
            .alias(of_school=Q(assessment__school__isnull=False))
            .order_by("of_school", "rank", "pk")
        )
        return list(rows[: SHOWN + 1])

    def runs(self) -> list[Any]:
        """Return the newest reports that the user may read."""
        seen = set(
            ReportRun.objects.visible_to(self.request.user).values_list("pk", flat=True)
        )
        return [run for run in runs_of(self.object) if run.pk in seen]


class CycleMovePage(MovePage):
    """Every step of a cycle."""

    model = Cycle
    permission = VIEW
    form_classes = {"publicise": PublicityForm}

    def get_queryset(self) -> Any:
        """Return cycles with what the rules read."""
        return super().get_queryset().select_related("region", "year", "framework")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Give the form the region whose rules count."""
        return {**super().get_form_kwargs(), "region": self.object.region}


class CycleCompile(ObjectMixin, Page):
    """Sends the compile of the reports to the workers and shows the bar."""

    model = Cycle
    permission = "evaluation.compile_reportrun"

    def get_queryset(self) -> Any:
        """Return the cycles the user may see."""
        return Cycle.objects.visible_to(self.request.user).select_related("region")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Start, or join the compile that is under way."""
        verdict = can_compile(request.user, self.object)
        if not verdict:
            raise MoveRefused(verdict)
        job = compile_cycle(self.object, by=request.user)
        return HttpResponseRedirect(job.get_absolute_url())
