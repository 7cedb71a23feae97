"""Shapes of regions, years, policies and parameters."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from bureau.attainment import WORDS, Attainment, attainments
from bureau.models import (
    AcademicYear,
    AreaMember,
    PolicyClause,
    PolicyDocument,
    PolicyParameter,
    PriorityArea,
    Region,
    RegionName,
    Target,
    Term,
)


class RegionNameSerializer(serializers.ModelSerializer[RegionName]):
    """A code and name with their days."""

    class Meta:
        model = RegionName
        fields = ["code", "name", "valid_from", "valid_to"]


class RegionSerializer(serializers.ModelSerializer[Region]):
    """A region; others are named by their codes."""

    parent = serializers.CharField(source="parent.code", default=None, read_only=True)
    successor = serializers.CharField(
        source="successor.code", default=None, read_only=True
    )
    names = RegionNameSerializer(many=True, read_only=True)

    class Meta:
        model = Region
        fields = [
            *("id", "code", "name", "short_name", "level", "parent", "path"),
            *("valid_from", "valid_to", "successor", "names", "changed_at"),
        ]


class TermSerializer(serializers.ModelSerializer[Term]):
    """A term; both days belong to it."""

    class Meta:
        model = Term
        fields = ["number", "starts_on", "ends_on"]


class AcademicYearSerializer(serializers.ModelSerializer[AcademicYear]):
    """A school year with its terms."""

    terms = TermSerializer(many=True, read_only=True)

    class Meta:
        model = AcademicYear
        fields = ["id", "code", "starts_on", "ends_on", "terms"]


class PolicyDocumentSerializer(serializers.ModelSerializer[PolicyDocument]):
    """A policy document."""

    region = serializers.CharField(source="region.code", default=None, read_only=True)

    class Meta:
        model = PolicyDocument
        fields = [
            *("id", "doc_no", "title", "issuer", "issued_year", "issued_on"),
            *("region", "level", "clause_prefix"),
        ]


class PolicyClauseSerializer(serializers.ModelSerializer[PolicyClause]):
    """A clause with its summary."""

    document = serializers.CharField(source="document.doc_no", read_only=True)

    class Meta:
        model = PolicyClause
        fields = [
            *("id", "clause_id", "document", "area", "priority"),
            *("key_terms", "summary", "features", "meaning_en"),
        ]


class PolicyParameterSerializer(serializers.ModelSerializer[PolicyParameter]):
    """A value of a parameter; ``region`` is null for the shipped default."""

    region = serializers.CharField(source="region.code", default=None, read_only=True)
    value = serializers.SerializerMethodField()
    clauses = serializers.SlugRelatedField(
        slug_field="clause_id", many=True, read_only=True
    )

    class Meta:
        model = PolicyParameter
        fields = [
            *("id", "key", "region", "value", "kind", "unit", "meaning", "meaning_en"),
            *("valid_from", "valid_to", "verified", "source_note", "reason", "clauses"),
            *("refining", "least", "most", "verified_at", "verified_note"),
        ]

    def get_value(self, row: PolicyParameter) -> Any:
        """Return the stored value; decimals as text, so that nothing is lost."""
        return row.value


class ConfirmInput(serializers.Serializer[Any]):
    """From what a value was confirmed."""

    source_note = serializers.CharField(max_length=250)


class TargetSerializer(serializers.ModelSerializer[Target]):
    """A target with the figure of the day and where it therefore stands."""

    region = serializers.CharField(source="region.code", read_only=True)
    clause = serializers.CharField(
        source="clause.clause_id", default=None, read_only=True
    )
    now = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()

    class Meta:
        model = Target
        fields = [
            *("id", "region", "metric", "title", "direction", "baseline"),
            *("baseline_on", "value", "due_on", "clause", "note", "now", "state"),
        ]

    def _attained(self, row: Target) -> Attainment:
        found: dict[int, Attainment] = self.context.setdefault("attained", {})
        if row.pk not in found:
            rows = self.instance if isinstance(self.instance, list) else [row]
            parent = getattr(self.parent, "instance", None)
            rows = list(parent) if parent is not None else rows
            found.update(attainments(rows, self.context["request"].as_of))
        return found[row.pk]

    @extend_schema_field(serializers.DecimalField(16, 4, allow_null=True))
    def get_now(self, row: Target) -> Any:
        """Return the region's figure as text, so that nothing is lost."""
        now = self._attained(row).now
        return None if now is None else f"{now:f}"

    @extend_schema_field(serializers.ChoiceField(sorted(WORDS)))
    def get_state(self, row: Target) -> str:
        """Return where the target stands."""
        return self._attained(row).state


class AreaMemberSerializer(serializers.ModelSerializer[AreaMember]):
    """A region in an area with its days."""

    region = serializers.CharField(source="region.code", read_only=True)

    class Meta:
        model = AreaMember
        fields = ["region", "valid_from", "valid_to"]


class PriorityAreaSerializer(serializers.ModelSerializer[PriorityArea]):
    """A priority area with its lead and its dated members."""

    lead_region = serializers.CharField(source="lead_region.code", read_only=True)
    members = AreaMemberSerializer(many=True, read_only=True)

    class Meta:
        model = PriorityArea
        fields = [
            *("id", "name", "purpose", "lead_region", "members"),
            *("valid_from", "valid_to"),
        ]
