"""Which rows of this room a region or a school reaches, today and in a past span."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.db.models import Q

from bureau.models import Region
from bureau.reach import in_region, parameters_above
from core.registries import Reach, ReachFunction, Within, register_reach

REGION, SCHOOL = "bureau.region", "schools.school"
DATED = ("schools.SchoolLabel", "schools.SchoolHonour", "schools.SchoolStage")
KEPT = ("schools.ConstructionProject", "schools.MergedRecord")
SPANNED = ("schools.Campus", "schools.SchoolProfile")
OF_A_YEAR = ("schools.ClassSection", "schools.SchoolReturn", "schools.QualityResult")


def _existed(prefix: str, start: date, end: date) -> Q:
    """The school was there on some day of the span; an unknown opening is old."""
    opened = Q(**{f"{prefix}opened_on__isnull": True}) | Q(
        **{f"{prefix}opened_on__lt": end}
    )
    closed = Q(**{f"{prefix}closed_on__isnull": True}) | Q(
        **{f"{prefix}closed_on__gt": start}
    )
    return opened & closed


def _then(today: ReachFunction, dated: Callable[[date, date], Q]) -> Within:
    def within(ids: Sequence[int], start: date, end: date) -> Q:
        return today(ids) & dated(start, end)

    return within


def _itself(ids: Sequence[int]) -> Q:
    return Q(pk__in=ids)


def _is_itself(row: Any, ids: Sequence[int], is_own: bool) -> bool:
    return row.pk in ids


def _school_existed(start: date, end: date) -> Q:
    return _existed("", start, end)


def _school_then_there(start: date, end: date) -> Q:
    return _existed("school__", start, end)


def _in_years(start: date, end: date) -> Q:
    return Q(year__starts_on__lt=end, year__ends_on__gte=start)


def _in_days(start: date, end: date) -> Q:
    lasted = Q(valid_to__isnull=True) | Q(valid_to__gt=start)
    return Q(valid_from__lt=end) & lasted


def _in_calendar_years(start: date, end: date) -> Q:
    return Q(year__gte=start.year, year__lte=end.year)


_PLANS = "schools.ClassReductionPlan"
SPANS: dict[str, Callable[[date, date], Q]] = {
    "schools.School": _school_existed,
    "schools.SchoolLabel": _in_days,
    "schools.SchoolHonour": _in_calendar_years,
    "schools.SchoolStage": _school_then_there,
    **dict.fromkeys(KEPT, _school_then_there),
    **dict.fromkeys(SPANNED, _in_days),
    **dict.fromkeys(OF_A_YEAR, _in_years),
}


def _register(scope: str, model: str, today: ReachFunction) -> None:
    register_reach(scope, model, within=_then(today, SPANS[model]))(today)


def _school_of(ids: Sequence[int]) -> Q:
    return Q(school__in=ids)


_register(REGION, "schools.School", in_region("administered_by"))
_register(SCHOOL, "schools.School", Reach(_itself, of=_is_itself))
for _model in (*DATED, *SPANNED, *KEPT, *OF_A_YEAR):
    _register(REGION, _model, in_region("school__administered_by"))
    _register(SCHOOL, _model, _school_of)


register_reach(REGION, "schools.Partner")(in_region("region"))

for _now in (_PLANS, "schools.SchoolContact"):
    register_reach(REGION, _now)(in_region("school__administered_by"))
    register_reach(SCHOOL, _now)(_school_of)

for _now in ("schools.ReturnReminder", "schools.ReturnUnlock"):
    register_reach(REGION, _now)(in_region("school_return__school__administered_by"))


@register_reach(SCHOOL, "schools.ReturnReminder")
@register_reach(SCHOOL, "schools.ReturnUnlock")
def _school_reaches_its_unlocks(ids: Sequence[int]) -> Q:
    """A school reaches the lock exceptions and reminders of its own returns."""
    return Q(school_return__school__in=ids)


@register_reach(SCHOOL, "core.importrun")
def _school_reaches_its_imports(ids: Sequence[int]) -> Q:
    """A school reaches the files it imported for itself."""
    return Q(
        scope_type__app_label="schools",
        scope_type__model="school",
        scope_id__in=list(ids),
    )


@register_reach(SCHOOL, "bureau.PolicyParameter")
def _school_reaches_its_parameters(ids: Sequence[int]) -> Q:
    """A school reads the parameters of the region that runs it and of those above."""
    return parameters_above(Region.objects.filter(schools_run__in=ids))
