"""Bundles going out: the roster of a region as OneRoster CSV, whole or what changed.

Every file is written by one COPY straight into the archive, at the moment of one
snapshot. A whole bundle has the standing rows with status and moment blank; a delta has
what changed since a moment, with both, removed rows among them.
"""

import csv
import io
import tempfile
import zipfile
from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AccessLog
from bureau.models import Region
from core.imports.errors import ImportRefused
from core.imports.sql import literal
from roster.bundles import layout
from roster.bundles.layout import BULK, DELTA
from roster.bundles.validating import check_rows, open_bundle
from roster.permissions import can_change_source
from roster.provider.names import family_sql, given_sql

SCHOOLS = "JOIN schools_school sc ON sc.id = t.school_id"
GRADE = (
    "CASE t.stage WHEN 'KINDERGARTEN' THEN (ARRAY['IT','PR','PK','KG'])[t.grade + 1]"
    " WHEN 'VOCATIONAL' THEN (t.grade + 9)::text ELSE lpad(t.grade::text, 2, '0') END"
)
DERIVED = "'grade-' || t.region_id || '-' || t.stage || '-' || t.grade"
TERMS = (
    "coalesce((SELECT string_agg(x.public_id, ',' ORDER BY x.number)"
    " FROM bureau_term x WHERE x.year_id = t.year_id AND x.removed_at IS NULL),"
    " (SELECT y.public_id FROM bureau_academicyear y WHERE y.id = t.year_id))"
)
GONE = "t.removed_at IS NOT NULL"
NEVER = "FALSE"


class Part:
    """Rows of one table in one file: cells by head, in SQL."""

    def __init__(
        self,
        table: str,
        cells: Mapping[str, str],
        *,
        region: str = "t.region_id",
        gone: str = GONE,
        joins: str = "",
        sid: str = "t.public_id",
        changed: str = "t.changed_at",
    ) -> None:
        self.table, self.cells, self.region = table, cells, region
        self.gone, self.joins, self.sid, self.changed = gone, joins, sid, changed

    def select(self, file: layout.FileLayout, is_delta: bool) -> str:
        """Return the SELECT of the part for one file."""
        status = (
            f"CASE WHEN {self.gone} THEN 'tobedeleted' ELSE 'active' END"
            if is_delta
            else "NULL"
        )
        moment = (
            f"to_char({self.changed} AT TIME ZONE 'UTC',"
            ' \'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\')'
            if is_delta
            else "NULL"
        )
        cells = [self.sid, status, moment, *(self._cell(h) for h in file.head[3:])]
        named = [f'{c} AS "{h}"' for c, h in zip(cells, file.head, strict=True)]
        wanted = f"{self.changed} > %(since)s" if is_delta else f"NOT ({self.gone})"
        where = f"{self.region} = ANY (%(regions)s) AND " if self.region else ""
        return (
            f"SELECT {', '.join(named)} FROM {self.table} {self.joins}"
            f" WHERE {where}{wanted}"
        )

    def _cell(self, head: str) -> str:
        return self.cells.get(head, "NULL")


def _joined(column: str) -> str:
    return f"array_to_string({column}, ',')"


def _member(table: str, column: str) -> str:
    """Return SQL for the identifier of a member of a class."""
    return f"(SELECT p.public_id FROM {table} p WHERE p.id = t.{column})"


def _user(table: str, cells: Mapping[str, str]) -> Part:
    common = {"primaryOrgSourcedId": "sc.public_id"}
    return Part(table, {**common, **cells}, joins=SCHOOLS)


def _role(table: str, role: str, days: Mapping[str, str]) -> Part:
    return Part(
        table,
        {
            "userSourcedId": "t.public_id",
            "roleType": "'primary'",
            "role": literal(role),
            "orgSourcedId": "sc.public_id",
            **days,
        },
        joins=SCHOOLS,
        sid="'role-' || t.public_id",
    )


TEACHER = _member("personnel_teacher", "teacher_id")
PUPIL = _member("roster_pupil", "pupil_id")
PARTS: dict[str, tuple[Part, ...]] = {
    "orgs": (
        Part(
            "bureau_region t",
            {
                "name": "t.name",
                "type": "'district'",
                "identifier": "t.code",
                "parentSourcedId": "CASE WHEN t.parent_id = ANY (%(regions)s)"
                " THEN up.public_id END",
            },
            region="t.id",
            joins="LEFT JOIN bureau_region up ON up.id = t.parent_id",
        ),
        Part(
            "schools_school t",
            {
                "name": "t.name",
                "type": "'school'",
                "identifier": "coalesce(t.school_code, t.provisional_no)",
                "parentSourcedId": "up.public_id",
            },
            region="t.administered_by_id",
            gone=f"({GONE} OR t.status IN ('CLOSED', 'MERGED'))",
            joins="JOIN bureau_region up ON up.id = t.administered_by_id",
        ),
    ),
    "academicSessions": (
        Part(
            "bureau_academicyear t",
            {
                "title": "t.code || ' 学年'",
                "type": "'schoolYear'",
                "startDate": "t.starts_on",
                "endDate": "t.ends_on + 1",
                "schoolYear": "extract(year FROM t.ends_on)::int",
            },
            region="",
            gone=NEVER,
        ),
        Part(
            "bureau_term t",
            {
                "title": "y.code || CASE t.number WHEN 1 THEN ' 第一学期'"
                " ELSE ' 第二学期' END",
                "type": "'semester'",
                "startDate": "t.starts_on",
                "endDate": "t.ends_on + 1",
                "parentSourcedId": "y.public_id",
                "schoolYear": "extract(year FROM y.ends_on)::int",
            },
            region="",
            joins="JOIN bureau_academicyear y ON y.id = t.year_id",
        ),
    ),
    "courses": (
        Part(
            "schools_course t",
            {
                "schoolYearSourcedId": "y.public_id",
                "title": "t.title",
                "courseCode": "t.code",
                "grades": _joined("t.grades"),
                "orgSourcedId": "coalesce(sc.public_id, up.public_id)",
                "subjects": _joined("t.subjects"),
                "subjectCodes": _joined("t.subject_codes"),
            },
            joins="JOIN bureau_region up ON up.id = t.region_id"
            " LEFT JOIN schools_school sc ON sc.id = t.school_id"
            " LEFT JOIN bureau_academicyear y ON y.id = t.year_id",
        ),
        Part(
            "(SELECT c.region_id, c.stage, c.grade, max(c.changed_at) AS changed_at,"
            " bool_and(c.removed_at IS NOT NULL) AS is_gone FROM schools_classsection c"
            " WHERE c.course_id IS NULL GROUP BY 1, 2, 3) t",
            {
                "title": "'行政班 ' || t.stage || '-' || t.grade",
                "courseCode": "'HOMEROOM'",
                "grades": GRADE,
                "orgSourcedId": "up.public_id",
            },
            gone="t.is_gone",
            joins="JOIN bureau_region up ON up.id = t.region_id",
            sid=DERIVED,
        ),
    ),
    "classes": (
        Part(
            "schools_classsection t",
            {
                "title": "coalesce(nullif(t.name, ''), t.grade || '年级'"
                " || t.number || '班')",
                "grades": GRADE,
                "courseSourcedId": f"coalesce(co.public_id, {DERIVED})",
                "classCode": "t.stage || '-' || t.grade || '-' || t.number",
                "classType": "CASE WHEN t.course_id IS NULL THEN 'homeroom'"
                " ELSE 'scheduled' END",
                "schoolSourcedId": "sc.public_id",
                "termSourcedIds": TERMS,
            },
            joins=f"{SCHOOLS} LEFT JOIN schools_course co ON co.id = t.course_id",
        ),
    ),
    "users": (
        _user(
            "personnel_teacher t",
            {
                "enabledUser": "CASE WHEN t.status = 'ACTIVE' THEN 'true'"
                " ELSE 'false' END",
                "givenName": given_sql("t.name"),
                "familyName": family_sql("t.name"),
                "identifier": "t.staff_no",
            },
        ),
        _user(
            "roster_pupil t",
            {
                "enabledUser": "CASE WHEN t.is_enabled THEN 'true' ELSE 'false' END",
                "givenName": "t.given_name",
                "familyName": "t.family_name",
                "grades": GRADE,
            },
        ),
    ),
    "roles": (
        _role(
            "personnel_teacher t",
            "teacher",
            {"beginDate": "t.entered_on", "endDate": "t.left_on"},
        ),
        _role("roster_pupil t", "student", {}),
    ),
    "enrollments": (
        Part(
            "roster_enrolment t",
            {
                "classSourcedId": "s.public_id",
                "schoolSourcedId": "sc.public_id",
                "userSourcedId": f"coalesce({TEACHER}, {PUPIL})",
                "role": "CASE t.role WHEN 'aide' THEN 'proctor' ELSE t.role END",
                "primary": "CASE WHEN t.is_primary THEN 'true'"
                " WHEN NOT t.is_primary THEN 'false' END",
                "beginDate": "t.begins_on",
                "endDate": "t.ends_on + 1",
            },
            joins="JOIN schools_classsection s ON s.id = t.section_id"
            " JOIN schools_school sc ON sc.id = s.school_id",
        ),
    ),
}


def export_bundle(
    region: Region, target: IO[bytes], since: datetime | None = None
) -> None:
    """Write the bundle of a region: whole, or what changed after a moment.

    Raises ImportRefused when one identifier stands for two rows of the region.
    """
    mode = DELTA if since else BULK
    scope = Region.objects.within(region).exclude(level="TOWN")
    params = {"regions": list(scope.values_list("pk", flat=True)), "since": since}
    with (
        transaction.atomic(),
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
    ):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL jit = off")
        archive.writestr("manifest.csv", _manifest(mode))
        for name, file in layout.LAYOUTS_1_2.items():
            with archive.open(f"{name}.csv", "w", force_zip64=True) as entry:
                _copy(file, params, bool(since), entry)


def _copy(file: layout.FileLayout, params: Any, is_delta: bool, entry: Any) -> None:
    selects = [part.select(file, is_delta) for part in PARTS[file.name]]
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
) -> dict[str, int]:
    """Write a bundle to a file, check it strictly, and return the rows by file.

    A bundle that fails the check is removed again; raises ImportRefused naming why.
    """
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
    return counts


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
    verdict = can_change_source(by, region)
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
