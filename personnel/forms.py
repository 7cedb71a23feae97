"""Forms of a teacher's record."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.days import today
from core.forms import Form, ModelForm, PinnedField, Section
from personnel import identity
from personnel.choices import LeaveReason
from personnel.models import Teacher
from schools.models import School


class DayInput(forms.DateInput):
    """A day, picked from the browser's calendar."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


def schools_for(user: Any, permission: str) -> Any:
    """Return the schools that exist and that the user may name."""
    return School.objects.visible_to(user, permission).existing().order_by("pinyin")


PINNED = ("name", "school", "staff_no", "employment")
"""What a delivery of rosters says of a teacher."""


class TeacherForm(ModelForm):
    """The facts of a teacher; the identity number goes in and never comes out."""

    identity_number = forms.CharField(
        label=gettext_lazy("身份证号"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
        help_text=gettext_lazy("加密保存，页面只显示首三位和末两位；填写后自动核对"),
    )
    not_same = forms.BooleanField(
        label=gettext_lazy("已核对，不是同一人"), required=False
    )
    pinned = PinnedField()

    class Meta:
        model = Teacher
        fields = [
            *("name", "school", "staff_no", "employment", "entered_on"),
            *("sex", "birth_year", "subject", "stage", "degree"),
        ]
        widgets = {"entered_on": DayInput}
        sections = (
            Section(
                gettext_lazy("身份"),
                ("name", "identity_number", "sex", "birth_year", "not_same"),
                gettext_lazy("填了身份证号，性别和出生年份可以不填。"),
            ),
            Section(
                gettext_lazy("任职"),
                ("school", "employment", "staff_no", "entered_on"),
            ),
            Section(gettext_lazy("任教"), ("subject", "stage", "degree")),
            Section(gettext_lazy("同步"), ("pinned",)),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        changing = bool(self.instance.pk)
        needed = "personnel.change_teacher" if changing else "personnel.add_teacher"
        schools = schools_for(self.user, needed)
        self.fields["school"].queryset = schools
        if self.instance.source:
            self.fields["pinned"].offer(self.instance, PINNED)
        else:
            del self.fields["pinned"]
        if changing:
            del self.fields["not_same"]
            own = School.objects.filter(pk=self.instance.school_id)
            self.fields["school"].queryset = schools | own
            self._say_kept()
        elif schools[:2].count() == 1:
            self.initial.setdefault("school", schools.first())

    def _say_kept(self) -> None:
        if self.instance.identity_sealed:
            self.fields["identity_number"].help_text = _("已登记 %s；不改时留空") % (
                self.instance.masked_identity
            )

    def clean_identity_number(self) -> str:
        """Return the tidy number, or say what is wrong with it."""
        given = self.cleaned_data["identity_number"]
        return identity.clean(given) if given.strip() else ""


class LeaveForm(Form):
    """From which day the employment ends, and why."""

    left_on = forms.DateField(
        label=gettext_lazy("离职日期"),
        initial=today,
        widget=DayInput,
        help_text=gettext_lazy("从这一天起不再任职"),
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("离职原因"), choices=[("", "---"), *LeaveReason.choices]
    )
    note = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)


class ReturnForm(Form):
    """To which school a teacher comes back, and from which day."""

    school = forms.ModelChoiceField(
        label=gettext_lazy("任职学校"), queryset=School.objects.none()
    )
    entered_on = forms.DateField(
        label=gettext_lazy("任职日期"), initial=today, widget=DayInput
    )
    note = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)

    def __init__(self, *args: Any, teacher: Teacher, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        schools = schools_for(self.user, "personnel.add_teacher")
        self.fields["school"].queryset = schools
        self.initial.setdefault("school", teacher.school_id)


class UnmaskForm(Form):
    """Why somebody has to read the whole number."""

    reason = forms.CharField(
        label=gettext_lazy("查看事由"),
        max_length=200,
        help_text=gettext_lazy("将与您的姓名和时间一起记入敏感访问记录。"),
    )

    def clean_reason(self) -> str:
        """Ask for words, not blanks or a single sign."""
        text: str = self.cleaned_data["reason"].strip()
        if len(text) < 2:
            raise ValidationError(_("请写明查看事由，如“办理职称评审”"))
        return text
