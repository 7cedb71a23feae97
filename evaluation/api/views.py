"""Viewsets of appraisal: the pages' rows, filters and verbs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.viewsets import MoveViewSet, VisibleViewSet
from core.models import ReportRun
from evaluation.api.serializers import (
    AssessmentSerializer,
    CycleSerializer,
    FrameworkSerializer,
    FrameworkTreeSerializer,
    HandScoreInput,
    PeriodicReportSerializer,
    PublicityInput,
    ReportRunSerializer,
    ResultSerializer,
    ScoreSerializer,
    SectionsInput,
)
from evaluation.filters import (
    AssessmentFilter,
    CycleFilter,
    FrameworkFilter,
    ReportFilter,
    ResultFilter,
)
from evaluation.models import (
    Assessment,
    Cycle,
    Framework,
    PeriodicReport,
    Result,
    Score,
)
from evaluation.services import MOVES, save_sections, score_by_hand


class FrameworkViewSet(MoveViewSet):
    """Frameworks; the single one brings its tree."""

    queryset = Framework.objects.select_related("region")
    serializer_class = FrameworkSerializer
    filterset_class = FrameworkFilter
    moves = MOVES["evaluation.framework"]

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        """Bring the tree with the single framework."""
        return (
            FrameworkTreeSerializer
            if self.action == "retrieve"
            else FrameworkSerializer
        )


class CycleViewSet(MoveViewSet):
    """Cycles and their steps."""

    queryset = Cycle.objects.select_related("region", "year", "framework")
    serializer_class = CycleSerializer
    filterset_class = CycleFilter
    moves = MOVES["evaluation.cycle"]
    move_inputs = {"publicise": PublicityInput}


class AssessmentViewSet(MoveViewSet):
    """Assessments of groups and schools."""

    queryset = Assessment.objects.select_related("county", "cycle__region")
    serializer_class = AssessmentSerializer
    filterset_class = AssessmentFilter
    moves = MOVES["evaluation.assessment"]


class ScoreViewSet(VisibleViewSet):
    """Scores; ``POST …/{id}/give/`` scores a leaf by hand."""

    queryset = Score.objects.select_related("indicator").order_by(
        "assessment", "indicator__position"
    )
    serializer_class = ScoreSerializer
    filterset_fields = ["assessment", "assessment__cycle", "how", "is_na"]

    @extend_schema(request=HandScoreInput, responses=ScoreSerializer)
    @action(detail=True, methods=["post"])
    def give(self, request: Request, **kwargs: Any) -> Response:
        """Score one leaf by hand."""
        given = HandScoreInput(data=request.data)
        given.is_valid(raise_exception=True)
        done = score_by_hand(self.get_object(), by=request.user, **given.validated_data)
        return Response(self.get_serializer(done).data)


class ResultViewSet(VisibleViewSet):
    """Results by place."""

    queryset = Result.objects.defer("frozen").select_related("assessment")
    serializer_class = ResultSerializer
    filterset_class = ResultFilter


class PeriodicReportViewSet(MoveViewSet):
    """Self-evaluation reports; ``PUT …/{id}/sections/`` writes them."""

    queryset = PeriodicReport.objects.select_related(
        "assessment__cycle__region", "assessment__framework"
    )
    serializer_class = PeriodicReportSerializer
    filterset_class = ReportFilter
    moves = MOVES["evaluation.periodicreport"]

    @extend_schema(request=SectionsInput, responses=PeriodicReportSerializer)
    @action(detail=True, methods=["put"], url_path="sections")
    def edit_sections(self, request: Request, **kwargs: Any) -> Response:
        """Save some dimensions of a report (its name sorts before the moves' route)."""
        given = SectionsInput(data=request.data)
        given.is_valid(raise_exception=True)
        done = save_sections(self.get_object(), by=request.user, **given.validated_data)
        return Response(self.get_serializer(done).data)


class ReportRunViewSet(VisibleViewSet):
    """Compiled reports with their files and digests."""

    queryset = ReportRun.objects.defer("data")
    serializer_class = ReportRunSerializer
    filterset_fields = ["code", "state", "version"]
