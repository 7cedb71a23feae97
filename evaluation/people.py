"""Whom to tell: the people who hold a right over groups, schools or a region."""

from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet

from accounts.models import RoleGrant, User
from bureau.models import Region
from evaluation.models import Assessment, Cycle
from groups.models import EducationGroup
from schools.models import School

WRITERS = "evaluation.submit_periodicreport"
READERS = "evaluation.view_result"


def _kind(model: type) -> ContentType:
    return ContentType.objects.get_for_model(model)


def _in_scopes(groups: Iterable[int], schools: Iterable[int]) -> Q:
    return Q(scope_type=_kind(EducationGroup), scope_id__in=list(groups)) | Q(
        scope_type=_kind(School), scope_id__in=list(schools)
    )


def _users(grants: QuerySet[RoleGrant]) -> QuerySet[User]:
    return User.objects.filter(is_active=True, pk__in=grants.values("user"))


def heads_of(assessments: Iterable[Assessment]) -> QuerySet[User]:
    """Return the lead schools' principals and the group heads."""
    rows = list(assessments)
    scopes = _in_scopes(
        [a.group_id for a in rows if a.group_id],
        [a.lead_school_id for a in rows if a.lead_school_id],
    )
    return _users(RoleGrant.objects.holding(WRITERS).filter(scopes))


def concerned_by(cycle: Cycle) -> QuerySet[User]:
    """Return everyone who may read a result of the cycle as group or school."""
    rows = list(Assessment.objects.filter(cycle=cycle))
    schools = {m["school"] for a in rows for m in a.members}
    schools |= {a.school_id for a in rows if a.school_id}
    scopes = _in_scopes([a.group_id for a in rows if a.group_id], schools)
    return _users(RoleGrant.objects.holding(READERS).filter(scopes))


def bureau_of(region: Region, permission: str) -> QuerySet[User]:
    """Return the people of the region's own bureau who hold a permission."""
    here = Q(scope_type=_kind(Region), scope_id=region.pk)
    return _users(RoleGrant.objects.holding(permission).filter(here))
