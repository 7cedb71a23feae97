"""Filters of teachers; page, export and API use the same."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bureau.models import Region
from core.filters import FilterSet, VisibleChoiceFilter
from personnel.choices import Degree, Employment, TeacherStatus, TeachingSubject
from personnel.models import Teacher
from schools.choices import Stage
from schools.filters import counties
from schools.models import School


class TeacherFilter(FilterSet):
    """Find teachers by name, pinyin and staff number, by school and facts."""

    county = django_filters.ModelChoiceFilter(
        queryset=counties, method="run_by", label=_("区县")
    )
    school = VisibleChoiceFilter(model=School, label=_("任职学校"))
    employment = django_filters.ChoiceFilter(
        choices=Employment.choices, label=_("用工形式")
    )
    subject = django_filters.ChoiceFilter(
        choices=TeachingSubject.choices, label=_("任教学科")
    )
    stage = django_filters.ChoiceFilter(choices=Stage.choices, label=_("任教学段"))
    degree = django_filters.ChoiceFilter(choices=Degree.choices, label=_("学历"))
    status = django_filters.ChoiceFilter(choices=TeacherStatus.choices, label=_("状态"))
    entered_since = django_filters.DateFilter(
        field_name="entered_on", lookup_expr="gte", label=_("入职日期不早于")
    )

    class Meta:
        model = Teacher
        fields: list[str] = []
        search_fields = ("name", "pinyin", "initials", "staff_no")
        open_fields = ("school", "employment", "subject")

    def run_by(self, queryset: Any, name: str, value: Region) -> QuerySet[Any]:
        """Keep the teachers whose school the region or one below it runs."""
        rows: QuerySet[Any] = queryset.run_by(value)
        return rows
