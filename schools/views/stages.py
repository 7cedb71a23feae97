"""The work list of schools that only say 中学."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.transitions import MoveRefused
from core.views import Crumb, Page
from schools.filters import counties
from schools.forms import BulkStageForm, StageChoiceForm
from schools.models import School
from schools.services import confirm_stages

ON_A_PAGE = 50


class StageWorklistPage(Page):
    """Confirm what each school really is: one by one, or all ticked at once."""

    permission = "schools.change_school"
    title = gettext_lazy("学段待确认")
    lead = gettext_lazy(
        "这些学校的名册只写了“中学”。确认前不参加学段统计，也不能填报年度报表。"
    )
    template_name = "schools/stage_worklist.html"

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the schools."""
        return [Crumb(_("学校"), reverse("schools:school-list"))]

    @cached_property
    def schools(self) -> Any:
        """The schools that wait, of the county asked for."""
        rows = School.objects.visible_to(self.request.user, self.permission)
        rows = rows.to_confirm().select_related("administered_by")
        county = self.request.GET.get("county", "")
        if county.isdigit():
            rows = rows.filter(administered_by__lineage__contains=[int(county)])
        return rows.order_by("administered_by__path", "pinyin", "pk")

    @cached_property
    def page(self) -> Any:
        """The page of schools shown."""
        return Paginator(self.schools, ON_A_PAGE).get_page(self.request.GET.get("page"))

    def _forms(self, data: Any = None) -> list[StageChoiceForm]:
        return [
            StageChoiceForm(data, school=school, prefix=str(school.pk))
            for school in self.page
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Draw the list."""
        return self._answer(self._forms(), BulkStageForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Settle the schools answered; nothing when one of them is refused."""
        forms, bulk = self._forms(request.POST), BulkStageForm(request.POST)
        choices = self._choices(forms, bulk)
        if choices is None:
            return self._answer(forms, bulk)
        if not choices:
            messages.warning(
                request, _("请先为学校选择类型，或勾选学校后选择统一类型。")
            )
            return self._answer(forms, bulk)
        try:
            done = confirm_stages(choices, by=request.user)
        except MoveRefused as refusal:
            messages.error(request, refusal.verdict.message)
            return self._answer(forms, bulk)
        except ValidationError as error:
            messages.error(request, "；".join(error.messages))
            return self._answer(forms, bulk)
        messages.success(request, _("已确认 %s 所学校的学段") % len(done))
        return HttpResponseRedirect(request.get_full_path())

    def _choices(
        self, forms: list[StageChoiceForm], bulk: BulkStageForm
    ) -> dict[School, str] | None:
        if len([form for form in forms if form.is_valid()]) < len(forms):
            return None
        if "bulk" in self.request.POST:
            if not bulk.is_valid():
                return None
            ticked = set(self.request.POST.getlist("ticked"))
            kind = bulk.cleaned_data["type"]
            return {f.school: kind for f in forms if str(f.school.pk) in ticked}
        return {
            form.school: form.cleaned_data["type"]
            for form in forms
            if form.cleaned_data["type"]
        }

    def _answer(
        self, forms: list[StageChoiceForm], bulk: BulkStageForm
    ) -> HttpResponseBase:
        ticked = set(self.request.POST.getlist("ticked"))
        context = self.get_context_data(
            rows=[(f.school, f, str(f.school.pk) in ticked) for f in forms],
            bulk=bulk,
            page=self.page,
            total=self.page.paginator.count,
            counties=counties(self.request).order_by("path"),
            county=self.request.GET.get("county", ""),
        )
        return TemplateResponse(self.request, self.template_name, context)
