"""Pages of charters, plans and other papers of groups and cases."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.transitions import MoveRefused
from core.verdict import Denied, Verdict
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
)
from groups import permissions as may
from groups.choices import DocumentKind
from groups.filters import DocumentFilter
from groups.forms import DocumentForm, FilingForm
from groups.models import Document, EducationGroup, GroupCase
from groups.sections import written
from groups.services import change_document, draft_document
from groups.tables import DocumentTable


class DocumentListPage(ListPage):
    """Documents of the groups the user may see."""

    model = Document
    permission = "groups.view_document"
    title, unit = gettext_lazy("集团文件"), gettext_lazy("份")
    table_class = DocumentTable
    filterset_class = DocumentFilter
    empty = Empty(
        gettext_lazy("还没有集团文件"),
        gettext_lazy("在集团页起草章程、发展规划和工作计划。"),
        icon="file-text",
    )

    def get_queryset(self) -> Any:
        """Join the group; papers of open cases are listed there."""
        rows = super().get_queryset().filter(group__isnull=False)
        return rows.select_related("group")


class DocumentPage(DetailPage):
    """One version of a document."""

    model = Document
    permission = "groups.view_document"
    move_url_name = "groups:document-move"
    tabs = (DetailTab("text", gettext_lazy("正文"), "groups/document_text.html"),)

    def get_queryset(self) -> Any:
        """Join the owner and the people."""
        return (
            super()
            .get_queryset()
            .select_related(
                "group", "group__region", "case", "case__region", "year",
                "submitted_by", "filed_by", "created_by",
            )
        )  # fmt: skip

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the owner."""
        owner = self.object.group or self.object.case
        tab = "documents" if self.object.group else "papers"
        return [Crumb(str(owner), f"{owner.get_absolute_url()}?tab={tab}")]

    def get_facts(self) -> Sequence[Fact]:
        """Name kind, version, period, who filed it."""
        document = self.object
        return [
            Fact(_("类别"), document.get_kind_display()),
            Fact(_("版本"), f"v{document.version}"),
            Fact(_("文号"), document.document_number),
            Fact(_("有效期"), _period(document)),
            Fact(_("备案"), document.filed_on),
        ]

    def get_actions(self) -> Sequence[Action]:
        """Offer editing while it is a draft."""
        if not may.can_change_document(self.request.user, self.object):
            return []
        url = reverse("groups:document-change", args=[self.object.pk])
        return [Action(_("修改"), url, "pencil")]

    def get_tab_context(self, slug: str) -> dict[str, Any]:
        """Return the written sections and the other versions."""
        document = self.object
        versions = Document.objects.visible_to(self.request.user).filter(
            kind=document.kind, group=document.group, case=document.case
        )
        return {
            "sections": written(document.kind, document.sections),
            "versions": list(versions.exclude(pk=document.pk)),
        }


def _period(document: Document) -> str:
    if not document.valid_from:
        return str(_("尚未生效"))
    end = document.valid_to.isoformat() if document.valid_to else _("至今")
    return f"{document.valid_from.isoformat()} — {end}"


class DraftPage(FormPage):
    """Base of the pages that write a document."""

    model = Document
    permission = "groups.change_document"
    form_class = DocumentForm
    autosave = True
    shows_section_nav = True
    submit_label = gettext_lazy("保存草稿")

    def verdict(self) -> Verdict:
        """Answer whether the user may write."""
        raise NotImplementedError

    def turned_away(self, verdict: Denied) -> HttpResponseBase:
        """Refuse outright: the page is for one unit alone."""
        raise MoveRefused(verdict)

    @cached_property
    def kind(self) -> str:
        """The kind of document; an unknown one is 404."""
        kind = self.kwargs["kind"]
        if kind not in DocumentKind.values:
            raise Http404(_("没有这类文件"))
        return str(kind)

    def get_title(self) -> Any:
        """Name the kind."""
        return _("起草%s") % DocumentKind(self.kind).label

    def get_form_kwargs(self) -> dict[str, Any]:
        """Refuse whoever may not write; hand the kind on."""
        verdict = self.verdict()
        if not verdict:
            raise MoveRefused(verdict)
        document = self.object if isinstance(self.object, Document) else None
        return {"user": self.request.user, "kind": self.kind, "document": document}


class GroupDocumentCreatePage(DraftPage):
    """Drafts the next version of a document of a group."""

    is_new = True

    @cached_property
    def object(self) -> Any:
        """The group."""
        rows = EducationGroup.objects.visible_to(self.request.user)
        found = rows.filter(pk=self.kwargs["pk"]).select_related("region").first()
        if found is None:
            raise Http404(_("没有找到该集团，或您无权查看。"))
        return found

    def verdict(self) -> Verdict:
        """Answer whether the user writes for the group."""
        return may.can_draft_document(self.request.user, self.object)

    def back_url(self) -> str:
        """Return to the documents of the group."""
        return f"{self.object.get_absolute_url()}?tab=documents"

    def save(self, form: Any) -> Document:
        """Draft the document."""
        return draft_document(
            self.object, by=self.request.user, kind=self.kind, **form.cleaned_data
        )


class CaseDocumentCreatePage(GroupDocumentCreatePage):
    """Adds a paper to a case: its formation plan, an agreement."""

    @cached_property
    def object(self) -> Any:
        """The case."""
        rows = GroupCase.objects.visible_to(self.request.user).for_page()
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404(_("没有找到该事项，或您无权查看。"))
        return found

    def back_url(self) -> str:
        """Return to the papers of the case."""
        return f"{self.object.get_absolute_url()}?tab=papers"

    def success_url(self, saved: Document) -> str:
        """Return to the papers of the case."""
        return self.back_url()


class DocumentChangePage(DraftPage):
    """Changes a draft."""

    def get_queryset(self) -> Any:
        """Join the owner."""
        rows = Document.objects.visible_to(self.request.user, "groups.view_document")
        return rows.select_related("group", "group__region", "case", "case__region")

    @cached_property
    def kind(self) -> str:
        """The kind of the draft."""
        return str(self.object.kind)

    def get_title(self) -> Any:
        """Name the document."""
        return _("修改：%s") % self.object

    def verdict(self) -> Verdict:
        """Answer whether the user may edit the draft."""
        return may.can_change_document(self.request.user, self.object)

    def save(self, form: Any) -> Document:
        """Change the draft."""
        return change_document(self.object, by=self.request.user, **form.cleaned_data)


class DocumentMovePage(MovePage):
    """Submits, returns or files a document."""

    model = Document
    permission = "groups.view_document"
    form_classes = {"file": FilingForm}

    def get_queryset(self) -> Any:
        """Join the owner."""
        rows = super().get_queryset()
        return rows.select_related("group", "group__region", "case", "submitted_by")
