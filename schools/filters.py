"""Filters of schools and returns; pages, exports and API use the same."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bureau.models import AcademicYear, Region
from core.days import today
from core.filters import FilterSet
from schools.choices import (
    CONFIRMED_STATES,
    Label,
    Ownership,
    ReturnState,
    SchoolStatus,
    Stage,
)
from schools.completeness import PARTS, TOTAL
from schools.models import (
    Campus,
    ClassReductionPlan,
    ClassSection,
    ConstructionProject,
    Partner,
    ReturnUnlock,
    School,
    SchoolReturn,
    SchoolStage,
)
from schools.names import normalize_name

NOT_BEGUN, UNCONFIRMED = "NONE", "UNCONFIRMED"


def counties(request: Any) -> QuerySet[Region]:
    """Return the regions that administer some school within the user's reach."""
    seen = Region.objects.visible_to(request.user)
    return seen.filter(schools_run__isnull=False).distinct()


class SchoolFilter(FilterSet):
    """Find schools by name, pinyin and code, by county, type, stage and label."""

    county = django_filters.ModelChoiceFilter(
        queryset=counties, method="run_by", label=_("区县")
    )
    region = django_filters.CharFilter(method="under", label=_("主管地区代码"))
    stage = django_filters.ChoiceFilter(
        choices=Stage.choices, method="teaching", label=_("学段")
    )
    label = django_filters.ChoiceFilter(
        choices=Label.choices, method="labelled", label=_("标签")
    )
    ownership = django_filters.ChoiceFilter(
        choices=Ownership.choices, label=_("举办者性质")
    )
    status = django_filters.ChoiceFilter(
        choices=SchoolStatus.choices, label=_("办学状态")
    )
    stage_to_confirm = django_filters.BooleanFilter(label=_("学段待确认"))
    has_code = django_filters.BooleanFilter(
        field_name="school_code",
        lookup_expr="isnull",
        exclude=True,
        label=_("已有学校标识码"),
    )
    incomplete = django_filters.BooleanFilter(method="lacking", label=_("资料不完整"))
    lacks = django_filters.ChoiceFilter(
        choices=list(PARTS.items()), method="without", label=_("缺哪项资料")
    )
    opened_since = django_filters.DateFilter(
        field_name="opened_on", lookup_expr="gte", label=_("开办日期不早于")
    )

    class Meta:
        model = School
        fields = ["type", "urban_rural_code", "school_code"]
        search_fields = (
            "name",
            "short_name",
            "normalized_name",
            "pinyin",
            "initials",
            "school_code",
            "provisional_no",
        )
        open_fields = ("county", "type", "stage")

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Search as names are compared, so that width and case do not matter."""
        words = " ".join(normalize_name(word) for word in value.split())
        return super().search(queryset, name, words)

    def run_by(self, queryset: Any, name: str, value: Region) -> QuerySet[Any]:
        """Keep the schools that the region or one below it administers."""
        return queryset.run_by(value)

    def under(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        """Keep the schools administered below the region with this code."""
        place = f"{value.strip()}/"
        return queryset.filter(administered_by__path__contains=place)

    def teaching(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        """Keep the schools that taught the stage on the day of the page."""
        return queryset.teaching_on(self._day(), value)

    def labelled(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        """Keep the schools that hold the label on the day of the page."""
        return queryset.labelled(value, day=self._day())

    def without(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        """Keep the schools whose record lacks this part."""
        return self._judged(queryset).filter(**{f"has_{value}": 0})

    def _judged(self, queryset: Any) -> Any:
        if "parts_filled" in queryset.query.annotations:
            return queryset
        return queryset.with_completeness(AcademicYear.objects.current(self._day()))

    def lacking(self, queryset: Any, name: str, value: bool) -> QuerySet[Any]:
        """Keep the schools whose record lacks something, or lacks nothing."""
        queryset = self._judged(queryset)
        if value:
            return queryset.filter(parts_filled__lt=TOTAL)
        return queryset.filter(parts_filled=TOTAL)

    def _day(self) -> date:
        return getattr(self.request, "as_of", None) or today()


class PublicSchoolFilter(SchoolFilter):
    """The same for programs: labels for internal use cannot be asked about."""

    label = django_filters.ChoiceFilter(
        choices=[c for c in Label.choices if c[0] not in {"WEAK", "POTENTIAL"}],
        method="labelled",
        label=_("标签"),
    )

    class Meta(SchoolFilter.Meta):
        pass


class ClassSectionFilter(FilterSet):
    """Find classes by school, year, stage and size."""

    year = django_filters.CharFilter(field_name="year__code", label=_("学年"))
    headcount_min = django_filters.NumberFilter(
        field_name="headcount", lookup_expr="gte", label=_("人数不少于")
    )

    class Meta:
        model = ClassSection
        fields = ["school", "stage", "grade"]


class SchoolReturnFilter(FilterSet):
    """Find returns by school, year, stage and state."""

    year = django_filters.CharFilter(field_name="year__code", label=_("学年"))

    class Meta:
        model = SchoolReturn
        fields = ["school", "stage", "state"]


class ReturnUnlockFilter(FilterSet):
    """Find lock exceptions by return and state."""

    class Meta:
        model = ReturnUnlock
        fields = ["school_return", "state"]


class BoardFilter(FilterSet):
    """Who has returned and who has not, by county, stage and state."""

    county = django_filters.ModelChoiceFilter(
        queryset=counties, method="run_by", label=_("区县")
    )
    year = django_filters.ModelChoiceFilter(
        queryset=AcademicYear.objects.all(), method="of_year", label=_("学年")
    )
    state = django_filters.ChoiceFilter(
        choices=[
            (UNCONFIRMED, _("学校未确认")),
            (NOT_BEGUN, _("未开始")),
            *ReturnState.choices,
        ],
        method="in_state",
        label=_("状态"),
    )

    class Meta:
        model = SchoolStage
        fields = ["stage"]
        search_fields = (
            "school__name",
            "school__short_name",
            "school__pinyin",
            "school__initials",
            "school__school_code",
        )
        open_fields = ("county", "stage", "state")

    def run_by(self, queryset: Any, name: str, value: Region) -> QuerySet[Any]:
        """Keep what the region or one below it administers."""
        return queryset.filter(school__administered_by__lineage__contains=[value.pk])

    def of_year(self, queryset: Any, name: str, value: Any) -> QuerySet[Any]:
        """Leave the rows: the page joins the returns of this year already."""
        return queryset

    def in_state(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        """Keep the rows whose return stands in the state, or has not been begun."""
        if value == NOT_BEGUN:
            return queryset.filter(return_state__isnull=True)
        if value == UNCONFIRMED:
            confirmed = Q(return_state__in=CONFIRMED_STATES)
            return queryset.filter(Q(return_state__isnull=True) | ~confirmed)
        return queryset.filter(Q(return_state=value))


class ProjectFilter(FilterSet):
    """Find construction projects by county, programme, kind and progress."""

    county = django_filters.ModelChoiceFilter(
        queryset=counties, method="run_by", label=_("区县")
    )
    progress = django_filters.ChoiceFilter(
        choices=[
            ("PLANNED", _("未开工")),
            ("BUILDING", _("在建")),
            ("DONE", _("已完工")),
        ],
        method="in_progress",
        label=_("进度"),
    )
    late = django_filters.BooleanFilter(method="is_late", label=_("超过计划完工日期"))

    class Meta:
        model = ConstructionProject
        fields = ["school", "programme", "kind"]
        search_fields = ("name", "school__name", "school__pinyin", "school__initials")
        open_fields = ("county", "programme", "progress")

    def run_by(self, queryset: Any, name: str, value: Region) -> QuerySet[Any]:
        """Keep what the region or one below it administers."""
        return queryset.filter(school__administered_by__lineage__contains=[value.pk])

    def in_progress(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        """Keep the projects that stand where asked, by their days."""
        done = Q(completed_on__isnull=False)
        begun = Q(started_on__isnull=False)
        asked = {"DONE": done, "BUILDING": begun & ~done, "PLANNED": ~begun}
        return queryset.filter(asked[value])

    def is_late(self, queryset: Any, name: str, value: bool) -> QuerySet[Any]:
        """Keep what should be complete and is not, or the rest."""
        late = Q(completed_on__isnull=True, planned_on__lt=today())
        return queryset.filter(late) if value else queryset.exclude(late)


class PartnerFilter(FilterSet):
    """Find partners by name, code, kind and region."""

    class Meta:
        model = Partner
        fields = ["kind", "region"]
        search_fields = ("name", "normalized_name", "credit_code", "industry")
        open_fields = ("kind",)


class CampusFilter(FilterSet):
    """Find campuses by school."""

    class Meta:
        model = Campus
        fields = ["school"]


class PressureFilter(SchoolFilter):
    """Find schools by what stands out, besides the filters of schools."""

    year = django_filters.ModelChoiceFilter(
        queryset=AcademicYear.objects.all(), method="of_year", label=_("学年")
    )
    finding = django_filters.ChoiceFilter(
        choices=[
            ("ANY", _("有发现的")),
            ("LARGE", _("大班额")),
            ("OVERSIZE", _("超大班额")),
            ("FULL", _("学位紧张")),
            ("CHOSEN", _("片区外入学多")),
        ],
        method="pressed",
        label=_("发现"),
    )
    large_min = django_filters.NumberFilter(
        method="crowded", decimal_places=0, label=_("大班额不少于（班）")
    )

    class Meta(SchoolFilter.Meta):
        open_fields = ("county", "stage", "finding")

    def __init__(
        self, *args: Any, judged_in: AcademicYear | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.judged_in = judged_in

    def of_year(self, queryset: Any, name: str, value: Any) -> QuerySet[Any]:
        """Leave the rows: the page takes the figures of this year already."""
        return queryset

    def pressed(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        """Keep the schools of which this stands out."""
        return queryset.pressed(value, self.judged_in, self._day())

    def crowded(self, queryset: Any, name: str, value: Any) -> QuerySet[Any]:
        """Keep the schools with so many large classes or more."""
        if value < 1:
            return queryset
        return queryset.pressed("LARGE", self.judged_in, self._day(), int(value))


class ReductionPlanFilter(FilterSet):
    """Find plans by school, stage and state."""

    class Meta:
        model = ClassReductionPlan
        fields = ["school", "stage", "state"]
