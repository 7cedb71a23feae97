"""Who runs a row that a bureau above may only read (AK-1.3.1)."""

from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from accounts.roles import OWN_AUTHORITY, REGION
from bureau.models import Region
from bureau.querysets import RegionQuerySet
from bureau.reach import region_of_row
from core.access import scope_ids
from core.registries import reach
from core.verdict import ALLOWED, Denied, Verdict


def answering(permission: str, region: Region) -> list[int]:
    """Return the ids of the regions whose people answer for this one.

    What every authority does itself is done at the very authority; the rest may also
    be done from above.
    """
    if permission in OWN_AUTHORITY:
        return [region.pk, region.authority_id]
    return list(region.lineage)


def answers_for(user: Any, permission: str, region: Region) -> bool:
    """Tell whether the user holds the permission over the region (no query)."""
    held = scope_ids(user, REGION, permission)
    return not set(held).isdisjoint(answering(permission, region))


def bureau_only(
    user: Any, permission: str, region: Region, otherwise: Denied
) -> Verdict:
    """Allow whoever answers for the region; who stands above hears who runs it."""
    if answers_for(user, permission, region):
        return ALLOWED
    above = not set(scope_ids(user, REGION, permission)).isdisjoint(region.lineage)
    return run_by(region) if above else otherwise


def regions_answered(user: Any, permission: str) -> RegionQuerySet:
    """Return the regions over which the user holds the permission."""
    held = scope_ids(user, REGION, permission)
    if permission in OWN_AUTHORITY:
        return Region.objects.run_from(held)
    return Region.objects.under_ids(held)


def authority_over(obj: Model) -> Region | None:
    """Return the region whose bureau runs the row."""
    entry = reach.find((REGION, obj._meta.label_lower))
    path = entry.region_at if entry else None
    if path is None:
        return None
    region = region_of_row(obj, path)
    return region.authority if region else None


def run_below(obj: Model, doing: str = "") -> Denied:
    """Say to a bureau above who runs the row, and that it reads it only."""
    return run_by(authority_over(obj), doing)


def run_by(region: Any, doing: str = "") -> Denied:
    """Say that the region's bureau acts, and the one above guides and reads."""
    bureau = _("%s教育行政部门") % region.name if region else _("下级教育行政部门")
    return Denied(
        _("未能%(doing)s：由%(bureau)s自行管理，上级部门只指导和查看")
        % {"doing": doing or _("办理"), "bureau": bureau},
        "AK-1.3.1",
        _("请由%(bureau)s办理") % {"bureau": bureau},
    )
