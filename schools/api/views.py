"""Schools, classes and returns over the API."""

from typing import Any

from core.api.viewsets import MoveViewSet, VisibleViewSet, WriteViewSet
from schools.api.serializers import (
    CampusInput,
    CampusSerializer,
    ClassSectionSerializer,
    OnADay,
    PartnerInput,
    PartnerSerializer,
    PlanRowSerializer,
    ProjectInput,
    ProjectSerializer,
    ReductionPlanSerializer,
    RenameInput,
    ReturnRowSerializer,
    ReturnUnlockSerializer,
    SchoolReturnSerializer,
    SchoolSerializer,
    StageInput,
    UnlockInput,
    UnlockRowSerializer,
)
from schools.filters import (
    CampusFilter,
    ClassSectionFilter,
    PartnerFilter,
    ProjectFilter,
    PublicSchoolFilter,
    ReductionPlanFilter,
    ReturnUnlockFilter,
    SchoolReturnFilter,
)
from schools.models import (
    Campus,
    ClassReductionPlan,
    ClassSection,
    ConstructionProject,
    Partner,
    ReturnUnlock,
    School,
    SchoolReturn,
)
from schools.services import (
    MOVES,
    add_campus,
    add_project,
    ask_unlock,
    change_campus,
    change_partner,
    change_project,
    close_school,
    confirm_stage,
    register_partner,
    rename_school,
    reopen_school,
    undo_change,
)


class SchoolViewSet(MoveViewSet):
    """Schools within the caller's reach; ``?on=`` shows the register of a day."""

    queryset = School.objects.all()
    serializer_class = SchoolSerializer
    filterset_class = PublicSchoolFilter
    moves = {
        "confirm_stage": confirm_stage,
        "rename": rename_school,
        "undo_change": undo_change,
        "close": close_school,
        "reopen": reopen_school,
    }
    move_inputs = {
        "confirm_stage": StageInput,
        "rename": RenameInput,
        "close": OnADay,
    }

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


def _ask_unlock(row: SchoolReturn, *, by: Any, reason: str = "") -> SchoolReturn:
    ask_unlock(row, by=by, reason=reason)
    return row


class SchoolReturnViewSet(MoveViewSet):
    """Annual returns and their moves; ``ask-unlock`` asks to open a locked one."""

    queryset = SchoolReturn.objects.select_related("school__administered_by", "year")
    serializer_class = SchoolReturnSerializer
    filterset_class = SchoolReturnFilter
    moves = {**MOVES["schools.schoolreturn"], "ask_unlock": _ask_unlock}

    def get_serializer_class(self) -> Any:
        """Work out the moves for one return only, not for every row of a list."""
        return ReturnRowSerializer if self.action == "list" else SchoolReturnSerializer


class ReturnUnlockViewSet(MoveViewSet):
    """Requests to open locked returns: approve with a last day, refuse, withdraw."""

    queryset = ReturnUnlock.objects.select_related(
        "school_return__school__administered_by", "school_return__year"
    )
    permission = "schools.view_schoolreturn"
    serializer_class = ReturnUnlockSerializer
    filterset_class = ReturnUnlockFilter
    moves = MOVES["schools.returnunlock"]
    move_inputs = {"approve": UnlockInput}

    def get_serializer_class(self) -> Any:
        """Work out the moves for one request only, not for every row of a list."""
        return UnlockRowSerializer if self.action == "list" else ReturnUnlockSerializer


class CampusViewSet(WriteViewSet):
    """Campuses by school; ``?on=`` keeps those in use on a day."""

    queryset = Campus.objects.all()
    permission = "schools.view_school"
    serializer_class = CampusSerializer
    filterset_class = CampusFilter
    write_input = CampusInput
    adds, changes = staticmethod(add_campus), staticmethod(change_campus)
    fixed = frozenset({"school"})
    span_by_day = True


class ProjectViewSet(WriteViewSet):
    """Construction projects by school, programme, kind and progress."""

    queryset = ConstructionProject.objects.all()
    serializer_class = ProjectSerializer
    filterset_class = ProjectFilter
    write_input = ProjectInput
    adds, changes = staticmethod(add_project), staticmethod(change_project)
    fixed = frozenset({"school"})


class PartnerViewSet(WriteViewSet):
    """Partners by kind and region."""

    queryset = Partner.objects.select_related("region")
    serializer_class = PartnerSerializer
    filterset_class = PartnerFilter
    write_input = PartnerInput
    adds, changes = staticmethod(register_partner), staticmethod(change_partner)


class ReductionPlanViewSet(MoveViewSet):
    """Plans to do away with large classes and their moves."""

    queryset = ClassReductionPlan.objects.select_related(
        "school__administered_by", "base_year"
    ).prefetch_related("steps__term__year")
    serializer_class = ReductionPlanSerializer
    filterset_class = ReductionPlanFilter
    moves = MOVES["schools.classreductionplan"]

    def get_serializer_class(self) -> Any:
        """Work out the moves for one plan only, not for every row of a list."""
        return PlanRowSerializer if self.action == "list" else ReductionPlanSerializer
