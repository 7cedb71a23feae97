"""Which rows of this room a scope reaches."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from django.db.models import Q

from accounts.roles import GROUP, INSTALLATION, REGION, SCHOOL
from bureau.models import AreaMember, Region
from bureau.querysets import RegionQuerySet
from core.registries import Reach, ReachFunction, register_reach

EVERYTHING = Q(pk__isnull=False)
REFERENCE = ("bureau.academicyear", "bureau.policydocument", "bureau.policyclause")


def everything(ids: Sequence[int]) -> Q:
    """Reach all rows: reference data that everybody may read."""
    return EVERYTHING


for _label in REFERENCE:
    for _scope in (REGION, GROUP, SCHOOL, INSTALLATION):
        register_reach(_scope, _label)(everything)


def parameters_above(regions: RegionQuerySet) -> Q:
    """Reach the shipped parameters and those of the regions and what is above them."""
    return Q(region__isnull=True) | Q(region__in=regions.with_above())


def region_of_row(row: Any, path: str) -> Any:
    """Return the region at a path of the row; an empty path is the row itself."""
    return attrgetter(path.replace("__", "."))(row) if path else row


def run_at(path: str) -> ReachFunction:
    """Reach the rows whose region at ``path`` is one that the regions run themselves.

    AK-1.3.1: a county or a zone below runs its own.
    """

    def own(ids: Sequence[int]) -> Q:
        run = Region.objects.run_from(ids).values("pk")
        return Q(**{f"{path or 'pk'}__in": run})

    return own


def run_in(path: str) -> dict[str, Any]:
    """Return how ``register_reach`` is told that the region at ``path`` runs a row."""

    def of(row: Any, ids: Sequence[int], is_own: bool) -> bool | None:
        region = region_of_row(row, path)
        if region is None:
            return None
        if is_own:
            return not {region.pk, region.authority_id}.isdisjoint(ids)
        return not set(region.lineage).isdisjoint(ids) or None

    return {"own": run_at(path), "region_at": path, "of": of}


def in_region(path: str) -> Reach:
    """Reach the rows whose region at ``path`` is one of the ids or lies below it.

    ``own`` reaches those that the regions run themselves.
    """
    place = f"{path}__lineage" if path else "lineage"

    def reached(ids: Sequence[int]) -> Q:
        return Q(**{f"{place}__overlap": list(ids)})

    def of(row: Any, ids: Sequence[int], is_own: bool) -> bool | None:
        region = region_of_row(row, path)
        mine = {region.pk, region.authority_id} if is_own else {*region.lineage}
        return not mine.isdisjoint(ids)

    return Reach(reached, own=run_at(path), region_at=path, of=of)


# What lies above is not reached: reach also answers who may act on a region.
register_reach(REGION, "bureau.region")(in_region(""))


@register_reach(REGION, "bureau.policyparameter")
def _parameters(ids: Sequence[int]) -> Q:
    below = Q(region__lineage__overlap=list(ids))
    return below | parameters_above(Region.objects.filter(pk__in=ids))


@register_reach(REGION, "bureau.department")
@register_reach(REGION, "bureau.apiclient")
@register_reach(REGION, "bureau.target")
@register_reach(REGION, "bureau.keyindustry")
def _of_region(ids: Sequence[int]) -> Q:
    return Q(region__lineage__overlap=list(ids))


@register_reach(REGION, "bureau.priorityarea")
def _areas(ids: Sequence[int]) -> Q:
    """Reach the areas that the regions lead or are in."""
    members = AreaMember.objects.filter(region__lineage__overlap=list(ids))
    return Q(lead_region__lineage__overlap=list(ids)) | Q(pk__in=members.values("area"))


@register_reach(REGION, "bureau.areamember")
def _area_members(ids: Sequence[int]) -> Q:
    return Q(area__lead_region__lineage__overlap=list(ids))


@register_reach(REGION, "core.importrun")
def _imports(ids: Sequence[int]) -> Q:
    here = Region.objects.under_ids(ids).values("pk")
    return Q(
        scope_type__app_label="bureau", scope_type__model="region", scope_id__in=here
    )
