"""Forms of a school: its facts, and what a list left open about it."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import ModelForm, PinnedField, Section
from schools.choices import UNCLEAR_TYPES, SchoolType, Stage
from schools.forms.fields import DayInput, regions_of
from schools.models import School

PINNED = ("name", "school_code", "administered_by")
"""What a delivery of rosters says of a school."""


class SchoolForm(ModelForm):
    """The facts of a school."""

    stages = forms.MultipleChoiceField(
        label=gettext_lazy("学段"),
        choices=Stage.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("不选时按办学类型确定"),
    )
    pinned = PinnedField()

    class Meta:
        model = School
        fields = [
            *("name", "short_name", "distinguisher", "school_code"),
            *("administered_by", "region", "type", "ownership", "urban_rural_code"),
            *("is_legal_person", "opened_on", "address", "longitude", "latitude"),
        ]
        widgets = {"opened_on": DayInput}
        sections = (
            Section(
                gettext_lazy("名称和代码"),
                ("name", "short_name", "distinguisher", "school_code"),
                gettext_lazy("官方标识码未下达前不填，系统另编临时编号。"),
            ),
            Section(
                gettext_lazy("归属"),
                ("administered_by", "region", "address", "longitude", "latitude"),
                gettext_lazy("审核、经费和考核跟随主管地区。"),
            ),
            Section(
                gettext_lazy("办学"),
                (
                    *("type", "stages", "ownership", "urban_rural_code"),
                    *("is_legal_person", "opened_on"),
                ),
            ),
            Section(gettext_lazy("同步"), ("pinned",)),
        )
        units = {"longitude": "°", "latitude": "°"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = regions_of(self.user, "schools.add_school")
        self.fields["administered_by"].queryset = regions
        self.fields["region"].queryset = regions_of(self.user, "bureau.view_region")
        self.fields["region"].required = False
        self.fields["region"].help_text = _(
            "与主管地区不同时选择，如市直属学校所在的区"
        )
        self.fields["type"].choices = [
            ("", _("暂不清楚（列入学段待确认）")),
            *SchoolType.choices,
        ]
        if self.instance.source:
            self.fields["pinned"].offer(self.instance, PINNED)
        else:
            del self.fields["pinned"]
        if self.instance.pk:
            self.initial["stages"] = self.instance.stage_codes
        elif regions.count() == 1:
            self.initial["administered_by"] = regions.first()

    def clean(self) -> dict[str, Any]:
        """Let the school lie where it is administered unless said otherwise."""
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("region"):
            cleaned["region"] = cleaned.get("administered_by")
        return cleaned

    def clean_school_code(self) -> str | None:
        """Keep an empty code as no code."""
        return self.cleaned_data["school_code"] or None

    def clean_stages(self) -> list[str] | None:
        """Leave the stages to the type when none is ticked."""
        return self.cleaned_data["stages"] or None


class StageChoiceForm(forms.Form):
    """One school of the work list: what it really is."""

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.school = school
        self.fields["type"] = forms.ChoiceField(
            required=False,
            label=format_lazy(gettext_lazy("{name}的办学类型"), name=school.name),
            choices=[
                ("", _("待确认")),
                *[(t.value, t.label) for t in UNCLEAR_TYPES],
            ],
        )


class BulkStageForm(forms.Form):
    """One answer for all schools ticked."""

    type = forms.ChoiceField(
        label=gettext_lazy("所选学校统一确认为"),
        choices=[(t.value, t.label) for t in UNCLEAR_TYPES],
    )
