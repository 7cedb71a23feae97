"""The register: list, one school, entry and correction."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.models import AcademicYear
from bureau.parameters import parameters, unverified
from core.access import holds, reaches, scope_ids
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
from schools.choices import INTERNAL_LABELS, SchoolStatus, Stage
from schools.filters import SchoolFilter
from schools.forms import SchoolForm
from schools.models import ClassSection, MergedRecord, School, SchoolReturn
from schools.models.profile import ProfileOn, profile_on
from schools.permissions import (
    can_change_campus,
    can_change_classes,
    can_change_contact,
    can_change_project,
    can_change_school,
    can_label_school,
    can_read_contact,
)
from schools.pictures import trends
from schools.services import change_school, register_school
from schools.tables import SchoolTable, status_badge

ENDED = {SchoolStatus.CLOSED, SchoolStatus.MERGED}


def import_url() -> str:
    """Return where a school list is uploaded."""
    return reverse("core:import-start", args=["schools.school"])


def classes_import_url(user: Any) -> str:
    """Return where the user uploads classes: those of a region, or of the school."""
    in_region = scope_ids(user, "bureau.region", "schools.change_classsection")
    kind = "schools.classsection" if in_region else "schools.classsection_own"
    return reverse("core:import-start", args=[kind])


class LabelledListPage(ListPage):
    """A list of schools; narrowed to a label for internal use it is no file."""

    def may_export(self) -> bool:
        """Keep inside which schools hold a label for internal use (BN-4.1.1a)."""
        inside = self.request.GET.get("label") in INTERNAL_LABELS
        return not inside and super().may_export()


class SchoolListPage(LabelledListPage):
    """The schools within the user's reach on the day of the page."""

    model = School
    permission = "schools.view_school"
    title, unit = gettext_lazy("学校"), gettext_lazy("所")
    table_class = SchoolTable
    filterset_class = SchoolFilter
    export_permission = "schools.export_school"
    tabs = (
        Tab(gettext_lazy("学段待确认"), "stage_to_confirm=true"),
        Tab(gettext_lazy("资料不完整"), "incomplete=true"),
        Tab(gettext_lazy("已停办"), "status=CLOSED"),
        Tab(gettext_lazy("已合并"), "status=MERGED"),
    )

    @property
    def empty(self) -> Empty:
        """Say how the first school comes in."""
        may = holds(self.request.user, "schools.import_school")
        action = Action(_("导入学校名录"), import_url(), "file-import") if may else None
        return Empty(
            _("还没有学校"), _("从本局的学校名册导入，或逐所登记。"), action, "school"
        )

    def get_queryset(self) -> QuerySet[Any]:
        """Return the schools of the day; ended ones only when asked for."""
        day = self.request.as_of
        rows = super().get_queryset().for_list(day)
        rows = rows.with_completeness(AcademicYear.objects.current(day))
        if self.request.GET.get("status") in ENDED:
            return rows
        return rows.existing(self.request.as_of)

    def get_table_kwargs(self) -> dict[str, Any]:
        """Let names and counties be those of the day."""
        return {**super().get_table_kwargs(), "day": self.request.as_of}

    def get_actions(self) -> Sequence[Action]:
        """Offer the plot to all, import and entry to those who may."""
        return [
            Action(_("学校分布"), reverse("schools:school-plot"), "map"),
            Action(_("资料完整度"), reverse("schools:completeness"), "checklist"),
            Action(
                _("登记学校"),
                reverse("schools:school-create"),
                "plus",
                permission="schools.add_school",
            ),
            Action(
                _("导入学校名录"),
                import_url(),
                "file-import",
                primary=True,
                permission="schools.import_school",
            ),
        ]


class SchoolPage(DetailPage):
    """One school: facts, dated labels, classes, returns, and panels of other rooms."""

    model = School
    permission = "schools.view_school"
    template_name = "schools/school_detail.html"
    tabs = (
        DetailTab("overview", gettext_lazy("概况"), "schools/_overview.html"),
        DetailTab(
            "classes",
            gettext_lazy("班级"),
            "schools/_classes.html",
            "schools.view_classsection",
        ),
        DetailTab(
            "returns",
            gettext_lazy("年度报表"),
            "schools/_returns.html",
            "schools.view_schoolreturn",
        ),
        DetailTab(
            "trend",
            gettext_lazy("趋势"),
            "schools/_trend.html",
            "schools.view_schoolreturn",
        ),
    )

    def get_queryset(self) -> QuerySet[Any]:
        """Join what the page shows."""
        rows = super().get_queryset().prefetch_related("stages")
        return rows.select_related(
            "region", "administered_by", "predecessor", "successor"
        )

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the schools of the county."""
        county = self.object.administered_by
        url = reverse("schools:school-list")
        return [
            Crumb(_("学校"), url),
            Crumb(county.name, f"{url}?county={county.pk}"),
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Draw the page; lead on from an entry that was put together with another."""
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            former = MergedRecord.objects.visible_to(request.user, self.permission)
            found = former.filter(former_id=kwargs["pk"]).first()
            if found is None:
                raise
            messages.info(
                request,
                _("“%(name)s”是重复登记，已合并到本校") % {"name": found.name},
            )
            return HttpResponseRedirect(
                reverse("schools:school-detail", args=[found.school_id])
            )

    @cached_property
    def profile(self) -> ProfileOn:
        """What the school was on the day of the page."""
        return profile_on(self.object, self.request.as_of)

    def get_title(self) -> str:
        """Name the school as it was called on the day."""
        return self.profile.name

    def get_facts(self) -> Sequence[Fact]:
        """Show code, county, type and state of the day."""
        school, then = self.object, self.profile
        code = (
            Fact(_("学校标识码"), then.school_code)
            if then.school_code
            else Fact(_("临时编号"), school.provisional_no)
        )
        return [
            code,
            Fact(_("主管地区"), then.administered_by.name),
            Fact(_("办学类型"), then.type_label or _("学段待确认")),
            Fact(_("学段"), "、".join(then.stage_labels)),
            Fact(_("办学状态"), status_badge(then.status)),
        ]

    def get_actions(self) -> Sequence[Action]:
        """Offer correction and labels to the administering bureau."""
        school, user = self.object, self.request.user
        if self.request.is_past:
            return []
        found = [
            Action(
                _("与同类学校比较"),
                reverse("schools:school-compare", args=[school.pk]),
                "scale",
                permission="schools.view_schoolreturn",
            )
        ]
        if can_change_school(user, school):
            found.append(
                Action(
                    _("修改资料"),
                    reverse("schools:school-update", args=[school.pk]),
                    "pencil",
                )
            )
        if can_label_school(user, school):
            found += [
                Action(
                    _("登记标签"),
                    reverse("schools:label-create", args=[school.pk]),
                    "tag",
                ),
                Action(
                    _("登记荣誉"),
                    reverse("schools:honour-create", args=[school.pk]),
                    "award",
                ),
            ]
        return found

    def get_tab_context(self, slug: str) -> dict[str, Any]:
        """Load what the tab shows."""
        return {
            "overview": self._overview,
            "classes": self._classes,
            "returns": self._returns,
            "trend": self._trend,
        }[slug]()

    def _trend(self) -> dict[str, Any]:
        return {"charts": trends(self.object, self.request.as_of)}

    def _overview(self) -> dict[str, Any]:
        school = self.object
        day = self.request.as_of
        labels = school.labels.select_related("evidence").order_by("-valid_from")
        if self.request.is_past:
            labels = labels.filter(valid_from__lte=day)
        return {
            "labels": [(label, label.holds_on(day)) for label in labels],
            "honours": school.honours.all(),
            "may_label": bool(can_label_school(self.request.user, school))
            and not self.request.is_past,
            "then": self.profile,
            **self._places(),
            **self._contacts(),
            **self._succession(),
        }

    def _places(self) -> dict[str, Any]:
        """Return campuses and what is being built, with what the user may enter."""
        school, user, day = self.object, self.request.user, self.request.as_of
        now = not self.request.is_past and not school.has_ended
        sees = holds(user, "schools.view_constructionproject")
        return {
            "campuses": [(c, c.holds_on(day)) for c in school.campuses.all()],
            "may_campus": now and bool(can_change_campus(user, school)),
            "shows_projects": sees,
            "projects": school.projects.visible_to(user).begun_by(day) if sees else [],
            "may_project": now and sees and bool(can_change_project(user, school)),
        }

    def _contacts(self) -> dict[str, Any]:
        """Return whom to speak to today, whole for those who keep it."""
        school, user = self.object, self.request.user
        now = not self.request.is_past and not school.has_ended
        sees = now and holds(user, "schools.view_schoolcontact")
        may = sees and bool(can_change_contact(user, school))
        return {
            "shows_contacts": sees,
            "contacts": school.contacts.all() if sees else [],
            "may_contact": may,
            "whole_contact": may or (sees and bool(can_read_contact(user, school))),
        }

    def _succession(self) -> dict[str, Any]:
        """What became of the school and what it came from, with what may be done."""
        school, user = self.object, self.request.user
        formers = list(school.profiles.select_related("administered_by"))
        related = Q(predecessor=school) | Q(successor=school)
        others = list(School.objects.filter(related))
        came = (s for s in others if s.predecessor_id == school.pk)
        went = (s for s in others if s.successor_id == school.pk)
        kin = [
            *((_("分设"), s.opened_on, s) for s in came),
            *((_("并入本校"), s.closed_on, s) for s in went),
        ]
        may = not self.request.is_past and bool(
            reaches(user, "schools.restructure_school", school)
        )
        return {
            "formers": formers[::-1],
            "kin": sorted(kin, key=lambda row: row[1]),
            "merged_records": school.merged_records.all(),
            "may_restructure": may and not school.has_ended,
            "may_reopen": may and school.has_ended,
        }

    def _classes(self) -> dict[str, Any]:
        school, day = self.object, self.request.as_of
        years = list(AcademicYear.objects.filter(starts_on__lte=day)[:6])
        asked = self.request.GET.get("year")
        year = next((y for y in years if y.code == asked), years[0] if years else None)
        lines = parameters(
            ["class.large_min", "class.oversize_min"], school.administered_by, day
        )
        rows = ClassSection.objects.of_year(year).filter(school=school) if year else []
        may = not self.request.is_past and bool(
            can_change_classes(self.request.user, school)
        )
        return {
            "years": years,
            "year": year,
            "classes": [(c, _size_tone(c, lines)) for c in rows],
            "lines": lines,
            "marks": unverified(lines, school.administered_by, day),
            "may_change": may,
            "import_url": classes_import_url(self.request.user) if may else "",
        }

    def _returns(self) -> dict[str, Any]:
        school = self.object
        rows = SchoolReturn.objects.filter(
            school=school, year__starts_on__lte=self.request.as_of
        ).select_related("year")
        rows = rows.order_by("-year__starts_on", "stage")
        year = AcademicYear.objects.current(self.request.as_of)
        begun = {r.stage for r in rows if year and r.year_id == year.pk}
        return {
            "returns": rows,
            "year": year,
            "to_open": [
                (code, Stage(code).label)
                for code in school.stage_codes
                if year and code not in begun
            ]
            if self._may_fill()
            else [],
        }

    def _may_fill(self) -> bool:
        return not self.request.is_past and reaches(
            self.request.user, "schools.change_schoolreturn", self.object
        )


def _size_tone(section: ClassSection, lines: dict[str, Any]) -> str:
    if section.headcount >= lines["class.oversize_min"]:
        return "red"
    return "amber" if section.headcount >= lines["class.large_min"] else ""


class SchoolCreatePage(FormPage):
    """Enter one school."""

    model, permission = School, "schools.add_school"
    title = gettext_lazy("登记学校")
    form_class = SchoolForm
    service = staticmethod(register_school)
    submit_label = gettext_lazy("登记")
    shows_section_nav = True

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the list."""
        return [Crumb(_("学校"), reverse("schools:school-list"))]

    def back_url(self) -> str:
        """Return the list."""
        return reverse("schools:school-list")


class SchoolEditPage(FormPage):
    """Correct the facts of one school."""

    model, permission = School, "schools.change_school"
    form_class = SchoolForm
    service = staticmethod(change_school)
    shows_section_nav = True

    def get_title(self) -> str:
        """Name the school."""
        return _("修改资料：%s") % self.object

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the school."""
        return [Crumb(str(self.object), self.object.get_absolute_url())]
