"""Tables of the administrative frame."""

from bureau.models.calendar import AcademicYear, Term
from bureau.models.client import ApiClient
from bureau.models.department import Department
from bureau.models.parameter import PolicyParameter
from bureau.models.policy import PolicyClause, PolicyDocument
from bureau.models.region import AreaMember, PriorityArea, Region, RegionName
from bureau.models.target import KeyIndustry, Target

__all__ = [
    "AcademicYear",
    "ApiClient",
    "AreaMember",
    "Department",
    "KeyIndustry",
    "PolicyClause",
    "PolicyDocument",
    "PolicyParameter",
    "PriorityArea",
    "Region",
    "RegionName",
    "Target",
    "Term",
]
