"""The files of a OneRoster CSV bundle: their heads, and their staged columns."""

from dataclasses import dataclass

from roster.choices import Collection

VERSION = "1.2"
FILES_1_2 = (
    "academicSessions",
    "categories",
    "classes",
    "classResources",
    "courses",
    "courseResources",
    "demographics",
    "enrollments",
    "lineItems",
    "lineItemLearningObjectiveIds",
    "lineItemScoreScales",
    "orgs",
    "resources",
    "resultLearningObjectiveIds",
    "results",
    "resultScoreScales",
    "roles",
    "scoreScales",
    "userProfiles",
    "userResources",
    "users",
)
FILES_1_1 = (
    "academicSessions",
    "categories",
    "classes",
    "classResources",
    "courses",
    "courseResources",
    "demographics",
    "enrollments",
    "lineItems",
    "orgs",
    "resources",
    "results",
    "users",
)
PROPERTIES = ("manifest.version", "oneroster.version")
ABSENT, BULK, DELTA = "absent", "bulk", "delta"
COMMON = ("sourcedId", "status", "dateLastModified")


@dataclass(frozen=True)
class FileLayout:
    """One file of a bundle: its head, and the staged column of each cell."""

    name: str
    head: tuple[str, ...]
    columns: tuple[str, ...]
    collection: str


def _layout(name: str, collection: str, cells: str) -> FileLayout:
    """Read ``head=column`` pairs; every file begins with the common three."""
    pairs = [cell.partition("=") for cell in cells.split()]
    return FileLayout(
        name,
        (*COMMON, *(head for head, _sign, _column in pairs)),
        ("sourced_id", "status", "modified", *(c or h for h, _sign, c in pairs)),
        collection,
    )


ORGS = _layout("orgs", Collection.ORGS, "name type identifier parentSourcedId=parent")
SESSIONS = _layout(
    "academicSessions",
    Collection.SESSIONS,
    "title type startDate=starts endDate=ends parentSourcedId=parent"
    " schoolYear=school_year",
)
COURSES = _layout(
    "courses",
    Collection.COURSES,
    "schoolYearSourcedId=school_year title courseCode=code grades orgSourcedId=org"
    " subjects subjectCodes=subject_codes",
)
CLASSES = _layout(
    "classes",
    Collection.CLASSES,
    "title grades courseSourcedId=course classCode=code classType=type location"
    " schoolSourcedId=school termSourcedIds=terms subjects subjectCodes=subject_codes"
    " periods",
)
USERS = _layout(
    "users",
    Collection.USERS,
    "enabledUser=enabled username userIds=user_ids givenName=given familyName=family"
    " middleName=middle identifier email sms phone agentSourcedIds=agents grades"
    " password userMasterIdentifier=master preferredGivenName=preferred_given"
    " preferredMiddleName=preferred_middle preferredFamilyName=preferred_family"
    " primaryOrgSourcedId=primary_org pronouns",
)
USERS_1_1 = _layout(
    "users",
    Collection.USERS,
    "enabledUser=enabled orgSourcedIds=primary_org role username userIds=user_ids"
    " givenName=given familyName=family middleName=middle identifier email sms phone"
    " agentSourcedIds=agents grades password",
)
ROLES = _layout(
    "roles",
    Collection.USERS,
    "userSourcedId=user_ref roleType=role_type role beginDate=begins endDate=ends"
    " orgSourcedId=org userProfileSourcedId=profile",
)
ENROLLMENTS = _layout(
    "enrollments",
    Collection.ENROLLMENTS,
    "classSourcedId=section schoolSourcedId=school userSourcedId=person role"
    " primary=is_primary beginDate=begins endDate=ends",
)
LAYOUTS_1_2 = {
    each.name: each
    for each in (ORGS, SESSIONS, COURSES, CLASSES, USERS, ROLES, ENROLLMENTS)
}
LAYOUTS_1_1 = {
    each.name: each
    for each in (ORGS, SESSIONS, COURSES, CLASSES, USERS_1_1, ENROLLMENTS)
}
LAYOUTS = {"1.1": LAYOUTS_1_1, "1.2": LAYOUTS_1_2}
LISTED = {"1.1": FILES_1_1, "1.2": FILES_1_2}
