"""Create and rename regions."""

from datetime import date
from typing import Any

from django.db import transaction

from audit.services import record
from bureau.choices import Level
from bureau.loading import rename_row
from bureau.models import Region, RegionName
from bureau.models.region import BEGINNING


@transaction.atomic
def create_region(
    code: str,
    name: str,
    level: Level,
    parent: Region | None = None,
    *,
    short_name: str = "",
    valid_from: date = BEGINNING,
    by: Any = None,
) -> Region:
    """Create a region the national list does not have: a zone, a town, a new county."""
    region = Region(
        code=code,
        name=name,
        short_name=short_name or name,
        level=level,
        parent=parent,
        valid_from=valid_from,
    )
    region.full_clean()
    region.save()
    RegionName.objects.create(
        region=region, code=code, name=name, valid_from=valid_from
    )
    record("bureau.create_region", region, by=by)
    return region


@transaction.atomic
def rename_region(
    region: Region,
    *,
    code: str,
    name: str,
    short_name: str,
    on: date,
    by: Any,
    reason: str,
) -> Region:
    """Give a region a new code or name from a day on; the former one stays findable."""
    former = f"{region.code} {region.name}"
    locked: Region = Region.objects.select_for_update(no_key=True).get(pk=region.pk)
    rename_row(
        locked, code=code, name=name, short_name=short_name, on=on, note=reason[:120]
    )
    record(
        "bureau.rename_region", locked, by=by, reason=reason, data={"former": former}
    )
    return locked
