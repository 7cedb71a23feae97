"""Campuses of a school, construction projects, and partners."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.templatetags.components import badge_html
from core.templatetags.formats import money, num
from core.transitions import Effects
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
from core.views.detail import found_or_refused
from schools.filters import PartnerFilter, ProjectFilter
from schools.forms_places import CampusForm, PartnerForm, ProjectForm
from schools.models import Campus, ConstructionProject, Partner, School
from schools.permissions import can_change_partner, can_change_project
from schools.services import (
    add_campus,
    add_project,
    change_campus,
    change_partner,
    change_project,
    register_partner,
)
from schools.tables import PartnerTable, ProjectTable


def school_or_refused(page: Any, name: str = "pk") -> School:
    """Return the school of the address, if the page's permission reaches it."""
    user = page.request.user
    rows = School.objects.visible_to(user, page.permission)
    found: School = found_or_refused(rows, page.kwargs[name], user, page.permission)
    return found


class OfSchoolPage(FormPage):
    """Adds a row to a school, or changes one of it; leads back to the school."""

    adds = False

    @property
    def is_new(self) -> bool:
        """Whether the address names the school rather than the row."""
        return self.adds

    @cached_property
    def school(self) -> School:
        """The school the row belongs to, within the user's reach."""
        if not self.adds:
            found: School = self.object.school
        else:
            found = school_or_refused(self)
        return found

    def get_form_kwargs(self) -> dict[str, Any]:
        """Tell the form of which school."""
        return {**super().get_form_kwargs(), "school": self.school}

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the school."""
        return [Crumb(str(self.school), self.back_url())]

    def back_url(self) -> str:
        """Return the school's page."""
        return self.school.get_absolute_url()

    def success_url(self, saved: Any) -> str:
        """Return to the school."""
        return self.back_url()

    def save(self, form: Any) -> Any:
        """Call the service with the school or with the row."""
        service: Any = type(self).service
        subject = self.school if self.adds else self.object
        return service(subject, by=self.request.user, **form.cleaned_data)


class CampusCreatePage(OfSchoolPage):
    """Enter a campus."""

    model, permission = Campus, "schools.change_campus"
    form_class, service = CampusForm, staticmethod(add_campus)
    adds = True
    title = gettext_lazy("登记校区")
    submit_label = gettext_lazy("登记")

    def get_effects(self, form: Any) -> Effects:
        """Say what a campus is counted as."""
        return Effects(
            immediately=[_("校区显示在学校页面上；学生和班级仍按学校统计，不另计")]
        )


class CampusEditPage(OfSchoolPage):
    """Correct a campus, or end its use."""

    model, permission = Campus, "schools.change_campus"
    form_class, service = CampusForm, staticmethod(change_campus)


class ProjectListPage(ListPage):
    """What is being built at the schools within the user's reach."""

    model = ConstructionProject
    permission = "schools.view_constructionproject"
    title, unit = gettext_lazy("建设项目"), gettext_lazy("个")
    lead = gettext_lazy("学位和办学条件的背景资料（AK-4.2b），不计入年度报表。")
    table_class, filterset_class = ProjectTable, ProjectFilter
    export_permission = "schools.export_constructionproject"
    tabs = (
        Tab(gettext_lazy("在建"), "progress=BUILDING"),
        Tab(gettext_lazy("超期"), "late=true"),
    )
    empty = Empty(
        gettext_lazy("还没有建设项目"),
        gettext_lazy("在学校页面的“建设项目”里登记。"),
        Action(gettext_lazy("查看学校"), "/schools/"),
        "buildings",
    )

    def get_queryset(self) -> QuerySet[Any]:
        """Join the school and its county."""
        return super().get_queryset().select_related("school__administered_by")


class ProjectPage(DetailPage):
    """One construction project."""

    model = ConstructionProject
    permission = "schools.view_constructionproject"
    shows_timeline = False
    tabs = (
        DetailTab("overview", gettext_lazy("概况"), "schools/project_overview.html"),
    )

    def get_queryset(self) -> QuerySet[Any]:
        """Join the school."""
        return super().get_queryset().select_related("school__administered_by")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the list and to the school."""
        return [
            Crumb(_("建设项目"), reverse("schools:project-list")),
            Crumb(str(self.object.school), self.object.school.get_absolute_url()),
        ]

    def get_facts(self) -> Sequence[Fact]:
        """Show school, programme, progress, money and seats."""
        project = self.object
        tone = "green" if project.completed_on else "blue"
        return [
            Fact(_("学校"), project.school.name, project.school.get_absolute_url()),
            Fact(_("所属工程"), project.get_programme_display()),
            Fact(_("进度"), badge_html(tone, project.progress)),
            Fact(_("计划投资（元）"), money(project.investment)),
            Fact(_("新增学位"), num(project.seats_added)),
        ]

    def get_actions(self) -> Sequence[Action]:
        """Offer correction to the administering bureau."""
        may = can_change_project(self.request.user, self.object.school)
        if self.request.is_past or not may:
            return []
        url = reverse("schools:project-update", args=[self.object.pk])
        return [Action(_("修改"), url, "pencil")]


class ProjectCreatePage(OfSchoolPage):
    """Enter a construction project."""

    model = ConstructionProject
    permission = "schools.change_constructionproject"
    form_class, service = ProjectForm, staticmethod(add_project)
    adds = True
    title = gettext_lazy("登记建设项目")
    submit_label = gettext_lazy("登记")


class ProjectEditPage(OfSchoolPage):
    """Keep a project up to date."""

    model = ConstructionProject
    permission = "schools.change_constructionproject"
    form_class, service = ProjectForm, staticmethod(change_project)

    def back_url(self) -> str:
        """Return the project's page."""
        return self.object.get_absolute_url()


class PartnerListPage(ListPage):
    """Who works with the schools of the region."""

    model, permission = Partner, "schools.view_partner"
    title, unit = gettext_lazy("合作单位"), gettext_lazy("家")
    lead = gettext_lazy("企业、科研院校、行业协会等，不是学校，不计入学校数。")
    table_class, filterset_class = PartnerTable, PartnerFilter
    export_permission = "schools.export_partner"
    tabs = (
        Tab(gettext_lazy("园区企业"), "kind=PARK_ENTERPRISE"),
        Tab(gettext_lazy("科研院校"), "kind=INSTITUTE"),
        Tab(gettext_lazy("行业协会"), "kind=ASSOCIATION"),
    )

    @property
    def empty(self) -> Empty:
        """Say who belongs here and how the first one comes in."""
        url = reverse("schools:partner-create")
        action = Action(
            _("登记合作单位"), url, "plus", permission="schools.change_partner"
        )
        text = _(
            "职业教育联盟正式运行前须有科研院校、行业协会和园区企业（BN-4.1.3a）。"
        )
        return Empty(_("还没有合作单位"), text, action, "building-community")

    def get_queryset(self) -> QuerySet[Any]:
        """Join the region."""
        return super().get_queryset().select_related("region")

    def get_actions(self) -> Sequence[Action]:
        """Offer entry to those who may."""
        return [
            Action(
                _("登记合作单位"),
                reverse("schools:partner-create"),
                "plus",
                primary=True,
                permission="schools.change_partner",
            )
        ]


class PartnerPage(DetailPage):
    """One partner; whom to speak to is shown to those who keep the list."""

    model, permission = Partner, "schools.view_partner"
    tabs = (
        DetailTab("overview", gettext_lazy("概况"), "schools/partner_overview.html"),
    )

    def get_queryset(self) -> QuerySet[Any]:
        """Join the region."""
        return super().get_queryset().select_related("region")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the list."""
        return [Crumb(_("合作单位"), reverse("schools:partner-list"))]

    def get_facts(self) -> Sequence[Fact]:
        """Show kind, code, trade and region."""
        partner = self.object
        return [
            Fact(_("类别"), partner.get_kind_display()),
            Fact(_("统一社会信用代码"), partner.credit_code),
            Fact(_("所属行业"), partner.industry),
            Fact(_("登记地区"), partner.region.name),
        ]

    def get_actions(self) -> Sequence[Action]:
        """Offer correction to the bureau that keeps it."""
        if self.request.is_past or not self._may_change():
            return []
        url = reverse("schools:partner-update", args=[self.object.pk])
        return [Action(_("修改"), url, "pencil")]

    def _may_change(self) -> bool:
        return bool(can_change_partner(self.request.user, self.object))

    def get_tab_context(self, slug: str) -> dict[str, Any]:
        """Tell whether contact details are shown."""
        return {"shows_contact": self._may_change()}


class PartnerCreatePage(FormPage):
    """Enter a partner."""

    model, permission = Partner, "schools.change_partner"
    form_class, service = PartnerForm, staticmethod(register_partner)
    title = gettext_lazy("登记合作单位")
    submit_label = gettext_lazy("登记")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the list."""
        return [Crumb(_("合作单位"), self.back_url())]

    def back_url(self) -> str:
        """Return the list."""
        return reverse("schools:partner-list")


class PartnerEditPage(FormPage):
    """Correct a partner."""

    model, permission = Partner, "schools.change_partner"
    form_class, service = PartnerForm, staticmethod(change_partner)

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the partner."""
        return [Crumb(str(self.object), self.back_url())]
