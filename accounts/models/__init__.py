"""Who may sign in, in which role, for which scope and days."""

from accounts.models.grant import RoleGrant
from accounts.models.invitation import Invitation
from accounts.models.privacy import (
    AccessLog,
    DataSubjectRequest,
    ImpactAssessment,
    ProcessingPurpose,
)
from accounts.models.user import User

__all__ = [
    "AccessLog",
    "DataSubjectRequest",
    "ImpactAssessment",
    "Invitation",
    "ProcessingPurpose",
    "RoleGrant",
    "User",
]
