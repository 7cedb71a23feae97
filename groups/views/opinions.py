"""Pages on which a school consents, and a department or the city gives its opinion."""

from functools import cached_property
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.models import Department
from core.transitions import Effects, MoveRefused
from core.verdict import Denied, Verdict
from core.views import Crumb, FormPage
from groups import permissions as may
from groups.forms import ConsentForm, OpinionForm
from groups.models import GroupCase
from groups.services import (
    give_city_opinion,
    give_consent,
    give_department_opinion,
)
from groups.validation import validate_formation


class SpeakPage(FormPage):
    """Base of the pages on which a unit speaks about a case."""

    model = GroupCase
    template_name = "groups/case_speak.html"
    submit_label = gettext_lazy("提交意见")
    tab = "consents"

    def get_queryset(self) -> Any:
        """Keep to the cases the user may see."""
        rows = GroupCase.objects.visible_to(self.request.user, "groups.view_groupcase")
        return rows.for_page()

    def verdict(self) -> Verdict:
        """Answer whether the user may speak."""
        raise NotImplementedError

    def turned_away(self, verdict: Denied) -> HttpResponseBase:
        """Refuse outright: the page is for one unit alone."""
        raise MoveRefused(verdict)

    def get_crumbs(self) -> list[Crumb]:
        """Lead back to the case."""
        return [Crumb(str(self.object), self.back_url())]

    def back_url(self) -> str:
        """Return to the tab of the case."""
        return f"{self.object.get_absolute_url()}?tab={self.tab}"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Refuse here already whoever may not speak."""
        verdict = self.verdict()
        if not verdict:
            raise MoveRefused(verdict)
        return {"user": self.request.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show what is asked for beside the form."""
        return super().get_context_data(
            case=self.object,
            lines=list(self.object.lines.all()),
            findings=validate_formation(self.object),
            **kwargs,
        )

    def success_url(self, saved: Any) -> str:
        """Return to the tab of the case."""
        return self.back_url()

    def success_message(self, saved: Any) -> str:
        """Say that it is recorded."""
        return _("已提交：%s") % saved


class ConsentPage(SpeakPage):
    """A member school's principal says whether the school joins."""

    permission = "groups.consent_groupcase"
    form_class = ConsentForm

    @cached_property
    def line(self) -> Any:
        """The school's line; a school outside the case is 404."""
        wanted = self.kwargs["school"]
        found = [x for x in self.object.lines.all() if x.school_id == wanted]
        if not found:
            raise Http404(_("该校不在名单中"))
        return found[0]

    def get_title(self) -> Any:
        """Name the school."""
        return _("学校意愿：%s") % self.line.school

    def verdict(self) -> Verdict:
        """Answer whether the user speaks for the school."""
        return may.can_consent(self.request.user, self.object, self.line.school_id)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Show what the school said before."""
        kwargs = super().get_form_kwargs()
        before = may.consents_of(self.object).get(self.line.school_id)
        if before:
            kwargs["initial"] = {
                name: getattr(before, name)
                for name in ("verdict", "deciding_body", "decided_on", "text")
            }
        return kwargs

    def get_effects(self, form: Any) -> Effects:
        """Tell what the answer does."""
        return Effects(
            immediately=[_("学校意愿记入事项，办结前可以修改")],
            told=[_("各校意愿齐全时通知申请方")],
        )

    def save(self, form: Any) -> Any:
        """Record the consent."""
        return give_consent(
            self.object, self.line.school, by=self.request.user, **form.cleaned_data
        )


class DepartmentOpinionPage(SpeakPage):
    """A department gives its opinion."""

    permission = "groups.opine_groupcase"
    form_class = OpinionForm
    tab = "opinions"

    @cached_property
    def department(self) -> Department:
        """The department; one that is not asked is 404."""
        wanted = self.kwargs["department"]
        found = [d for d in may.departments_asked(self.object) if d.pk == wanted]
        if not found:
            raise Http404(_("没有征求该部门意见"))
        return found[0]

    def get_title(self) -> Any:
        """Name the department."""
        return _("部门意见：%s") % self.department

    def verdict(self) -> Verdict:
        """Answer whether the user speaks for the department."""
        return may.can_opine(self.request.user, self.object, self.department)

    def save(self, form: Any) -> Any:
        """Record the opinion."""
        return give_department_opinion(
            self.object, self.department, by=self.request.user, **form.cleaned_data
        )


class CityOpinionPage(SpeakPage):
    """The city says whether it agrees to a group across counties."""

    permission = "groups.approve_crossregion"
    form_class = OpinionForm
    title = gettext_lazy("市级意见")
    tab = "opinions"

    def verdict(self) -> Verdict:
        """Answer whether the user speaks for the city."""
        return may.can_confirm_cross_region(self.request.user, self.object)

    def save(self, form: Any) -> Any:
        """Record the opinion."""
        data = {k: v for k, v in form.cleaned_data.items() if k != "file"}
        return give_city_opinion(self.object, by=self.request.user, **data)
