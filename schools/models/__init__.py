"""The school register, its labels, classes and annual returns."""

from schools.models.classes import ClassSection
from schools.models.label import SchoolHonour, SchoolLabel
from schools.models.quality import QualityResult
from schools.models.reduction import ClassReductionPlan, ReductionStep
from schools.models.reminder import ReturnReminder
from schools.models.returns import SchoolReturn
from schools.models.school import School, SchoolStage
from schools.models.unlock import ReturnUnlock

__all__ = [
    "ClassReductionPlan",
    "ClassSection",
    "QualityResult",
    "ReductionStep",
    "ReturnReminder",
    "ReturnUnlock",
    "School",
    "SchoolHonour",
    "SchoolLabel",
    "SchoolReturn",
    "SchoolStage",
]
