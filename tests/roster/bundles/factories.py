"""Bundles made in memory, and sent."""

import csv
import io
import zipfile
from typing import Any

from roster.bundles.layout import LAYOUTS, LISTED
from roster.bundles.receiving import receive_bundle
from roster.models import SyncRun

Rows = dict[str, list[dict[str, str]]]


def csv_of(name: str, rows: list[dict[str, str]], version: str = "1.2") -> bytes:
    """Return one file of a bundle."""
    head = LAYOUTS[version][name].head
    text = io.StringIO()
    writer = csv.DictWriter(text, head, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def manifest(files: Any, version: str = "1.2", mode: str = "bulk") -> bytes:
    """Return a manifest that lists the files in a mode and the others as absent."""
    lines = [
        "propertyName,value",
        "manifest.version,1.0",
        f"oneroster.version,{version}",
        *(f"file.{n},{mode if n in files else 'absent'}" for n in LISTED[version]),
        "source.systemName,测试系统",
        "source.systemCode,T1",
    ]
    return "\r\n".join(lines).encode()


def bundle(
    rows: Rows, version: str = "1.2", mode: str = "bulk", **more: bytes
) -> bytes:
    """Return a zip; ``more`` replaces or adds files (dots as double underscores)."""
    files = {f"{n}.csv": csv_of(n, r, version) for n, r in rows.items()}
    files["manifest.csv"] = manifest(rows, version, mode)
    files |= {name.replace("__", "."): content for name, content in more.items()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def roster(teachers: int = 3, schools: int = 1) -> Rows:
    """Return the rows of a small county: schools, a class each, teachers in it."""
    made: Rows = {
        "orgs": [{"sourcedId": "d1", "name": "云洲区教育局", "type": "district"}],
        "academicSessions": [
            {
                "sourcedId": "t1",
                "title": "第一学期",
                "type": "semester",
                "startDate": "2026-09-01",
                "endDate": "2027-01-31",
                "schoolYear": "2027",
            }
        ],
        "courses": [{"sourcedId": "k1", "title": "语文", "orgSourcedId": "d1"}],
        "classes": [],
        "users": [],
        "roles": [],
        "enrollments": [],
    }
    for number in range(1, schools + 1):
        _school(made, number, teachers)
    return made


def _school(made: Rows, number: int, teachers: int) -> None:
    school = f"s{number}"
    made["orgs"].append(
        {
            "sourcedId": school,
            "name": f"云洲第{number}小学",
            "type": "school",
            "parentSourcedId": "d1",
        }
    )
    made["classes"].append(
        {
            "sourcedId": f"c{number}",
            "title": "一年级1班",
            "grades": "01",
            "courseSourcedId": "k1",
            "classType": "homeroom",
            "schoolSourcedId": school,
            "termSourcedIds": "t1",
        }
    )
    for nth in range(1, teachers + 1):
        person = f"u{number}-{nth}"
        add_user(made, person, school)
        made["enrollments"].append(
            {
                "sourcedId": f"e{number}-{nth}",
                "classSourcedId": f"c{number}",
                "schoolSourcedId": school,
                "userSourcedId": person,
                "role": "teacher",
            }
        )


def add_user(made: Rows, person: str, school: str, role: str = "teacher") -> None:
    """Add a person with the role in a school."""
    made["users"].append(
        {
            "sourcedId": person,
            "enabledUser": "true",
            "username": person,
            "givenName": f"甲{person[-1]}",
            "familyName": "测试",
            "primaryOrgSourcedId": school,
        }
    )
    made["roles"].append(
        {
            "sourcedId": f"r-{person}",
            "userSourcedId": person,
            "roleType": "primary",
            "role": role,
            "orgSourcedId": school,
        }
    )


def send(world: Any, content: bytes, capture: Any, **more: Any) -> SyncRun:
    """Receive a bundle and let its job be done."""
    with capture(execute=True):
        run, _new = receive_bundle(world.source, "名册.zip", content, **more)
    return SyncRun.objects.get(pk=run.pk)
