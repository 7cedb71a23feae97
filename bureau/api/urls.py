"""Routes of the administrative frame."""

from bureau.api.views import (
    AcademicYearViewSet,
    PolicyClauseViewSet,
    PolicyDocumentViewSet,
    PolicyParameterViewSet,
    RegionViewSet,
)

ROUTES = [
    ("regions", RegionViewSet, "region"),
    ("academic-years", AcademicYearViewSet, "academicyear"),
    ("policy-documents", PolicyDocumentViewSet, "policydocument"),
    ("policy-clauses", PolicyClauseViewSet, "policyclause"),
    ("policy-parameters", PolicyParameterViewSet, "policyparameter"),
]
