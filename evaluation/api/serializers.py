"""Shapes of frameworks, cycles, assessments, scores, results and reports."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from core.api.viewsets import ActionsField
from core.models import ReportRun
from core.reports import files_of
from evaluation.models import (
    Assessment,
    Cycle,
    Framework,
    Indicator,
    PeriodicReport,
    Result,
    Score,
)
from evaluation.reading import is_internal, without_internal


class IndicatorSerializer(serializers.ModelSerializer[Indicator]):
    """One node of a framework."""

    parent = serializers.CharField(source="parent.code", default=None, read_only=True)

    class Meta:
        model = Indicator
        fields = [
            *("code", "parent", "level", "name_zh", "name_en", "weight", "method"),
            *("subject", "clause", "parts", "rubric", "evidence", "na_rule"),
            "variants",
        ]


class FrameworkSerializer(serializers.ModelSerializer[Framework]):
    """A framework; its tree comes with the single one."""

    region = serializers.CharField(source="region.code", read_only=True)
    actions = ActionsField()

    class Meta:
        model = Framework
        fields = [
            *("id", "code", "version", "region", "name_zh", "name_en", "policy"),
            *("targets", "state", "total_weight", "expert_weight", "survey_weight"),
            *("published_on", "retired_on", "actions"),
        ]


class FrameworkTreeSerializer(FrameworkSerializer):
    """A framework with its indicators."""

    indicators = IndicatorSerializer(many=True, read_only=True)

    class Meta(FrameworkSerializer.Meta):
        fields = [*FrameworkSerializer.Meta.fields, "indicators"]


class CycleSerializer(serializers.ModelSerializer[Cycle]):
    """A cycle and the moves open in its state."""

    region = serializers.CharField(source="region.code", read_only=True)
    year = serializers.CharField(source="year.code", read_only=True)
    actions = ActionsField()

    class Meta:
        model = Cycle
        fields = [
            *("id", "name", "region", "year", "kind", "framework", "targets", "state"),
            *("reference_day", "self_due_on", "review_due_on", "publicity_from"),
            *("publicity_to", "consolidated_on", "published_on", "actions"),
        ]


class PublicityInput(serializers.Serializer[Any]):
    """The days of a public notice."""

    publicity_from = serializers.DateField()
    publicity_to = serializers.DateField()


class AssessmentSerializer(serializers.ModelSerializer[Assessment]):
    """An assessment with the members of its reference day."""

    county = serializers.CharField(source="county.code", read_only=True)
    actions = ActionsField()

    class Meta:
        model = Assessment
        fields = [
            *("id", "cycle", "group", "school", "label", "lead_school", "county"),
            *("variant", "members", "state", "opened_on", "veto_kind", "actions"),
        ]


FIGURES = ("auto_numerator", "auto_denominator", "auto_value")


class ScoreSerializer(serializers.ModelSerializer[Score]):
    """A score with what it was computed from."""

    code = serializers.CharField(source="indicator.code", read_only=True)
    snapshot = serializers.SerializerMethodField()

    class Meta:
        model = Score
        fields = [
            *("id", "assessment", "code", "max_score", "score", "is_na", "how"),
            *FIGURES,
            "auto_score",
            *("manual_level", "manual_score", "comment", "scored_at", "snapshot"),
        ]

    def to_representation(self, instance: Score) -> dict[str, Any]:
        """Leave out the figures of a leaf that rests on examinations."""
        data = super().to_representation(instance)
        if is_internal(instance.snapshot):
            data.update(dict.fromkeys(FIGURES))
        return data

    def get_snapshot(self, row: Score) -> dict[str, Any]:
        """Return the snapshot; what examinations say stays inside the bureau."""
        return without_internal(row.snapshot)


class HandScoreInput(serializers.Serializer[Any]):
    """A level, or points, or N/A with its reason."""

    level = serializers.ChoiceField(choices=list("ABCDE"), required=False)
    points = serializers.DecimalField(
        max_digits=6,
        decimal_places=2,
        required=False,
        min_value=Decimal(0),
    )
    na_reason = serializers.CharField(required=False, max_length=300)
    comment = serializers.CharField(required=False, max_length=2000)


class ResultSerializer(serializers.ModelSerializer[Result]):
    """A result; its digest proves the frozen inputs."""

    cycle = serializers.IntegerField(source="assessment.cycle_id", read_only=True)
    label = serializers.CharField(source="assessment.label", read_only=True)
    group = serializers.IntegerField(
        source="assessment.group_id", read_only=True, allow_null=True
    )
    school = serializers.IntegerField(
        source="assessment.school_id", read_only=True, allow_null=True
    )

    class Meta:
        model = Result
        fields = [
            *("id", "assessment", "cycle", "label", "group", "school", "raw"),
            *("applicable_weight", "full_weight", "score", "band", "grade"),
            *("limited_by", "fallen_members", "rank", "of", "dimensions"),
            *("previous_score", "state", "digest", "published_on"),
        ]


class PeriodicReportSerializer(serializers.ModelSerializer[PeriodicReport]):
    """A self-evaluation report."""

    label = serializers.CharField(source="assessment.label", read_only=True)
    actions = ActionsField()

    class Meta:
        model = PeriodicReport
        fields = [
            *("id", "assessment", "label", "kind", "state", "sections", "revision"),
            *("due_on", "submitted_at", "return_reason", "actions"),
        ]


class SectionsInput(serializers.Serializer[Any]):
    """The dimensions to save, and the revision they were written on."""

    sections = serializers.DictField(child=serializers.DictField())
    revision = serializers.IntegerField(required=False, min_value=0)


class ReportRunSerializer(serializers.ModelSerializer[ReportRun]):
    """A compiled report with its files."""

    files = serializers.SerializerMethodField()

    class Meta:
        model = ReportRun
        fields = [
            *("id", "code", "title", "period", "version", "state", "digest"),
            *("params", "compiled_at", "files"),
        ]

    def get_files(self, run: ReportRun) -> list[dict[str, Any]]:
        """Return name, format, size, hash and address of each file."""
        return [
            {
                "name": f.name,
                "format": f.label,
                "size": f.size,
                "sha256": f.sha256,
                "url": f.get_absolute_url(),
            }
            for f in files_of(run)
        ]
