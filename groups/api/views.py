"""Resources of groups: reading on any day, moves as verbs."""

from typing import Any

from core.api.viewsets import MoveViewSet, VisibleViewSet
from groups.api.serializers import (
    ApprovalInput,
    CaseListSerializer,
    CaseSerializer,
    DocumentListSerializer,
    DocumentSerializer,
    FilingInput,
    GroupListSerializer,
    GroupModeSerializer,
    GroupSerializer,
    MembershipSerializer,
    PartnershipSerializer,
    RejectionInput,
)
from groups.filters import CaseFilter, DocumentFilter, GroupFilter, MembershipFilter
from groups.models import (
    Document,
    EducationGroup,
    GroupCase,
    GroupMode,
    Membership,
    Partnership,
)
from groups.services import MOVES


class _ShortListMixin:
    """Lists in a shorter shape than single objects."""

    list_serializer_class: Any = None

    def get_serializer_class(self) -> Any:
        """Return the short shape for lists."""
        if getattr(self, "action", "") == "list":
            return self.list_serializer_class
        return super().get_serializer_class()  # type: ignore[misc]


class GroupModeViewSet(VisibleViewSet):
    """Modes of formation with their rules."""

    queryset = GroupMode.objects.all()
    serializer_class = GroupModeSerializer


class GroupViewSet(_ShortListMixin, MoveViewSet):
    """Groups; ``?on=`` shows those of a day, with that day's lead and state."""

    queryset = EducationGroup.objects.select_related("region")
    serializer_class = GroupSerializer
    list_serializer_class = GroupListSerializer
    filterset_class = GroupFilter
    moves = MOVES["groups.educationgroup"]

    def get_queryset(self) -> Any:
        """Add lead, counts and state of the day."""
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        day = getattr(self.request, "as_of", None)
        if "on" in self.request.query_params:
            rows = rows.standing_on(day)
        return rows.with_lead(day).with_counts(day).with_state_on(day)


class MembershipViewSet(VisibleViewSet):
    """Memberships; ``?on=`` keeps those of a day."""

    queryset = Membership.objects.select_related("school", "group")
    serializer_class = MembershipSerializer
    filterset_class = MembershipFilter
    span_by_day = True


class CaseViewSet(_ShortListMixin, MoveViewSet):
    """Cases with their moves."""

    queryset = GroupCase.objects.select_related("region").prefetch_related(
        "lines__school", "tasks", "decisions"
    )
    serializer_class = CaseSerializer
    list_serializer_class = CaseListSerializer
    filterset_class = CaseFilter
    moves = MOVES["groups.groupcase"]
    move_inputs = {"approve": ApprovalInput, "reject": RejectionInput}


class DocumentViewSet(_ShortListMixin, MoveViewSet):
    """Charters, plans and other papers with their moves."""

    queryset = Document.objects.select_related("group", "group__region", "case")
    serializer_class = DocumentSerializer
    list_serializer_class = DocumentListSerializer
    filterset_class = DocumentFilter
    moves = MOVES["groups.document"]
    move_inputs = {"file": FilingInput}


class PartnershipViewSet(VisibleViewSet):
    """Partners of groups; ``?on=`` keeps those of a day."""

    queryset = Partnership.objects.select_related("partner")
    serializer_class = PartnershipSerializer
    span_by_day = True
