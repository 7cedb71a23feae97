"""Pages of cases: list, board, wizard, one case with its lines, checks and moves."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.transitions import Effects, available_moves
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
    Page,
    Tab,
)
from groups import permissions as may
from groups.choices import (
    CASE_OPEN,
    CaseState,
    DocumentKind,
    FormationBasis,
    TaskKind,
)
from groups.filters import CaseFilter
from groups.forms import (
    ApprovalForm,
    CaseForm,
    LinesForm,
    NoteForm,
    RejectionForm,
)
from groups.forms.cases import lines_of
from groups.models import CaseTask, GroupCase
from groups.services import change_case, open_case
from groups.tables import CaseTable
from groups.validation import is_blocked, validate_formation
from groups.waiting import with_waiting

STEPS = (
    gettext_lazy("集团与学校"),
    gettext_lazy("逐校模式"),
    gettext_lazy("条件与文件"),
    gettext_lazy("提交"),
)


class CaseListPage(ListPage):
    """Cases with who holds the ball."""

    model = GroupCase
    permission = "groups.view_groupcase"
    title, unit = gettext_lazy("组建与变更"), gettext_lazy("件")
    table_class = CaseTable
    filterset_class = CaseFilter
    tabs = tuple(
        Tab(CaseState(s).label, f"state={s}") for s in (*CASE_OPEN, CaseState.APPROVED)
    )
    empty = Empty(
        gettext_lazy("还没有组建事项"),
        gettext_lazy("由龙头学校校长或教育行政部门发起。"),
        icon="git-branch",
    )

    def get_queryset(self) -> Any:
        """Count lines and what is still missing."""
        return with_waiting(super().get_queryset()).select_related("region")

    def get_actions(self) -> Sequence[Action]:
        """Offer the board and a new case."""
        return [
            Action(_("看板"), reverse("groups:case-board"), "columns"),
            Action(
                _("发起组建"),
                reverse("groups:case-create"),
                "plus",
                primary=True,
                permission="groups.add_groupcase",
            ),
        ]


class CaseBoardPage(Page):
    """Open cases by state, the longest waiting first."""

    permission = "groups.view_groupcase"
    title = gettext_lazy("组建与变更看板")
    template_name = "groups/case_board.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Draw the columns."""
        rows = GroupCase.objects.visible_to(request.user).open()
        cases = list(with_waiting(rows).select_related("region").order_by("pk"))
        columns = [
            {
                "label": CaseState(state).label,
                "state": state,
                "cases": [c for c in cases if c.state == state],
            }
            for state in CASE_OPEN
        ]
        return TemplateResponse(
            request, self.template_name, self.get_context_data(columns=columns)
        )

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the list."""
        return [Crumb(_("组建与变更"), reverse("groups:case-list"))]

    def get_actions(self) -> Sequence[Action]:
        """Offer the list."""
        return [Action(_("列表"), reverse("groups:case-list"), "list")]


class CaseFormPage(FormPage):
    """Opens a case, or changes its profile: the first step."""

    model = GroupCase
    permission = "groups.add_groupcase"
    form_class = CaseForm
    template_name = "groups/case_form.html"
    autosave = True
    submit_label = gettext_lazy("保存，下一步")

    def get_title(self) -> Any:
        """Say what is being made."""
        return _("发起组建") if self.is_new else _("修改：%s") % self.object

    def get_queryset(self) -> Any:
        """Keep to the cases the user may see."""
        rows = GroupCase.objects.visible_to(self.request.user, "groups.view_groupcase")
        return rows.for_page()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the steps."""
        return super().get_context_data(steps=STEPS, current_step=1, **kwargs)

    def get_effects(self, form: Any) -> Effects:
        """Tell who is told."""
        return Effects(
            immediately=[_("保存为草稿，名单中的学校校长可以看到并表达意愿")]
        )

    def back_url(self) -> str:
        """Lead back to where the page was opened."""
        return reverse("groups:case-list") if self.is_new else super().back_url()

    def save(self, form: Any) -> GroupCase:
        """Open or change the case."""
        data = dict(form.cleaned_data)
        lead, members = data.pop("lead"), data.pop("members")
        lines = lines_of(self.object, lead, members)
        if self.is_new:
            return open_case(by=self.request.user, lines=lines, **data)
        return change_case(self.object, by=self.request.user, lines=lines, **data)

    def success_url(self, saved: GroupCase) -> str:
        """Go on to each school's mode."""
        return reverse("groups:case-lines", args=[saved.pk])


class CaseLinesPage(FormPage):
    """Sets each school's mode, join form and role: the second step."""

    model = GroupCase
    permission = "groups.add_groupcase"
    form_class = LinesForm
    template_name = "groups/case_form.html"
    submit_label = gettext_lazy("保存，下一步")

    def get_title(self) -> Any:
        """Name the case."""
        return _("逐校模式：%s") % self.object.name

    def get_queryset(self) -> Any:
        """Keep to the cases the user may see."""
        rows = GroupCase.objects.visible_to(self.request.user, "groups.view_groupcase")
        return rows.for_page()

    def get_form_kwargs(self) -> dict[str, Any]:
        """Hand the case on."""
        return {"user": self.request.user, "case": self.object}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the steps and show what the validator says now."""
        return super().get_context_data(
            steps=STEPS,
            current_step=2,
            findings=validate_formation(self.object),
            **kwargs,
        )

    def save(self, form: Any) -> GroupCase:
        """Write the lines."""
        lines = form.cleaned_data["lines"]
        return change_case(self.object, by=self.request.user, lines=lines)


class CasePage(DetailPage):
    """One case: its schools, what they say, what is checked, what was decided."""

    model = GroupCase
    permission = "groups.view_groupcase"
    move_url_name = "groups:case-move"
    tabs = (
        DetailTab("lines", gettext_lazy("名单与模式"), "groups/case_lines.html"),
        DetailTab("consents", gettext_lazy("学校意愿"), "groups/case_consents.html"),
        DetailTab("tasks", gettext_lazy("条件与审查"), "groups/case_tasks.html"),
        DetailTab("papers", gettext_lazy("文件"), "groups/case_papers.html"),
        DetailTab("opinions", gettext_lazy("部门意见"), "groups/case_opinions.html"),
        DetailTab("decisions", gettext_lazy("决定"), "groups/case_decisions.html"),
    )

    def get_queryset(self) -> Any:
        """Join what every tab shows."""
        return super().get_queryset().for_page()

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the list."""
        return [Crumb(_("组建与变更"), reverse("groups:case-list"))]

    @property
    def subtitle(self) -> str:
        """The number people quote."""
        return str(self.object.number)

    def get_facts(self) -> Sequence[Fact]:
        """Name the lead, the basis, the mode, who opened it."""
        case = self.object
        lead = case.lead_line
        group = case.group
        return [
            Fact(_("龙头学校"), lead.school if lead else None),
            Fact(_("组建方式"), case.get_formation_basis_display()),
            Fact(_("类型"), case.get_group_type_display()),
            Fact(_("主管地区"), case.region.name),
            Fact(
                _("集团"),
                group or _("批准后设立"),
                group.get_absolute_url() if group else "",
            ),
        ]

    def get_actions(self) -> Sequence[Action]:
        """Offer editing while it is a draft."""
        if not may.can_change_case(self.request.user, self.object):
            return []
        pk = self.object.pk
        return [
            Action(_("修改"), reverse("groups:case-change", args=[pk]), "pencil"),
            Action(
                _("逐校模式"), reverse("groups:case-lines", args=[pk]), "list-details"
            ),
        ]

    def get_tab_context(self, slug: str) -> dict[str, Any]:
        """Return what the tab shows."""
        reader = {
            "lines": self._lines,
            "consents": self._consents,
            "opinions": self._opinions,
            "tasks": self._tasks,
            "papers": self._papers,
            "decisions": self._decisions,
        }[slug]
        return reader()

    def _lines(self) -> dict[str, Any]:
        """The list, and while it can still change what the validator says of it."""
        lines = list(self.object.lines.all())
        if self.object.state not in CASE_OPEN:
            return {"lines": lines}
        findings = validate_formation(self.object)
        return {
            "lines": lines,
            "is_checked": True,
            "findings": findings,
            "is_blocked": is_blocked(findings),
        }

    def _consents(self) -> dict[str, Any]:
        heard = may.consents_of(self.object)
        mine = may.schools_to_consent(self.request.user)
        rows = [
            {
                "line": line,
                "opinion": heard.get(line.school_id),
                "url": self._consent_url(line.school_id, mine),
            }
            for line in self.object.lines.all()
        ]
        return {
            "consents": rows,
            "missing": sum(1 for row in rows if row["opinion"] is None),
            "is_led": self.object.formation_basis == FormationBasis.ADMIN_LED,
        }

    def _consent_url(self, school_id: int, mine: set[int]) -> str:
        if school_id not in mine or self.object.state not in CASE_OPEN:
            return ""
        return reverse("groups:case-consent", args=[self.object.pk, school_id])

    def _opinions(self) -> dict[str, Any]:
        case, user = self.object, self.request.user
        given = may.opinions_of(case)
        mine = {d.pk for d in may.departments_of(user, case)}
        under_review = case.state == CaseState.UNDER_REVIEW
        rows = [
            {
                "unit": department,
                "opinion": given.get(("department", department.pk)),
                "url": reverse("groups:case-opinion", args=[case.pk, department.pk])
                if under_review and department.pk in mine
                else "",
            }
            for department in may.departments_asked(case)
        ]
        city = [row for (model, _pk), row in given.items() if model == "region"]
        return {
            "opinions": rows,
            "city_opinions": city,
            "city_url": reverse("groups:case-city-opinion", args=[case.pk])
            if may.can_confirm_cross_region(user, case)
            else "",
        }

    def _tasks(self) -> dict[str, Any]:
        tasks = list(self.object.tasks.select_related("done_by", "decision"))
        for task in tasks:
            task.case = self.object
        blocks = [
            {
                "label": kind.label,
                "tasks": [self._task(t) for t in tasks if t.kind == kind],
            }
            for kind in TaskKind
        ]
        return {"blocks": [b for b in blocks if b["tasks"]]}

    def _task(self, task: CaseTask) -> dict[str, Any]:
        options = available_moves(self.request.user, task)
        allowed = [o for o in options if o.verdict] if self.request.is_today else []
        return {
            "task": task,
            "moves": [
                {
                    "label": o.move.label,
                    "tone": o.move.tone,
                    "url": reverse("groups:task-move", args=[task.pk, o.name]),
                }
                for o in allowed
            ],
        }

    def _papers(self) -> dict[str, Any]:
        case = self.object
        kinds = (DocumentKind.FORMATION_PLAN, DocumentKind.AGREEMENT)
        urls = [
            (k.label, reverse("groups:case-document-create", args=[case.pk, k.value]))
            for k in kinds
        ]
        may_draft = may.can_draft_document(self.request.user, case)
        return {
            "documents": list(case.documents.prefetch_related("files")),
            "kinds": urls if may_draft else [],
        }

    def _decisions(self) -> dict[str, Any]:
        return {
            "decisions": list(
                self.object.decisions.select_related("decided_by").prefetch_related(
                    "conditions"
                )
            ),
            "lines": list(self.object.lines.all()),
        }


class CaseMovePage(MovePage):
    """Makes a move of a case; approval and refusal ask for their document."""

    model = GroupCase
    permission = "groups.view_groupcase"
    form_classes = {"approve": ApprovalForm, "reject": RejectionForm}

    def get_form_kwargs(self) -> dict[str, Any]:
        """Hand the case on."""
        return {"user": self.request.user, "case": self.object}


class TaskMovePage(MovePage):
    """Judges one check of a case."""

    model = CaseTask
    permission = "groups.view_casetask"
    form_classes = {"pass": NoteForm}

    def get_queryset(self) -> Any:
        """Join the case and its region."""
        return super().get_queryset().select_related("case", "case__region")

    @cached_property
    def object(self) -> Any:
        """The task."""
        return self.fetch_object()

    def back_url(self) -> str:
        """Return to the checks of the case."""
        return f"{self.object.case.get_absolute_url()}?tab=tasks"
