"""Forms of labels and honours."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from core.days import today
from core.forms import Form, ModelForm
from schools.forms.fields import DayInput
from schools.models import School, SchoolHonour, SchoolLabel


class LabelForm(ModelForm):
    """A label with its authority and days."""

    proof = forms.FileField(label=gettext_lazy("认定依据（文件）"), required=False)

    class Meta:
        model = SchoolLabel
        fields = ["label", "decided_by", "document_no", "valid_from", "valid_to"]
        widgets = {"valid_from": DayInput, "valid_to": DayInput}
        help_texts = {
            "label": gettext_lazy("薄弱学校、潜质学校仅供内部使用，不对外公开"),
            "valid_to": gettext_lazy("长期有效时不填；到这一天起不再有效"),
        }
        clauses = {"label": "BN-4.1.1a"}

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.school = school


class LabelEndForm(Form):
    """From which day a label no longer holds, and why."""

    valid_to = forms.DateField(
        label=gettext_lazy("终止日期"), initial=today, widget=DayInput
    )
    because = forms.CharField(label=gettext_lazy("终止原因"), max_length=200)


class HonourForm(ModelForm):
    """An honour of a school."""

    class Meta:
        model = SchoolHonour
        fields = ["kind", "title", "level", "year", "awarded_by"]

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.school = school
