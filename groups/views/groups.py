"""Pages of groups: list, one group on any day, moves, register, city filing."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import scope_ids
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
    MovePage,
    ObjectMixin,
    Page,
    Tab,
)
from groups import pictures
from groups.categories import category_label, without_internal
from groups.choices import ONE_IN_FORCE, DocumentKind, GroupState, Role
from groups.filters import GroupFilter
from groups.forms import MemberForm, RegisterForm
from groups.models import Document, EducationGroup, GroupCase, Membership
from groups.permissions import (
    can_draft_document,
    can_file_with_city,
    can_register_group,
)
from groups.services import MemberSpan, file_with_city, register_group
from groups.services.register import register_membership
from groups.tables import GroupTable


class GroupListPage(ListPage):
    """Groups as they stood on the day."""

    model = EducationGroup
    permission = "groups.view_educationgroup"
    export_permission = "groups.export_educationgroup"
    title, unit = gettext_lazy("教育集团"), gettext_lazy("个")
    table_class = GroupTable
    filterset_class = GroupFilter
    tabs = (
        Tab(gettext_lazy("正式运行"), "state=ACTIVE"),
        Tab(gettext_lazy("试点"), "state=PILOT"),
    )
    empty = Empty(
        gettext_lazy("还没有教育集团"),
        gettext_lazy("发起组建，或把系统启用前已成立的集团补登进来。"),
        icon="sitemap",
    )

    def get_queryset(self) -> Any:
        """Return the groups of the day with lead, counts and the day's state."""
        day = self.request.as_of
        rows = super().get_queryset().standing_on(day)
        rows = rows.with_lead(day).with_counts(day).with_state_on(day)
        return rows.select_related("region", "primary_mode")

    def get_actions(self) -> Sequence[Action]:
        """Offer forming, registering and importing."""
        return [
            Action(
                _("发起组建"),
                reverse("groups:case-create"),
                "plus",
                primary=True,
                permission="groups.add_groupcase",
            ),
            Action(
                _("补登集团"),
                reverse("groups:group-register"),
                "file-import",
                permission="groups.register_educationgroup",
            ),
            Action(
                _("批量导入"),
                reverse("core:import-start", args=["groups.membership"]),
                "table-import",
                permission="groups.import_educationgroup",
            ),
        ]


class GroupPage(DetailPage):
    """One group on the day the page shows."""

    model = EducationGroup
    permission = "groups.view_educationgroup"
    move_url_name = "groups:group-move"
    tabs = (
        DetailTab("overview", gettext_lazy("概况"), "groups/group_overview.html"),
        DetailTab("members", gettext_lazy("成员学校"), "groups/group_members.html"),
        DetailTab(
            "documents",
            gettext_lazy("章程与规划"),
            "groups/group_documents.html",
            permission="groups.view_document",
        ),
        DetailTab("history", gettext_lazy("沿革"), "groups/group_history.html"),
        DetailTab(
            "cases",
            gettext_lazy("组建与变更"),
            "groups/group_cases.html",
            permission="groups.view_groupcase",
        ),
    )

    def get_queryset(self) -> Any:
        """Join what the head shows."""
        rows = super().get_queryset().with_state_on(self.request.as_of)
        return rows.select_related("region", "primary_mode")

    def _labelled(self, rows: Any) -> list[Membership]:
        """Name what each school counted as at joining; weak and potential only to
        the bureau."""
        listed = list(rows)
        is_bureau = bool(scope_ids(self.request.user, "bureau.region"))
        for row in listed:
            codes = row.category_at_join
            shown = codes if is_bureau else without_internal(codes)
            row.labels_shown = [category_label(code) for code in shown]
        return listed

    @cached_property
    def held(self) -> list[Membership]:
        """The memberships of the day that the user may know of, the lead first."""
        rows = self._memberships().on(self.request.as_of)
        return self._labelled(rows.for_page())

    def _memberships(self) -> Any:
        return Membership.objects.visible_to(self.request.user).filter(
            group=self.object
        )

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the list."""
        return [Crumb(_("教育集团"), reverse("groups:group-list"))]

    @property
    def subtitle(self) -> str:
        """The code and, on another day, the state of that day."""
        group = self.object
        if self.request.is_today or not group.state_on:
            return str(group.code)
        label = GroupState(group.state_on).label
        return _("%(code)s · 当日状态：%(state)s") % {
            "code": group.code,
            "state": label,
        }

    def get_facts(self) -> Sequence[Fact]:
        """Name the lead, the type, how many schools, since when."""
        group = self.object
        lead = next((row.school for row in self.held if row.is_lead), None)
        return [
            Fact(_("龙头学校"), lead, lead.get_absolute_url() if lead else ""),
            Fact(_("类型"), group.get_group_type_display()),
            Fact(_("学校"), _("%d 所") % len(self.held)),
            Fact(_("紧密程度"), group.get_closeness_display()),
            Fact(_("主管地区"), group.region.name),
        ]

    def get_actions(self) -> Sequence[Action]:
        """Offer filing with the city and adding a member from the papers."""
        group, user = self.object, self.request.user
        actions = []
        if can_file_with_city(user, group):
            url = reverse("groups:group-file", args=[group.pk])
            actions.append(Action(_("确认备案"), url, "rubber-stamp"))
        if group.is_registered and can_register_group(user, group.region):
            url = reverse("groups:membership-register", args=[group.pk])
            actions.append(Action(_("补登成员"), url, "user-plus"))
        return actions

    def get_tab_context(self, slug: str) -> dict[str, Any]:
        """Return what the tab shows."""
        reader = {
            "overview": self._overview,
            "members": self._members,
            "documents": self._documents,
            "history": self._history,
            "cases": self._cases,
        }[slug]
        return reader()

    def _overview(self) -> dict[str, Any]:
        return {
            "chart": pictures.network(self.object, self.held, self.request.as_of),
            "obligations": list(self.object.obligations.outstanding()),
            "papers": self._in_force(),
        }

    def _in_force(self) -> list[tuple[str, Document | None]]:
        rows = Document.objects.visible_to(self.request.user).filter(group=self.object)
        held = {d.kind: d for d in rows.in_force_on(self.request.as_of)}
        return [(str(DocumentKind(k).label), held.get(k)) for k in ONE_IN_FORCE]

    def _members(self) -> dict[str, Any]:
        day = self.request.as_of
        rows = self._memberships()
        return {
            "now": self.held,
            "joining": self._labelled(rows.joining(day).for_page()),
            "left": self._labelled(rows.left(day).for_page().order_by("-valid_to")),
        }

    def _documents(self) -> dict[str, Any]:
        rows = Document.objects.visible_to(self.request.user).filter(group=self.object)
        may_draft = can_draft_document(self.request.user, self.object)
        return {
            "documents": list(rows.prefetch_related("files")),
            "kinds": _drafts(self.object) if may_draft else [],
        }

    def _history(self) -> dict[str, Any]:
        rows = self._memberships().for_page().order_by("valid_from", "role_order")
        memberships = self._labelled(rows)
        return {
            "phases": list(self.object.phases.all()),
            "memberships": memberships,
            "chart": pictures.spans(self.object, memberships),
        }

    def _cases(self) -> dict[str, Any]:
        rows = GroupCase.objects.visible_to(self.request.user)
        return {"cases": list(rows.filter(group=self.object))}


def _drafts(group: EducationGroup) -> list[tuple[str, str]]:
    """Return label and address of every kind of document that a group drafts."""
    kinds = (
        DocumentKind.CHARTER,
        DocumentKind.DEVELOPMENT_PLAN,
        DocumentKind.WORK_PLAN,
        DocumentKind.REGULATION,
        DocumentKind.AGREEMENT,
    )
    return [
        (str(k.label), reverse("groups:document-create", args=[group.pk, k.value]))
        for k in kinds
    ]


class GroupMovePage(MovePage):
    """Makes a move of a group."""

    model = EducationGroup
    permission = "groups.view_educationgroup"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Take no further arguments."""
        return {}


class GroupFilePage(ObjectMixin, Page):
    """Confirms that a group is on file with the city."""

    model = EducationGroup
    permission = "groups.file_educationgroup"
    template_name = "groups/group_file.html"

    def get_title(self) -> Any:
        """Name the group."""
        return _("市级备案：%s") % self.object

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask before filing."""
        context = self.get_context_data(
            object=self.object, verdict=can_file_with_city(request.user, self.object)
        )
        return TemplateResponse(request, self.template_name, context)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """File the group."""
        group = file_with_city(self.object, by=request.user)
        messages.success(request, _("已备案：%s") % group)
        return HttpResponseRedirect(group.get_absolute_url())


class RegisterPage(FormPage):
    """Takes over a group that existed before the system."""

    model = EducationGroup
    permission = "groups.register_educationgroup"
    form_class = RegisterForm
    title = gettext_lazy("补登集团")
    submit_label = gettext_lazy("补登")
    autosave = True

    def back_url(self) -> str:
        """Lead back to the list."""
        return reverse("groups:group-list")

    def get_effects(self, form: Any) -> Effects:
        """Tell what registering does."""
        return Effects(
            immediately=[
                _("集团按填写的成立日期进入名册，不经审批"),
                _("成员关系自成立日期起计算，记录加入时的基线数据"),
            ]
        )

    def save(self, form: Any) -> EducationGroup:
        """Register the group with its lead and first members."""
        data = dict(form.cleaned_data)
        lead, members = data.pop("lead"), data.pop("members")
        join_form = data.pop("join_form")
        mode, day = data["primary_mode"], data["founded_on"]
        spans = [MemberSpan(school=lead, role=Role.LEAD, valid_from=day)]
        spans += [
            MemberSpan(
                school=school,
                role=Role.MEMBER,
                valid_from=day,
                mode_id=mode.pk if mode else None,
                join_form=join_form,
                document_number=data["founding_document"],
            )
            for school in members
        ]
        return register_group(
            by=self.request.user, region=lead.administered_by, members=spans, **data
        )


class MembershipRegisterPage(FormPage):
    """Adds a membership that the papers of a registered group show."""

    model = EducationGroup
    permission = "groups.register_educationgroup"
    form_class = MemberForm
    title = gettext_lazy("补登成员")
    submit_label = gettext_lazy("补登")

    def get_queryset(self) -> Any:
        """Keep to registered groups the user may see."""
        rows = EducationGroup.objects.visible_to(
            self.request.user, "groups.view_educationgroup"
        )
        return rows.filter(is_registered=True).select_related("region")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Hand the group on."""
        return {"user": self.request.user, "group": self.object}

    def save(self, form: Any) -> Membership:
        """Write the membership."""
        data = form.cleaned_data
        mode = data["mode"] if data["role"] != Role.LEAD else None
        span = MemberSpan(
            school=data["school"],
            role=data["role"],
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
            mode_id=mode.pk if mode else None,
            join_form=data["join_form"] if mode else "",
            document_number=data["document_number"],
            ended_because=data["ended_because"],
        )
        if not can_register_group(self.request.user, self.object.region):
            raise PermissionDenied(_("由主管教育行政部门补登"))
        if span.valid_from < self.object.founded_on:
            raise ValidationError(
                {"valid_from": _("加入日期不能早于集团成立日期")}, code="early"
            )
        return register_membership(self.object, span, by=self.request.user)

    def success_url(self, saved: Membership) -> str:
        """Return to the members of the group."""
        return f"{self.object.get_absolute_url()}?tab=members"
