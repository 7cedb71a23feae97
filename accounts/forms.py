"""Accepting an invitation, creating accounts, granting roles."""

from typing import Any

from django import forms
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import ROLES
from core.forms import Form, ModelForm

CODE_FIELDS = ("code", "school_code")


class InvitationForm(Form):
    """What a person gives to take up an invitation."""

    username = forms.CharField(
        label=gettext_lazy("用户名"),
        max_length=60,
        help_text=gettext_lazy("用于登录，建议使用姓名拼音"),
    )
    full_name = forms.CharField(label=gettext_lazy("姓名"), max_length=60)
    password = forms.CharField(
        label=gettext_lazy("密码"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("至少 10 位，不能全是数字，也不能是常见密码"),
    )

    def clean_username(self) -> str:
        """Refuse a name already in use."""
        username = self.cleaned_data["username"]
        if User.objects.filter(username=username).exists():
            raise forms.ValidationError(_("该用户名已被使用，请换一个"))
        return str(username)


class PasswordForm(Form):
    """A new password, typed twice."""

    password = forms.CharField(
        label=gettext_lazy("新密码"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("至少 10 位，不能全是数字，也不能是常见密码"),
    )
    again = forms.CharField(
        label=gettext_lazy("再输入一次"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        """Refuse two different words."""
        again = self.cleaned_data["again"]
        if again != self.cleaned_data.get("password"):
            raise forms.ValidationError(_("两次输入的密码不一致"))
        return str(again)


class UserForm(ModelForm):
    """An account without any role yet."""

    class Meta:
        model = User
        fields = ["username", "full_name", "post_title", "email", "is_active"]
        help_texts = {
            "is_active": gettext_lazy("停用后立即无法登录，已有记录保留"),
        }


def find_scope(label: str, text: str) -> Model:
    """Return the one object of a kind with this code or name; ValidationError else."""
    model = apps.get_model(label)
    condition = Q(name=text)
    for name in CODE_FIELDS:
        try:
            model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        condition |= Q(**{name: text})
    found = list(model._default_manager.filter(condition)[:2])
    if len(found) != 1:
        problem = _("没有找到“%s”") if not found else _("有多个单位叫“%s”，请填写代码")
        raise forms.ValidationError(problem % text)
    return found[0]


class GrantForm(Form):
    """A role for a user, in one scope, from one day to another."""

    role = forms.ChoiceField(
        label=gettext_lazy("角色"),
        choices=[(role.code, role.label) for role in ROLES.values()],
    )
    scope_name = forms.CharField(
        label=gettext_lazy("范围"),
        required=False,
        help_text=gettext_lazy(
            "填写行政区划、集团或学校的全称或代码；系统、安全、审计管理员不填"
        ),
    )
    valid_from = forms.DateField(
        label=gettext_lazy("自"), widget=forms.DateInput(attrs={"type": "date"})
    )
    valid_to = forms.DateField(
        label=gettext_lazy("至（不含）"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    reason = forms.CharField(label=gettext_lazy("事由"), max_length=200)

    def clean(self) -> dict[str, Any]:
        """Find the scope that the role needs."""
        cleaned = super().clean() or self.cleaned_data
        kind = ROLES[cleaned["role"]].scope if "role" in cleaned else ""
        text = cleaned.pop("scope_name", "").strip()
        cleaned["scope"] = None
        if kind and not text:
            self.add_error("scope_name", _("该角色必须填写范围"))
        elif kind:
            try:
                cleaned["scope"] = find_scope(kind, text)
            except forms.ValidationError as error:
                self.add_error("scope_name", error)
        return cleaned
