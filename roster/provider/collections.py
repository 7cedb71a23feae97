"""The collections this installation provides, with where each value comes from."""

from roster.provider.declaring import Collection, Part, grave
from roster.provider.names import family_sql, given_sql
from roster.provider.shapes import (
    DAY,
    FLAG,
    NUMBER,
    ORG_TYPES,
    SESSION_TYPES,
    TEXT,
    Pointer,
    Record,
    Several,
    Shape,
)
from roster.provider.values import (
    Choice,
    Column,
    Constant,
    Group,
    Only,
    Ref,
    Rows,
    Texts,
    optional,
)
from roster.provider.words import (
    CLASS_TITLE,
    COURSE_TITLE,
    GRADE_CODE,
    GRADES_TAUGHT,
    LEVEL_TYPE,
    TERM_TITLE,
)

ORG, USER = Pointer(type="org"), Pointer(type="user")
CLASS, COURSE = Pointer(type="class"), Pointer(type="course")
SESSION = Pointer(type="academicSession")
SCHOOL_JOIN = "LEFT JOIN schools_school sc ON sc.id = t.school_id"
SCHOOL_REF = Ref("orgs", "org", "sc.public_id")
IN_REACH = "= ANY(%(regions)s)"


def kept(name: str) -> str:
    """Return the expression of what a removal record keeps under a name."""
    return f"(d.kept->>'{name}')"


# --- orgs -----------------------------------------------------------------
REGION = Part(
    "region",
    "bureau_region t",
    {
        "name": Column("t.name"),
        "type": Column(LEVEL_TYPE),
        "identifier": Column("t.code"),
        "parent": Ref(
            "orgs", "org", f"CASE WHEN up.id {IN_REACH} THEN up.public_id END"
        ),
    },
    region="t.id",
    removed=(
        "(t.removed_at IS NOT NULL OR t.valid_to IS NOT NULL AND t.valid_to <="
        " (now() AT TIME ZONE 'Asia/Shanghai')::date)"
    ),
    joins="LEFT JOIN bureau_region up ON up.id = t.parent_id",
)
DEPARTMENT = Part(
    "department",
    "bureau_department t",
    {
        "name": Column("t.name"),
        "type": Constant("department"),
        "identifier": Column("t.public_id"),
        "parent": Ref("orgs", "org", "up.public_id"),
    },
    joins="LEFT JOIN bureau_region up ON up.id = t.region_id",
)
SCHOOL = Part(
    "school",
    "schools_school t",
    {
        "name": Column("t.name"),
        "type": Constant("school"),
        "identifier": Column("coalesce(t.school_code, t.provisional_no)"),
        "parent": Ref("orgs", "org", "up.public_id"),
        "metadata": Group(
            {
                "cn.edu.schoolType": optional("t.type"),
                "cn.edu.urbanRural": optional("t.urban_rural_code"),
            }
        ),
    },
    region="t.administered_by_id",
    removed="(t.removed_at IS NOT NULL OR t.status IN ('CLOSED', 'MERGED'))",
    joins="LEFT JOIN bureau_region up ON up.id = t.administered_by_id",
    where="t.status <> 'PLANNED'",
    is_large=True,
)
ORGS = Collection(
    "orgs",
    "org",
    "Org",
    {
        "name": TEXT,
        "type": Shape(choices=ORG_TYPES),
        "identifier": TEXT,
        "parent": ORG,
        "metadata": Record(
            members={"cn.edu.schoolType": TEXT, "cn.edu.urbanRural": TEXT}
        ),
    },
    ("name", "type", "identifier"),
    (REGION, DEPARTMENT, SCHOOL),
    grave({name: Column(kept(name)) for name in ("name", "type", "identifier")}),
)

# --- academicSessions -----------------------------------------------------
YEAR = Part(
    "year",
    "bureau_academicyear t",
    {
        "title": Column("t.code || ' 学年'"),
        "startDate": Column("t.starts_on"),
        "endDate": Column("(t.ends_on + 1)"),
        "type": Constant("schoolYear"),
        "schoolYear": Column("extract(year FROM t.ends_on)::int::text"),
        "children": Rows(
            "bureau_term tm WHERE tm.year_id = t.id AND tm.removed_at IS NULL",
            Ref("academicSessions", "academicSession", "tm.public_id"),
            "tm.number",
        ),
    },
    region="",
    removed="false",
)
TERM = Part(
    "term",
    "bureau_term t",
    {
        "title": Column(TERM_TITLE),
        "startDate": Column("t.starts_on"),
        "endDate": Column("(t.ends_on + 1)"),
        "type": Constant("semester"),
        "schoolYear": Column("extract(year FROM y.ends_on)::int::text"),
        "parent": Ref("academicSessions", "academicSession", "y.public_id"),
    },
    region="",
    joins="LEFT JOIN bureau_academicyear y ON y.id = t.year_id",
)
_SESSION_FIELDS = ("title", "type", "schoolYear")
SESSIONS = Collection(
    "academicSessions",
    "academicSession",
    "AcademicSession",
    {
        "title": TEXT,
        "startDate": DAY,
        "endDate": DAY,
        "type": Shape(choices=SESSION_TYPES),
        "schoolYear": TEXT,
        "parent": SESSION,
        "children": Several(of=SESSION),
    },
    ("title", "startDate", "endDate", "type", "schoolYear"),
    (YEAR, TERM),
    grave(
        {name: Column(kept(name)) for name in _SESSION_FIELDS}
        | {day: Column(f"{kept(day)}::date") for day in ("startDate", "endDate")},
        region="",
    ),
)

# --- courses --------------------------------------------------------------
GIVEN_COURSE = Part(
    "course",
    "schools_course t",
    {
        "title": Column("t.title"),
        "courseCode": Column("coalesce(nullif(t.code, ''), t.public_id)"),
        "schoolYear": Ref("academicSessions", "academicSession", "y.public_id"),
        "grades": Texts("t.grades"),
        "subjects": Texts("t.subjects"),
        "subjectCodes": Texts("t.subject_codes"),
        "org": Ref("orgs", "org", "coalesce(sc.public_id, up.public_id)"),
    },
    joins=(
        f"{SCHOOL_JOIN} LEFT JOIN bureau_region up ON up.id = t.region_id"
        " LEFT JOIN bureau_academicyear y ON y.id = t.year_id"
    ),
    is_large=True,
)
GRADE_COURSE = Part(
    "grade",
    f"bureau_region r CROSS JOIN (VALUES {GRADES_TAUGHT}) AS t(stage, grade)",
    {
        "title": Column(COURSE_TITLE),
        "courseCode": Column("t.stage || '-' || t.grade"),
        "grades": Only(Column(GRADE_CODE)),
        "org": Ref("orgs", "org", "r.public_id"),
    },
    region="r.id",
    sid="('grade-' || r.id || '-' || t.stage || '-' || t.grade)",
    changed="r.changed_at",
    removed="r.removed_at IS NOT NULL",
    pk="('grade-' || r.id || '-' || t.stage || '-' || t.grade)",
)
COURSES = Collection(
    "courses",
    "course",
    "Course",
    {
        "title": TEXT,
        "courseCode": TEXT,
        "schoolYear": SESSION,
        "grades": Several(),
        "subjects": Several(),
        "subjectCodes": Several(),
        "org": ORG,
    },
    ("title", "courseCode"),
    (GIVEN_COURSE, GRADE_COURSE),
    grave({name: Column(kept(name)) for name in ("title", "courseCode")}),
)

# --- classes --------------------------------------------------------------
TERMS_OF_YEAR = (
    "(SELECT tm.public_id AS sid, tm.number FROM bureau_term tm"
    " WHERE tm.year_id = t.year_id AND tm.removed_at IS NULL"
    " UNION ALL SELECT y.public_id, 0 FROM bureau_academicyear y"
    " WHERE y.id = t.year_id AND NOT EXISTS (SELECT 1 FROM bureau_term tm"
    " WHERE tm.year_id = t.year_id AND tm.removed_at IS NULL)) q"
)
DERIVED_COURSE = "'grade-' || t.region_id || '-' || t.stage || '-' || t.grade"
SECTION = Part(
    "section",
    "schools_classsection t",
    {
        "title": Column(CLASS_TITLE),
        "classType": Choice("t.course_id IS NULL", "homeroom", "scheduled"),
        "grades": Only(Column(GRADE_CODE)),
        "course": Ref("courses", "course", f"coalesce(co.public_id, {DERIVED_COURSE})"),
        "school": SCHOOL_REF,
        "terms": Rows(
            TERMS_OF_YEAR,
            Ref("academicSessions", "academicSession", "q.sid"),
            "q.number",
        ),
        "metadata": Group(
            {
                "cn.edu.studentCount": Column("t.headcount"),
                "cn.edu.countedOn": Column("t.counted_on"),
            }
        ),
    },
    joins=f"{SCHOOL_JOIN} LEFT JOIN schools_course co ON co.id = t.course_id",
    is_large=True,
)
CLASSES = Collection(
    "classes",
    "class",
    "Class",
    {
        "title": TEXT,
        "classType": Shape(choices=("homeroom", "scheduled")),
        "grades": Several(),
        "course": COURSE,
        "school": ORG,
        "terms": Several(of=SESSION, at_least=1),
        "metadata": Record(
            members={"cn.edu.studentCount": NUMBER, "cn.edu.countedOn": DAY}
        ),
    },
    ("title", "course", "school", "terms"),
    (SECTION,),
    grave(
        {
            "title": Column(kept("title")),
            "course": Ref("courses", "course", kept("course")),
            "school": Ref("orgs", "org", kept("school")),
            "terms": Rows(
                "jsonb_array_elements_text(d.kept->'terms') AS e(v)",
                Ref("academicSessions", "academicSession", "e.v"),
                "e.v",
            ),
        }
    ),
)

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
_GONE_ROLE = "CASE d.kept->>'kind' WHEN 'teacher' THEN 'teacher' ELSE 'student' END"
USER_ROLES = ("student", "teacher")
_PERSON = {
    "enabledUser": FLAG,
    "givenName": TEXT,
    "familyName": TEXT,
    "identifier": TEXT,
    "grades": Several(),
    "metadata": Record(members={"cn.edu.fullName": TEXT, "cn.edu.subject": TEXT}),
}
USERS = Collection(
    "users",
    "user",
    "User",
    {
        **_PERSON,
        "roles": Several(
            of=Record(
                members={
                    "roleType": Shape(choices=("primary", "secondary")),
                    "role": Shape(choices=USER_ROLES),
                    "org": ORG,
                    "beginDate": DAY,
                    "endDate": DAY,
                },
                required=("roleType", "role", "org"),
            ),
            at_least=1,
        ),
        "primaryOrg": ORG,
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
                        "role": Column(_GONE_ROLE),
                        "org": _GONE_ORG,
                    }
                )
            ),
        },
        old={**_NOT_OLD, "role": Column(_GONE_ROLE), "orgs": Only(_GONE_ORG)},
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
DEMOGRAPHICS = Collection("demographics", "demographics", "Demographics", {}, (), ())
COLLECTIONS = (
    *(ORGS, SESSIONS, COURSES, CLASSES, USERS, ENROLLMENTS),
    DEMOGRAPHICS,
)
