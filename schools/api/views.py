"""Schools, classes and returns over the API."""

from typing import Any

from core.api.viewsets import MoveViewSet, VisibleViewSet
from schools.api.serializers import (
    ClassSectionSerializer,
    ReturnRowSerializer,
    SchoolReturnSerializer,
    SchoolSerializer,
    StageInput,
)
from schools.filters import ClassSectionFilter, PublicSchoolFilter, SchoolReturnFilter
from schools.models import ClassSection, School, SchoolReturn
from schools.services import MOVES, confirm_stage


class SchoolViewSet(MoveViewSet):
    """Schools within the caller's reach; ``?on=`` shows the register of a day."""

    queryset = School.objects.all()
    serializer_class = SchoolSerializer
    filterset_class = PublicSchoolFilter
    moves = {"confirm_stage": confirm_stage}
    move_inputs = {"confirm_stage": StageInput}

    def get_queryset(self) -> Any:
        """Bring stages and labels along, of the day asked for."""
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        request: Any = self.request
        rows = rows.for_list(request.as_of)
        return rows.existing(request.as_of) if "on" in request.query_params else rows


class ClassSectionViewSet(VisibleViewSet):
    """Classes by school, year, stage and size."""

    queryset = ClassSection.objects.filter(removed_at__isnull=True).select_related(
        "year"
    )
    serializer_class = ClassSectionSerializer
    filterset_class = ClassSectionFilter


class SchoolReturnViewSet(MoveViewSet):
    """Annual returns and their moves."""

    queryset = SchoolReturn.objects.select_related("school__administered_by", "year")
    serializer_class = SchoolReturnSerializer
    filterset_class = SchoolReturnFilter
    moves = MOVES["schools.schoolreturn"]

    def get_serializer_class(self) -> Any:
        """Work out the moves for one return only, not for every row of a list."""
        return ReturnRowSerializer if self.action == "list" else SchoolReturnSerializer
