"""Fields that several forms of groups share."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bureau.authority import regions_answered
from bureau.models import Region
from core.access import scope_ids
from schools.models import School


class SchoolField(forms.ModelChoiceField):
    """A school, shown with the county that runs it."""

    def label_from_instance(self, obj: School) -> str:
        """Return name and county."""
        return f"{obj.name}（{obj.administered_by.name}）"


class SchoolsField(forms.ModelMultipleChoiceField):
    """Several schools, shown with the county that runs each."""

    def label_from_instance(self, obj: School) -> str:
        """Return name and county."""
        return f"{obj.name}（{obj.administered_by.name}）"


class DayField(forms.DateField):
    """A day, with the browser's own picker."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def home_regions(user: Any, permission: str) -> QuerySet[Region]:
    """Return the regions the user works for, by region grants or by schools."""
    ids = scope_ids(user, "bureau.region", permission)
    if ids:
        return regions_answered(user, permission)
    schools = School.objects.filter(
        pk__in=scope_ids(user, "schools.school", permission)
    )
    return Region.objects.filter(pk__in=schools.values("administered_by"))


def leads_for(user: Any, permission: str) -> QuerySet[School]:
    """Return the schools that the user may name as lead of a case."""
    rows = School.objects.running().select_related("administered_by")
    ids = scope_ids(user, "bureau.region", permission)
    if ids:
        return rows.filter(administered_by__in=regions_answered(user, permission))
    return rows.filter(pk__in=scope_ids(user, "schools.school", permission))


def partners_for(user: Any, permission: str) -> QuerySet[School]:
    """Return the schools that may be named as members: those of the same city."""
    regions = home_regions(user, permission)
    cities = {r.lineage[-2] if len(r.lineage) > 1 else r.pk for r in regions[:50]}
    rows = School.objects.running().select_related("administered_by")
    return rows.filter(administered_by__in=Region.objects.under_ids(cities))


TEXT = forms.Textarea(attrs={"rows": 4})
NO_CHOICE = ("", _("请选择"))
