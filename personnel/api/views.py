"""Teachers over the API."""

from typing import Any

from core.api.viewsets import VisibleViewSet
from personnel.api.serializers import TeacherSerializer
from personnel.filters import TeacherFilter
from personnel.models import Teacher
from personnel.querysets import IDENTITY


class TeacherViewSet(VisibleViewSet):
    """Teachers within the caller's reach; ``?on=`` shows those employed on a day."""

    queryset = Teacher.objects.select_related("school__administered_by")
    serializer_class = TeacherSerializer
    filterset_class = TeacherFilter

    def get_queryset(self) -> Any:
        """Leave the sealed numbers in the database; narrow to the day asked for."""
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        request: Any = self.request
        rows = rows.defer(*IDENTITY)
        return rows.employed(request.as_of) if "on" in request.query_params else rows
