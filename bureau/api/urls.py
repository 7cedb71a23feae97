"""Routes of the administrative frame."""

from bureau.api.views import (
    AcademicYearViewSet,
    PolicyClauseViewSet,
    PolicyDocumentViewSet,
    PolicyParameterViewSet,
    PriorityAreaViewSet,
    RegionViewSet,
    TargetViewSet,
)

ROUTES = [
    ("regions", RegionViewSet, "region"),
    ("academic-years", AcademicYearViewSet, "academicyear"),
    ("policy-documents", PolicyDocumentViewSet, "policydocument"),
    ("policy-clauses", PolicyClauseViewSet, "policyclause"),
    ("policy-parameters", PolicyParameterViewSet, "policyparameter"),
    ("targets", TargetViewSet, "target"),
    ("priority-areas", PriorityAreaViewSet, "priorityarea"),
]
