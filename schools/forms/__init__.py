"""Forms of schools, labels, classes and returns."""

from schools.forms.classes import ClassFormSet, grade_choices
from schools.forms.fields import DayInput, regions_of
from schools.forms.labels import HonourForm, LabelEndForm, LabelForm
from schools.forms.returns import (
    UNIT_IN_LABEL,
    UNITS,
    OpenReturnsForm,
    ReturnForm,
    UnlockAskForm,
    UnlockForm,
)
from schools.forms.school import BulkStageForm, SchoolForm, StageChoiceForm

__all__ = [
    "UNITS",
    "UNIT_IN_LABEL",
    "BulkStageForm",
    "ClassFormSet",
    "DayInput",
    "HonourForm",
    "LabelEndForm",
    "LabelForm",
    "OpenReturnsForm",
    "ReturnForm",
    "SchoolForm",
    "StageChoiceForm",
    "UnlockAskForm",
    "UnlockForm",
    "grade_choices",
    "regions_of",
]
