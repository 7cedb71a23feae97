"""Tables of education groups."""

from groups.models.case import CaseLine, GroupCase
from groups.models.decision import CaseDecision, CaseTask, TaskTemplate
from groups.models.document import Document
from groups.models.group import EducationGroup, GroupPhase
from groups.models.membership import Membership
from groups.models.mode import GroupMode, ModeAvailability
from groups.models.obligation import Obligation
from groups.models.partnership import Partnership

__all__ = [
    "CaseDecision",
    "CaseLine",
    "CaseTask",
    "Document",
    "EducationGroup",
    "GroupCase",
    "GroupMode",
    "GroupPhase",
    "Membership",
    "ModeAvailability",
    "Obligation",
    "Partnership",
    "TaskTemplate",
]
