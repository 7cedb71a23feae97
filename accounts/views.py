"""Invitations, accounts, grants, and what the auditor reads."""

from collections.abc import Sequence
from typing import Any

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from accounts.forms import GrantForm, InvitationForm, PasswordForm, UserForm
from accounts.models import AccessLog, RoleGrant, User
from accounts.services import (
    accept_invitation,
    create_account,
    find_invitation,
    grant_role,
    password_token,
    revoke_grant,
    set_password,
    update_account,
)
from accounts.tables import (
    AccessLogFilter,
    AccessLogTable,
    EventFilter,
    EventTable,
    UserFilter,
    UserTable,
)
from audit.models import Event
from core.access import holds
from core.forms import ReasonForm
from core.views import Action, Crumb, DetailPage, Empty, Fact, FormPage, ListPage, Page


@method_decorator(login_not_required, name="dispatch")
class InvitationPage(View):
    """Take up an invitation: choose a name and a password; a spent link is 404."""

    permission = "*public*"
    template_name = "accounts/invitation.html"

    def get(self, request: HttpRequest, token: str) -> HttpResponseBase:
        """Show the form of an open invitation."""
        return self._page(request, token, InvitationForm())

    def post(self, request: HttpRequest, token: str) -> HttpResponseBase:
        """Create the account and sign in."""
        form = InvitationForm(request.POST)
        if form.is_valid():
            try:
                user = accept_invitation(token, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return perform_login(request, user, redirect_url="/")
        return self._page(request, token, form)

    def _page(self, request: HttpRequest, token: str, form: Any) -> HttpResponseBase:
        invitation = find_invitation(token)
        if invitation is None:
            raise Http404(_("邀请链接无效或已过期，请联系发出邀请的管理员"))
        context = {"title": _("接受邀请"), "invitation": invitation, "form": form}
        return TemplateResponse(request, self.template_name, context)


class UserListPage(ListPage):
    """All accounts of the installation."""

    model = User
    permission = "accounts.view_user"
    title = gettext_lazy("账号")
    table_class = UserTable
    filterset_class = UserFilter
    empty = Empty(gettext_lazy("没有符合条件的账号"))

    def get_queryset(self) -> QuerySet[Any]:
        """Return every account: its administrators serve the whole installation."""
        return User.objects.all()

    def get_actions(self) -> Sequence[Action]:
        """Offer a new account."""
        url = reverse("accounts:user-create")
        return [
            Action(_("新建账号"), url, "plus", True, permission="accounts.add_user")
        ]


class UserPage(DetailPage):
    """One account and its grants."""

    model = User
    permission = "accounts.view_user"
    template_name = "accounts/user_detail.html"
    shows_files = False

    def get_queryset(self) -> QuerySet[Any]:
        """Return every account."""
        return User.objects.all()

    def get_facts(self) -> Sequence[Fact]:
        """Show how the person signs in."""
        active = _("是") if self.object.is_active else _("否")
        username = format_html("<bdi>{}</bdi>", self.object.username)
        return [Fact(_("用户名"), username), Fact(_("启用"), active)]

    def get_actions(self) -> Sequence[Action]:
        """Offer changing the account and granting a role."""
        pk = self.object.pk
        return [
            Action(
                _("修改账号"),
                reverse("accounts:user-update", args=[pk]),
                "edit",
                permission="accounts.change_user",
            ),
            Action(
                _("生成设置密码链接"),
                reverse("accounts:password-link", args=[pk]),
                "link",
                method="post",
                permission="accounts.change_user",
            ),
            Action(
                _("授予角色"),
                reverse("accounts:grant-create", args=[pk]),
                "key",
                True,
                permission="accounts.change_rolegrant",
            ),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the grants, the ended and revoked ones too."""
        grants = self.object.grants.select_related("granted_by").prefetch_related(
            "scope"
        )
        may_revoke = holds(self.request.user, "accounts.change_rolegrant")
        return super().get_context_data(grants=grants, may_revoke=may_revoke, **kwargs)


class UserFormPage(FormPage):
    """Create or change an account."""

    model = User
    permission = "accounts.change_user"
    form_class = UserForm

    def get_queryset(self) -> QuerySet[Any]:
        """Return every account."""
        return User.objects.all()

    def save(self, form: Any) -> User:
        """Create with a one-time link, or change."""
        if self.is_new:
            return create_account(form.instance, by=self.request.user)
        return update_account(form.instance, by=self.request.user)


class PasswordLinkPage(Page):
    """Make a one-time link with which the person sets an own password."""

    permission = "accounts.change_user"
    title = gettext_lazy("设置密码链接")
    template_name = "accounts/password_link.html"

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Show the link once."""
        user = get_object_or_404(User, pk=pk)
        token = password_token(user, by=request.user)
        path = reverse("accounts:password-set", args=[pk, token])
        context = self.get_context_data(
            object=user, link=request.build_absolute_uri(path)
        )
        return TemplateResponse(request, self.template_name, context)


@method_decorator(login_not_required, name="dispatch")
class PasswordSetPage(View):
    """Set one's own password by a one-time link."""

    permission = "*public*"
    template_name = "accounts/password_set.html"

    def get(self, request: HttpRequest, pk: int, token: str) -> HttpResponseBase:
        """Show the form."""
        return self._page(request, PasswordForm())

    def post(self, request: HttpRequest, pk: int, token: str) -> HttpResponseBase:
        """Set the password, or say what is wrong with it or with the link."""
        form = PasswordForm(request.POST)
        if form.is_valid():
            user = get_object_or_404(User, pk=pk, is_active=True)
            try:
                set_password(user, token, form.cleaned_data["password"])
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("密码已设置，请登录"))
                return redirect("account_login")
        return self._page(request, form)

    def _page(self, request: HttpRequest, form: PasswordForm) -> HttpResponseBase:
        context = {"title": _("设置密码"), "form": form}
        return TemplateResponse(request, self.template_name, context)


class GrantCreatePage(Page):
    """Give a user a role."""

    permission = "accounts.change_rolegrant"
    title = gettext_lazy("授予角色")
    template_name = "accounts/grant_form.html"

    def _user(self) -> User:
        return get_object_or_404(User, pk=self.kwargs["pk"])

    def get_crumbs(self) -> Sequence[Crumb]:
        """Return the way back to the account."""
        user = self._user()
        return [Crumb(str(user), user.get_absolute_url())]

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Show the form."""
        return self._page(GrantForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Grant, or say why not."""
        form = GrantForm(request.POST)
        if form.is_valid():
            values = form.cleaned_data
            try:
                grant_role(
                    self._user(),
                    values["role"],
                    values["scope"],
                    by=request.user,
                    valid_from=values["valid_from"],
                    valid_to=values["valid_to"],
                    reason=values["reason"],
                )
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("已授权，立即生效"))
                return redirect(self._user().get_absolute_url())
        return self._page(form)

    def _page(self, form: GrantForm) -> HttpResponseBase:
        back = self._user().get_absolute_url()
        context = self.get_context_data(form=form, back_url=back)
        return TemplateResponse(self.request, self.template_name, context)


class GrantRevokePage(Page):
    """Withdraw a grant at once, with a reason."""

    permission = "accounts.change_rolegrant"
    title = gettext_lazy("撤销授权")
    template_name = "accounts/grant_revoke.html"

    def _grant(self) -> RoleGrant:
        return get_object_or_404(RoleGrant.objects.standing(), pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Ask for the reason."""
        return self._page(ReasonForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Revoke."""
        form = ReasonForm(request.POST)
        grant = self._grant()
        if not form.is_valid():
            return self._page(form)
        revoke_grant(grant, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("已撤销，该用户立即失去此项权限"))
        return redirect(grant.user.get_absolute_url())

    def _page(self, form: ReasonForm) -> HttpResponseBase:
        grant = self._grant()
        context = self.get_context_data(
            form=form, grant=grant, back_url=grant.user.get_absolute_url()
        )
        return TemplateResponse(self.request, self.template_name, context)


class EventListPage(ListPage):
    """All business events, for the auditor."""

    model = Event
    permission = "audit.view_event"
    title = gettext_lazy("业务事件")
    table_class = EventTable
    filterset_class = EventFilter

    def get_queryset(self) -> QuerySet[Any]:
        """Return every event."""
        return Event.objects.all()


class AccessLogListPage(ListPage):
    """Reads and exports of personal data, for the auditor."""

    model = AccessLog
    permission = "accounts.view_accesslog"
    title = gettext_lazy("敏感访问记录")
    table_class = AccessLogTable
    filterset_class = AccessLogFilter
    empty = Empty(gettext_lazy("还没有敏感访问记录"))

    def get_queryset(self) -> QuerySet[Any]:
        """Return every record."""
        return AccessLog.objects.select_related("user")
