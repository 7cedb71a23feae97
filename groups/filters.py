"""Filters of groups, memberships, cases and documents: page, export and API."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bureau.models import Region
from core.filters import FilterSet, VisibleChoiceFilter
from groups.choices import (
    CaseState,
    DocumentKind,
    DocumentState,
    GroupState,
    GroupType,
    Role,
)
from groups.models import Document, EducationGroup, GroupCase, GroupMode, Membership


def _under(queryset: QuerySet, name: str, region: Region | None) -> QuerySet:
    """Keep the rows of a region and of those below it."""
    if region is None:
        return queryset
    return queryset.filter(**{f"{name}__lineage__contains": [region.pk]})


class RegionFilter(VisibleChoiceFilter):
    """A region of the user's, with everything below it."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, model=Region, method=_under, **kwargs)


class GroupFilter(FilterSet):
    """Groups by type, mode, state of the day and county."""

    group_type = django_filters.ChoiceFilter(label=_("类型"), choices=GroupType.choices)
    state = django_filters.ChoiceFilter(
        label=_("状态"), choices=GroupState.choices, method="of_state"
    )
    region = RegionFilter(label=_("地区"))
    primary_mode = django_filters.ModelChoiceFilter(
        label=_("模式"), queryset=GroupMode.objects.all(), method="with_mode"
    )

    class Meta:
        model = EducationGroup
        fields = ("group_type", "state", "region", "primary_mode", "closeness")
        search_fields = ("name", "short_name", "code", "memberships__school__name")
        open_fields = ("group_type", "state", "region")

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Search names and codes, and the names of the schools."""
        found = super().search(EducationGroup.objects.all(), name, value)
        return queryset.filter(pk__in=found.values("pk"))

    def of_state(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Keep the groups in a state on the day the page shows."""
        if "state_on" in queryset.query.annotations:
            return queryset.filter(state_on=value)
        return queryset.filter(state=value)

    def with_mode(self, queryset: QuerySet, name: str, mode: GroupMode) -> QuerySet:
        """Keep the groups with the mode as their primary one or a member's."""
        held = Membership.objects.filter(mode=mode).values("group")
        return queryset.filter(Q(primary_mode=mode) | Q(pk__in=held))


class MembershipFilter(FilterSet):
    """Memberships by group, school and role."""

    role = django_filters.ChoiceFilter(label=_("角色"), choices=Role.choices)

    class Meta:
        model = Membership
        fields = ("group", "school", "role", "mode")
        search_fields = ("school__name", "group__name")


class CaseFilter(FilterSet):
    """Cases by state and county."""

    state = django_filters.ChoiceFilter(label=_("状态"), choices=CaseState.choices)
    region = RegionFilter(label=_("地区"))

    class Meta:
        model = GroupCase
        fields = ("state", "region", "group_type", "formation_basis", "kind")
        search_fields = ("name", "lines__school__name")
        open_fields = ("state", "region")

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Search the name of the group and of the schools."""
        found = super().search(GroupCase.objects.all(), name, value)
        return queryset.filter(pk__in=found.values("pk"))


class DocumentFilter(FilterSet):
    """Documents by kind and state."""

    kind = django_filters.ChoiceFilter(label=_("类别"), choices=DocumentKind.choices)
    state = django_filters.ChoiceFilter(label=_("状态"), choices=DocumentState.choices)

    class Meta:
        model = Document
        fields = ("kind", "state", "group")
        search_fields = ("title", "group__name")
        open_fields = ("kind", "state")
