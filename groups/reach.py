"""Which rows regions, groups and schools reach through dated membership."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Exists, OuterRef, Q

from bureau.models import Region
from bureau.reach import parameters_above
from core.registries import register_reach
from groups.models import CaseLine, Membership, Partnership

REGION, GROUP, SCHOOL = "bureau.region", "groups.educationgroup", "schools.school"
EVERYTHING = Q(pk__isnull=False)


def _regions(ids: Sequence[int]) -> Q:
    return Q(region__in=Region.objects.under_ids(ids))


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
@register_reach(REGION, "groups.EducationGroup")
def region_reaches_groups(ids: Sequence[int]) -> Q:
    """A region reaches its groups and those in which its schools take part."""
    return _regions(ids) | _with_schools_of(ids)


@register_reach(GROUP, "groups.EducationGroup")
def group_reaches_itself(ids: Sequence[int]) -> Q:
    """A group reaches itself."""
    return Q(pk__in=ids)


@register_reach(SCHOOL, "groups.EducationGroup")
def school_reaches_groups(ids: Sequence[int]) -> Q:
    """A school reaches the groups it belongs to today."""
    return _of_schools(ids)


school_reaches_groups.within = _of_schools_within  # type: ignore[attr-defined]


# --- Memberships -------------------------------------------------------------
@register_reach(REGION, "groups.Membership")
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
@register_reach(REGION, "groups.Partnership")
def region_reaches_partnerships(ids: Sequence[int]) -> Q:
    """A region reaches the partnerships of its groups."""
    return Q(group__region__in=Region.objects.under_ids(ids))


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
@register_reach(GROUP, "schools.School")
def group_reaches_schools(ids: Sequence[int]) -> Q:
    """A group reaches the schools that belong to it today."""
    held = Membership.objects.on().filter(group__in=ids)
    return Q(pk__in=held.values("school"))


def _schools_within(ids: Sequence[int], start: date, end: date) -> Q:
    held = Membership.objects.during(start, end).filter(group__in=ids)
    return Q(pk__in=held.values("school"))


group_reaches_schools.within = _schools_within  # type: ignore[attr-defined]


@register_reach(GROUP, "schools.SchoolReturn")
def group_reaches_returns(ids: Sequence[int]) -> Q:
    """A group reaches the returns of its members of today."""
    held = Membership.objects.on().filter(group__in=ids)
    return Q(school__in=held.values("school"))


def _returns_within(ids: Sequence[int], start: date, end: date) -> Q:
    held = Membership.objects.during(start, end).filter(group__in=ids)
    years = Q(year__starts_on__lt=end, year__ends_on__gte=start)
    return Q(school__in=held.values("school")) & years


group_reaches_returns.within = _returns_within  # type: ignore[attr-defined]


@register_reach(GROUP, "schools.ClassSection")
def group_reaches_classes(ids: Sequence[int]) -> Q:
    """A group reaches the classes of its members of today."""
    return group_reaches_returns(ids)


group_reaches_classes.within = _returns_within  # type: ignore[attr-defined]


# --- Cases -------------------------------------------------------------------
@register_reach(REGION, "groups.GroupCase")
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
@register_reach(REGION, "groups.Document")
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


@register_reach(SCHOOL, "groups.Document")
def school_reaches_documents(ids: Sequence[int]) -> Q:
    """A school reaches the documents of its groups of today and of its cases."""
    held = Membership.objects.on().filter(school__in=ids)
    named = CaseLine.objects.filter(school__in=ids)
    return Q(group__in=held.values("group")) | Q(case__in=named.values("case"))


def _documents_within(ids: Sequence[int], start: date, end: date) -> Q:
    held = Membership.objects.during(start, end).filter(school__in=ids)
    in_force = Q(valid_from__lt=end) & (
        Q(valid_to__isnull=True) | Q(valid_to__gt=start)
    )
    return Q(group__in=held.values("group")) & in_force


school_reaches_documents.within = _documents_within  # type: ignore[attr-defined]


@register_reach(REGION, "groups.CaseTask")
def region_reaches_tasks(ids: Sequence[int]) -> Q:
    """A region reaches the tasks of its cases."""
    return Q(case__region__in=Region.objects.under_ids(ids))


@register_reach(GROUP, "groups.CaseTask")
def group_reaches_tasks(ids: Sequence[int]) -> Q:
    """A group reaches the tasks of the cases about it."""
    return Q(case__group__in=ids)


@register_reach(SCHOOL, "groups.CaseTask")
def school_reaches_tasks(ids: Sequence[int]) -> Q:
    """A school reaches the tasks of the cases that name it."""
    return Q(case__in=CaseLine.objects.filter(school__in=ids).values("case"))


@register_reach(REGION, "groups.Obligation")
def region_reaches_obligations(ids: Sequence[int]) -> Q:
    """A region reaches what its groups have to settle."""
    return Q(group__region__in=Region.objects.under_ids(ids))


@register_reach(GROUP, "groups.Obligation")
def group_reaches_obligations(ids: Sequence[int]) -> Q:
    """A group reaches what it has to settle."""
    return Q(group__in=ids)


# --- Modes are known to everyone ---------------------------------------------
def _known_to_everyone(scope: str) -> None:
    @register_reach(scope, "groups.GroupMode")
    def _modes(ids: Sequence[int]) -> Q:
        return EVERYTHING


for _scope in (REGION, GROUP, SCHOOL):
    _known_to_everyone(_scope)


# --- Parameters --------------------------------------------------------------
@register_reach(GROUP, "bureau.PolicyParameter")
def group_reaches_its_parameters(ids: Sequence[int]) -> Q:
    """A group reads the parameters of its region and of those above."""
    return parameters_above(Region.objects.filter(education_groups__in=ids))
