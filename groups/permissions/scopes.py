"""Over what a user holds a permission: region, group, school."""

from typing import Any

from django.utils.translation import gettext as _

from bureau.models import Region
from core.access import grants_of
from core.days import today
from core.verdict import ALLOWED, Denied, Verdict
from groups.models import EducationGroup, Membership

REGION, GROUP, SCHOOL = "bureau.region", "groups.educationgroup", "schools.school"


def scopes_of(user: Any, permission: str, scope: str) -> set[int]:
    """Return the ids of the user's live scopes of one kind."""
    day = today()
    return {
        grant.scope_id
        for grant in grants_of(user)
        if grant.scope == scope
        and grant.scope_id
        and grant.is_live(day)
        and permission in grant.permissions
    }


def over_region(user: Any, permission: str, region: Region) -> bool:
    """Tell whether the user holds the permission over the region or one above it."""
    return bool(scopes_of(user, permission, REGION) & set(region.lineage))


def over_school(user: Any, permission: str, school_id: int) -> bool:
    """Tell whether the user holds the permission over the very school."""
    return school_id in scopes_of(user, permission, SCHOOL)


def over_group(user: Any, permission: str, group: EducationGroup) -> bool:
    """Tell whether the user answers for the group: its office, its lead, its bureau."""
    if group.pk in scopes_of(user, permission, GROUP):
        return True
    if over_region(user, permission, group.region):
        return True
    schools = scopes_of(user, permission, SCHOOL)
    leads = Membership.objects.on().leads().filter(group=group, school__in=schools)
    return bool(schools) and leads.exists()


def bureau_only(
    user: Any, permission: str, region: Region, clause: str = ""
) -> Verdict:
    """Allow whoever answers for the region; say so otherwise."""
    if over_region(user, permission, region):
        return ALLOWED
    return Denied(
        _("只有%(region)s有相应职责的单位可以办理") % {"region": region.name}, clause
    )


def city_only(user: Any, permission: str, region: Region) -> Verdict:
    """The city answers: a grant on a region that lies above the county."""
    above = set(region.lineage[:-1]) or set(region.lineage)
    if scopes_of(user, permission, REGION) & above:
        return ALLOWED
    return Denied(_("由市教育局办理"), "AK-1.3.1")


def first_denied_lazily(*checks: Any) -> Verdict:
    """Ask one check after the other and stop at the first refusal."""
    for check in checks:
        verdict: Verdict = check()
        if not verdict:
            return verdict
    return ALLOWED
