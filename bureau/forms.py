"""Forms of parameters, terms and machine clients."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.choices import ValueKind
from bureau.models import PolicyParameter, Region, Term
from bureau.scopes import brief
from bureau.services.clients import known_scopes
from bureau.services.parameters import choices_of
from bureau.words import code_word, unit_word
from core.days import today
from core.forms import Form, ModelForm


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
            (code, f"{brief(code)} · {label}") for code, label in known_scopes().items()
        ]
