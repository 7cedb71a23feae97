"""Over what a user holds a permission: region, group, school."""

from typing import Any

from django.utils.translation import gettext as _

from bureau import authority
from bureau.models import Region
from core.access import scope_ids
from core.verdict import ALLOWED, Denied, Verdict
from groups.models import EducationGroup, Membership

REGION, GROUP, SCHOOL = "bureau.region", "groups.educationgroup", "schools.school"


def over_school(user: Any, permission: str, school_id: int) -> bool:
    """Tell whether the user holds the permission over the very school."""
    return school_id in scope_ids(user, SCHOOL, permission)


def group_only(
    user: Any, permission: str, group: EducationGroup, otherwise: Denied
) -> Verdict:
    """Allow who answers for the group: its office, its lead school, its bureau."""
    schools = scope_ids(user, SCHOOL, permission)
    leads = Membership.objects.on().leads().filter(group=group, school__in=schools)
    if group.pk in scope_ids(user, GROUP, permission) or (schools and leads.exists()):
        return ALLOWED
    return authority.bureau_only(user, permission, group.region, otherwise)


def bureau_only(
    user: Any, permission: str, region: Region, clause: str = ""
) -> Verdict:
    """Allow whoever answers for the region; say so otherwise."""
    otherwise = Denied(
        _("只有%(region)s有相应职责的单位可以办理") % {"region": region.name}, clause
    )
    return authority.bureau_only(user, permission, region, otherwise)


def city_only(user: Any, permission: str, region: Region) -> Verdict:
    """The city answers: a grant on a region that lies above the county."""
    above = set(region.lineage[:-1]) or set(region.lineage)
    if not above.isdisjoint(scope_ids(user, REGION, permission)):
        return ALLOWED
    return Denied(_("由市教育局办理"), "AK-1.3.1")


def first_denied_lazily(*checks: Any) -> Verdict:
    """Ask one check after the other and stop at the first refusal."""
    for check in checks:
        verdict: Verdict = check()
        if not verdict:
            return verdict
    return ALLOWED
