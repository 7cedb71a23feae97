"""The classes of one school in one year, as one table to be filled in."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.models import AcademicYear
from core.days import today
from core.transitions import MoveRefused
from core.views import Crumb, ObjectMixin, Page
from schools.forms import ClassFormSet, grade_choices
from schools.models import ClassSection, School
from schools.services import save_classes
from schools.views.schools import classes_import_url


class ClassesEditPage(ObjectMixin, Page):
    """Enter or correct the classes of a year."""

    model, permission = School, "schools.change_classsection"
    title = gettext_lazy("填报班级")
    template_name = "schools/classes_edit.html"

    def get_title(self) -> str:
        """Name school and year."""
        return _("填报班级：%(school)s（%(year)s 学年）") % {
            "school": self.object,
            "year": self.year.code,
        }

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the school."""
        return [Crumb(str(self.object), self.object.get_absolute_url())]

    @cached_property
    def year(self) -> AcademicYear:
        """The year asked for, else the present one; 404 for none."""
        asked = self.request.GET.get("year")
        found = (
            AcademicYear.objects.filter(code=asked).first()
            if asked
            else AcademicYear.objects.current()
        )
        if found is None:
            raise Http404(_("没有这个学年，请先在学校日历中设立。"))
        return found

    def back_url(self) -> str:
        """Return the classes of the school."""
        return f"{self.object.get_absolute_url()}?tab=classes&year={self.year.code}"

    def _formset(self, data: Any = None) -> Any:
        rows = ClassSection.objects.of_year(self.year).filter(school=self.object)
        initial = [
            {
                "grade": f"{c.stage}:{c.grade}",
                "number": c.number,
                "headcount": c.headcount,
            }
            for c in rows
        ]
        grades = grade_choices(self.object.stage_codes)
        return ClassFormSet(data, initial=initial, form_kwargs={"grades": grades})

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Draw the table."""
        return self._answer(self._formset())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Save all rows, or come back with each error in its place."""
        formset = self._formset(request.POST)
        if not formset.is_valid():
            return self._answer(formset)
        try:
            kept = save_classes(
                self.object,
                self.year,
                formset.rows(),
                by=request.user,
                counted_on=max(self.year.starts_on, min(today(), self.year.ends_on)),
            )
        except MoveRefused as refusal:
            return self._answer(formset, [refusal.verdict.message])
        except ValidationError as error:
            return self._answer(formset, error.messages)
        messages.success(request, _("已保存 %s 个班级") % len(kept))
        return HttpResponseRedirect(self.back_url())

    def _answer(self, formset: Any, problems: Sequence[str] = ()) -> HttpResponseBase:
        context = self.get_context_data(
            object=self.object,
            year=self.year,
            formset=formset,
            problems=[*formset.non_form_errors(), *problems]
            if formset.is_bound
            else [],
            back_url=self.back_url(),
            import_url=classes_import_url(self.request.user),
        )
        return TemplateResponse(self.request, self.template_name, context)
