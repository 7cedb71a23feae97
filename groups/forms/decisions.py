"""Forms of decisions: approval with conditions and line by line, refusal, a note."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.days import today
from core.forms import Form, Section
from groups.choices import Role
from groups.forms.fields import DayField

CONDITIONS = 4


class ApprovalForm(Form):
    """Document number, effective day, refused lines and conditions."""

    document_number = forms.CharField(label=gettext_lazy("批准文号"), max_length=100)
    decided_on = DayField(label=gettext_lazy("决定日期"))
    effective_on = DayField(
        label=gettext_lazy("生效日期"),
        help_text=gettext_lazy("成员关系自这一天起计算。"),
    )
    deciding_body = forms.CharField(
        label=gettext_lazy("决定机构"), max_length=120, required=False
    )
    rejected = forms.MultipleChoiceField(
        label=gettext_lazy("不批准的学校"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("逐校决定：勾选不批准加入的学校，其余批准。"),
    )
    reason = forms.CharField(
        label=gettext_lazy("决定理由"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    class Meta:
        sections = (
            Section(
                gettext_lazy("决定"),
                (
                    "document_number",
                    "decided_on",
                    "effective_on",
                    "deciding_body",
                    "rejected",
                    "reason",
                ),
                gettext_lazy("决定登记后不能修改，撤销须另作决定。"),
            ),
            Section(
                gettext_lazy("附加条件"),
                tuple(
                    name
                    for n in range(CONDITIONS)
                    for name in (f"condition_{n}", f"due_{n}")
                ),
                gettext_lazy("每项条件都成为有期限的待办；没有条件的不填。"),
            ),
        )
        clauses: dict[str, str] = {}
        units: dict[str, str] = {}

    def __init__(self, *args: Any, case: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = case.lines.select_related("school") if case else []
        self.fields["rejected"].choices = [
            (line.pk, f"{line.school}（{line.get_role_display()}）")
            for line in lines
            if line.role != Role.LEAD
        ]
        self.fields["decided_on"].initial = today()
        self.fields["effective_on"].initial = case.planned_on if case else None
        for n in range(CONDITIONS):
            self.fields[f"condition_{n}"] = forms.CharField(
                label=_("条件 %d") % (n + 1), max_length=300, required=False
            )
            self.fields[f"due_{n}"] = DayField(
                label=_("条件 %d 的期限") % (n + 1), required=False
            )
        self._dress_fields()

    def clean(self) -> dict[str, Any]:
        """Return what the service takes."""
        data = super().clean() or {}
        conditions = []
        for n in range(CONDITIONS):
            text = (data.pop(f"condition_{n}", "") or "").strip()
            due = data.pop(f"due_{n}", None)
            if text and not due:
                self.add_error(f"due_{n}", _("请填写该条件的完成期限"))
            if text and due:
                conditions.append({"text": text, "due_on": due})
        data["conditions"] = conditions
        data["rejected"] = [int(pk) for pk in data.get("rejected", [])]
        return data


class RejectionForm(Form):
    """The number of the document that refuses."""

    document_number = forms.CharField(
        label=gettext_lazy("文号"), max_length=100, required=False
    )
    decided_on = DayField(label=gettext_lazy("决定日期"), required=False)

    def __init__(self, *args: Any, case: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decided_on"].initial = today()


class NoteForm(Form):
    """What was found when a check was passed."""

    note = forms.CharField(
        label=gettext_lazy("说明"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, case: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
