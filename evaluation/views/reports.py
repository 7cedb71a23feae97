"""Pages of the self-evaluation reports: list, reading, writing, moves."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.models import Attachment
from core.templatetags.formats import clock
from core.transitions import MoveRefused
from core.views import (
    Action,
    Crumb,
    DetailPage,
    Empty,
    Fact,
    ListPage,
    MovePage,
    ObjectMixin,
    Page,
)
from evaluation.filters import ReportFilter
from evaluation.models import Indicator, PeriodicReport, Score
from evaluation.permissions import can_write_report
from evaluation.reading import Leaf
from evaluation.services import add_evidence, remove_evidence, save_sections
from evaluation.tables import ReportTable

VIEW = "evaluation.view_periodicreport"
WRITE = "evaluation.change_periodicreport"
LIST = gettext_lazy("自评报告")


class ReportListPage(ListPage):
    """The self-evaluation reports the user may know of."""

    model = PeriodicReport
    permission = VIEW
    title, unit = LIST, gettext_lazy("份")
    table_class = ReportTable
    filterset_class = ReportFilter
    empty = Empty(
        gettext_lazy("还没有自评报告"),
        gettext_lazy("考核周期启动后，每个集团一份，由龙头学校校长填写提交。"),
        icon="file-text",
    )

    def get_queryset(self) -> Any:
        """Return reports with what the list shows."""
        return (
            super()
            .get_queryset()
            .select_related(
                "assessment__cycle__year", "assessment__lead_school", "submitted_by"
            )
        )


def _with_all(rows: Any) -> Any:
    return rows.select_related(
        "assessment__cycle__region",
        "assessment__cycle__year",
        "assessment__framework",
        "assessment__lead_school",
        "submitted_by",
    )


def shown_leaves(report: PeriodicReport, *, with_scores: bool) -> dict[int, Leaf]:
    """Return the computed leaves by indicator, once figures are locked."""
    rows = Score.objects.filter(assessment=report.assessment_id).with_leaf()
    found = {row.indicator_id: Leaf.from_score(row) for row in rows}
    if with_scores:
        return found
    for leaf in found.values():
        if leaf.how == "BY_HAND":
            leaf.score = None
    return found


def sections_of(report: PeriodicReport) -> list[dict[str, Any]]:
    """Return the dimensions with their text, leaves, figures and evidence."""
    tree = list(report.assessment.framework.indicators.all())
    target = report.assessment.target
    names = {node.pk: node for node in tree}
    leaves = shown_leaves(report, with_scores=False)
    files: dict[str, list[Attachment]] = {}
    for one in report.files.all():
        files.setdefault(one.label, []).append(one)
    sections = []
    for dimension in (n for n in tree if n.level == 1):
        own = [
            n
            for n in tree
            if n.is_leaf
            and n.applies_to(target)
            and names[n.parent_id or 0].parent_id == dimension.pk
        ]
        sections.append(
            {
                "slug": f"section-{dimension.pk}",
                "title": dimension.name,
                "dimension": dimension,
                "text": report.section(dimension.code)["text"],
                "is_complete": report.is_complete(dimension.code),
                "leaves": [_row(report, dimension, n, leaves, files) for n in own],
            }
        )
    return sections


def _row(
    report: PeriodicReport,
    dimension: Indicator,
    node: Indicator,
    leaves: dict[int, Leaf],
    files: dict[str, list[Attachment]],
) -> dict[str, Any]:
    leaf = leaves.get(node.pk)
    rule = node.rule_for(report.assessment.variant)
    return {
        "indicator": node,
        "name": rule["name_zh"],
        "evidence": rule["evidence"],
        "leaf": leaf,
        "is_automatic": leaf is not None and leaf.how == "AUTO",
        "files": files.get(node.code, []),
        **report.leaf(dimension.code, node.code),
    }


class ReportPage(DetailPage):
    """One report as it stands."""

    model = PeriodicReport
    permission = VIEW
    template_name = "evaluation/report_detail.html"
    move_url_name = "evaluation:report-move"
    shows_files = False

    def get_queryset(self) -> Any:
        """Return reports with what the page shows."""
        return _with_all(super().get_queryset())

    def get_crumbs(self) -> list[Crumb]:
        """Return the way back to the list."""
        return [Crumb(LIST, reverse("evaluation:report-list"))]

    def get_facts(self) -> list[Fact]:
        """Return cycle, group, deadline, who submitted when."""
        o = self.object
        cycle = o.assessment.cycle
        facts = [
            Fact(_("考核周期"), cycle.name, cycle.get_absolute_url()),
            Fact(_("考核任务"), o.assessment.label, o.assessment.get_absolute_url()),
            Fact(_("截止日期"), f"{o.due_on:%Y-%m-%d}"),
        ]
        if o.submitted_by:
            facts.append(Fact(_("提交人"), o.submitted_by.full_name))
        return facts

    def get_actions(self) -> list[Action]:
        """Offer to write while it can be written."""
        if self.request.is_past or not can_write_report(self.request.user, self.object):
            return []
        url = reverse("evaluation:report-write", args=[self.object.pk])
        return [Action(_("填写报告"), url, "edit", primary=True)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the sections."""
        return super().get_context_data(sections=sections_of(self.object), **kwargs)


class ReportMovePage(MovePage):
    """Submit, accept, return."""

    model = PeriodicReport
    permission = VIEW

    def get_queryset(self) -> Any:
        """Return reports with what the rules read."""
        return _with_all(super().get_queryset())


class ReportWritePage(ObjectMixin, Page):
    """The principal's form: sections at the side, figures filled in, evidence."""

    model = PeriodicReport
    permission = WRITE
    template_name = "evaluation/report_write.html"

    def get_queryset(self) -> Any:
        """Return the reports the user may write."""
        return _with_all(super().get_queryset())

    def get_title(self) -> Any:
        """Return the report's name."""
        return str(self.object)

    def get_crumbs(self) -> list[Crumb]:
        """Return the way back to the report."""
        return [
            Crumb(LIST, reverse("evaluation:report-list")),
            Crumb(str(self.object), self.object.get_absolute_url()),
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Draw the form, or say why it cannot be written."""
        verdict = can_write_report(request.user, self.object)
        if not verdict:
            raise MoveRefused(verdict)
        return self._answer([])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Save texts and files; go on to submit when asked."""
        report = save_sections(
            self.object, by=request.user, sections=read_sections(request.POST)
        )
        problems = self._keep_files(report)
        if problems:
            self.object = report
            return self._answer(problems)
        messages.success(request, _("已保存自评报告"))
        if "submit" in request.POST:
            args_ = [report.pk, "submit"]
            return HttpResponseRedirect(reverse("evaluation:report-move", args=args_))
        return HttpResponseRedirect(request.path)

    def _keep_files(self, report: PeriodicReport) -> list[str]:
        nodes = {
            f"file-{n.pk}": n for n in report.assessment.framework.indicators.leaves()
        }
        problems = []
        for name in self.request.FILES:
            for one in self.request.FILES.getlist(name):
                problem = self._keep_file(report, nodes.get(name), one)
                problems += [problem] if problem else []
        return problems

    def _keep_file(self, report: PeriodicReport, node: Any, one: Any) -> str:
        if node is None:
            return ""
        try:
            add_evidence(
                report,
                by=self.request.user,
                indicator=node,
                name=one.name,
                content=one.read(),
            )
        except ValidationError as error:
            return f"{node.short_code} {node.name}：{'；'.join(error.messages)}"
        return ""

    def _answer(self, problems: list[str]) -> HttpResponseBase:
        sections = sections_of(self.object)
        context = self.get_context_data(
            object=self.object,
            sections=sections,
            problems=problems,
            done=sum(s["is_complete"] for s in sections),
            reason=self.object.return_reason,
        )
        return TemplateResponse(self.request, self.template_name, context)


def read_sections(posted: QueryDict) -> dict[str, Any]:
    """Read ``text|dim``, ``note|dim|leaf`` and ``self|dim|leaf`` into sections."""
    sections: dict[str, Any] = {}
    for name, value in posted.items():
        kind, _bar, rest = name.partition("|")
        dimension, _bar, leaf = rest.partition("|")
        if kind not in {"text", "note", "self"} or not dimension:
            continue
        section = sections.setdefault(dimension, {"text": "", "leaves": {}})
        if kind == "text":
            section["text"] = value
        else:
            section["leaves"].setdefault(leaf, {})[kind] = value
    return sections


class ReportAutosave(ObjectMixin, Page):
    """Keeps what is typed; answers with the time in words."""

    model = PeriodicReport
    permission = WRITE

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Save the texts."""
        sections = read_sections(request.POST)
        report = save_sections(self.object, by=request.user, sections=sections)
        return HttpResponse(format_html(_("已保存 {}"), clock(report.saved_at)))


class EvidenceDelete(ObjectMixin, Page):
    """Takes a file off a report; what was typed is saved along."""

    model = PeriodicReport
    permission = WRITE

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Remove the file and go back to the form."""
        found = get_object_or_404(
            Attachment.objects.about(self.object), pk=kwargs["file"]
        )
        sections = read_sections(request.POST)
        if sections:
            save_sections(self.object, by=request.user, sections=sections)
        remove_evidence(self.object, by=request.user, attachment=found)
        messages.info(request, _("已删除“%(name)s”") % {"name": found.name})
        url = reverse("evaluation:report-write", args=[self.object.pk])
        return HttpResponseRedirect(url)
