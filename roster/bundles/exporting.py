"""Bundles going out: the roster of a region as OneRoster CSV, whole or what changed.

Every file is written by one COPY straight into the archive, at the moment of one
snapshot. A whole bundle has the standing rows with status and moment blank; a delta has
what changed since a moment, with both, removed rows among them.
"""

import csv
import io
import tempfile
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AccessLog
from bureau.models import Region
from core.imports.errors import ImportRefused
from roster.bundles import layout
from roster.bundles.layout import BULK, DELTA
from roster.bundles.outgoing import GRAVES, PARTS
from roster.bundles.validating import check_rows, open_bundle
from roster.permissions import can_take_export
from roster.provider.reading import finished_before


def export_bundle(
    region: Region, target: IO[bytes], since: datetime | None = None
) -> None:
    """Write the bundle of a region: whole, or what changed after a moment.

    Raises ImportRefused when one identifier stands for two rows of the region.
    """
    mode = DELTA if since else BULK
    is_outermost = not connection.in_atomic_block
    scope = Region.objects.within(region).exclude(level="TOWN")
    params = {"regions": list(scope.values_list("pk", flat=True)), "since": since}
    with (
        transaction.atomic(),
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
    ):
        with connection.cursor() as cursor:
            if is_outermost:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SET LOCAL jit = off")
        archive.writestr("manifest.csv", _manifest(mode))
        for name, file in layout.LAYOUTS_1_2.items():
            with archive.open(f"{name}.csv", "w", force_zip64=True) as entry:
                _copy(file, params, bool(since), entry)


def _copy(file: layout.FileLayout, params: Any, is_delta: bool, entry: Any) -> None:
    parts = (*PARTS[file.name], *(GRAVES[file.name] if is_delta else ()))
    selects = [part.select(file, is_delta) for part in parts]
    text = " UNION ALL ".join(f"({select})" for select in selects)
    with connection.cursor() as cursor:
        said = cursor.mogrify(text, params).decode()
        cursor.copy_expert(
            f"COPY (SELECT * FROM ({said}) q ORDER BY 1) TO STDOUT"
            " WITH (FORMAT csv, HEADER)",
            entry,
        )


def _manifest(mode: str) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(("propertyName", "value"))
    writer.writerow(("manifest.version", "1.0"))
    writer.writerow(("oneroster.version", layout.VERSION))
    for name in layout.FILES_1_2:
        here = mode if name in layout.LAYOUTS_1_2 else layout.ABSENT
        writer.writerow((f"file.{name}", here))
    writer.writerow(("source.systemName", _("教育集团化办学管理平台")))
    writer.writerow(("source.systemCode", "edugroup"))
    return text.getvalue()


def checked_export(
    region: Region, path: Path, since: datetime | None = None
) -> tuple[dict[str, int], datetime]:
    """Write a bundle to a file and check it strictly; return rows by file, a moment.

    Whatever changed before the moment is in the file: it is the ``since`` of the next
    delta. A bundle that fails the check is removed; raises ImportRefused naming why.
    """
    # moments are kept to the millisecond, and a delta begins after its own
    complete_to = finished_before() - timedelta(milliseconds=1)
    with path.open("wb") as target:
        export_bundle(region, target, since)
    with path.open("rb") as written:
        bundle = open_bundle(path.name, written)
        faults = check_rows(bundle)
        counts = {n: _lines(bundle, n) for n in bundle.layouts}
    if faults:
        path.unlink()
        told = "；".join(fault.message for fault in faults[:5])
        raise ImportRefused(_("导出的数据包未通过检查：%s") % told, faults[0].code)
    return counts, complete_to


def _lines(bundle: Any, name: str) -> int:
    with bundle.archive.open(f"{name}.csv") as stream:
        return sum(
            piece.count(b"\n") + 1
            for piece in [b"".join(iter(stream.read, b""))]
            if piece
        )


def take_export(
    *, by: Any, region: Region, since: date | None = None, reason: str
) -> IO[bytes]:
    """Return the bundle of a region as a file, and record who took it and why.

    Raises PermissionDenied when the region is not in the user's charge.
    """
    verdict = can_take_export(by, region)
    if not verdict:
        raise PermissionDenied(verdict.message)
    start = timezone.make_aware(datetime.combine(since, time())) if since else None
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    export_bundle(region, target, start)
    AccessLog.objects.create(
        user=by,
        action=_("导出"),
        subject=_("名册数据包：%s") % region,
        reason=reason.strip()[:200],
    )
    target.seek(0)
    return target
