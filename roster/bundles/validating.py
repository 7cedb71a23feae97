"""What a bundle must be before a row of it is looked at; and the strict check of rows.

``open_bundle`` is used by both directions: coming in, a bundle that fails it is refused
as a whole with every fault named; going out, a bundle is checked before it is handed
over (``check_rows`` besides).
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from core.imports.errors import ImportRefused
from core.imports.readers.archive import Archive
from roster.bundles.layout import (
    ABSENT,
    BULK,
    DELTA,
    LAYOUTS,
    LISTED,
    PROPERTIES,
    FileLayout,
)

MANIFEST = "manifest.csv"
MAX_NAMED = 50


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: in which file and row, which field, why."""

    file: str
    code: str
    message: str
    row: int = 0
    field: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the fault for JSON."""
        return {
            "file": self.file,
            "row": self.row,
            "field": self.field,
            "code": self.code,
            "message": self.message,
        }


class BundleRefused(ImportRefused):
    """The bundle is not what it must be; ``faults`` name everything."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("；".join(f.message for f in faults[:5]), faults[0].code)
        self.faults = faults


@dataclass
class Bundle:
    """An opened bundle: its version, and how each file of ours came."""

    archive: Archive
    version: str
    properties: dict[str, str]
    modes: dict[str, str] = field(default_factory=dict)

    @property
    def layouts(self) -> dict[str, FileLayout]:
        """Return the files that are read, in the order of the collections."""
        known = LAYOUTS[self.version]
        return {n: known[n] for n in known if self.modes.get(n, ABSENT) != ABSENT}

    def of_mode(self, mode: str) -> set[str]:
        """Return the collections that came in a mode."""
        return {e.collection for n, e in self.layouts.items() if self.modes[n] == mode}


def open_bundle(name: str, file: Any) -> Bundle:
    """Open a bundle; BundleRefused naming every fault of manifest, files and heads."""
    archive = Archive(name, file)
    if MANIFEST not in archive.entries:
        raise BundleRefused([_fault("no_manifest", MANIFEST, _("缺少 manifest.csv"))])
    properties = _properties(archive)
    version = properties.get("oneroster.version", "").strip()
    if version not in LAYOUTS:
        said = _("oneroster.version 应为 1.1 或 1.2")
        raise BundleRefused([_fault("bad_version", MANIFEST, said)])
    bundle = Bundle(archive, version, properties)
    faults = [*_manifest_faults(bundle), *_file_faults(bundle)]
    faults += [] if faults else list(_head_faults(bundle))
    if faults:
        raise BundleRefused(faults[:MAX_NAMED])
    return bundle


def _fault(code: str, file: str, why: str, **more: Any) -> Fault:
    said = _("%(file)s：%(why)s") % {"file": file, "why": why}
    return Fault(file=file, code=code, message=said, **more)


def _properties(archive: Archive) -> dict[str, str]:
    with archive.open(MANIFEST) as stream:
        if stream.head != ["propertyName", "value"]:
            said = _("表头应为 propertyName,value")
            raise BundleRefused([_fault("bad_head", MANIFEST, said)])
        text = b"".join(iter(stream.read, b"")).decode(errors="replace")
    try:
        rows = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error as error:
        raise BundleRefused(
            [_fault("bad_csv", MANIFEST, _("不是有效的 CSV"))]
        ) from error
    found: dict[str, str] = {}
    for number, row in enumerate(rows, start=2):
        if len(row) != 2 or row[0] in found:
            said = _("第 %s 行应为不重复的“属性,值”") % number
            raise BundleRefused([_fault("bad_manifest", MANIFEST, said, row=number)])
        found[row[0]] = row[1]
    return found


def _manifest_faults(bundle: Bundle) -> Iterator[Fault]:
    given = bundle.properties
    for name in PROPERTIES:
        if name not in given:
            yield _fault("missing_property", MANIFEST, _("缺少属性 %s") % name)
    listed = LISTED[bundle.version]
    for name in listed:
        mode = given.get(f"file.{name}", "")
        if mode not in {ABSENT, BULK, DELTA}:
            said = _("file.%s 应为 bulk、delta 或 absent") % name
            yield _fault("bad_mode", MANIFEST, said, field=f"file.{name}")
        bundle.modes[name] = mode
    for name in given:
        if name.startswith("file.") and name[5:] not in listed:
            said = _("%s 不是该版本的文件") % name[:80]
            yield _fault("unknown_file", MANIFEST, said, field=name[:80])


def _file_faults(bundle: Bundle) -> Iterator[Fault]:
    present = {name for name in bundle.archive.entries if name != MANIFEST}
    for name, mode in bundle.modes.items():
        path = f"{name}.csv"
        if mode in {BULK, DELTA} and path not in present:
            yield _fault("missing_file", path, _("清单中有，压缩包内没有"))
        if mode == ABSENT and path in present:
            yield _fault("extra_file", path, _("清单写明没有，压缩包内却有"))
    for path in sorted(present - {f"{name}.csv" for name in bundle.modes}):
        yield _fault("extra_file", path[:80], _("不是数据包的文件，请删除"))
    if not bundle.layouts:
        yield _fault("nothing_to_read", MANIFEST, _("没有名册文件"))
    if "roles" in bundle.layouts and "users" not in bundle.layouts:
        yield _fault(
            "missing_file", "users.csv", _("有 roles.csv 时须同时有 users.csv")
        )


def _head_faults(bundle: Bundle) -> Iterator[Fault]:
    for name, layout in bundle.layouts.items():
        path = f"{name}.csv"
        with bundle.archive.open(path) as stream:
            if tuple(stream.head) == layout.head:
                continue
            wanted = set(layout.head)
            missing = [h for h in layout.head if h not in stream.head]
            extra = [h[:40] for h in stream.head if h not in wanted]
        if missing or extra:
            why = _wrong_heads(missing, extra[:5])
        else:
            why = _("表头顺序不符，应为 %s") % ",".join(layout.head)
        yield _fault("bad_head", path, why, row=1)


def _wrong_heads(missing: list[str], extra: list[str]) -> str:
    """Say which heads a file lacks and which it has too many."""
    lacks = _("缺少 %s") % "、".join(missing) if missing else ""
    has = _("多出 %s") % "、".join(extra) if extra else ""
    return _("表头不符：%s") % "，".join(filter(None, (lacks, has)))


REFERENCES = {
    "orgs": {"parentSourcedId": "orgs"},
    "academicSessions": {"parentSourcedId": "academicSessions"},
    "courses": {"orgSourcedId": "orgs", "schoolYearSourcedId": "academicSessions"},
    "classes": {
        "courseSourcedId": "courses",
        "schoolSourcedId": "orgs",
        "termSourcedIds": "academicSessions",
    },
    "users": {"primaryOrgSourcedId": "orgs", "orgSourcedIds": "orgs"},
    "roles": {"userSourcedId": "users", "orgSourcedId": "orgs"},
    "enrollments": {
        "classSourcedId": "classes",
        "schoolSourcedId": "orgs",
        "userSourcedId": "users",
    },
}
REQUIRED = {
    "orgs": ("name", "type"),
    "academicSessions": ("title", "type", "startDate", "endDate", "schoolYear"),
    "courses": ("title", "orgSourcedId"),
    "classes": ("title", "courseSourcedId", "classType", "schoolSourcedId"),
    "users": ("enabledUser", "givenName", "familyName"),
    "roles": ("userSourcedId", "roleType", "role", "orgSourcedId"),
    "enrollments": ("classSourcedId", "schoolSourcedId", "userSourcedId", "role"),
}
LISTS = {"termSourcedIds", "orgSourcedIds"}
SWITCH = ("", "true", "false")
PEOPLE = (
    *("administrator", "aide", "counselor", "districtAdministrator", "guardian"),
    *("parent", "principal", "proctor", "relative", "siteAdministrator", "student"),
    *("systemAdministrator", "teacher"),
)
WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "orgs": {
        "type": ("department", "school", "district", "local", "state", "national")
    },
    "academicSessions": {"type": ("schoolYear", "semester", "term", "gradingPeriod")},
    "classes": {"classType": ("homeroom", "scheduled")},
    "users": {"enabledUser": SWITCH, "role": PEOPLE},
    "roles": {"roleType": ("primary", "secondary"), "role": PEOPLE},
    "enrollments": {
        "role": ("administrator", "proctor", "student", "teacher"),
        "primary": SWITCH,
    },
}
"""The words a cell may hold; words of one's own begin with ``ext:``."""
DAYS = {
    "academicSessions": ("startDate", "endDate"),
    "roles": ("beginDate", "endDate"),
    "enrollments": ("beginDate", "endDate"),
}
PAIRED = {"courses", "classes"}
"""Files with as many subjects as codes of subjects in a row."""


def check_rows(bundle: Bundle) -> list[Fault]:
    """Return what is wrong with the rows, strictly: for what goes out, and for tests.

    Identifiers once, required cells filled, status and moment blank in bulk and filled
    in delta, references of a bulk set resolved.
    """
    ids: dict[str, set[str]] = {}
    faults: list[Fault] = []
    order = ("orgs", "academicSessions", "courses", "classes", "users", "roles")
    for name in (*order, "enrollments"):
        if name in bundle.layouts:
            faults += _row_faults(bundle, name, ids)
    return faults


def rows_of_file(bundle: Bundle, name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of one file by head."""
    head = bundle.layouts[name].head
    with bundle.archive.open(f"{name}.csv") as stream:
        text = b"".join(iter(stream.read, b"")).decode()
    for row in csv.reader(io.StringIO(text), strict=True):
        yield dict(zip(head, row, strict=True))


def _row_faults(bundle: Bundle, name: str, ids: dict[str, set[str]]) -> Iterator[Fault]:
    is_bulk = bundle.modes[name] == BULK
    own = ids.setdefault(name, set())
    path = f"{name}.csv"
    rows = list(rows_of_file(bundle, name))
    own.update(row["sourcedId"] for row in rows)
    if len(own) != len(rows):
        yield _fault("duplicate_row", path, _("来源标识重复"))
    for number, row in enumerate(rows, start=2):
        if bool(row["status"]) == is_bulk or bool(row["dateLastModified"]) == is_bulk:
            yield _fault("bad_status", path, _("状态和修改时间不符"), row=number)
        if row["status"] == "tobedeleted":
            continue
        for head in REQUIRED[name]:
            if not row[head]:
                yield _fault("required", path, _("未填 %s") % head, row=number)
        yield from _cell_faults(name, row, number)
        if is_bulk:
            yield from _reference_faults(path, row, number, REFERENCES[name], ids)


def _cell_faults(name: str, row: dict[str, str], number: int) -> Iterator[Fault]:
    path = f"{name}.csv"
    for head, words in WORDS.get(name, {}).items():
        value = row.get(head, "")
        if head in row and value and value not in words and value[:4] != "ext:":
            why = _("%(head)s 不能是“%(value)s”") % {"head": head, "value": value}
            yield _fault("unknown_word", path, why, row=number, field=head)
    for head in DAYS.get(name, ()):
        if row[head] and not _is_day(row[head]):
            why = _("%s 应如 2026-09-01") % head
            yield _fault("bad_date", path, why, row=number, field=head)
    if name in PAIRED:
        counts = {len(row[h].split(",")) for h in ("subjects", "subjectCodes")}
        if row["subjectCodes"] and len(counts) > 1:
            why = _("subjects 与 subjectCodes 的项数应相同")
            yield _fault("uneven_lists", path, why, row=number, field="subjectCodes")


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _reference_faults(
    path: str,
    row: dict[str, str],
    number: int,
    references: dict[str, str],
    ids: dict[str, set[str]],
) -> Iterator[Fault]:
    for head, target in references.items():
        value = row.get(head, "")
        if not value or target not in ids:
            continue
        for each in value.split(",") if head in LISTS else [value]:
            if each not in ids[target]:
                why = _("%(head)s 引用的 %(id)s 不存在") % {"head": head, "id": each}
                yield _fault("unknown_reference", path, why, row=number, field=head)
