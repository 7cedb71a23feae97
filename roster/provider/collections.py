"""Organisations, sessions, courses and classes: what they show, and out of what.

The properties of a collection are all that the standard knows, those too that no row
has here: a program may ask for any of them, or look for rows by it.
"""

from roster.provider.declaring import Collection, Part, grave
from roster.provider.shapes import (
    DAY,
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
RESOURCES = Several(of=Pointer(type="resource"))
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
        "children": Several(of=ORG),
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
        "resources": RESOURCES,
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
        "classCode": TEXT,
        "classType": Shape(choices=("homeroom", "scheduled")),
        "location": TEXT,
        "grades": Several(),
        "subjects": Several(),
        "course": COURSE,
        "school": ORG,
        "terms": Several(of=SESSION, at_least=1),
        "subjectCodes": Several(),
        "periods": Several(),
        "resources": RESOURCES,
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
