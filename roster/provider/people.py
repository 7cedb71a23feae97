"""People and who belongs to a class: what they show, and out of what."""

from roster.provider.collections import (
    CLASS,
    IN_REACH,
    ORG,
    RESOURCES,
    SCHOOL_JOIN,
    SCHOOL_REF,
    USER,
    kept,
)
from roster.provider.declaring import Collection, Part, grave
from roster.provider.names import family_sql, given_sql
from roster.provider.shapes import DAY, FLAG, TEXT, Record, Several, Shape
from roster.provider.values import Choice, Column, Constant, Group, Only, Ref, optional
from roster.provider.words import GRADE_CODE

# --- users ----------------------------------------------------------------
GONE = "（已移除）"
_NOT_OLD = {"roles": None, "primaryOrg": None}


def _role(role: str, org: Ref, **days: Column) -> Only:
    words = {"roleType": Constant("primary"), "role": Constant(role), "org": org}
    return Only(Group({**words, **days}))


TEACHER = Part(
    "teacher",
    "personnel_teacher t",
    {
        "enabledUser": Choice("t.status = 'ACTIVE' AND t.removed_at IS NULL"),
        "givenName": Column(given_sql("t.name")),
        "familyName": Column(family_sql("t.name")),
        "roles": _role(
            "teacher",
            SCHOOL_REF,
            beginDate=Column("t.entered_on"),
            endDate=Column("t.left_on"),
        ),
        "identifier": optional("t.staff_no"),
        "primaryOrg": SCHOOL_REF,
        "metadata": Group(
            {
                "cn.edu.fullName": Column("t.name"),
                "cn.edu.subject": optional("t.subject"),
            }
        ),
    },
    joins=SCHOOL_JOIN,
    old={**_NOT_OLD, "role": Constant("teacher"), "orgs": Only(SCHOOL_REF)},
    is_large=True,
)
PUPIL = Part(
    "pupil",
    "roster_pupil t",
    {
        "enabledUser": Choice("t.is_enabled AND t.removed_at IS NULL"),
        "givenName": Column("t.given_name"),
        "familyName": Column("t.family_name"),
        "roles": _role("student", SCHOOL_REF),
        "grades": Only(Column(GRADE_CODE)),
        "primaryOrg": SCHOOL_REF,
        "metadata": Group({"cn.edu.fullName": Column("t.family_name || t.given_name")}),
    },
    joins=SCHOOL_JOIN,
    old={**_NOT_OLD, "role": Constant("student"), "orgs": Only(SCHOOL_REF)},
    is_large=True,
)
_GONE_ORG = Ref("orgs", "org", kept("org"))
GONE_ROLE = "CASE d.kept->>'kind' WHEN 'teacher' THEN 'teacher' ELSE 'student' END"
USER_ROLES = ("student", "teacher")
_PERSON = {
    "username": TEXT,
    "userIds": Several(
        of=Record(
            members={"type": TEXT, "identifier": TEXT},
            required=("type", "identifier"),
        )
    ),
    "enabledUser": FLAG,
    "givenName": TEXT,
    "familyName": TEXT,
    "middleName": TEXT,
    "identifier": TEXT,
    "email": TEXT,
    "sms": TEXT,
    "phone": TEXT,
    "agents": Several(of=USER),
    "grades": Several(),
    "password": TEXT,
    "metadata": Record(members={"cn.edu.fullName": TEXT, "cn.edu.subject": TEXT}),
}
_PREFERRED = (
    *("preferredFirstName", "preferredMiddleName", "preferredLastName"),
    "pronouns",
)
_PROFILE = Record(
    members={
        **dict.fromkeys(("profileId", "profileType", "vendorId"), TEXT),
        **dict.fromkeys(("applicationId", "description"), TEXT),
        "credentials": Several(
            of=Record(
                members={"type": TEXT, "username": TEXT},
                required=("type", "username"),
            )
        ),
    },
    required=("profileId", "profileType", "vendorId"),
)
USERS = Collection(
    "users",
    "user",
    "User",
    {
        **_PERSON,
        **dict.fromkeys(_PREFERRED, TEXT),
        "userMasterIdentifier": TEXT,
        "resources": RESOURCES,
        "roles": Several(
            of=Record(
                members={
                    "roleType": Shape(choices=("primary", "secondary")),
                    "role": Shape(choices=USER_ROLES),
                    "org": ORG,
                    "userProfile": TEXT,
                    "beginDate": DAY,
                    "endDate": DAY,
                },
                required=("roleType", "role", "org"),
            ),
            at_least=1,
        ),
        "primaryOrg": ORG,
        "userProfiles": Several(of=_PROFILE),
    },
    ("enabledUser", "givenName", "familyName", "roles"),
    (TEACHER, PUPIL),
    grave(
        {
            "enabledUser": Constant("false"),
            "givenName": Constant(GONE),
            "familyName": Constant(GONE),
            "roles": Only(
                Group(
                    {
                        "roleType": Constant("primary"),
                        "role": Column(GONE_ROLE),
                        "org": _GONE_ORG,
                    }
                )
            ),
        },
        old={**_NOT_OLD, "role": Column(GONE_ROLE), "orgs": Only(_GONE_ORG)},
    ),
    old_properties={
        **_PERSON,
        "role": Shape(choices=USER_ROLES),
        "orgs": Several(of=ORG, at_least=1),
    },
    old_required=("enabledUser", "givenName", "familyName", "role", "orgs"),
)

# --- enrollments ----------------------------------------------------------
MEMBER = "coalesce(te.public_id, pu.public_id)"
ENROLMENT = Part(
    "enrolment",
    "roster_enrolment t",
    {
        "user": Ref("users", "user", MEMBER),
        "class": Ref("classes", "class", "s.public_id"),
        "school": SCHOOL_REF,
        "role": Choice("t.role = 'student'", "student", "teacher"),
        "primary": Choice(
            "CASE WHEN t.role = 'teacher' THEN t.is_primary"
            " WHEN t.role = 'aide' THEN false END"
        ),
        "beginDate": Column("t.begins_on"),
        "endDate": Column("(t.ends_on + 1)"),
        "metadata": Group(
            {"cn.edu.role": Column("CASE WHEN t.role = 'aide' THEN 'aide' END")}
        ),
    },
    joins=(
        "LEFT JOIN schools_classsection s ON s.id = t.section_id"
        " LEFT JOIN schools_school sc ON sc.id = s.school_id"
        " LEFT JOIN personnel_teacher te ON te.id = t.teacher_id"
        " LEFT JOIN roster_pupil pu ON pu.id = t.pupil_id"
    ),
    where=f"coalesce(te.region_id, pu.region_id) {IN_REACH}",
    is_large=True,
)
ENROLLMENTS = Collection(
    "enrollments",
    "enrollment",
    "Enrollment",
    {
        "user": USER,
        "class": CLASS,
        "school": ORG,
        "role": Shape(choices=("administrator", "proctor", "student", "teacher")),
        "primary": FLAG,
        "beginDate": DAY,
        "endDate": DAY,
        "metadata": Record(members={"cn.edu.role": TEXT}),
    },
    ("user", "class", "school", "role"),
    (ENROLMENT,),
    grave(
        {
            "user": Ref("users", "user", kept("user")),
            "class": Ref("classes", "class", kept("class")),
            "school": Ref("orgs", "org", kept("school")),
            "role": Column(kept("role")),
        }
    ),
)

# --- demographics: nothing of the kind is kept ----------------------------
_RACES = (
    *("americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican"),
    *("nativeHawaiianOrOtherPacificIslander", "white", "demographicRaceTwoOrMoreRaces"),
    "hispanicOrLatinoEthnicity",
)
_BIRTH = ("countryOfBirthCode", "stateOfBirthAbbreviation", "cityOfBirth")
DEMOGRAPHICS = Collection(
    "demographics",
    "demographics",
    "Demographics",
    {
        "birthDate": DAY,
        "sex": TEXT,
        **dict.fromkeys(_RACES, FLAG),
        **dict.fromkeys(_BIRTH, TEXT),
        "publicSchoolResidenceStatus": TEXT,
    },
    (),
    (),
)
