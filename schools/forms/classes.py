"""The form of a school's classes: one row a class."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schools.choices import Stage
from schools.models import ClassSection
from schools.models.classes import GRADES


def grade_choices(stages: list[str]) -> list[tuple[str, str]]:
    """Return ``STAGE:grade`` and its words for the stages of a school."""
    return [
        (f"{stage}:{grade}", _grade_words(stage, grade))
        for stage in stages
        for grade in GRADES[stage]
    ]


def _grade_words(stage: str, grade: int) -> str:
    name = ClassSection(stage=stage, grade=grade).grade_label
    if stage in {Stage.KINDERGARTEN, Stage.SENIOR}:
        return name
    return _("%(stage)s%(grade)s") % {"stage": Stage(stage).label, "grade": name}


class ClassRowForm(forms.Form):
    """One class."""

    grade = forms.ChoiceField(label=gettext_lazy("年级"), required=False)
    number = forms.IntegerField(
        label=gettext_lazy("班号"), min_value=1, max_value=200, required=False
    )
    headcount = forms.IntegerField(
        label=gettext_lazy("人数"), min_value=0, max_value=300, required=False
    )

    def __init__(
        self, *args: Any, grades: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grade"].choices = [("", "—"), *grades]
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = str(field.label)
            field.widget.attrs["class"] = (
                "form-select" if name == "grade" else "form-control"
            )

    def clean(self) -> dict[str, Any]:
        """Ask for a whole row or none."""
        cleaned = super().clean() or {}
        given = [cleaned.get(n) not in (None, "") for n in self.fields if n != "DELETE"]
        if any(given) and not all(given) and not self.errors:
            raise ValidationError(_("请把这一行的年级、班号和人数填齐"))
        return cleaned

    def as_row(self) -> dict[str, Any] | None:
        """Return the class, or None for an empty or deleted row."""
        cleaned = self.cleaned_data
        if cleaned.get("DELETE") or not cleaned.get("grade"):
            return None
        stage, _colon, grade = cleaned["grade"].partition(":")
        return {
            "stage": stage,
            "grade": int(grade),
            "number": cleaned["number"],
            "headcount": cleaned["headcount"],
        }


class ClassRows(forms.BaseFormSet):
    """The classes of a school year; no class twice."""

    def clean(self) -> None:
        """Refuse the same class twice."""
        seen: set[tuple[str, int, int]] = set()
        for form in self.forms:
            row = form.as_row() if form.is_valid() else None
            if row is None:
                continue
            key = (row["stage"], row["grade"], row["number"])
            if key in seen:
                form.add_error("number", _("该年级已有这个班号"))
                raise ValidationError(_("有重复的班级"))
            seen.add(key)

    def rows(self) -> list[dict[str, Any]]:
        """Return the classes kept."""
        return [row for form in self.forms if (row := form.as_row())]


ClassFormSet = forms.formset_factory(
    ClassRowForm, formset=ClassRows, extra=6, can_delete=True, max_num=400
)
