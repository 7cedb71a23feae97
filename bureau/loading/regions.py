"""Bring the country's regions and their former names into the database."""

from datetime import date

from django.db import connection, transaction
from django.utils.dateparse import parse_date

from bureau.choices import Level
from bureau.data import rows
from bureau.models import Region, RegionName
from bureau.models.region import BEGINNING
from core.imports.sql import analyze

LEVELS = (Level.PROVINCE, Level.CITY, Level.COUNTY, Level.FUNCTIONAL_ZONE)
LOADING = 0xB0BEA0


def begin(text: str) -> date:
    """Read the first day; an empty cell means from the beginning."""
    return (parse_date(text) if text else None) or BEGINNING


def end(text: str) -> date | None:
    """Read the day on which a region ended; an empty cell means it stands."""
    return parse_date(text) if text else None


@transaction.atomic
def load_regions() -> int:
    """Create the regions that are missing, with the names they had; return how many.

    A region that the shipped list has meanwhile renamed keeps its row.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOADING])
    changes = rows("region_changes.csv")
    renamed = _rename_existing(changes)
    ids = dict(Region.objects.values_list("code", "pk"))
    missing = [r for r in rows("regions.csv") if r["code"] not in ids]
    for level in LEVELS:
        new = [r for r in missing if r["level"] == level]
        Region.objects.bulk_create([_region(r, ids) for r in new], batch_size=1000)
        codes = [r["code"] for r in new]
        ids |= dict(Region.objects.filter(code__in=codes).values_list("code", "pk"))
    _link(missing, ids)
    _create_names(missing, changes, ids)
    if missing:
        _count()
    return len(missing) + renamed


def _count() -> None:
    """Let the planner know of thousands of rows before it is asked for one of them."""
    for model in (Region, RegionName):
        analyze(model._meta.db_table)


def _region(row: dict[str, str], ids: dict[str, int]) -> Region:
    return Region(
        code=row["code"],
        name=row["name"],
        short_name=row["short_name"],
        level=row["level"],
        parent_id=ids[row["parent"]] if row["parent"] else None,
        valid_from=begin(row["valid_from"]),
        valid_to=end(row["valid_to"]),
    )


def _link(missing: list[dict[str, str]], ids: dict[str, int]) -> None:
    linked = [
        Region(
            pk=ids[row["code"]],
            predecessor_id=ids.get(row["predecessor"]),
            successor_id=ids.get(row["successor"]),
        )
        for row in missing
        if row["predecessor"] or row["successor"]
    ]
    Region.objects.bulk_update(linked, ["predecessor", "successor"])


def _create_names(
    missing: list[dict[str, str]], changes: list[dict[str, str]], ids: dict[str, int]
) -> None:
    renames = {c["new_code"]: c for c in changes if c["kind"] == "RENAME"}
    names = []
    for row in missing:
        since = begin(row["valid_from"])
        former = renames.get(row["code"])
        if former:
            changed = begin(former["changed_on"])
            names.append(_name(ids[row["code"]], former, since, changed))
            since = changed
        names.append(
            RegionName(
                region_id=ids[row["code"]],
                code=row["code"],
                name=row["name"],
                valid_from=since,
                valid_to=end(row["valid_to"]),
            )
        )
    RegionName.objects.bulk_create(names, batch_size=1000)


def _name(
    region: int, former: dict[str, str], since: date, changed: date
) -> RegionName:
    return RegionName(
        region_id=region,
        code=former["old_code"],
        name=former["old_name"],
        note=former["note"],
        valid_from=since,
        valid_to=changed,
    )


def _rename_existing(changes: list[dict[str, str]]) -> int:
    """Carry renames into rows that still stand under their former code."""
    moved = {c["old_code"]: c for c in changes if c["kind"] == "RENAME"}
    short = {r["code"]: r["short_name"] for r in rows("regions.csv")}
    stale = Region.objects.filter(code__in=moved, valid_to__isnull=True)
    count = 0
    for region in stale:
        change = moved[region.code]
        if (region.code, region.name) == (change["new_code"], change["new_name"]):
            continue
        rename_row(
            region,
            code=change["new_code"],
            name=change["new_name"],
            short_name=short[change["new_code"]],
            on=begin(change["changed_on"]),
            note=change["note"],
        )
        count += 1
    return count


def rename_row(
    region: Region, *, code: str, name: str, short_name: str, on: date, note: str
) -> Region:
    """Give a region a new code or name from a day on and keep the former one."""
    region.names.filter(valid_to__isnull=True).update(valid_to=on)
    RegionName.objects.create(
        region=region, code=code, name=name, valid_from=on, note=note
    )
    region.code, region.name, region.short_name = code, name, short_name
    region.save(update_fields=["code", "name", "short_name", "changed_at"])
    return region
