"""The region a page is about: where its user stands."""

from typing import Any

from django.apps import apps

from accounts.roles import REGION
from bureau.models import Region
from core.models import Installation
from core.standing import standing_of


def region_of(request: Any) -> Region | None:
    """Return the region where the user stands, else the installation's own.

    A school or group stands in the region that runs it.
    """
    standing = standing_of(request)
    if standing is not None and standing.scope_id:
        if standing.scope == REGION:
            return Region.objects.filter(pk=standing.scope_id).first()
        unit = apps.get_model(standing.scope)._default_manager.filter(
            pk=standing.scope_id
        )
        found = _region_of_unit(unit.first())
        if found is not None:
            return found
    return home_region()


def _region_of_unit(unit: Any) -> Region | None:
    region = getattr(unit, "administered_by", None) or getattr(unit, "region", None)
    return region if isinstance(region, Region) else None


def home_region() -> Region | None:
    """Return the region for which the installation was made."""
    installation = Installation.current()
    if installation is None:
        return None
    return Region.objects.filter(code=installation.region_code).first()
