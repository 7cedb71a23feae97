"""Resources of the administrative frame; read only but for confirming values."""

from bureau.api.serializers import (
    AcademicYearSerializer,
    ConfirmInput,
    PolicyClauseSerializer,
    PolicyDocumentSerializer,
    PolicyParameterSerializer,
    PriorityAreaSerializer,
    RegionSerializer,
    TargetSerializer,
)
from bureau.filters import (
    AcademicYearFilter,
    PolicyClauseFilter,
    PolicyDocumentFilter,
    PolicyParameterFilter,
    PriorityAreaFilter,
    RegionFilter,
    TargetFilter,
)
from bureau.models import (
    AcademicYear,
    PolicyClause,
    PolicyDocument,
    PolicyParameter,
    PriorityArea,
    Region,
    Target,
)
from bureau.services import confirm_parameter
from core.api.viewsets import MoveViewSet, VisibleViewSet


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


class PolicyParameterViewSet(MoveViewSet):
    """Parameter values of the caller's regions, of what is above, and the defaults.

    ``confirm`` confirms a value from its source.
    """

    queryset = PolicyParameter.objects.select_related("region").prefetch_related(
        "clauses"
    )
    serializer_class = PolicyParameterSerializer
    filterset_class = PolicyParameterFilter
    span_by_day = True
    moves = {"confirm": confirm_parameter}
    move_inputs = {"confirm": ConfirmInput}


class TargetViewSet(VisibleViewSet):
    """Targets of the caller's regions, with the figures of the day."""

    queryset = Target.objects.select_related("region", "clause")
    serializer_class = TargetSerializer
    filterset_class = TargetFilter


class PriorityAreaViewSet(VisibleViewSet):
    """Priority areas that the caller's regions lead or are in."""

    queryset = PriorityArea.objects.select_related("lead_region").prefetch_related(
        "members__region"
    )
    serializer_class = PriorityAreaSerializer
    filterset_class = PriorityAreaFilter
    span_by_day = True
