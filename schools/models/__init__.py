"""The school register, its labels, classes and annual returns."""

from schools.models.campus import Campus, ConstructionProject
from schools.models.classes import ClassSection
from schools.models.contact import SchoolContact
from schools.models.course import Course
from schools.models.duplicate import MergedRecord, NotDuplicate
from schools.models.label import SchoolHonour, SchoolLabel
from schools.models.partner import Partner
from schools.models.profile import SchoolProfile
from schools.models.quality import QualityResult
from schools.models.reduction import ClassReductionPlan, ReductionStep
from schools.models.reminder import ReturnReminder
from schools.models.returns import SchoolReturn
from schools.models.school import School
from schools.models.stage import SchoolStage
from schools.models.unlock import ReturnUnlock

__all__ = [
    "Campus",
    "ClassReductionPlan",
    "ClassSection",
    "ConstructionProject",
    "Course",
    "MergedRecord",
    "NotDuplicate",
    "Partner",
    "QualityResult",
    "ReductionStep",
    "ReturnReminder",
    "ReturnUnlock",
    "School",
    "SchoolContact",
    "SchoolHonour",
    "SchoolLabel",
    "SchoolProfile",
    "SchoolReturn",
    "SchoolStage",
]
