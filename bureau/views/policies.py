"""Policy documents, clauses and the page of each clause."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import Count, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.clauses import metrics_on, moves_on
from bureau.filters import PolicyClauseFilter, PolicyDocumentFilter
from bureau.models import PolicyClause, PolicyDocument, PolicyParameter
from bureau.standing import region_of
from bureau.tables import PolicyClauseTable, PolicyDocumentTable
from core.views import Crumb, DetailPage, Empty, Fact, ListPage, Tab


class PolicyDocumentListPage(ListPage):
    """The documents the product rests on."""

    model = PolicyDocument
    permission = "bureau.view_policydocument"
    title, unit = gettext_lazy("政策文件"), gettext_lazy("份")
    lead = gettext_lazy("发文地区及其下级以之为依据，其他地区可作参考模板。")
    table_class = PolicyDocumentTable
    filterset_class = PolicyDocumentFilter
    can_save_views = False
    empty = Empty(gettext_lazy("还没有政策文件"), icon="books")

    def get_queryset(self) -> QuerySet[Any]:
        """Return the documents with the number of their clauses."""
        rows = super().get_queryset().select_related("region")
        return rows.annotate(clause_count=Count("clauses"))

    def get_table_kwargs(self) -> dict[str, Any]:
        """Tell the table where the user stands."""
        return {"here": region_of(self.request)}


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
    empty = Empty(gettext_lazy("没有符合条件的条款"), icon="books")

    def get_queryset(self) -> QuerySet[Any]:
        """Return the clauses in the order of their document."""
        return super().get_queryset().select_related("document")


class PolicyClausePage(DetailPage):
    """One clause: what it asks for, and everything that rests on it."""

    model = PolicyClause
    permission = "bureau.view_policyclause"
    template_name = "bureau/clause_detail.html"
    shows_files = False
    shows_timeline = False

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
        in_force = here is not None and clause.document.is_basis_for(here)
        return [
            Fact(
                _("政策文件"), clause.document.title, clause.document.get_absolute_url()
            ),
            Fact(_("在本地"), _("依据") if in_force else _("参考模板")),
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
