"""Schools entered twice: the work list, and one pair side by side."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import ReasonForm
from core.transitions import MoveRefused
from core.views import Crumb, Page
from core.views.detail import ObjectMixin
from schools.duplicates import PERMISSION, pairs_of, suspected
from schools.models import School
from schools.services import keep_apart, merge_duplicate, plan_merge
from schools.services.duplicates import MERGED_FIELDS, has_two_codes

ON_A_PAGE = 30


class DuplicateListPage(Page):
    """The pairs that look like one school, with what speaks for it."""

    permission = PERMISSION
    title = gettext_lazy("疑似重复登记")
    lead = gettext_lazy(
        "同一区县里名称、读音、曾用名或地址相近，且至少一所没有标识码，"
        "或标识码可能录错的学校。"
        "逐对核对：确是同一所的合并登记，不是的注明理由，以后不再提示。"
    )
    template_name = "schools/duplicate_list.html"

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the schools."""
        return [Crumb(_("学校"), reverse("schools:school-list"))]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Draw the list."""
        found = suspected(request.user)
        page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
        context = self.get_context_data(
            pairs=list(pairs_of(list(page.object_list))), page=page, total=len(found)
        )
        return TemplateResponse(request, self.template_name, context)


class DuplicatePage(ObjectMixin, Page):
    """Two entries side by side: what will stand, what moves, what stands against."""

    model, permission = School, PERMISSION
    template_name = "schools/duplicate_merge.html"

    def get_queryset(self) -> Any:
        """Join what is compared."""
        rows = super().get_queryset().select_related("administered_by", "region")
        return rows.prefetch_related("stages")

    @cached_property
    def other(self) -> School:
        """The second entry; a hidden or missing one is 404."""
        found: School | None = (
            self.get_queryset().filter(pk=self.kwargs["other"]).first()
        )
        if found is None:
            raise Http404(_("没有找到该学校，或您无权修改。"))
        return found

    def get_title(self) -> str:
        """Name the entry that is kept."""
        return _("合并重复登记：保留%s") % self.object

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the work list."""
        return [Crumb(_("疑似重复登记"), reverse("schools:duplicate-list"))]

    def get_crumb_title(self) -> str:
        """Name the pair."""
        return f"{self.object} · {self.other}"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Draw the preview."""
        return self._answer(ReasonForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Put the entries together, or keep that they are two."""
        form = ReasonForm(request.POST)
        apart = "apart" in request.POST
        kept, other = self.object, self.other
        if not form.is_valid():
            return self._answer(form)
        reason = form.cleaned_data["reason"]
        try:
            if apart:
                keep_apart(kept, other, by=request.user, reason=reason)
            else:
                merge_duplicate(
                    kept, other, by=request.user, reason=reason, takes=self._takes()
                )
        except MoveRefused as refusal:
            form.add_error(None, refusal.verdict.message)
            return self._answer(form)
        except ValidationError as error:
            form.add_error(None, error.messages)
            return self._answer(form)
        if apart:
            messages.success(request, _("已记录：这两所学校不是重复登记"))
            return HttpResponseRedirect(reverse("schools:duplicate-list"))
        messages.success(request, _("已合并到%s，原登记的链接会转到这里") % kept)
        return HttpResponseRedirect(kept.get_absolute_url())

    def _takes(self) -> dict[str, str]:
        given = {name: self.request.POST.get(name, "") for name in MERGED_FIELDS}
        return {n: v for n, v in given.items() if v in {"kept", "dropped"}}

    def _answer(self, form: ReasonForm) -> HttpResponseBase:
        plan = plan_merge(self.object, self.other, self._takes())
        context = self.get_context_data(
            object=self.object,
            other=self.other,
            plan=plan,
            form=form,
            two_codes=has_two_codes(self.object, self.other),
        )
        return TemplateResponse(self.request, self.template_name, context)
