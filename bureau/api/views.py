"""Resources of the administrative frame; all are read only."""

from bureau.api.serializers import (
    AcademicYearSerializer,
    PolicyClauseSerializer,
    PolicyDocumentSerializer,
    PolicyParameterSerializer,
    RegionSerializer,
)
from bureau.filters import (
    AcademicYearFilter,
    PolicyClauseFilter,
    PolicyDocumentFilter,
    PolicyParameterFilter,
    RegionFilter,
)
from bureau.models import (
    AcademicYear,
    PolicyClause,
    PolicyDocument,
    PolicyParameter,
    Region,
)
from core.api.viewsets import VisibleViewSet


class RegionViewSet(VisibleViewSet):
    """Regions in the caller's charge."""

    queryset = Region.objects.select_related("parent", "successor").prefetch_related(
        "names"
    )
    serializer_class = RegionSerializer
    filterset_class = RegionFilter
    span_by_day = True


class AcademicYearViewSet(VisibleViewSet):
    """School years with their terms."""

    queryset = AcademicYear.objects.prefetch_related("terms")
    serializer_class = AcademicYearSerializer
    filterset_class = AcademicYearFilter


class PolicyDocumentViewSet(VisibleViewSet):
    """Policy documents."""

    queryset = PolicyDocument.objects.select_related("region")
    serializer_class = PolicyDocumentSerializer
    filterset_class = PolicyDocumentFilter


class PolicyClauseViewSet(VisibleViewSet):
    """Clauses; found by their id in the policy (``/policy-clauses/BN-4.1.2/``)."""

    queryset = PolicyClause.objects.select_related("document")
    serializer_class = PolicyClauseSerializer
    filterset_class = PolicyClauseFilter
    lookup_field = "clause_id"
    lookup_value_regex = r"[A-Za-z0-9.\-]+"


class PolicyParameterViewSet(VisibleViewSet):
    """Parameter values of the caller's regions, of what is above, and the defaults."""

    queryset = PolicyParameter.objects.select_related("region").prefetch_related(
        "clauses"
    )
    serializer_class = PolicyParameterSerializer
    filterset_class = PolicyParameterFilter
    span_by_day = True
