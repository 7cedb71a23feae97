"""Policy documents, clauses and the page of each clause."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import Count, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau import services
from bureau.clauses import metrics_on, moves_on
from bureau.filters import PolicyClauseFilter, PolicyDocumentFilter
from bureau.forms_policies import ClauseForm, DocumentForm
from bureau.models import PolicyClause, PolicyDocument, PolicyParameter
from bureau.permissions import DOCUMENT, can_change_document
from bureau.standing import region_of
from bureau.tables import PolicyClauseTable, PolicyDocumentTable
from bureau.words import standing_word
from core.access import holds
from core.transitions import Effects, MoveRefused
from core.views import Action, Crumb, DetailPage, Empty, Fact, FormPage, ListPage, Tab


class PolicyDocumentListPage(ListPage):
    """The documents the product rests on."""

    model = PolicyDocument
    permission = "bureau.view_policydocument"
    title, unit = gettext_lazy("政策文件"), gettext_lazy("份")
    lead = gettext_lazy("发文地区及其下级以之为依据，其他地区可作参考模板。")
    table_class = PolicyDocumentTable
    filterset_class = PolicyDocumentFilter
    can_save_views = False

    @property
    def empty(self) -> Empty:
        """Say how the first document comes in."""
        may = holds(self.request.user, DOCUMENT)
        action = self.get_actions()[0] if may else None
        text = _("登记本地区发布的文件和条款后，参数、目标和片区可以它为依据。")
        return Empty(_("还没有政策文件"), text, action, "books")

    def get_actions(self) -> Sequence[Action]:
        """Offer entry to bureaus."""
        url = reverse("bureau:policydocument-create")
        return [Action(_("登记政策文件"), url, "plus", True, permission=DOCUMENT)]

    def get_queryset(self) -> QuerySet[Any]:
        """Return the documents with the number of their clauses."""
        rows = super().get_queryset().select_related("region")
        return rows.annotate(clause_count=Count("clauses"))

    def get_table_kwargs(self) -> dict[str, Any]:
        """Tell the table where the user stands."""
        return {"here": region_of(self.request), "day": self.request.as_of}


class PolicyClauseListPage(ListPage):
    """All clauses."""

    model = PolicyClause
    permission = "bureau.view_policyclause"
    title, unit = gettext_lazy("政策条款"), gettext_lazy("条")
    table_class = PolicyClauseTable
    filterset_class = PolicyClauseFilter
    tabs = (
        Tab(gettext_lazy("必须落实"), "priority=M"),
        Tab(gettext_lazy("应当落实"), "priority=S"),
    )
    empty = Empty(
        gettext_lazy("没有符合条件的条款"),
        gettext_lazy("新登记的文件还没有条款，请打开该文件后用“登记条款”逐条登记。"),
        icon="books",
    )

    @cached_property
    def document(self) -> PolicyDocument | None:
        """The document the list is narrowed to."""
        asked = self.request.GET.get("document", "")
        rows = PolicyDocument.objects.select_related("region")
        return rows.filter(pk=int(asked)).first() if asked.isdigit() else None

    def get_actions(self) -> Sequence[Action]:
        """Offer to keep the document, where it is one's own."""
        document, user = self.document, self.request.user
        if document is None or not can_change_document(user, document):
            return []
        at = [document.pk]
        change = reverse("bureau:policydocument-update", args=at)
        return [
            Action(_("修改文件"), change, "pencil"),
            Action(
                _("登记条款"), reverse("bureau:clause-create", args=at), "plus", True
            ),
        ]

    def get_queryset(self) -> QuerySet[Any]:
        """Return the clauses in the order of their document."""
        return super().get_queryset().select_related("document")


class PolicyClausePage(DetailPage):
    """One clause: what it asks for, and everything that rests on it."""

    model = PolicyClause
    permission = "bureau.view_policyclause"
    template_name = "bureau/clause_detail.html"
    shows_files = False

    @property
    def shows_timeline(self) -> bool:  # type: ignore[override]
        """Whether somebody here keeps the clause, so that there is a history."""
        return not self.object.document.is_shipped

    def get_actions(self) -> Sequence[Action]:
        """Offer correction to who keeps the document."""
        if not can_change_document(self.request.user, self.object.document):
            return []
        url = reverse("bureau:clause-update", args=[self.object.clause_id])
        return [Action(_("修改条款"), url, "pencil")]

    @cached_property
    def object(self) -> PolicyClause:
        """The clause named in the address."""
        rows = self.get_queryset().select_related("document__region")
        found = rows.filter(clause_id=self.kwargs["clause_id"]).first()
        if found is None:
            raise Http404(_("没有找到该政策条款。"))
        return found

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the clauses of the document."""
        document = self.object.document
        return [
            Crumb(_("政策条款"), reverse("bureau:clause-list")),
            Crumb(document.doc_no, document.get_absolute_url()),
        ]

    def get_facts(self) -> Sequence[Fact]:
        """Show the document, what it means here, the subject and how binding it is."""
        clause, here = self.object, region_of(self.request)
        return [
            Fact(
                _("政策文件"), clause.document.title, clause.document.get_absolute_url()
            ),
            Fact(_("在本地"), standing_word(clause.document, here, self.request.as_of)),
            Fact(_("主题"), clause.get_area_display()),
            Fact(_("落实要求"), clause.get_priority_display()),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what rests on the clause, and the clauses before and after it."""
        clause = self.object
        here = region_of(self.request)
        resting = PolicyParameter.objects.effective(here, self.request.as_of)
        siblings = PolicyClause.objects.filter(document=clause.document)
        return super().get_context_data(
            parameters=resting.filter(clauses=clause).select_related("region"),
            clause_moves=moves_on(clause.clause_id),
            metrics=metrics_on(clause.clause_id),
            targets=clause.targets.visible_to(
                self.request.user, "bureau.view_target"
            ).select_related("region"),
            before=siblings.filter(position__lt=clause.position).last(),
            after=siblings.filter(position__gt=clause.position).first(),
            **kwargs,
        )


class _KeptPage(FormPage):
    """Keeps a document or a clause; says in four parts why somebody may not."""

    permission = DOCUMENT
    shows_section_nav = True

    def allow(self, document: PolicyDocument) -> None:
        """Raise MoveRefused unless the user keeps the document."""
        verdict = can_change_document(self.request.user, document)
        if not verdict:
            raise MoveRefused(verdict)

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the documents."""
        return [Crumb(_("政策文件"), reverse("bureau:policydocument-list"))]

    def back_url(self) -> str:
        """Return the documents, or the row being changed."""
        if self.object is not None:
            return str(self.object.get_absolute_url())
        return reverse("bureau:policydocument-list")

    def get_effects(self, form: Any) -> Effects:
        """Say for whom it counts."""
        return Effects(
            immediately=[
                _("本地区及其下级可引为依据，其他地区看到的是参考模板"),
                _("修改前后的内容、理由和经办人记入办理记录"),
            ]
        )


class DocumentCreatePage(_KeptPage):
    """Enter a document of one's own region."""

    model, form_class = PolicyDocument, DocumentForm
    service = staticmethod(services.register_document)
    title = gettext_lazy("登记政策文件")
    submit_label = gettext_lazy("登记")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Begin with the user's own region."""
        here = region_of(self.request)
        kwargs = super().get_form_kwargs()
        return {**kwargs, "initial": {"region": here.pk if here else None}}


class DocumentEditPage(_KeptPage):
    """Correct a document, or say from which day it is repealed."""

    model, form_class = PolicyDocument, DocumentForm
    service = staticmethod(services.change_document)

    def fetch_object(self) -> PolicyDocument:
        """Return the document, or say why it is only read."""
        rows = PolicyDocument.objects.select_related("region")
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404(_("没有找到该政策文件。"))
        self.allow(found)
        return found


class ClauseCreatePage(DocumentEditPage):
    """Enter a clause of a document."""

    model, form_class = PolicyClause, ClauseForm  # type: ignore[assignment]
    service = staticmethod(services.add_clause)
    title = gettext_lazy("登记条款")
    submit_label = gettext_lazy("登记")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Begin with an empty clause."""
        return {**super().get_form_kwargs(), "instance": PolicyClause()}

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the document."""
        document = self.object
        return [
            *super().get_crumbs(),
            Crumb(document.doc_no, document.get_absolute_url()),
        ]


class ClauseEditPage(_KeptPage):
    """Correct a clause."""

    model, form_class = PolicyClause, ClauseForm
    service = staticmethod(services.change_clause)

    @property
    def is_new(self) -> bool:
        """Whether the page creates: it never does."""
        return False

    def fetch_object(self) -> PolicyClause:
        """Return the clause, or say why it is only read."""
        rows = PolicyClause.objects.select_related("document__region")
        found = rows.filter(clause_id=self.kwargs["clause_id"]).first()
        if found is None:
            raise Http404(_("没有找到该政策条款。"))
        self.allow(found.document)
        return found
