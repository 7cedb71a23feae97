"""Filters of the lists; pages, exports and API use the same."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bureau.choices import Area
from bureau.models import (
    AcademicYear,
    ApiClient,
    PolicyClause,
    PolicyDocument,
    PolicyParameter,
    PriorityArea,
    Region,
    Target,
)
from core.days import today
from core.filters import FilterSet


class RegionFilter(FilterSet):
    """Find regions by code, by any name they had, and by what is above."""

    parent = django_filters.CharFilter(
        field_name="parent__code", label=_("上级区划代码")
    )
    within = django_filters.CharFilter(method="below", label=_("所在地区代码"))

    class Meta:
        model = Region
        fields = ["level", "code"]
        search_fields = ("code", "name", "short_name", "names__name", "names__code")
        open_fields = ("level",)

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Search former names too, each region once."""
        return super().search(queryset, name, value).distinct()

    def below(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep the region with this code and everything below it."""
        return queryset.filter(path__contains=f"{value.strip()}/")


class PolicyDocumentFilter(FilterSet):
    """Find documents by number and title."""

    class Meta:
        model = PolicyDocument
        fields = ["level"]
        search_fields = ("doc_no", "title", "issuer")


class PolicyClauseFilter(FilterSet):
    """Find clauses by words, document and subject."""

    document = django_filters.ModelChoiceFilter(
        queryset=PolicyDocument.objects.all(), label=_("政策文件")
    )

    class Meta:
        model = PolicyClause
        fields = ["document", "area", "priority"]
        search_fields = ("clause_id", "key_terms", "summary", "features")
        open_fields = ("document", "area")


class PolicyParameterFilter(FilterSet):
    """Find parameters by words, subject, clause and whether confirmed."""

    area = django_filters.ChoiceFilter(
        choices=Area.choices, method="about", label=_("主题")
    )
    clause = django_filters.CharFilter(method="resting_on", label=_("依据条款"))
    verified = django_filters.ChoiceFilter(
        choices=[("true", _("已核实")), ("false", _("未核实"))],
        method="confirmed",
        label=_("核实"),
    )
    own = django_filters.BooleanFilter(
        field_name="region", lookup_expr="isnull", exclude=True, label=_("地方已调整")
    )

    outside = django_filters.BooleanFilter(method="beyond", label=_("超出上级允许范围"))

    class Meta:
        model = PolicyParameter
        fields: list[str] = []
        search_fields = ("key", "meaning", "meaning_en", "source_note")
        open_fields = ("area", "verified")

    def confirmed(
        self, queryset: QuerySet[Any], name: str, value: str
    ) -> QuerySet[Any]:
        """Keep the values that somebody confirmed, or those that nobody did."""
        return queryset.filter(verified=value == "true")

    def beyond(self, queryset: Any, name: str, value: bool) -> QuerySet[Any]:
        """Keep the values that a region above no longer allows."""
        day = getattr(self.request, "as_of", None)
        return queryset.outside(day) if value else queryset

    def about(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep the parameters with a clause of this subject."""
        return queryset.filter(clauses__area=value).distinct()

    def resting_on(
        self, queryset: QuerySet[Any], name: str, value: str
    ) -> QuerySet[Any]:
        """Keep the parameters that rest on this clause."""
        return queryset.filter(clauses__clause_id=value.strip()).distinct()


class AcademicYearFilter(FilterSet):
    """Find school years by code."""

    class Meta:
        model = AcademicYear
        fields = ["code"]


class ApiClientFilter(FilterSet):
    """Find programs by name and region."""

    class Meta:
        model = ApiClient
        fields: list[str] = []
        search_fields = ("name", "client_id", "region__name", "contact")


class TargetFilter(FilterSet):
    """Find targets by words, region and direction."""

    region = django_filters.CharFilter(field_name="region__code", label=_("地区代码"))
    due = django_filters.ChoiceFilter(
        choices=[("open", _("未到期")), ("past", _("已到期"))],
        method="by_day",
        label=_("期限"),
    )

    class Meta:
        model = Target
        fields = ["metric", "direction"]
        search_fields = ("title", "metric", "region__name", "note")
        open_fields = ("due",)

    def by_day(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        """Keep the targets whose day is still to come, or has passed."""
        day = getattr(self.request, "as_of", None) or today()
        open_ = queryset.due_after(day)
        return open_ if value == "open" else queryset.exclude(pk__in=open_)


class PriorityAreaFilter(FilterSet):
    """Find priority areas by name and lead."""

    lead = django_filters.CharFilter(
        field_name="lead_region__code", label=_("牵头地区代码")
    )

    class Meta:
        model = PriorityArea
        fields: list[str] = []
        search_fields = ("name", "purpose", "lead_region__name")
