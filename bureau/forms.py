"""Forms of parameters, terms and machine clients."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.attainment import offered
from bureau.choices import Level, Refining, ValueKind
from bureau.models import PolicyClause, PolicyParameter, Region, Target, Term
from bureau.parameters import parameter_rows
from bureau.scopes import brief
from bureau.services.clients import known_scopes
from bureau.services.parameters import (
    Below,
    choices_of,
    limit_words,
    limits_above,
)
from bureau.words import code_word, owner_word, unit_word, value_with_unit
from core.days import today
from core.forms import Form, ModelForm, Section


class RegionChoice(forms.ModelChoiceField):
    """A choice among the regions in which the user holds a permission."""

    def label_from_instance(self, obj: Any) -> str:
        """Name the region with its code."""
        return f"{obj.name}（{obj.code}）"


def regions_for(user: Any, permission: str) -> Any:
    """Return the regions in which the user holds the permission."""
    return Region.objects.visible_to(user, permission).open().order_by("path")


class ParameterForm(Form):
    """A new value of one parameter; the box fits the parameter's kind."""

    region = RegionChoice(
        queryset=Region.objects.none(), label=gettext_lazy("适用地区")
    )
    value = forms.CharField(label=gettext_lazy("新取值"))
    valid_from = forms.DateField(
        label=gettext_lazy("生效日期"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("可以填写过去或将来的日期"),
    )
    source_note = forms.CharField(
        label=gettext_lazy("依据文件"),
        max_length=250,
        required=False,
        help_text=gettext_lazy("本地文件的文号或会议纪要"),
    )
    refining = forms.ChoiceField(
        label=gettext_lazy("下级地区"),
        choices=Refining.choices,
        help_text=gettext_lazy("县区可以细化市级取值，不能突破（AK-1.3.1）"),
    )
    least = forms.DecimalField(label=gettext_lazy("下级不得低于"), required=False)
    most = forms.DecimalField(label=gettext_lazy("下级不得高于"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("调整理由"),
        max_length=250,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, parameter: PolicyParameter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        permission = "bureau.change_policyparameter"
        self.fields["region"].queryset = regions_for(self.user, permission)
        self.fields["value"] = value_field(parameter)
        self.fields["value"].unit = unit_word(parameter.unit)
        self.fields["value"].clause = _first_clause(parameter)
        self.fields["value"].prefill = None
        self.initial.setdefault("valid_from", today())
        self._say_what_counts(parameter)
        self._fit_below(parameter)

    def _say_what_counts(self, parameter: PolicyParameter) -> None:
        """Say before anything is typed what is in force and what is allowed here."""
        held = self.fields["region"].queryset.filter(pk=self.initial.get("region"))
        here = held.first()
        if here is None:
            return
        row = parameter_rows([parameter.key], here).get(parameter.key)
        told = [str(parameter.meaning)]
        if row is not None:
            words = {"value": value_with_unit(row), "owner": owner_word(row)}
            told.append(_("现行取值 %(value)s（%(owner)s）") % words)
        fresh = PolicyParameter(key=parameter.key, region=here, valid_from=today())
        told += [limit_words(limit) for limit in limits_above(fresh)]
        self.fields["value"].help_text = "；".join(told)

    def _fit_below(self, parameter: PolicyParameter) -> None:
        """Ask what regions below may do only where there are any; ranges of numbers."""
        places = self.fields["region"].queryset
        if not places.filter(level__in=[Level.PROVINCE, Level.CITY]).exists():
            for name in ("refining", "least", "most"):
                del self.fields[name]
        elif parameter.kind != ValueKind.DECIMAL:
            del self.fields["least"], self.fields["most"]
            self.fields["refining"].choices = [
                choice for choice in Refining.choices if choice[0] != Refining.RANGE
            ]

    def clean(self) -> dict[str, Any]:
        """Ask for an end of the range where a range is chosen."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("refining") != Refining.RANGE:
            cleaned["least"] = cleaned["most"] = None
        elif cleaned.get("least") is None and cleaned.get("most") is None:
            self.add_error("least", _("请填写下限或上限，至少一端"))
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        given = dict(self.cleaned_data)
        refining = given.pop("refining", None) or Refining.FREE
        least, most = given.pop("least", None), given.pop("most", None)
        return {**given, "below": Below(refining, least, most)}


class ParameterConfirmForm(Form):
    """From what a value was confirmed."""

    source_note = forms.CharField(
        label=gettext_lazy("核实依据"),
        max_length=250,
        help_text=gettext_lazy("写明文件名称和文号、会议纪要或主管部门的答复"),
    )


class TargetForm(ModelForm):
    """A value that a metric should reach by a day."""

    class Meta:
        model = Target
        fields = [
            *("region", "metric", "title", "direction", "value", "due_on"),
            *("baseline", "baseline_on", "clause", "note"),
        ]
        widgets = {
            "due_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "baseline_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {
            "metric": gettext_lazy("现值由系统按已确认的数据计算，不能手填"),
            "value": gettext_lazy("比例填小数，0.60 即 60 %"),
            "baseline": gettext_lazy("起点的数值；没有基数的目标不判断进度"),
        }
        clauses = {"value": "BN-3.5"}
        sections = (
            Section(
                gettext_lazy("目标"),
                ("region", "metric", "title", "direction", "value", "due_on"),
            ),
            Section(
                gettext_lazy("基数和依据"),
                ("baseline", "baseline_on", "clause", "note"),
                gettext_lazy("有基数才能判断进度是否正常。"),
            ),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = regions_for(self.user, "bureau.change_target")
        chosen = [(one.key, one.title) for one in offered()]
        self.fields["metric"] = forms.ChoiceField(
            label=_("指标"),
            choices=[("", _("请选择")), *chosen],
            help_text=self.fields["metric"].help_text,
        )
        self._dress_fields()

    def validate_unique(self) -> None:
        """Leave the checks to the service, which tells them by field."""

    validate_constraints = validate_unique


class AreaForm(Form):
    """A new priority area: its lead and the regions in it."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    lead_region = RegionChoice(
        queryset=Region.objects.none(), label=gettext_lazy("牵头地区")
    )
    regions = forms.ModelMultipleChoiceField(
        queryset=Region.objects.none(),
        label=gettext_lazy("所含地区"),
        help_text=gettext_lazy("两个以上"),
    )
    valid_from = forms.DateField(
        label=gettext_lazy("设立日期"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    purpose = forms.CharField(
        label=gettext_lazy("推进重点"), max_length=200, required=False
    )
    clause = forms.ModelChoiceField(
        queryset=PolicyClause.objects.all(),
        label=gettext_lazy("依据条款"),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = regions_for(self.user, "bureau.change_priorityarea")
        self.fields["lead_region"].queryset = own.exclude(level=Level.TOWN)
        self.fields["regions"].queryset = joinable(self.user)
        self.initial.setdefault("valid_from", today())


def joinable(user: Any) -> Any:
    """Return the counties and zones beside and below the user's own regions."""
    own = regions_for(user, "bureau.change_priorityarea")
    above = own.exclude(parent=None).values_list("parent", flat=True)
    places = Region.objects.under_ids({*own.values_list("pk", flat=True), *above})
    levels = [Level.COUNTY, Level.FUNCTIONAL_ZONE]
    return places.open().filter(level__in=levels).order_by("path")


class AreaJoinForm(Form):
    """A region that joins an area, from a day on."""

    region = RegionChoice(queryset=Region.objects.none(), label=gettext_lazy("地区"))
    on = forms.DateField(
        label=gettext_lazy("加入日期"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = joinable(self.user)
        self.initial.setdefault("on", today())


class AreaEndForm(Form):
    """From which day a region or the whole area ends, and why."""

    on = forms.DateField(
        label=gettext_lazy("终止日期"), widget=forms.DateInput(attrs={"type": "date"})
    )
    reason = forms.CharField(label=gettext_lazy("事由"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("on", today())


def _first_clause(parameter: PolicyParameter) -> str:
    clause = next(iter(parameter.clauses.all()), None)
    return clause.clause_id if clause else ""


def value_field(parameter: PolicyParameter) -> forms.Field:
    """Return the box in which a value of this kind is given."""
    label, text = _("新取值"), parameter.meaning
    names = choices_of(parameter)
    if names:
        choices = [(name, code_word(name)) for name in names]
        return forms.ChoiceField(label=label, choices=choices, help_text=text)
    if parameter.kind == ValueKind.BOOL:
        return forms.TypedChoiceField(
            label=label,
            choices=[("true", _("是")), ("false", _("否"))],
            coerce=lambda value: value == "true",
            help_text=text,
        )
    if parameter.kind == ValueKind.DECIMAL:
        return forms.DecimalField(label=label, help_text=text)
    if parameter.kind == ValueKind.JSON:
        return ListField(label=label, help_text=text)
    return forms.CharField(label=label, help_text=text, max_length=80)


class ListField(forms.CharField):
    """A list, written as JSON or one entry a line."""

    widget = forms.Textarea

    def clean(self, value: Any) -> list[Any]:
        """Return the list."""
        text = super().clean(value).strip()
        if not text.startswith("["):
            return [line.strip() for line in text.splitlines() if line.strip()]
        try:
            found = json.loads(text)
        except ValueError as error:
            raise forms.ValidationError(_("列表的写法有误，请每行写一项")) from error
        return list(found)


class TermForm(ModelForm):
    """The days of a term."""

    class Meta:
        model = Term
        fields = ["starts_on", "ends_on"]
        widgets = {
            "starts_on": forms.DateInput(attrs={"type": "date"}),
            "ends_on": forms.DateInput(attrs={"type": "date"}),
        }


class ApiClientForm(Form):
    """A new program."""

    name = forms.CharField(
        label=gettext_lazy("名称"),
        max_length=120,
        help_text=gettext_lazy("写系统名称，如“学籍管理系统”"),
    )
    region = RegionChoice(queryset=Region.objects.none(), label=gettext_lazy("地区"))
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("权限范围"), widget=forms.CheckboxSelectMultiple
    )
    contact = forms.CharField(
        label=gettext_lazy("联系人"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("负责该系统的单位和联系方式"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = regions_for(self.user, "bureau.add_apiclient")
        self.fields["scopes"].choices = [
            (code, f"{label}（{brief(code)}）")
            for code, label in known_scopes().items()
        ]
