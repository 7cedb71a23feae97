"""Forms that take over standing groups, add a member from the papers, switch a mode."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.models import Region
from core.days import today
from core.forms import Form, ModelForm, Section
from groups.choices import GroupState, JoinForm, Role
from groups.forms.fields import (
    DayField,
    SchoolField,
    SchoolsField,
    home_regions,
    leads_for,
    partners_for,
)
from groups.models import EducationGroup, GroupMode, ModeAvailability
from schools.models import School

PERMISSION = "groups.register_educationgroup"
STATES = (GroupState.ACTIVE, GroupState.PILOT, GroupState.SUSPENDED)


class RegisterForm(ModelForm):
    """A group that existed before the system, as its papers show it."""

    lead = SchoolField(queryset=School.objects.none(), label=gettext_lazy("龙头学校"))
    members = SchoolsField(
        queryset=School.objects.none(),
        label=gettext_lazy("成立时的成员学校"),
        required=False,
        help_text=gettext_lazy("成立之后加入或已经退出的学校，保存后在集团页补登。"),
    )
    founded_on = DayField(label=gettext_lazy("成立日期"))
    state = forms.ChoiceField(
        label=gettext_lazy("目前状态"),
        choices=[(s.value, s.label) for s in STATES],
    )
    join_form = forms.ChoiceField(
        label=gettext_lazy("成员加入方式"),
        choices=[("", gettext_lazy("请选择")), *JoinForm.choices],
        required=False,
    )
    file = forms.FileField(label=gettext_lazy("批文扫描件"), required=False)

    class Meta:
        model = EducationGroup
        fields = (
            "name",
            "short_name",
            "founding_document",
            "founded_on",
            "group_type",
            "primary_mode",
            "closeness",
            "operation_form",
            "bond_type",
            "formation_basis",
            "vision",
        )
        widgets = {"vision": forms.Textarea(attrs={"rows": 3})}
        clauses = {"primary_mode": "AK-3.3.2", "closeness": "BN-5.2.1b"}
        sections = (
            Section(
                gettext_lazy("集团"),
                (
                    "name",
                    "short_name",
                    "founding_document",
                    "founded_on",
                    "state",
                    "file",
                ),
                gettext_lazy("按批文填写真实的成立日期和文号。"),
            ),
            Section(gettext_lazy("学校"), ("lead", "members", "join_form")),
            Section(
                gettext_lazy("模式与形式"),
                (
                    "group_type",
                    "primary_mode",
                    "closeness",
                    "operation_form",
                    "bond_type",
                    "formation_basis",
                    "vision",
                ),
            ),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["founding_document"].required = True
        self.fields["primary_mode"].queryset = GroupMode.objects.all()
        self.fields["lead"].queryset = leads_for(self.user, PERMISSION)
        self.fields["members"].queryset = partners_for(self.user, PERMISSION)

    def clean(self) -> dict[str, Any]:
        """Check mode against type, and the day."""
        data = super().clean() or self.cleaned_data
        mode, kind = data.get("primary_mode"), data.get("group_type")
        if mode and kind and mode.group_type != kind:
            self.add_error("primary_mode", _("该模式不适用于所选的集团类型"))
        if data.get("lead") and data.get("lead") in (data.get("members") or []):
            self.add_error("members", _("龙头学校不必再选为成员学校"))
        if data.get("founded_on") and data["founded_on"] > today():
            self.add_error("founded_on", _("成立日期不能晚于今天"))
        return data

    def _post_clean(self) -> None:
        """Leave the row's own rules to the service, which builds it."""


class MemberForm(Form):
    """One membership that the papers of a registered group show."""

    school = SchoolField(queryset=School.objects.none(), label=gettext_lazy("学校"))
    role = forms.ChoiceField(label=gettext_lazy("角色"), choices=Role.choices)
    mode = forms.ModelChoiceField(
        label=gettext_lazy("模式"), queryset=GroupMode.objects.none(), required=False
    )
    join_form = forms.ChoiceField(
        label=gettext_lazy("加入方式"),
        choices=[("", gettext_lazy("请选择")), *JoinForm.choices],
        required=False,
    )
    valid_from = DayField(label=gettext_lazy("加入日期"))
    valid_to = DayField(
        label=gettext_lazy("退出日期"),
        required=False,
        help_text=gettext_lazy("仍在集团的不填；这一天起不再是成员。"),
    )
    document_number = forms.CharField(
        label=gettext_lazy("批准文号"), max_length=100, required=False
    )
    ended_because = forms.CharField(
        label=gettext_lazy("退出原因"), max_length=200, required=False
    )

    def __init__(self, *args: Any, group: EducationGroup, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["school"].queryset = partners_for(self.user, PERMISSION)
        self.fields["mode"].queryset = GroupMode.objects.filter(
            group_type=group.group_type
        )
        self.fields["role"].initial = Role.MEMBER
        self.fields["mode"].initial = group.primary_mode_id


class ModeSwitchForm(Form):
    """Whether a region uses a mode, from when, and why."""

    region = forms.ModelChoiceField(
        label=gettext_lazy("地区"), queryset=Region.objects.none()
    )
    is_enabled = forms.TypedChoiceField(
        label=gettext_lazy("启停"),
        choices=[("1", gettext_lazy("启用")), ("0", gettext_lazy("停用"))],
        coerce=lambda text: text == "1",
        widget=forms.RadioSelect,
    )
    valid_from = DayField(label=gettext_lazy("起始日期"))
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=200)

    class Meta:
        clauses = {"is_enabled": "AK-1.3.2"}
        units: dict[str, str] = {}
        model = ModeAvailability

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = home_regions(self.user, "groups.change_groupmode")
        self.fields["region"].queryset = regions
        self.fields["region"].initial = regions.order_by("path").first()
        self.fields["valid_from"].initial = today()
