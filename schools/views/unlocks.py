"""Ask for a locked return to be opened; decide about it."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.transitions import Effects
from core.verdict import Verdict
from core.views import Crumb, FormPage, MovePage
from schools.forms import UnlockAskForm, UnlockForm
from schools.models import ReturnUnlock, SchoolReturn
from schools.permissions import can_ask_unlock
from schools.services import ask_unlock


class UnlockAskPage(FormPage):
    """The school says why a locked return must be corrected."""

    model, permission = SchoolReturn, "schools.submit_schoolreturn"
    title = gettext_lazy("申请解锁")
    form_class = UnlockAskForm
    service = staticmethod(ask_unlock)
    submit_label = gettext_lazy("提交申请")

    def get_queryset(self) -> QuerySet[Any]:
        """Join school and year."""
        return super().get_queryset().select_related("school__administered_by", "year")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the return."""
        return [Crumb(str(self.object), self.object.get_absolute_url())]

    def get_effects(self, form: Any) -> Effects:
        """Say that the return stays locked until somebody approves."""
        bureau = self.object.school.administered_by.name
        return Effects(
            immediately=[_("报表保持锁定，批准后才能修改")],
            approvals=[_("%s教育行政部门批准并定截止日期") % bureau],
            told=[_("该部门负责年度报表的人员")],
        )

    def verdict(self) -> Verdict:
        """Ask before the form is filled in."""
        return can_ask_unlock(self.request.user, self.object)

    def success_message(self, saved: ReturnUnlock) -> str:
        """Say whose turn it is."""
        bureau = saved.school_return.school.administered_by.name
        return _("已提交解锁申请，请等待%s教育行政部门批准") % bureau


class UnlockMovePage(MovePage):
    """Approve, refuse or withdraw a request."""

    model, permission = ReturnUnlock, "schools.view_schoolreturn"
    form_classes = {"approve": UnlockForm}
    template_name = "schools/unlock_move.html"

    def get_queryset(self) -> QuerySet[Any]:
        """Join what the verbs need."""
        rows = super().get_queryset().select_related("asked_by", "school_return__year")
        return rows.select_related("school_return__school__administered_by")

    def get_title(self) -> str:
        """Name the move and the return."""
        named = {"verb": self.move.label, "name": self.object.school_return}
        return _("%(verb)s：%(name)s") % named

    def get_crumbs(self) -> list[Crumb]:
        """Lead back to the return."""
        return [Crumb(str(self.object.school_return), self.back_url())]
