"""Shapes of groups, memberships, cases and documents in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.access import scope_ids
from core.api.viewsets import ActionsField
from groups.categories import without_internal
from groups.models import (
    CaseDecision,
    CaseLine,
    CaseTask,
    Document,
    EducationGroup,
    GroupCase,
    GroupMode,
    Membership,
    Partnership,
)


class GroupModeSerializer(serializers.ModelSerializer[GroupMode]):
    """A mode with its rules."""

    class Meta:
        model = GroupMode
        fields = (
            "code",
            "name",
            "group_type",
            "clause",
            "summary",
            "lead_labels",
            "lead_honours",
            "lead_stages",
            "lead_urban",
            "lead_from_outside",
            "member_labels",
            "member_urban",
            "member_stages",
            "member_min",
            "member_max",
            "ownerships",
            "join_forms",
            "partner_kinds",
            "needs_agreement",
        )


class SchoolRefSerializer(serializers.Serializer[Any]):
    """A school by id, name and code."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    school_code = serializers.CharField(allow_null=True)
    provisional_no = serializers.CharField()


class GroupSerializer(serializers.ModelSerializer[EducationGroup]):
    """A group on the day asked for, with the moves open to the caller."""

    region = serializers.CharField(source="region.code")
    state_on = serializers.CharField(allow_null=True, read_only=True)
    lead_id = serializers.IntegerField(allow_null=True, read_only=True)
    lead_name = serializers.CharField(allow_null=True, read_only=True)
    member_count = serializers.IntegerField(allow_null=True, read_only=True)
    actions = ActionsField()

    class Meta:
        model = EducationGroup
        fields = (
            "id",
            "code",
            "name",
            "short_name",
            "region",
            "group_type",
            "primary_mode",
            "closeness",
            "operation_form",
            "bond_type",
            "formation_basis",
            "ownership",
            "is_cross_region",
            "vision",
            "state",
            "state_on",
            "founded_on",
            "founding_document",
            "operating_from",
            "dissolved_on",
            "city_filed_on",
            "is_registered",
            "lead_id",
            "lead_name",
            "member_count",
            "actions",
        )


class GroupListSerializer(GroupSerializer):
    """A group in a list: without the moves, which are asked one by one."""

    class Meta(GroupSerializer.Meta):
        fields = tuple(  # type: ignore[assignment]
            name for name in GroupSerializer.Meta.fields if name != "actions"
        )


class MembershipSerializer(serializers.ModelSerializer[Membership]):
    """One school's part in one group for a span of days."""

    school = SchoolRefSerializer()
    group_code = serializers.CharField(source="group.code")
    category_at_join = serializers.SerializerMethodField()

    class Meta:
        model = Membership
        fields = (
            "id",
            "group",
            "group_code",
            "school",
            "role",
            "mode",
            "join_form",
            "valid_from",
            "valid_to",
            "category_at_join",
            "document_number",
            "ended_because",
        )

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_category_at_join(self, row: Membership) -> list[str]:
        """Return what the school counted as; weak and potential only to bureaus."""
        codes: list[str] = row.category_at_join
        user = self.context["request"].user
        is_bureau = bool(scope_ids(user, "bureau.region"))
        return codes if is_bureau else without_internal(codes)


class CaseLineSerializer(serializers.ModelSerializer[CaseLine]):
    """One school of a case."""

    school = SchoolRefSerializer()

    class Meta:
        model = CaseLine
        fields = ("id", "school", "role", "mode", "join_form", "decision", "note")


class CaseTaskSerializer(serializers.ModelSerializer[CaseTask]):
    """One check or condition of a case."""

    class Meta:
        model = CaseTask
        fields = (
            "id",
            "kind",
            "title",
            "clause",
            "is_blocking",
            "state",
            "due_on",
            "done_on",
            "note",
        )


class CaseDecisionSerializer(serializers.ModelSerializer[CaseDecision]):
    """What was decided."""

    class Meta:
        model = CaseDecision
        fields = (
            "id",
            "outcome",
            "deciding_body",
            "decided_on",
            "document_number",
            "effective_on",
            "text",
        )


class CaseListSerializer(serializers.ModelSerializer[GroupCase]):
    """A case in a list."""

    region = serializers.CharField(source="region.code")
    number = serializers.CharField()

    class Meta:
        model = GroupCase
        fields = (
            "id",
            "number",
            "kind",
            "name",
            "region",
            "group",
            "group_type",
            "primary_mode",
            "formation_basis",
            "is_cross_region",
            "state",
            "opened_on",
            "submitted_on",
            "review_from",
            "closed_on",
        )


class CaseSerializer(CaseListSerializer):
    """A case with its lines, checks, decisions and open moves."""

    lines = CaseLineSerializer(many=True)
    tasks = CaseTaskSerializer(many=True)
    decisions = CaseDecisionSerializer(many=True)
    actions = ActionsField()

    class Meta(CaseListSerializer.Meta):
        fields = (  # type: ignore[assignment]
            *CaseListSerializer.Meta.fields,
            "closeness",
            "operation_form",
            "bond_type",
            "ownership",
            "vision",
            "grounds",
            "planned_on",
            "returned_because",
            "lines",
            "tasks",
            "decisions",
            "actions",
        )


class DocumentListSerializer(serializers.ModelSerializer[Document]):
    """A document in a list."""

    class Meta:
        model = Document
        fields = (
            "id",
            "kind",
            "title",
            "group",
            "case",
            "version",
            "state",
            "valid_from",
            "valid_to",
            "document_number",
            "submitted_on",
            "filed_on",
        )


class DocumentSerializer(DocumentListSerializer):
    """A document with its sections and open moves."""

    actions = ActionsField()

    class Meta(DocumentListSerializer.Meta):
        fields = (  # type: ignore[assignment]
            *DocumentListSerializer.Meta.fields,
            "sections",
            "actions",
        )


# --- What moves ask for --------------------------------------------------------
class ConditionInput(serializers.Serializer[Any]):
    """A condition of an approval."""

    text = serializers.CharField(max_length=300)
    due_on = serializers.DateField()


class ApprovalInput(serializers.Serializer[Any]):
    """What an approval states."""

    document_number = serializers.CharField(max_length=100)
    effective_on = serializers.DateField()
    decided_on = serializers.DateField(required=False)
    deciding_body = serializers.CharField(max_length=120, required=False)
    conditions = ConditionInput(many=True, required=False)
    rejected = serializers.ListField(child=serializers.IntegerField(), required=False)


class RejectionInput(serializers.Serializer[Any]):
    """What a refusal states besides its reason."""

    document_number = serializers.CharField(max_length=100, required=False)
    decided_on = serializers.DateField(required=False)


class FilingInput(serializers.Serializer[Any]):
    """The day on which a filed document takes effect."""

    valid_from = serializers.DateField(required=False)


class PartnershipSerializer(serializers.ModelSerializer[Partnership]):
    """A partner's part in a group."""

    name = serializers.CharField(source="partner.name", read_only=True)

    class Meta:
        model = Partnership
        fields = [
            *("id", "group", "partner", "name", "partner_kind", "document_no"),
            *("valid_from", "valid_to"),
        ]
