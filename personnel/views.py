"""Pages of teachers: list, one record, entry, correction, end, unmasking."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from core.access import holds
from core.tables import Table
from core.transitions import Effects, MoveRefused
from core.verdict import Verdict
from core.views import (
    Action,
    Crumb,
    DetailPage,
    DetailTab,
    Empty,
    Fact,
    FormPage,
    ListPage,
    Tab,
)
from personnel.choices import TeacherStatus
from personnel.filters import TeacherFilter
from personnel.forms import LeaveForm, ReturnForm, TeacherForm, UnmaskForm
from personnel.models import Teacher
from personnel.permissions import (
    can_change_teacher,
    can_leave_school,
    can_return_to_work,
    can_unmask_teacher,
)
from personnel.services import (
    change_teacher,
    leave_school,
    record_export,
    register_teacher,
    return_to_work,
    unmask_identity,
)
from personnel.tables import TeacherTable, status_badge

IMPORT = "personnel.import_teacher"


def import_url() -> str:
    """Return where a teacher list is uploaded."""
    return reverse("core:import-start", args=["personnel.teacher"])


def list_crumb() -> Crumb:
    """Return the step that leads back to the list."""
    return Crumb(_("教师"), reverse("personnel:teacher-list"))


class TeacherListPage(ListPage):
    """The teachers within the user's reach on the day of the page."""

    model = Teacher
    permission = "personnel.view_teacher"
    title, unit = gettext_lazy("教师"), gettext_lazy("人")
    table_class = TeacherTable
    filterset_class = TeacherFilter
    export_permission = "personnel.export_teacher"
    tabs = (Tab(gettext_lazy("已离职"), "status=LEFT"),)

    @property
    def empty(self) -> Empty:
        """Say how the first teacher comes in."""
        action = None
        if holds(self.request.user, IMPORT):
            action = Action(_("导入教师名册"), import_url(), "file-import")
        elif holds(self.request.user, "personnel.add_teacher"):
            url = reverse("personnel:teacher-create")
            action = Action(_("登记教师"), url, "plus")
        return Empty(
            _("还没有教师"), _("从教师名册导入，或逐人登记。"), action, "users"
        )

    def get_queryset(self) -> QuerySet[Any]:
        """Return those employed on the day; others only when asked for."""
        rows: QuerySet[Any] = super().get_queryset().for_list()
        if self.request.GET.get("status") == TeacherStatus.LEFT:
            return rows
        return rows.employed(self.request.as_of)  # type: ignore[attr-defined,no-any-return]

    def get_actions(self) -> Sequence[Action]:
        """Offer entry and import to those who may."""
        return [
            Action(
                _("登记教师"),
                reverse("personnel:teacher-create"),
                "plus",
                permission="personnel.add_teacher",
            ),
            Action(
                _("导入教师名册"),
                import_url(),
                "file-import",
                primary=True,
                permission=IMPORT,
            ),
        ]

    def _export(self, table: Table, fmt: str) -> HttpResponseBase:
        record_export(by=self.request.user, count=table.data.data.count())
        return super()._export(table, fmt)


class TeacherPage(DetailPage):
    """One teacher: facts, the masked number, and panels of other rooms."""

    model, permission = Teacher, "personnel.view_teacher"
    tabs = (DetailTab("overview", gettext_lazy("概况"), "personnel/_overview.html"),)
    shows_files = False

    def get_queryset(self) -> QuerySet[Any]:
        """Join the school and its county."""
        return super().get_queryset().select_related("school__administered_by")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the teachers of the school."""
        back = list_crumb()
        school = self.object.school
        return [back, Crumb(school.name, f"{back.url}?school={school.pk}")]

    def get_facts(self) -> Sequence[Fact]:
        """Show school, employment, subject and status."""
        teacher = self.object
        return [
            Fact(_("任职学校"), teacher.school, teacher.school.get_absolute_url()),
            Fact(_("用工形式"), teacher.get_employment_display()),
            Fact(_("任教学科"), teacher.get_subject_display() or "—"),
            Fact(_("工号"), teacher.staff_no or "—"),
            Fact(_("状态"), status_badge(teacher)),
        ]

    def get_actions(self) -> Sequence[Action]:
        """Offer what the user may do with the record today."""
        teacher, user = self.object, self.request.user
        if self.request.is_past:
            return []
        offered = (
            (can_change_teacher, _("修改资料"), "teacher-update", "pencil"),
            (can_leave_school, _("办理离职"), "teacher-leave", "user-minus"),
            (can_return_to_work, _("恢复任职"), "teacher-return", "user-plus"),
        )
        return [
            Action(label, reverse(f"personnel:{name}", args=[teacher.pk]), icon)
            for can, label, name, icon in offered
            if can(user, teacher)
        ]

    def get_tab_context(self, slug: str) -> dict[str, Any]:
        """Show the number masked, and whether the user may ask for it."""
        may = can_unmask_teacher(self.request.user, self.object)
        return {"may_unmask": bool(may) and not self.request.is_past}


hides_identity = method_decorator(
    sensitive_post_parameters("identity_number"), name="dispatch"
)
"""Keeps what was typed out of error reports."""


@hides_identity
class TeacherCreatePage(FormPage):
    """Enter one teacher; a namesake has to be ruled out first."""

    model, permission = Teacher, "personnel.add_teacher"
    title = gettext_lazy("登记教师")
    form_class = TeacherForm
    service = staticmethod(register_teacher)
    submit_label = gettext_lazy("登记")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the list."""
        return [list_crumb()]

    def back_url(self) -> str:
        """Return the list."""
        return reverse("personnel:teacher-list")

    def get_form(self, data: Any = None, files: Any = None) -> Any:
        """Start with the school that the address names."""
        form = super().get_form(data, files)
        asked = self.request.GET.get("school", "")
        if data is None and asked.isdigit():
            form.initial["school"] = int(asked)
        return form

    def _answer(self, form: Any) -> HttpResponseBase:
        if not ("not_same" in form.errors or form.data.get("not_same")):
            form.fields.pop("not_same", None)
        return super()._answer(form)


@hides_identity
class TeacherEditPage(FormPage):
    """Correct the facts of one teacher."""

    model, permission = Teacher, "personnel.change_teacher"
    form_class = TeacherForm
    service = staticmethod(change_teacher)

    def get_title(self) -> str:
        """Name the teacher."""
        return _("修改资料：%s") % self.object

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the teacher."""
        return [list_crumb(), Crumb(str(self.object), self.object.get_absolute_url())]


class TeacherLeavePage(TeacherEditPage):
    """End an employment."""

    form_class = LeaveForm
    service = staticmethod(leave_school)
    submit_label = gettext_lazy("确认离职")

    def get_title(self) -> str:
        """Name the teacher."""
        return _("办理离职：%s") % self.object

    def get_effects(self, form: Any) -> Effects:
        """Say what ends and what stays."""
        return Effects(
            immediately=[
                _("从离职日期起不再计入%(school)s的教师人数")
                % {"school": self.object.school},
                _("资料和办理记录保留，可在“已离职”中查看"),
            ]
        )


class TeacherReturnPage(TeacherEditPage):
    """Take a teacher on again."""

    form_class = ReturnForm
    service = staticmethod(return_to_work)
    submit_label = gettext_lazy("恢复任职")

    def get_title(self) -> str:
        """Name the teacher."""
        return _("恢复任职：%s") % self.object

    def get_form_kwargs(self) -> dict[str, Any]:
        """Tell the form of whom."""
        return {**super().get_form_kwargs(), "teacher": self.object}


class TeacherUnmaskPage(FormPage):
    """Asks why, records it, and shows the number on the answer to the POST alone."""

    model, permission = Teacher, "personnel.unmask_teacher"
    form_class = UnmaskForm
    submit_label = gettext_lazy("记录并查看")
    shown_template = "personnel/identity.html"

    def get_title(self) -> str:
        """Name the teacher."""
        return _("查看身份证号：%s") % self.object

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the teacher."""
        return [list_crumb(), Crumb(str(self.object), self.object.get_absolute_url())]

    def verdict(self) -> Verdict:
        """Ask before the form is filled in."""
        return can_unmask_teacher(self.request.user, self.object)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the number once; no cache keeps the answer."""
        form = self.get_form(request.POST)
        if not form.is_valid():
            return self._answer(form)
        try:
            number = unmask_identity(
                self.object, by=request.user, reason=form.cleaned_data["reason"]
            )
        except MoveRefused as refusal:
            form.add_error(None, refusal.verdict.message)
            return self._answer(form)
        except ValidationError as error:
            form.add_error(None, error)
            return self._answer(form)
        context = self.get_context_data(
            object=self.object, number=number, back_url=self.back_url()
        )
        answer = TemplateResponse(request, self.shown_template, context)
        add_never_cache_headers(answer)
        return answer
