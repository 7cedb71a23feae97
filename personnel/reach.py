"""Which teachers regions, groups and schools reach."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Q

from bureau.reach import in_region
from core.registries import register_reach
from groups.models import Membership

REGION, GROUP, SCHOOL = "bureau.region", "groups.educationgroup", "schools.school"
TEACHER = "personnel.Teacher"


def _worked(start: date, end: date) -> Q:
    """Employed on some day of the span; an unknown entry is old."""
    entered = Q(entered_on__isnull=True) | Q(entered_on__lt=end)
    left = Q(left_on__isnull=True) | Q(left_on__gt=start)
    return entered & left


_in_region = in_region("region")


def _region_then(ids: Sequence[int], start: date, end: date) -> Q:
    return _in_region(ids) & _worked(start, end)


register_reach(REGION, TEACHER, within=_region_then)(_in_region)


def _group_then(ids: Sequence[int], start: date, end: date) -> Q:
    held = Membership.objects.during(start, end).filter(group__in=ids)
    return Q(school__in=held.values("school")) & _worked(start, end)


@register_reach(GROUP, TEACHER, within=_group_then)
def group_reaches_teachers(ids: Sequence[int]) -> Q:
    """A group reaches the teachers of its member schools of today."""
    held = Membership.objects.on().filter(group__in=ids)
    return Q(school__in=held.values("school"))


def _school_then(ids: Sequence[int], start: date, end: date) -> Q:
    return Q(school__in=ids) & _worked(start, end)


@register_reach(SCHOOL, TEACHER, within=_school_then)
def school_reaches_its_teachers(ids: Sequence[int]) -> Q:
    """A school reaches its own teachers."""
    return Q(school__in=ids)
