"""What switching the minimal roster on and off asks for."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.models import Region
from core.access import scope_ids
from core.days import today
from core.forms import Form
from roster.pupils.permissions import PERMISSION


class SwitchOnForm(Form):
    """The region, and the assessment the decision rests on."""

    region = forms.ModelChoiceField(
        label=gettext_lazy("地区"), queryset=Region.objects.none()
    )
    decided_on = forms.DateField(
        label=gettext_lazy("影响评估日期"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    conclusion = forms.CharField(
        label=gettext_lazy("影响评估结论"),
        widget=forms.Textarea(attrs={"rows": 5}),
        min_length=20,
        help_text=gettext_lazy(
            "写明处理目的和必要性、保存哪些信息、对个人权益的影响和保护措施"
            "（个人信息保护法第五十五、五十六条）。"
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ids = scope_ids(self.user, "bureau.region", PERMISSION)
        field: Any = self.fields["region"]
        field.queryset = Region.objects.filter(pk__in=ids)
        if len(ids) == 1:
            field.initial = ids[0]

    def clean_decided_on(self) -> Any:
        """Refuse an assessment that is still to come."""
        day = self.cleaned_data["decided_on"]
        if day > today():
            raise ValidationError(_("请先完成影响评估，日期不能晚于今天"))
        return day


class SwitchOffForm(Form):
    """Why the roster is no longer kept."""

    reason = forms.CharField(
        label=gettext_lazy("关闭原因"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
    )
