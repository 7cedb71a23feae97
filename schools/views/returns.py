"""Annual returns: who has returned, one return, its figures and moves."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.models import AcademicYear, Region
from core.access import holds, reaches, scope_ids
from core.exports import XLSX_TYPE
from core.templatetags.formats import long_day
from core.timeline import Entry, entries
from core.transitions import Effects
from core.verdict import Verdict
from core.views import (
    Action,
    Crumb,
    DetailPage,
    Empty,
    Fact,
    FormPage,
    ListPage,
    MovePage,
    ObjectMixin,
    Page,
    Tab,
)
from core.views.detail import arrange_moves, move_buttons
from schools.choices import CONFIRMED_STATES, ReturnState
from schools.figures import BY_STAGE, missing_figures, sums_of
from schools.filters import NOT_BEGUN, BoardFilter
from schools.forms import UNIT_IN_LABEL, UNITS, OpenReturnsForm, ReturnForm
from schools.jumps import CLAUSE, Limits, jumps_between, last_year_of, limits_of
from schools.locks import LockNote, lock_note
from schools.models import School, SchoolReturn, SchoolStage
from schools.models.returns import LABELS
from schools.permissions import can_change_return
from schools.prefill import prefilled, prefills_of, workbook
from schools.services import (
    Reminded,
    open_return,
    open_returns,
    remind_returns,
    save_figures,
)
from schools.tables import BoardTable, state_word

FILL = "schools.change_schoolreturn"
REMIND = "schools.accept_schoolreturn"


def _workbook_actions(request: Any) -> list[Action]:
    """Return the way of the workbook: down prefilled, up filled in."""
    in_region = scope_ids(request.user, "bureau.region", FILL)
    kind = "schools.return" if in_region else "schools.return_own"
    query = request.GET.urlencode()
    down = reverse("schools:return-prefill")
    return [
        Action(_("下载预填表"), f"{down}?{query}" if query else down, "download"),
        Action(_("上传填好的表"), reverse("core:import-start", args=[kind]), "upload"),
    ]


class ReturnBoardPage(ListPage):
    """Every stage of every school with its return of the year, or without."""

    model = SchoolStage
    permission = "schools.view_schoolreturn"
    title, unit = gettext_lazy("年度报表"), gettext_lazy("份")
    table_class = BoardTable
    filterset_class = BoardFilter
    export_permission = "schools.export_school"
    template_name = "schools/return_list.html"
    tabs = (
        Tab(gettext_lazy("学校未确认"), "state=UNCONFIRMED"),
        Tab(gettext_lazy("未开始"), "state=NONE"),
        Tab(gettext_lazy("待确认"), "state=SUBMITTED"),
        Tab(gettext_lazy("待验收"), "state=CONFIRMED"),
        Tab(gettext_lazy("已锁定"), "state=LOCKED"),
    )
    empty = Empty(
        gettext_lazy("还没有需要填报的学校"),
        gettext_lazy("登记学校并确认学段后，每个学段每学年填报一份。"),
        icon="forms",
    )

    @cached_property
    def year(self) -> AcademicYear | None:
        """The year asked for, else that of the day."""
        asked = self.request.GET.get("year", "")
        if asked.isdigit():
            return AcademicYear.objects.filter(pk=int(asked)).first()
        return AcademicYear.objects.current(self.request.as_of)

    @cached_property
    def can_remind(self) -> bool:
        """Whether the user may remind schools from this list today."""
        open_ = self.year is not None and not self.request.is_past
        return open_ and holds(self.request.user, REMIND) and bool(self.reminded_in)

    @cached_property
    def reminded_in(self) -> set[int]:
        """The regions whose schools the user may remind."""
        own = Region.objects.visible_to(self.request.user, REMIND)
        run = own.filter(schools_run__isnull=False).distinct()
        return set(run.values_list("pk", flat=True))

    def get_table_kwargs(self) -> dict[str, Any]:
        """Let the bureau pick the rows of schools that it runs."""
        return {"reminded_in": self.reminded_in if self.can_remind else ()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Tell whether rows can be picked, and of which year."""
        return super().get_context_data(
            can_remind=self.can_remind,
            year=self.year,
            standing=self._standing(),
            **kwargs,
        )

    def _standing(self) -> dict[str, Any]:
        """Return how many returns stand where, of everything the user may know of."""
        told = self.get_queryset().counted_by_state()
        return {
            "all": sum(count for _state, count in told),
            "done": sum(count for state, count in told if state in CONFIRMED_STATES),
            "states": [
                (state or NOT_BEGUN, state_word(state), count) for state, count in told
            ],
        }

    def get_title(self) -> str:
        """Name the year."""
        return _("%s 学年报表") % self.year.code if self.year else _("年度报表")

    def get_queryset(self) -> QuerySet[Any]:
        """Return one row for each stage of each school that ran on the day.

        Of a year that is over its last day counts, so that a school closed since stays.
        """
        day: date = self.request.as_of
        if self.year:
            day = min(max(day, self.year.starts_on), self.year.ends_on)
        schools = School.objects.running(day)
        rows = super().get_queryset().filter(school__in=schools)
        rows = rows.select_related("school__administered_by").with_return(self.year)
        return rows.by_progress()

    def get_actions(self) -> Sequence[Action]:
        """Offer the workbook to those who fill, the call for returns to the bureau."""
        user = self.request.user
        return [
            *(_workbook_actions(self.request) if holds(user, FILL) else ()),
            Action(
                _("发起年度填报"),
                reverse("schools:returns-open"),
                "send",
                primary=True,
                permission="schools.accept_schoolreturn",
            ),
        ]


class ReturnPrefillPage(ReturnBoardPage):
    """The workbook of the list's rows that the user may fill in."""

    permission = FILL

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send the workbook; without a school year there is nothing to fill."""
        if self.year is None:
            messages.warning(request, _("还没有这个学年，请先在学校日历中建立。"))
            return HttpResponseRedirect(reverse("schools:return-list"))
        filters = BoardFilter(
            request.GET, queryset=self.get_queryset(), request=request
        )
        content = workbook(prefilled(filters.qs, self.year), self.year)
        response = HttpResponse(content, content_type=XLSX_TYPE)
        name = _("年度报表_%s_预填.xlsx") % self.year.code
        response["Content-Disposition"] = content_disposition_header(True, name)
        return response


class ReturnsRemind(Page):
    """Reminds the schools picked on the board."""

    permission = REMIND

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send the reminders, say for how many, and go back to the board."""
        asked = request.POST.get("year", "")
        year = AcademicYear.objects.filter(pk=asked if asked.isdigit() else 0).first()
        if year is None:
            raise Http404(_("没有这个学年。"))
        picked = [int(pk) for pk in request.POST.getlist("picked") if pk.isdigit()]
        rows = SchoolStage.objects.visible_to(request.user, REMIND)
        rows = rows.filter(pk__in=picked).select_related("school__administered_by")
        if not picked:
            messages.warning(request, _("请先勾选要提醒的学校。"))
        else:
            messages.info(request, _told(remind_returns(rows, year, by=request.user)))
        query = urlencode({"year": year.pk, "state": "UNCONFIRMED"})
        return HttpResponseRedirect(f"{reverse('schools:return-list')}?{query}")


def _told(reminded: Reminded) -> str:
    """Say in words what became of the reminders."""
    parts = [_("已提醒 %s 份报表的填报员和校（园）长") % reminded.sent]
    if reminded.done_today:
        parts.append(_("%s 份今天已提醒过") % reminded.done_today)
    if reminded.nobody:
        parts.append(_("%s 份所在学校还没有填报账号，请先开通") % reminded.nobody)
    if reminded.confirmed:
        parts.append(_("%s 份学校已确认，不需提醒") % reminded.confirmed)
    return "；".join(parts)


class ReturnsOpenPage(FormPage):
    """Open a draft for every stage of every school of a region."""

    model, permission = SchoolReturn, "schools.accept_schoolreturn"
    title = gettext_lazy("发起年度填报")
    form_class = OpenReturnsForm
    submit_label = gettext_lazy("发起填报")

    def get_effects(self, form: Any) -> Effects:
        """Say what opens and who hears of it."""
        return Effects(
            immediately=[
                _("所选地区每所在办学校的每个学段新建一份待填报表，已有的不变")
            ],
            told=[_("各校填报员在待办中看到")],
        )

    def save(self, form: Any) -> int:
        """Open the drafts."""
        given = form.cleaned_data
        return open_returns(given["region"], given["year"], by=self.request.user)

    def success_message(self, saved: int) -> str:
        """Say how many."""
        return _("已新建 %s 份待填报表") % saved

    def back_url(self) -> str:
        """Return the board."""
        return reverse("schools:return-list")

    def success_url(self, saved: int) -> str:
        """Return the board."""
        return self.back_url()


class ReturnCreate(ObjectMixin, Page):
    """Begins the return of one stage of one school."""

    model, permission = School, "schools.change_schoolreturn"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Open the draft (or find it) and go to its figures."""
        stage = request.POST.get("stage", "")
        year = AcademicYear.objects.filter(code=request.POST.get("year", "")).first()
        if year is None or stage not in self.object.stage_codes:
            raise Http404(_("没有这个学年或学段。"))
        if not reaches(request.user, self.permission, self.object):
            raise PermissionDenied(_("您不负责这所学校的填报。"))
        row = open_return(self.object, year, stage, by=request.user)
        return HttpResponseRedirect(reverse("schools:return-update", args=[row.pk]))


def sent_back(row: SchoolReturn) -> Entry | None:
    """Return by whom, when and why a return was sent back, while it is to be mended."""
    if row.state != ReturnState.RETURNED:
        return None
    told = (e for e in entries(row) if e.to_state == ReturnState.RETURNED)
    return next(told, None)


class ReturnPage(DetailPage):
    """One return with its figures, last year's beside them."""

    model, permission = SchoolReturn, "schools.view_schoolreturn"
    move_url_name = "schools:return-move"
    template_name = "schools/return_detail.html"

    def get_queryset(self) -> QuerySet[Any]:
        """Join what the head shows."""
        rows = super().get_queryset().select_related("school__administered_by", "year")
        return rows.select_related("submitted_by", "confirmed_by", "accepted_by")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the school."""
        school = self.object.school
        return [
            Crumb(_("年度报表"), reverse("schools:return-list")),
            Crumb(school.name, f"{school.get_absolute_url()}?tab=returns"),
        ]

    def get_facts(self) -> Sequence[Fact]:
        """Show school, stage, day, and who did what."""
        row = self.object
        return [
            Fact(_("学校"), row.school.name, row.school.get_absolute_url()),
            Fact(_("学段"), row.get_stage_display()),
            Fact(_("统计基准日"), long_day(row.counted_on)),
            Fact(_("报送人"), row.submitted_by or _("尚未报送")),
            Fact(_("确认人"), row.confirmed_by or _("尚未确认")),
            Fact(_("验收人"), row.accepted_by or _("尚未验收")),
        ]

    def get_actions(self) -> Sequence[Action]:
        """Offer entry while the return is open; first of all until it is complete."""
        if self.request.is_past or not can_change_return(
            self.request.user, self.object
        ):
            return []
        url = reverse("schools:return-update", args=[self.object.pk])
        is_next = self.get_moves()["primary"] is None
        return [Action(_("填写数字"), url, "pencil", primary=is_next)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the figures, last year's beside them."""
        row, before = self.object, last_year_of(self.object)
        lock = lock_note(self.request.user, row)
        limits = limits_of(row.school.administered_by)
        held = {name: getattr(row, name) for name in BY_STAGE[row.stage]}
        jumps = jumps_between(held, before, limits, row.explanations)
        return super().get_context_data(
            lock=lock,
            sent_back=sent_back(row),
            unlock_moves=self._unlock_moves(lock),
            figures=[
                (
                    UNIT_IN_LABEL.sub("", str(LABELS[name])),
                    value,
                    getattr(before, name, None),
                    UNITS.get(name, ""),
                    jumps.get(name),
                )
                for name, value in held.items()
            ],
            before=before,
            limits=limits,
            jumps=jumps,
            silent=sum(1 for jump in jumps.values() if not jump.why),
            jump_clause=CLAUSE,
            missing=len(missing_figures(row)),
            **kwargs,
        )

    def _unlock_moves(self, lock: LockNote | None) -> dict[str, Any]:
        """Return what the user may do with the request that waits."""
        unlock = lock.unlock if lock and not self.request.is_past else None
        if unlock is None:
            return arrange_moves(())
        unlock.school_return = self.object
        buttons = move_buttons(self.request.user, unlock, "schools:unlock-move")
        return arrange_moves([b for b in buttons if b.verdict])


class ReturnEditPage(FormPage):
    """Enter the figures of an open return."""

    model, permission = SchoolReturn, "schools.change_schoolreturn"
    form_class = ReturnForm
    template_name = "schools/return_form.html"
    autosave = True
    shows_section_nav = True
    submit_label = gettext_lazy("保存")

    def get_queryset(self) -> QuerySet[Any]:
        """Join school and year."""
        return super().get_queryset().select_related("school__administered_by", "year")

    def get_title(self) -> str:
        """Name the return."""
        return _("填写：%s") % self.object

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the return."""
        return [Crumb(str(self.object), self.object.get_absolute_url())]

    def get_form_kwargs(self) -> dict[str, Any]:
        """Begin with what is known; show last year's figures, and what is a jump."""
        return {
            **super().get_form_kwargs(),
            "last_year": last_year_of(self.object),
            "limits": self.limits,
            "prefills": prefills_of(self.object),
        }

    @cached_property
    def limits(self) -> Limits | None:
        """The limits that count where the school is run."""
        return limits_of(self.object.school.administered_by)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say beside the form what counts as a jump, and which figures add up."""
        return super().get_context_data(
            limits=self.limits,
            sent_back=sent_back(self.object),
            jump_clause=CLAUSE,
            sums=sums_of(self.object.stage),
            **kwargs,
        )

    def save(self, form: Any) -> SchoolReturn:
        """Keep the figures and what was written about those that jump."""
        return save_figures(
            self.object,
            by=self.request.user,
            explanations=form.explanations,
            **form.figures,
        )

    def verdict(self) -> Verdict:
        """Ask before the form is filled in."""
        return can_change_return(self.request.user, self.object)


class ReturnMovePage(MovePage):
    """Submit, confirm, check, accept, send back, lock."""

    model, permission = SchoolReturn, "schools.view_schoolreturn"

    def get_queryset(self) -> QuerySet[Any]:
        """Join what the verbs need."""
        return super().get_queryset().select_related("school__administered_by", "year")
