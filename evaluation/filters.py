"""Filters of appraisal's lists, the same for page, export and API."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.filters import FilterSet
from evaluation.choices import (
    AssessmentState,
    CycleState,
    FrameworkState,
    Grade,
    ReportState,
    ResultState,
    Target,
)
from evaluation.models import Assessment, Cycle, Framework, PeriodicReport, Result


def visible_cycles(request: Any) -> QuerySet[Cycle]:
    """Return the cycles a user may choose from."""
    if request is None:
        return Cycle.objects.none()
    return Cycle.objects.visible_to(request.user)


class CycleChoice(django_filters.ModelChoiceFilter):
    """A choice among the cycles the user may see."""

    def __init__(self, field: str = "cycle") -> None:
        super().__init__(field_name=field, label=_("考核周期"), queryset=visible_cycles)


class TargetFilter(django_filters.ChoiceFilter):
    """Groups or schools."""

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix
        super().__init__(label=_("考核对象"), choices=Target.choices)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Keep the rows about groups, or about schools."""
        if value not in Target.values:
            return qs
        return qs.filter(**{f"{self.prefix}{value.lower()}__isnull": False})


class FrameworkFilter(FilterSet):
    """Frameworks by state and code."""

    state = django_filters.ChoiceFilter(label=_("状态"), choices=FrameworkState.choices)

    class Meta:
        model = Framework
        fields = ["state"]
        search_fields = ("name_zh", "code", "region__name")
        open_fields = ("state",)


class CycleFilter(FilterSet):
    """Cycles by state and year."""

    state = django_filters.ChoiceFilter(label=_("状态"), choices=CycleState.choices)
    year = django_filters.CharFilter(field_name="year__code", label=_("学年"))

    class Meta:
        model = Cycle
        fields = ["state", "year"]
        search_fields = ("name", "region__name")
        open_fields = ("state",)


class AssessmentFilter(FilterSet):
    """Assessments by cycle, state and kind of subject."""

    cycle = CycleChoice()
    state = django_filters.ChoiceFilter(
        label=_("状态"), choices=AssessmentState.choices
    )
    target = TargetFilter()

    class Meta:
        model = Assessment
        fields = ["cycle", "state", "target"]
        search_fields = ("label", "county__name", "lead_school__name")
        open_fields = ("cycle", "state")


class ResultFilter(FilterSet):
    """Results by cycle, kind of subject and grade."""

    cycle = CycleChoice("assessment__cycle")
    target = TargetFilter("assessment__")
    grade = django_filters.ChoiceFilter(label=_("等次"), choices=Grade.choices)
    state = django_filters.ChoiceFilter(label=_("状态"), choices=ResultState.choices)

    class Meta:
        model = Result
        fields = ["cycle", "target", "grade", "state"]
        search_fields = ("assessment__label", "assessment__county__name")
        open_fields = ("cycle", "target", "grade")


class ReportFilter(FilterSet):
    """Self-evaluation reports by cycle and state."""

    cycle = CycleChoice("assessment__cycle")
    state = django_filters.ChoiceFilter(label=_("状态"), choices=ReportState.choices)

    class Meta:
        model = PeriodicReport
        fields = ["cycle", "state"]
        search_fields = ("assessment__label", "assessment__lead_school__name")
        open_fields = ("cycle", "state")
