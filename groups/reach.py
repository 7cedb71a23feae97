"""Which rows regions, groups and schools reach through dated membership."""

from collections.abc import Sequence
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q

from bureau.models import Region
from bureau.reach import everything, in_region, parameters_above, run_at, run_in
from core.registries import register_reach
from groups.models import CaseLine, Membership, Partnership

REGION, GROUP, SCHOOL = "bureau.region", "groups.educationgroup", "schools.school"


def _of_schools(ids: Sequence[int]) -> Q:
    """Groups to which one of the schools belongs today."""
    held = Membership.objects.on().filter(school__in=ids)
    return Q(pk__in=held.values("group"))


def _with_schools_of(ids: Sequence[int]) -> Q:
    """Groups of elsewhere with a member that the regions run."""
    held = Membership.objects.on().filter(
        school__administered_by__in=Region.objects.under_ids(ids)
    )
    return Q(pk__in=held.values("group"))


def _of_schools_within(ids: Sequence[int], start: date, end: date) -> Q:
    held = Membership.objects.during(start, end).filter(school__in=ids)
    return Q(pk__in=held.values("group"))


# --- Groups ------------------------------------------------------------------
@register_reach(REGION, "groups.EducationGroup", **run_in("region"))
def region_reaches_groups(ids: Sequence[int]) -> Q:
    """A region reaches its groups and those in which its schools take part."""
    return Q(region__in=Region.objects.under_ids(ids)) | _with_schools_of(ids)


@register_reach(GROUP, "groups.EducationGroup")
def group_reaches_itself(ids: Sequence[int]) -> Q:
    """A group reaches itself."""
    return Q(pk__in=ids)


@register_reach(SCHOOL, "groups.EducationGroup", within=_of_schools_within)
def school_reaches_groups(ids: Sequence[int]) -> Q:
    """A school reaches the groups it belongs to today."""
    return _of_schools(ids)


# --- Memberships -------------------------------------------------------------
@register_reach(REGION, "groups.Membership", **run_in("group__region"))
def region_reaches_memberships(ids: Sequence[int]) -> Q:
    """A region reaches the memberships of its groups and of its schools."""
    regions = Region.objects.under_ids(ids)
    return Q(group__region__in=regions) | Q(school__administered_by__in=regions)


@register_reach(GROUP, "groups.Membership")
def group_reaches_memberships(ids: Sequence[int]) -> Q:
    """A group reaches its memberships."""
    return Q(group__in=ids)


@register_reach(SCHOOL, "groups.Membership")
def school_reaches_memberships(ids: Sequence[int]) -> Q:
    """A school reaches its own memberships and those that stood beside them."""
    own = Membership.objects.filter(group=OuterRef("group"), school__in=ids).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=OuterRef("valid_from"))
    )
    ended = own.filter(valid_from__lt=OuterRef("valid_to"))
    return (
        Q(school__in=ids)
        | (Q(valid_to__isnull=True) & Q(Exists(own)))
        | (Q(valid_to__isnull=False) & Q(Exists(ended)))
    )


# --- Partnerships and partners -------------------------------------------------
register_reach(REGION, "groups.Partnership")(in_region("group__region"))


@register_reach(GROUP, "groups.Partnership")
def group_reaches_partnerships(ids: Sequence[int]) -> Q:
    """A group reaches its partnerships."""
    return Q(group__in=ids)


@register_reach(SCHOOL, "groups.Partnership")
def school_reaches_partnerships(ids: Sequence[int]) -> Q:
    """A school reaches the partnerships of the groups it belongs to today."""
    held = Membership.objects.on().filter(school__in=ids)
    return Q(group__in=held.values("group"))


@register_reach(GROUP, "schools.Partner")
def group_reaches_partners(ids: Sequence[int]) -> Q:
    """A group reaches the partners that take part in it."""
    held = Partnership.objects.filter(group__in=ids)
    return Q(pk__in=held.values("partner"))


# --- Schools through membership ----------------------------------------------
def _schools_within(ids: Sequence[int], start: date, end: date) -> Q:
    held = Membership.objects.during(start, end).filter(group__in=ids)
    return Q(pk__in=held.values("school"))


@register_reach(GROUP, "schools.School", within=_schools_within)
def group_reaches_schools(ids: Sequence[int]) -> Q:
    """A group reaches the schools that belong to it today."""
    held = Membership.objects.on().filter(group__in=ids)
    return Q(pk__in=held.values("school"))


def _returns_within(ids: Sequence[int], start: date, end: date) -> Q:
    held = Membership.objects.during(start, end).filter(group__in=ids)
    years = Q(year__starts_on__lt=end, year__ends_on__gte=start)
    return Q(school__in=held.values("school")) & years


@register_reach(GROUP, "schools.SchoolReturn", within=_returns_within)
@register_reach(GROUP, "schools.ClassSection", within=_returns_within)
def group_reaches_returns(ids: Sequence[int]) -> Q:
    """A group reaches the returns and the classes of its members of today."""
    held = Membership.objects.on().filter(group__in=ids)
    return Q(school__in=held.values("school"))


# --- Cases -------------------------------------------------------------------
@register_reach(REGION, "groups.GroupCase", **run_in("region"))
def region_reaches_cases(ids: Sequence[int]) -> Q:
    """A region reaches its cases and those that name one of its schools."""
    regions = Region.objects.under_ids(ids)
    named = CaseLine.objects.filter(school__administered_by__in=regions)
    return Q(region__in=regions) | Q(pk__in=named.values("case"))


@register_reach(GROUP, "groups.GroupCase")
def group_reaches_cases(ids: Sequence[int]) -> Q:
    """A group reaches the cases about it."""
    return Q(group__in=ids)


@register_reach(SCHOOL, "groups.GroupCase")
def school_reaches_cases(ids: Sequence[int]) -> Q:
    """A school reaches the cases that name it."""
    return Q(pk__in=CaseLine.objects.filter(school__in=ids).values("case"))


# --- Documents and obligations -----------------------------------------------
def _documents_run_by(ids: Sequence[int]) -> Q:
    """The documents of the regions themselves, of their groups and cases."""
    paths = ("region", "group__region", "case__region")
    return reduce(or_, (run_at(path)(ids) for path in paths))


@register_reach(REGION, "groups.Document", own=_documents_run_by)
def region_reaches_documents(ids: Sequence[int]) -> Q:
    """A region reaches its own documents and those of its groups and cases."""
    regions = Region.objects.under_ids(ids)
    return (
        Q(region__in=regions)
        | Q(group__region__in=regions)
        | Q(case__region__in=regions)
    )


@register_reach(GROUP, "groups.Document")
def group_reaches_documents(ids: Sequence[int]) -> Q:
    """A group reaches its documents."""
    return Q(group__in=ids)


def _documents_within(ids: Sequence[int], start: date, end: date) -> Q:
    held = Membership.objects.during(start, end).filter(school__in=ids)
    in_force = Q(valid_from__lt=end) & (
        Q(valid_to__isnull=True) | Q(valid_to__gt=start)
    )
    return Q(group__in=held.values("group")) & in_force


@register_reach(SCHOOL, "groups.Document", within=_documents_within)
def school_reaches_documents(ids: Sequence[int]) -> Q:
    """A school reaches the documents of its groups of today and of its cases."""
    held = Membership.objects.on().filter(school__in=ids)
    named = CaseLine.objects.filter(school__in=ids)
    return Q(group__in=held.values("group")) | Q(case__in=named.values("case"))


register_reach(REGION, "groups.CaseTask")(in_region("case__region"))


@register_reach(GROUP, "groups.CaseTask")
def group_reaches_tasks(ids: Sequence[int]) -> Q:
    """A group reaches the tasks of the cases about it."""
    return Q(case__group__in=ids)


@register_reach(SCHOOL, "groups.CaseTask")
def school_reaches_tasks(ids: Sequence[int]) -> Q:
    """A school reaches the tasks of the cases that name it."""
    return Q(case__in=CaseLine.objects.filter(school__in=ids).values("case"))


register_reach(REGION, "groups.Obligation")(in_region("group__region"))


@register_reach(GROUP, "groups.Obligation")
def group_reaches_obligations(ids: Sequence[int]) -> Q:
    """A group reaches what it has to settle."""
    return Q(group__in=ids)


# --- Modes are known to everyone ---------------------------------------------
for _scope in (REGION, GROUP, SCHOOL):
    register_reach(_scope, "groups.GroupMode", own=everything)(everything)


# --- Parameters --------------------------------------------------------------
@register_reach(GROUP, "bureau.PolicyParameter")
def group_reaches_its_parameters(ids: Sequence[int]) -> Q:
    """A group reads the parameters of its region and of those above."""
    return parameters_above(Region.objects.filter(education_groups__in=ids))
