"""Forms of what changes a school from a day on: name, split, merger, end."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.models import Region
from core.days import today
from core.forms import Form, Section
from schools.choices import Ownership, SchoolType, Stage
from schools.forms import DayInput, regions_of
from schools.models import School

PERMISSION = "schools.restructure_school"
TYPES = [("", gettext_lazy("请选择")), *SchoolType.choices]


class _FromADay(Form):
    """The day from which it holds, why, and the document that decided it."""

    day = forms.DateField(
        label=gettext_lazy("生效日期"),
        initial=today,
        widget=DayInput,
        help_text=gettext_lazy("从这一天起按新情况，此前各日仍按原情况"),
    )
    reason = forms.CharField(
        label=gettext_lazy("事由"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    document_no = forms.CharField(
        label=gettext_lazy("批准文号"), max_length=80, required=False
    )


WHEN = Section(gettext_lazy("何时、为何"), ("day", "reason", "document_no"))


class _NewSchool(forms.Form):
    """The facts of a school that a split or a merger founds."""

    name = forms.CharField(label=gettext_lazy("新校名称"), max_length=100)
    short_name = forms.CharField(
        label=gettext_lazy("新校简称"), max_length=40, required=False
    )
    type = forms.ChoiceField(label=gettext_lazy("新校办学类型"), choices=TYPES)
    school_code = forms.CharField(
        label=gettext_lazy("新校标识码"),
        max_length=10,
        required=False,
        help_text=gettext_lazy("尚未下达的不填；不能使用其他学校用过的代码"),
    )

    def founded(self) -> dict[str, Any]:
        """Return the facts of the new school."""
        given = self.cleaned_data
        return {
            "name": given["name"],
            "short_name": given["short_name"],
            "type": given["type"],
            "school_code": given["school_code"] or None,
        }


class ProfileForm(_FromADay):
    """A new name, type, ownership, code or county from a day on."""

    name = forms.CharField(label=gettext_lazy("学校名称"), max_length=100)
    short_name = forms.CharField(
        label=gettext_lazy("简称"), max_length=40, required=False
    )
    school_code = forms.CharField(
        label=gettext_lazy("学校标识码"),
        max_length=10,
        required=False,
        help_text=gettext_lazy("更名不换代码；办学类型改变时按新下达的代码填写"),
    )
    type = forms.ChoiceField(
        label=gettext_lazy("办学类型"), choices=TYPES, required=False
    )
    stages = forms.MultipleChoiceField(
        label=gettext_lazy("学段"),
        choices=Stage.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("改了办学类型而学段不动的，按新类型确定"),
    )
    ownership = forms.ChoiceField(
        label=gettext_lazy("举办者性质"),
        choices=[("", gettext_lazy("请选择")), *Ownership.choices],
        required=False,
    )
    administered_by = forms.ModelChoiceField(
        label=gettext_lazy("主管地区"), queryset=Region.objects.none()
    )

    class Meta:
        sections = (
            Section(
                gettext_lazy("变更为"),
                (
                    *("name", "short_name", "school_code", "type"),
                    *("stages", "ownership", "administered_by"),
                ),
                gettext_lazy(
                    "只改有变化的项。登记时写错的，请用“修改资料”更正，不作变更。"
                ),
            ),
            WHEN,
        )

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = regions_of(self.user, "schools.add_school")
        self.fields["administered_by"].queryset = regions
        for name in ("name", "short_name", "school_code", "type", "ownership"):
            self.initial.setdefault(name, getattr(school, name))
        self.initial.setdefault("administered_by", school.administered_by_id)
        self.taught = school.stage_codes
        self.initial.setdefault("stages", self.taught)

    def clean_school_code(self) -> str | None:
        """Keep an empty code as no code."""
        return self.cleaned_data["school_code"] or None

    def clean_stages(self) -> list[str] | None:
        """Leave the stages to the type unless others are ticked."""
        ticked: list[str] = self.cleaned_data["stages"]
        return None if not ticked or set(ticked) == set(self.taught) else ticked


class SplitForm(_NewSchool, _FromADay):
    """One school founded out of another."""

    closes = forms.BooleanField(
        label=gettext_lazy("原校同日停办"),
        required=False,
        help_text=gettext_lazy(
            "原校分设后不再存续时勾选；再分设其他学校须在此之前办理"
        ),
    )

    class Meta:
        sections = (
            Section(
                gettext_lazy("分设的学校"),
                ("name", "short_name", "type", "school_code"),
                gettext_lazy("主管地区、所在地区和举办者性质与原校相同，可随后修改。"),
            ),
            Section(gettext_lazy("原校"), ("closes",)),
            WHEN,
        )


class MergeForm(_NewSchool, _FromADay):
    """Schools that end, and the one that stands or is founded for them."""

    sources = forms.ModelMultipleChoiceField(
        label=gettext_lazy("被合并的学校"), queryset=School.objects.none()
    )
    survivor = forms.ModelChoiceField(
        label=gettext_lazy("并入的学校"),
        queryset=School.objects.none(),
        required=False,
        help_text=gettext_lazy("合并后仍存续的学校；合并新设的不选，填写下面的新校"),
    )

    class Meta:
        sections = (
            Section(gettext_lazy("哪些学校合并"), ("sources", "survivor")),
            Section(
                gettext_lazy("合并新设"),
                ("name", "short_name", "type", "school_code"),
                gettext_lazy("只在没有选择“并入的学校”时填写。"),
            ),
            WHEN,
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = School.objects.visible_to(self.user, PERMISSION).filter(
            closed_on__isnull=True
        )
        for name in ("sources", "survivor"):
            self.fields[name].queryset = rows.order_by("pinyin", "pk")
        for name in ("name", "type"):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """Ask for the school that stands or for the one to be founded, not both."""
        cleaned = super().clean() or self.cleaned_data
        survivor, name = cleaned.get("survivor"), cleaned.get("name")
        if bool(survivor) == bool(name):
            raise ValidationError(
                _("请选择“并入的学校”，或填写合并新设的学校，二者填一项")
            )
        if name and not cleaned.get("type"):
            self.add_error("type", _("请选择新校的办学类型"))
        return cleaned


class CloseForm(_FromADay):
    """The day a school ends."""


class TakeBackForm(Form):
    """Why something is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("事由"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
