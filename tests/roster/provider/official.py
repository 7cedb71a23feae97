"""The objects of the standard, written down from its own description.

Nothing here is taken from the service's declarations, so that the two can differ.
"""

from __future__ import annotations

import re
from typing import Any

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
COMMON = {"sourcedId": "text", "status": "status", "dateLastModified": "moment"}
WORDS = {
    "status": {"active", "tobedeleted"},
    "flag": {"true", "false"},
    "org_type": {"department", "school", "district", "local", "state", "national"},
    "session_type": {"schoolYear", "semester", "term", "gradingPeriod"},
    "class_type": {"homeroom", "scheduled"},
    "role_type": {"primary", "secondary"},
    "member_role": {"administrator", "proctor", "student", "teacher"},
    "role": {
        *("aide", "counselor", "districtAdministrator", "guardian", "parent"),
        *("principal", "proctor", "relative", "siteAdministrator", "student"),
        *("systemAdministrator", "teacher"),
    },
    "old_role": {
        *("administrator", "aide", "guardian", "parent", "proctor", "relative"),
        *("student", "teacher"),
    },
}
REFERRED = {"org", "user", "class", "course", "academicSession", "resource"}

Members = dict[str, str]
"""Property → its kind; ``*`` in front of a kind: a list of it."""

ORG = {
    **{"name": "text", "type": "org_type", "identifier": "text"},
    **{"parent": "org", "children": "*org"},
}
SESSION = {
    **{"title": "text", "startDate": "day", "endDate": "day", "type": "session_type"},
    **{"parent": "academicSession", "children": "*academicSession"},
    "schoolYear": "text",
}
COURSE = {
    **{"title": "text", "schoolYear": "academicSession", "courseCode": "text"},
    **{"grades": "*text", "subjects": "*text", "org": "org"},
    **{"subjectCodes": "*text", "resources": "*resource"},
}
CLASS = {
    **{"title": "text", "classCode": "text", "classType": "class_type"},
    **{"location": "text", "grades": "*text", "subjects": "*text", "course": "course"},
    **{"school": "org", "terms": "*academicSession", "subjectCodes": "*text"},
    **{"periods": "*text", "resources": "*resource"},
}
PERSON = {
    **{"username": "text", "userIds": "*id", "enabledUser": "flag"},
    **{"givenName": "text", "familyName": "text", "middleName": "text"},
    **{"identifier": "text", "email": "text", "sms": "text", "phone": "text"},
    **{"agents": "*user", "grades": "*text", "password": "text"},
}
USER = {
    **PERSON,
    **{"userMasterIdentifier": "text", "preferredFirstName": "text"},
    **{"preferredMiddleName": "text", "preferredLastName": "text"},
    **{"pronouns": "text", "roles": "*role_object", "userProfiles": "*profile"},
    **{"primaryOrg": "org", "resources": "*resource"},
}
OLD_USER = {**PERSON, "role": "old_role", "orgs": "*org"}
ENROLLMENT = {
    **{"user": "user", "class": "class", "school": "org", "role": "member_role"},
    **{"primary": "flag", "beginDate": "day", "endDate": "day"},
}
DEMOGRAPHICS = {
    **{"birthDate": "day", "sex": "text", "asian": "flag", "white": "flag"},
    **{"americanIndianOrAlaskaNative": "flag", "blackOrAfricanAmerican": "flag"},
    "nativeHawaiianOrOtherPacificIslander": "flag",
    "demographicRaceTwoOrMoreRaces": "flag",
    "hispanicOrLatinoEthnicity": "flag",
    **{"countryOfBirthCode": "text", "stateOfBirthAbbreviation": "text"},
    **{"cityOfBirth": "text", "publicSchoolResidenceStatus": "text"},
}
INNER: dict[str, tuple[Members, set[str]]] = {
    "id": ({"type": "text", "identifier": "text"}, {"type", "identifier"}),
    "role_object": (
        {
            **{"roleType": "role_type", "role": "role", "org": "org"},
            **{"userProfile": "text", "beginDate": "day", "endDate": "day"},
        },
        {"roleType", "role", "org"},
    ),
}
OBJECTS: dict[str, tuple[Members, set[str]]] = {
    "orgs": (ORG, {"name", "type", "identifier"}),
    "academicSessions": (
        SESSION,
        {"title", "startDate", "endDate", "type", "schoolYear"},
    ),
    "courses": (COURSE, {"title", "courseCode"}),
    "classes": (CLASS, {"title", "course", "school", "terms"}),
    "users": (USER, {"enabledUser", "givenName", "familyName", "roles"}),
    "enrollments": (ENROLLMENT, {"user", "class", "school", "role"}),
    "demographics": (DEMOGRAPHICS, set()),
}
OLD_USERS = (OLD_USER, {"enabledUser", "givenName", "familyName", "role", "orgs"})
WRAPPERS = {
    "orgs": ("orgs", "org"),
    "schools": ("orgs", "org"),
    "academicSessions": ("academicSessions", "academicSession"),
    "terms": ("academicSessions", "academicSession"),
    "gradingPeriods": ("academicSessions", "academicSession"),
    "courses": ("courses", "course"),
    "classes": ("classes", "class"),
    "users": ("users", "user"),
    "students": ("users", "user"),
    "teachers": ("users", "user"),
    "enrollments": ("enrollments", "enrollment"),
    "demographics": ("demographics", "demographics"),
}
ERRORS = {
    "fullsuccess",
    "invalid_filter_field",
    "invalid_selection_field",
    "invaliddata",
    "unauthorisedrequest",
    "forbidden",
    "server_busy",
    "unknownobject",
    "internal_server_error",
}
MAJORS = {"success", "processing", "failure", "unsupported"}
SEVERITIES = {"status", "warning", "error"}


def members_of(base: str, is_old: bool = False) -> tuple[Members, set[str]]:
    """Return every property of a collection's objects, and those it must have."""
    members, needed = OLD_USERS if is_old and base == "users" else OBJECTS[base]
    return {**COMMON, **members}, {*COMMON, *needed}


def check_object(value: Any, base: str, is_old: bool = False) -> None:
    """Fail unless an object has the shape of the standard."""
    members, needed = members_of(base, is_old)
    own = {name: one for name, one in value.items() if name != "metadata"}
    _check_members(own, members, needed, base)
    assert isinstance(value.get("metadata", {}), dict)


def check_error(body: Any) -> str:
    """Fail unless a body is a refusal of version 1.2; return its word."""
    assert set(body) == {
        *("imsx_codeMajor", "imsx_severity", "imsx_description", "imsx_CodeMinor")
    }
    assert body["imsx_codeMajor"] in MAJORS
    assert body["imsx_severity"] in SEVERITIES
    [field] = body["imsx_CodeMinor"]["imsx_codeMinorField"]
    assert set(field) == {"imsx_codeMinorFieldName", "imsx_codeMinorFieldValue"}
    assert field["imsx_codeMinorFieldValue"] in ERRORS
    return str(field["imsx_codeMinorFieldValue"])


def _check_members(value: Any, members: Members, needed: set[str], place: str) -> None:
    assert isinstance(value, dict), place
    assert needed <= set(value) <= set(members), (place, set(value))
    for name, one in value.items():
        _check(one, members[name], f"{place}.{name}")


def _check(value: Any, kind: str, place: str) -> None:
    if kind.startswith("*"):
        assert isinstance(value, list) and value, place
        for one in value:
            _check(one, kind[1:], place)
    elif kind in REFERRED:
        assert set(value) == {"href", "sourcedId", "type"}, place
        assert value["type"] == kind, place
        assert re.match(r"https?://", value["href"]), place
    elif kind in INNER:
        _check_members(value, *INNER[kind], place)
    else:
        assert isinstance(value, str) and value, place
        if kind in WORDS:
            assert value in WORDS[kind], (place, value)
        if kind in {"day", "moment"}:
            shape = DAY if kind == "day" else MOMENT
            assert shape.fullmatch(value), (place, value)
