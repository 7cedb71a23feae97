"""OneRoster objects in JSON taken apart into staged rows; what has no shape is told."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from core.imports.lane import as_json
from roster.choices import Collection
from roster.inbound.staging import columns_of

MAX_TEXT = 2_000
MAX_LIST = 100
EXTENSION = "cn.edu."


class Taker:
    """Takes the fields out of one object and notes what is not as it should be."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.row = row
        self.problems: list[dict[str, str]] = []

    def wrong(self, field: str, code: str, message: str) -> str:
        """Note a problem; the field counts as empty."""
        self.problems.append({"field": field, "code": code, "message": message})
        return ""

    def text(self, field: str, value: Any = None, *, given: bool = False) -> str:
        """Return a field as text: absent is empty, numbers and switches are written."""
        value = value if given else self.row.get(field)
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            return str(value)
        if not isinstance(value, str):
            return self.wrong(field, "not_text", _("应为文本"))
        if len(value) > MAX_TEXT:
            return self.wrong(field, "too_long", _("内容过长"))
        if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
            return self.wrong(field, "bad_text", _("含有无法保存的字符"))
        return value.strip()

    def reference(self, field: str, value: Any = None, *, given: bool = False) -> str:
        """Return the identifier of a reference object."""
        value = value if given else self.row.get(field)
        if value is None:
            return ""
        if not isinstance(value, dict):
            return self.wrong(field, "not_reference", _("应为引用对象（含 sourcedId）"))
        return self.text(field, value.get("sourcedId"), given=True)

    def each(self, field: str) -> list[Any]:
        """Return a list field."""
        value = self.row.get(field)
        if value is None:
            return []
        if not isinstance(value, list) or len(value) > MAX_LIST:
            self.wrong(field, "not_list", _("应为列表，最多 100 项"))
            return []
        return value

    def texts(self, field: str) -> str:
        """Return a list of texts with commas between."""
        return ",".join(self.text(field, v, given=True) for v in self.each(field))

    def references(self, field: str) -> str:
        """Return the identifiers of a list of references with commas between."""
        found = self.each(field)
        return ",".join(self.reference(field, v, given=True) for v in found)

    def extension(self, name: str) -> str:
        """Return a field of ``metadata`` under the national prefix."""
        value = self.row.get("metadata")
        if value is None:
            return ""
        if not isinstance(value, dict):
            return self.wrong("metadata", "not_object", _("应为对象"))
        return self.text(
            f"metadata.{EXTENSION}{name}", value.get(EXTENSION + name), given=True
        )

    def common(self) -> dict[str, str]:
        """Return what every object has."""
        return {
            "sourced_id": self.text("sourcedId"),
            "status": self.text("status"),
            "modified": self.text("dateLastModified"),
        }


def _org(t: Taker) -> dict[str, str]:
    names = {n: t.text(n) for n in ("name", "type", "identifier")}
    return {**names, "parent": t.reference("parent")}


def _session(t: Taker) -> dict[str, str]:
    return {
        "title": t.text("title"),
        "type": t.text("type"),
        "starts": t.text("startDate"),
        "ends": t.text("endDate"),
        "parent": t.reference("parent"),
        "school_year": t.text("schoolYear"),
    }


def _course(t: Taker) -> dict[str, str]:
    return {
        "school_year": t.reference("schoolYear"),
        "title": t.text("title"),
        "code": t.text("courseCode"),
        "grades": t.texts("grades"),
        "org": t.reference("org"),
        "subjects": t.texts("subjects"),
        "subject_codes": t.texts("subjectCodes"),
    }


def _class(t: Taker) -> dict[str, str]:
    return {
        "title": t.text("title"),
        "grades": t.texts("grades"),
        "course": t.reference("course"),
        "code": t.text("classCode"),
        "type": t.text("classType"),
        "school": t.reference("school"),
        "terms": t.references("terms"),
        "subjects": t.texts("subjects"),
        "subject_codes": t.texts("subjectCodes"),
        "headcount": t.extension("studentCount"),
    }


def _role(t: Taker) -> dict[str, str]:
    """Return the primary role (of 1.2), or the one role and first org (of 1.1)."""
    roles = [r for r in t.each("roles") if isinstance(r, dict)]
    if not roles:
        orgs = t.each("orgs")
        org = t.reference("orgs", orgs[0], given=True) if orgs else ""
        return {"role": t.text("role"), "role_org": org}
    first = next((r for r in roles if r.get("roleType") == "primary"), roles[0])
    return {
        "role": t.text("roles.role", first.get("role"), given=True),
        "role_org": t.reference("roles.org", first.get("org"), given=True),
    }


def _user(t: Taker) -> dict[str, str]:
    return {
        "enabled": t.text("enabledUser"),
        "given": t.text("givenName"),
        "family": t.text("familyName"),
        "identifier": t.text("identifier"),
        "grades": t.texts("grades"),
        "master": t.text("userMasterIdentifier"),
        "primary_org": t.reference("primaryOrg"),
        "employment": t.extension("employment"),
        "full_name": t.extension("fullName"),
        **_role(t),
    }


def _enrollment(t: Taker) -> dict[str, str]:
    return {
        "section": t.reference("class"),
        "school": t.reference("school"),
        "person": t.reference("user"),
        # the standard has no aides in classes: they go by a helper's role or this
        "role": t.extension("role") or t.text("role"),
        "is_primary": t.text("primary"),
        "begins": t.text("beginDate"),
        "ends": t.text("endDate"),
    }


TAKERS: dict[str, Callable[[Taker], dict[str, str]]] = {
    Collection.ORGS: _org,
    Collection.SESSIONS: _session,
    Collection.COURSES: _course,
    Collection.CLASSES: _class,
    Collection.USERS: _user,
    Collection.ENROLLMENTS: _enrollment,
}


def staged_rows(collection: str, objects: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield (number from 0, problems, texts …) for each object."""
    names, take = columns_of(collection), TAKERS[collection]
    for number, value in enumerate(objects):
        taker = Taker(value if isinstance(value, dict) else {})
        if not isinstance(value, dict):
            taker.wrong("", "not_object", _("每一行应为一个对象"))
        found = {**taker.common(), **take(taker)}
        told = as_json(taker.problems) if taker.problems else None
        yield [number, told, *(found.get(name, "") for name in names)]


class Unreadable(Exception):
    """The body is no list of objects; ``line`` counts from 1."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


def read_body(body: bytes, is_lines: bool) -> list[Any]:
    """Return the objects of a body: NDJSON, or ``{"rows": […]}``."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(_("内容不是 UTF-8 编码")) from error
    if is_lines:
        return _lines(text)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(_("内容不是 JSON")) from error
    rows = found.get("rows") if isinstance(found, dict) else None
    if not isinstance(rows, list):
        raise Unreadable(_('请求体应为 {"rows": […]}，或每行一个对象（NDJSON）'))
    return rows


def _lines(text: str) -> list[Any]:
    rows = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            rows.append(json.loads(line))
        except (ValueError, RecursionError) as error:
            said = _("第 %(line)s 行不是 JSON 对象") % {"line": number}
            raise Unreadable(said, number) from error
    return rows
