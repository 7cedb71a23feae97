"""The shape of a teacher; fields are named, so that no identity column slips in."""

from rest_framework import serializers

from personnel.models import Teacher


class TeacherSerializer(serializers.ModelSerializer[Teacher]):
    """A teacher; the school by id, the region by code."""

    region = serializers.CharField(source="school.administered_by.code", read_only=True)

    class Meta:
        model = Teacher
        fields = [
            *("id", "school", "region", "name", "staff_no", "employment", "sex"),
            *("birth_year", "subject", "stage", "degree", "entered_on", "status"),
            *("left_on", "leave_reason", "changed_at"),
        ]
