"""Shapes of schools, classes and returns; internal labels stay inside."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from bureau.models import Region
from core.api.viewsets import ActionsField
from schools.choices import INTERNAL_LABELS, UNCLEAR_TYPES, Stage
from schools.models import (
    Campus,
    ClassReductionPlan,
    ClassSection,
    ConstructionProject,
    Partner,
    ReductionStep,
    ReturnUnlock,
    School,
    SchoolLabel,
    SchoolReturn,
)
from schools.models.profile import told_by
from schools.models.returns import FIGURES


class LabelSerializer(serializers.ModelSerializer[SchoolLabel]):
    """A label with its days."""

    class Meta:
        model = SchoolLabel
        fields = ["label", "valid_from", "valid_to", "decided_by", "document_no"]


class SchoolSerializer(serializers.ModelSerializer[School]):
    """A school; regions and other schools are named by code and id."""

    region = serializers.CharField(source="region.code", read_only=True)
    administered_by = serializers.CharField(
        source="administered_by.code", read_only=True
    )
    stages = serializers.SerializerMethodField()
    labels = serializers.SerializerMethodField()

    class Meta:
        model = School
        fields = [
            *("id", "school_code", "provisional_no", "name", "short_name"),
            *("distinguisher", "region", "administered_by", "type", "stages"),
            *("stage_to_confirm", "ownership", "urban_rural_code"),
            *("is_legal_person", "opened_on", "closed_on", "status"),
            *("predecessor", "successor", "address", "latitude", "longitude"),
            *("labels", "changed_at"),
        ]

    def to_representation(self, instance: School) -> dict[str, Any]:
        """Say name, code, type, stages, county and state as they were on the day."""
        data = super().to_representation(instance)
        day = getattr(self.context.get("request"), "as_of", None)
        if day is None:
            return data
        later = getattr(instance, "profiles_after", None) or [instance]
        then = told_by(instance, later[0], day)
        told = ("name", "short_name", "school_code", "type", "ownership", "status")
        data.update({name: getattr(then, name) for name in told})
        data["administered_by"] = then.administered_by.code
        data["stages"] = then.stage_codes
        return data

    @extend_schema_field(
        serializers.ListField(child=serializers.ChoiceField(Stage.choices))
    )
    def get_stages(self, school: School) -> list[str]:
        """Return the stages taught, in the order of schooling."""
        return school.stage_codes

    @extend_schema_field(LabelSerializer(many=True))
    def get_labels(self, school: School) -> Any:
        """Return the labels of the day; weak and potential never leave."""
        held: list[SchoolLabel] = getattr(school, "labels_held", None) or []
        public = [label for label in held if label.label not in INTERNAL_LABELS]
        return LabelSerializer(public, many=True).data


class StageInput(serializers.Serializer[Any]):
    """What a school that only said 中学 really is."""

    type = serializers.ChoiceField(choices=[(t.value, t.label) for t in UNCLEAR_TYPES])
    stages = serializers.ListField(
        child=serializers.ChoiceField(choices=Stage.choices), required=False
    )


class ClassSectionSerializer(serializers.ModelSerializer[ClassSection]):
    """A class with its pupils on the day they were counted."""

    year = serializers.CharField(source="year.code", read_only=True)

    class Meta:
        model = ClassSection
        fields = [
            *("id", "school", "year", "stage", "grade", "number", "name"),
            *("headcount", "counted_on", "changed_at"),
        ]


class ReturnRowSerializer(serializers.ModelSerializer[SchoolReturn]):
    """A return in a list: its figures and its state."""

    year = serializers.CharField(source="year.code", read_only=True)

    class Meta:
        model = SchoolReturn
        fields = [
            *("id", "school", "year", "stage", "state", "counted_on"),
            *FIGURES,
            "explanations",
            *("submitted_at", "confirmed_at", "accepted_at", "saved_at"),
        ]


class SchoolReturnSerializer(ReturnRowSerializer):
    """One return, with the moves open to the caller besides."""

    actions = ActionsField()

    class Meta(ReturnRowSerializer.Meta):
        fields = [*ReturnRowSerializer.Meta.fields, "actions"]


class UnlockInput(serializers.Serializer[Any]):
    """What approving a lock exception needs besides the reason."""

    expires_on = serializers.DateField()


class UnlockRowSerializer(serializers.ModelSerializer[ReturnUnlock]):
    """A lock exception in a list: of which return, until when, where it stands."""

    class Meta:
        model = ReturnUnlock
        fields = [
            *("id", "school_return", "state", "reason", "asked_at"),
            *("decided_at", "opened_on", "expires_on", "closed_at"),
        ]


class ReturnUnlockSerializer(UnlockRowSerializer):
    """One lock exception, with the moves open to the caller besides."""

    actions = ActionsField()

    class Meta(UnlockRowSerializer.Meta):
        fields = [*UnlockRowSerializer.Meta.fields, "actions"]


class CampusSerializer(serializers.ModelSerializer[Campus]):
    """A place a school teaches at."""

    class Meta:
        model = Campus
        fields = [
            *("id", "school", "name", "stages", "address", "latitude", "longitude"),
            *("valid_from", "valid_to"),
        ]


class OwnSchoolField(serializers.PrimaryKeyRelatedField[School]):
    """A school the caller may know of."""

    def get_queryset(self) -> Any:
        """Return the schools within the caller's reach."""
        rows = School.objects.select_related("administered_by")
        return rows.visible_to(self.context["request"].user, "schools.view_school")


class CampusInput(serializers.ModelSerializer[Campus]):
    """A campus as it is sent in."""

    school = OwnSchoolField()

    class Meta:
        model = Campus
        fields = [name for name in CampusSerializer.Meta.fields if name != "id"]
        validators: list[Any] = []


class ProjectSerializer(serializers.ModelSerializer[ConstructionProject]):
    """Something built at a school."""

    class Meta:
        model = ConstructionProject
        fields = [
            *("id", "school", "name", "kind", "programme", "investment", "paid"),
            *("seats_added", "started_on", "planned_on", "completed_on", "note"),
        ]


class ProjectInput(serializers.ModelSerializer[ConstructionProject]):
    """A construction project as it is sent in."""

    school = OwnSchoolField()

    class Meta:
        model = ConstructionProject
        fields = [name for name in ProjectSerializer.Meta.fields if name != "id"]
        validators: list[Any] = []


class PartnerSerializer(serializers.ModelSerializer[Partner]):
    """Who works with schools; whom to speak to stays inside."""

    region = serializers.CharField(source="region.code", read_only=True)

    class Meta:
        model = Partner
        fields = [
            *("id", "region", "kind", "name", "credit_code", "industry"),
            *("address", "note"),
        ]


class PartnerInput(serializers.ModelSerializer[Partner]):
    """A partner as it is sent in; the region by its code."""

    region = serializers.SlugRelatedField(
        slug_field="code", queryset=Region.objects.all()
    )

    class Meta:
        model = Partner
        fields = [name for name in PartnerSerializer.Meta.fields if name != "id"]
        validators: list[Any] = []
        extra_kwargs = {"credit_code": {"allow_blank": False}}


class OnADay(serializers.Serializer[Any]):
    """From which day, and by which document."""

    day = serializers.DateField()
    document_no = serializers.CharField(
        required=False, allow_blank=True, max_length=80, default=""
    )


class RenameInput(OnADay):
    """A new name from a day on."""

    name = serializers.CharField(max_length=100)
    short_name = serializers.CharField(required=False, allow_blank=True, max_length=40)


class ReductionStepSerializer(serializers.ModelSerializer[ReductionStep]):
    """How many large classes a plan leaves at most in one term."""

    year = serializers.CharField(source="term.year.code", read_only=True)
    term = serializers.IntegerField(source="term.number", read_only=True)

    class Meta:
        model = ReductionStep
        fields = ["year", "term", "large_most", "oversize_most"]


class PlanRowSerializer(serializers.ModelSerializer[ClassReductionPlan]):
    """A plan in a list: where it began and its targets by term."""

    base_year = serializers.CharField(source="base_year.code", read_only=True)
    steps = ReductionStepSerializer(many=True, read_only=True)

    class Meta:
        model = ClassReductionPlan
        fields = [
            *("id", "school", "stage", "state", "measures", "base_year"),
            *("base_large", "base_oversize", "steps", "approved_on", "created_at"),
        ]


class ReductionPlanSerializer(PlanRowSerializer):
    """One plan, with the moves open to the caller besides."""

    actions = ActionsField()

    class Meta(PlanRowSerializer.Meta):
        fields = [*PlanRowSerializer.Meta.fields, "actions"]
