"""Forms in which a school consents and a department gives its opinion."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.days import today
from core.forms import Form
from core.models import Opinion
from groups.forms.fields import DayField


class OpinionForm(Form):
    """What a department (or the city) says."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("意见"),
        choices=Opinion.Verdict.choices,
        widget=forms.RadioSelect,
    )
    decided_on = DayField(label=gettext_lazy("作出日期"))
    text = forms.CharField(
        label=gettext_lazy("说明"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("不同意或有条件同意时必填。"),
    )
    file = forms.FileField(
        label=gettext_lazy("附件"), required=False, help_text=gettext_lazy("PDF 或图片")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decided_on"].initial = today()

    def clean(self) -> dict[str, Any]:
        """Ask for words wherever the answer is not a plain yes."""
        data = super().clean() or {}
        verdict = data.get("verdict")
        if verdict and verdict != Opinion.Verdict.AGREE and not data.get("text"):
            self.add_error("text", _("请写明理由或条件"))
        return data


class ConsentForm(OpinionForm):
    """What a member school says, by which body and with how many votes."""

    deciding_body = forms.CharField(
        label=gettext_lazy("决定机构"),
        max_length=120,
        help_text=gettext_lazy("如教职工代表大会、校务委员会"),
    )
    votes_for = forms.IntegerField(
        label=gettext_lazy("赞成"), min_value=0, required=False
    )
    votes_against = forms.IntegerField(
        label=gettext_lazy("反对"), min_value=0, required=False
    )
    votes_abstained = forms.IntegerField(
        label=gettext_lazy("弃权"), min_value=0, required=False
    )
    field_order = (
        "verdict",
        "deciding_body",
        "decided_on",
        "votes_for",
        "votes_against",
        "votes_abstained",
        "text",
        "file",
    )

    class Meta:
        units = {"votes_for": "票", "votes_against": "票", "votes_abstained": "票"}
        clauses = {"verdict": "AK-1.3.4"}
