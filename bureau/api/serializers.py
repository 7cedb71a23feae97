"""Shapes of regions, years, policies and parameters."""

from typing import Any

from rest_framework import serializers

from bureau.models import (
    AcademicYear,
    PolicyClause,
    PolicyDocument,
    PolicyParameter,
    Region,
    RegionName,
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
        ]

    def get_value(self, row: PolicyParameter) -> Any:
        """Return the stored value; decimals as text, so that nothing is lost."""
        return row.value
