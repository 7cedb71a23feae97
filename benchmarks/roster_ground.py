"""The roster of a large city as systems send it: files of a bundle, rows, the place."""

from __future__ import annotations

import csv
import hashlib
import io
import sys
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import Any

PEOPLE, TEACHERS, SCHOOLS, COUNTIES = 500_000, 30_000, 1_000, 10
BATCH = 10_000
FAMILIES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
GIVEN = "子涵雨桐浩宇欣怡明轩思远佳琪文博晓彤志强建国秀英"


def scale() -> int:
    """People of this run; ``--small`` makes it a trial."""
    return PEOPLE // 50 if "--small" in sys.argv else PEOPLE


def identifier(number: int) -> str:
    """Return an identifier as systems make them: long and in no order."""
    return f"u-{hashlib.md5(b'%d' % number).hexdigest()[:20]}"  # noqa: S324


def name(number: int) -> tuple[str, str]:
    """Return family and given name."""
    n = len(GIVEN)
    return FAMILIES[number % 20], GIVEN[number // 20 % n] + GIVEN[number // 500 % n]


def is_teacher(number: int) -> bool:
    """Tell who of the people teaches."""
    return number % (PEOPLE // TEACHERS) == 0


def users(total: int) -> Iterator[list[Any]]:
    """Yield the rows of users.csv."""
    for n in range(total):
        family, given = name(n)
        grade = "" if is_teacher(n) else f"{n % 6 + 1:02d}"
        staff = f"T{n:06d}" if is_teacher(n) else ""
        yield [
            *(identifier(n), "", "", "true", f"user{n}", "", given, family, ""),
            *(staff, "", "", "", "", grade, "", "", "", "", ""),
            *(f"s{n % SCHOOLS}", ""),
        ]


def roles(total: int) -> Iterator[list[Any]]:
    """Yield the rows of roles.csv."""
    for n in range(total):
        word = "teacher" if is_teacher(n) else "student"
        yield [
            *(f"r{n}", "", "", identifier(n), "primary", word, "", ""),
            *(f"s{n % SCHOOLS}", ""),
        ]


def orgs() -> Iterator[list[Any]]:
    """Yield the rows of orgs.csv."""
    for n in range(COUNTIES):
        yield [f"d{n}", "", "", f"评测{n + 1}县", "district", "", ""]
    for n in range(SCHOOLS):
        yield [f"s{n}", "", "", f"评测第{n}小学", "school", "", f"d{n % COUNTIES}"]


def bundle(path: Any, total: int) -> None:
    """Write the zip."""
    from roster.bundles import layout

    files = {
        "orgs": (layout.ORGS, orgs()),
        "users": (layout.USERS, users(total)),
        "roles": (layout.ROLES, roles(total)),
    }
    lines = ["propertyName,value", "manifest.version,1.0", "oneroster.version,1.2"]
    for each in layout.FILES_1_2:
        lines.append(f"file.{each},{'bulk' if each in files else 'absent'}")
    lines += ["source.systemName,评测", "source.systemCode,1"]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("manifest.csv", "\n".join(lines))
        for each, (shape, rows) in files.items():
            with archive.open(f"{each}.csv", "w", force_zip64=True) as entry:
                text = io.TextIOWrapper(entry, encoding="utf-8", newline="")
                writer = csv.writer(text)
                writer.writerow(shape.head)
                writer.writerows(rows)
                text.flush()


def places() -> tuple[Any, list[Any]]:
    """Return a city with its counties, the roster of pupils switched on."""
    from accounts.models import ImpactAssessment, User
    from benchmarks.imports import places as regions
    from bureau.models import AcademicYear
    from core.days import today
    from roster.models import PupilRoster

    city, counties = regions()
    person = User.objects.create(username="评测")
    made = ImpactAssessment.objects.create(
        title="评测", conclusion="可行", decided_on=today(), decided_by=person
    )
    PupilRoster.objects.create(
        region=city, assessment=made, switched_on_by=person, valid_from=today()
    )
    AcademicYear.objects.get_or_create(
        code="2026-2027",
        defaults={"starts_on": date(2026, 9, 1), "ends_on": date(2027, 8, 31)},
    )
    return city, counties


def parameters() -> None:
    """Ship what holds a bundle."""
    from bureau.models import PolicyParameter
    from bureau.models.region import BEGINNING

    for key, value in (("roster.hold_share", "0.10"), ("roster.hold_rows", "500")):
        PolicyParameter.objects.get_or_create(
            key=key,
            region=None,
            valid_from=BEGINNING,
            defaults={"value": value, "kind": "decimal", "meaning": key},
        )


def objects(prefix: str, count: int) -> list[dict[str, Any]]:
    """Return pupils as OneRoster objects."""
    found = []
    for n in range(count):
        family, given = name(n)
        org = {"href": f"https://x.test/s{n % SCHOOLS}", "type": "org"}
        place = {**org, "sourcedId": f"s{n % SCHOOLS}"}
        found.append(
            {
                "sourcedId": f"{prefix}{n}",
                "status": "active",
                "dateLastModified": "2026-11-01T00:00:00.000Z",
                "enabledUser": "true",
                "familyName": family,
                "givenName": given,
                "grades": [f"{n % 6 + 1:02d}"],
                "roles": [{"roleType": "primary", "role": "student", "org": place}],
                "primaryOrg": place,
            }
        )
    return found
