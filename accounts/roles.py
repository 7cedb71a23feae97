"""The role table: each role, the kind of its scope, and the permissions it names."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

REGION = "bureau.region"
GROUP = "groups.educationgroup"
SCHOOL = "schools.school"
INSTALLATION = ""


def own_of(scope: str, permissions: frozenset[str]) -> frozenset[str]:
    """Return the permissions of a scope that stop at what it runs itself."""
    return permissions & OWN_AUTHORITY if scope == REGION else frozenset()


@dataclass(frozen=True)
class Role:
    """A role: code, name, kind of scope (``app.model``), permission names."""

    code: str
    label: object
    scope: str
    permissions: frozenset[str] = field(default_factory=frozenset)

    @property
    def own(self) -> frozenset[str]:
        """The permissions that reach what the scope itself runs, nothing below it."""
        return own_of(self.scope, self.permissions)


EVERYONE = {
    "core.view_job",
    "core.view_savedview",
    "bureau.view_region",
    "bureau.view_academicyear",
    "bureau.view_policydocument",
    "bureau.view_policyclause",
    "bureau.view_policyparameter",
    "bureau.view_target",
    "bureau.view_priorityarea",
    "groups.view_groupmode",
}
READ_SCHOOLS = {
    "schools.view_school",
    "schools.view_classsection",
    "schools.view_schoolcontact",
    "schools.view_schoolreturn",
    "schools.view_constructionproject",
    "schools.view_classreductionplan",
}
READ_GROUPS = {
    "groups.view_educationgroup",
    "groups.view_membership",
    "groups.view_partnership",
    "groups.view_document",
}
READ_CASES = {
    "groups.view_groupcase",
    "groups.view_casetask",
    "groups.view_obligation",
}
READ_EVALUATION = {
    "evaluation.view_framework",
    "evaluation.view_cycle",
    "evaluation.view_assessment",
    "evaluation.view_score",
    "evaluation.view_result",
    "evaluation.view_periodicreport",
}
READ_REPORTS = {"core.view_reportrun"}
READ_ALL = (
    EVERYONE
    | READ_SCHOOLS
    | {"schools.view_partner"}
    | READ_GROUPS
    | READ_CASES
    | READ_EVALUATION
    | READ_REPORTS
)
READ_TEACHERS = {"personnel.view_teacher"}
KEEP_TEACHERS = READ_TEACHERS | {"personnel.add_teacher", "personnel.change_teacher"}
KEEP_ROSTERS = {
    "roster.view_syncrun",
    "roster.add_syncrun",
    "roster.approve_syncrun",
    "roster.change_source",
}
RUN_SCHOOLS = {
    "schools.change_school",
    "schools.restructure_school",
    "schools.import_school",
    "schools.change_campus",
    "schools.change_constructionproject",
    "schools.add_classreductionplan",
    "schools.change_classreductionplan",
    "schools.change_schoolreturn",
    "schools.accept_schoolreturn",
    "schools.change_classsection",
    "schools.change_schoolcontact",
}
KEEP_QUALITY = {"schools.view_qualityresult", "schools.change_qualityresult"}
"""Aggregates of examinations: of bureaus alone, never of a program."""
RUN_TEACHERS = KEEP_TEACHERS | {
    "personnel.import_teacher",
    "personnel.unmask_teacher",
}
RUN_GROUPS = {
    "groups.import_educationgroup",
    "groups.add_groupcase",
    "groups.change_groupcase",
    "groups.submit_groupcase",
    "groups.review_groupcase",
    "groups.change_partnership",
    "groups.change_document",
    "groups.file_document",
    "groups.submit_document",
    "groups.change_groupmode",
    "groups.pilot_educationgroup",
    "groups.suspend_educationgroup",
}
RUN_EVALUATION = {
    "evaluation.publish_framework",
    "evaluation.add_cycle",
    "evaluation.change_cycle",
    "evaluation.score_assessment",
    "evaluation.confirm_assessment",
    "evaluation.compile_reportrun",
}
DECIDE = {
    "groups.decide_groupcase",
    "groups.dissolve_educationgroup",
    "evaluation.publish_cycle",
}
"""What the leading group of a region decides."""
OWN_AUTHORITY = frozenset(
    RUN_SCHOOLS
    | (RUN_TEACHERS - READ_TEACHERS)
    | {"schools.change_partner", "schools.change_qualityresult"}
    | {"bureau.change_policydocument"}
    | (KEEP_ROSTERS - {"roster.view_syncrun"})
    | RUN_GROUPS
    | RUN_EVALUATION
    | DECIDE
)
"""What a region does only to what it runs itself (AK-1.3.1).

A city guides and reads its counties and zones; each of them runs its own.
"""
EXPORTS = {
    "schools.export_school",
    "groups.export_educationgroup",
    "evaluation.export_result",
}

CITY_EDU = (
    READ_ALL
    | RUN_SCHOOLS
    | RUN_TEACHERS
    | KEEP_QUALITY
    | KEEP_ROSTERS
    | EXPORTS
    | {
        "personnel.export_teacher",
        "bureau.view_department",
        "bureau.view_apiclient",
        "bureau.add_apiclient",
        "bureau.change_term",
        "bureau.change_policydocument",
        "bureau.change_policyparameter",
        "bureau.confirm_policyparameter",
        "bureau.add_target",
        "bureau.change_target",
        "bureau.add_priorityarea",
        "bureau.change_priorityarea",
        "core.view_importrun",
        "schools.add_school",
        "schools.export_constructionproject",
        "schools.change_partner",
        "schools.export_partner",
        "evaluation.publish_framework",
        "roster.change_pupilroster",
        "groups.file_educationgroup",
        "groups.approve_crossregion",
    }
)
DISTRICT_EDU = (
    READ_ALL
    | RUN_SCHOOLS
    | RUN_TEACHERS
    | RUN_GROUPS
    | RUN_EVALUATION
    | KEEP_QUALITY
    | KEEP_ROSTERS
    | EXPORTS
    | {
        "personnel.export_teacher",
        "roster.change_pupilroster",
        "bureau.view_department",
        "bureau.view_apiclient",
        "bureau.add_apiclient",
        "bureau.change_term",
        "bureau.change_policydocument",
        "bureau.change_policyparameter",
        "bureau.confirm_policyparameter",
        "bureau.add_target",
        "bureau.change_target",
        "bureau.add_priorityarea",
        "bureau.change_priorityarea",
        "core.view_importrun",
        "schools.add_school",
        "schools.export_constructionproject",
        "schools.change_partner",
        "schools.export_partner",
        "groups.register_educationgroup",
        "core.sign_reportrun",
    }
)
LEADING_GROUP = READ_ALL | DECIDE
DEPARTMENT = (
    EVERYONE
    | READ_SCHOOLS
    | READ_GROUPS
    | READ_CASES
    | {
        "groups.opine_groupcase",
        "core.view_reportrun",
    }
)
DEPARTMENT_HR = DEPARTMENT | READ_TEACHERS | {"personnel.unmask_teacher"}
SUPERVISION = READ_ALL
GROUP_HEAD = (
    EVERYONE
    | READ_SCHOOLS
    | READ_TEACHERS
    | READ_GROUPS
    | READ_CASES
    | READ_EVALUATION
    | {
        "core.view_reportrun",
        "schools.check_schoolreturn",
        "schools.view_partner",
        "groups.change_partnership",
        "groups.change_document",
        "groups.submit_document",
        "evaluation.change_periodicreport",
        "evaluation.submit_periodicreport",
        "evaluation.self_score_assessment",
    }
)
GROUP_OFFICE = GROUP_HEAD - {"evaluation.submit_periodicreport"}
COUNCIL_MEMBER = EVERYONE | READ_SCHOOLS | READ_GROUPS
SCHOOL_CLERK = (
    EVERYONE
    | READ_SCHOOLS
    | KEEP_TEACHERS
    | READ_GROUPS
    | READ_EVALUATION
    | {
        "core.view_reportrun",
        "core.view_importrun",
        "schools.change_schoolreturn",
        "schools.submit_schoolreturn",
        "schools.change_classsection",
        "schools.change_schoolcontact",
        "schools.change_campus",
        "schools.add_classreductionplan",
        "schools.change_classreductionplan",
    }
)
SCHOOL_PRINCIPAL = (
    SCHOOL_CLERK
    | READ_CASES
    | {
        "personnel.export_teacher",
        "personnel.unmask_teacher",
        "schools.confirm_schoolreturn",
        "groups.add_groupcase",
        "groups.change_groupcase",
        "groups.submit_groupcase",
        "groups.consent_groupcase",
        "evaluation.change_periodicreport",
        "evaluation.submit_periodicreport",
        "groups.change_document",
        "groups.submit_document",
    }
)
SYS_ADMIN = {
    "accounts.view_user",
    "accounts.add_user",
    "accounts.change_user",
    "django_celery_beat.view_periodictask",
    "django_celery_beat.change_periodictask",
}
SEC_ADMIN = {
    "accounts.view_user",
    "accounts.view_rolegrant",
    "accounts.change_rolegrant",
}
AUDITOR = {"audit.view_event", "audit.view_seal", "accounts.view_accesslog"}


def _role(code: str, label: object, scope: str, names: set[str]) -> Role:
    return Role(code, label, scope, frozenset(names))


ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        _role("CITY_EDU", _("市教育局"), REGION, CITY_EDU),
        _role("CITY_SUPERVISION", _("市教育督导室"), REGION, SUPERVISION),
        _role("DISTRICT_EDU", _("区县教育行政部门"), REGION, DISTRICT_EDU),
        _role("LEADING_GROUP", _("领导小组（办公室）"), REGION, LEADING_GROUP),
        _role("DEPT_ESTABLISHMENT", _("编制部门"), REGION, DEPARTMENT),
        _role("DEPT_HR", _("人社部门"), REGION, DEPARTMENT_HR),
        _role("DEPT_FINANCE", _("财政部门"), REGION, DEPARTMENT),
        _role("DEPT_TAX", _("税务部门"), REGION, EVERYONE),
        _role("DEPT_REFORM", _("发改部门"), REGION, EVERYONE),
        _role("DEPT_ORG", _("组织部门"), REGION, EVERYONE),
        _role("GROUP_HEAD", _("集团总校长"), GROUP, GROUP_HEAD),
        _role("GROUP_OFFICE", _("集团办公室"), GROUP, GROUP_OFFICE),
        _role("COUNCIL_MEMBER", _("理事"), GROUP, COUNCIL_MEMBER),
        _role("SCHOOL_PRINCIPAL", _("校（园）长"), SCHOOL, SCHOOL_PRINCIPAL),
        _role("SCHOOL_CLERK", _("学校填报员"), SCHOOL, SCHOOL_CLERK),
        _role("TEACHER", _("教师"), SCHOOL, EVERYONE),
        _role("SYS_ADMIN", _("系统管理员"), INSTALLATION, SYS_ADMIN),
        _role("SEC_ADMIN", _("安全管理员"), INSTALLATION, SEC_ADMIN),
        _role("AUDITOR", _("审计管理员"), INSTALLATION, AUDITOR),
    )
}
SEPARATE = ("SYS_ADMIN", "SEC_ADMIN", "AUDITOR")
"""Roles without business rights, exclusive of each other and of every other role."""
SECOND_FACTOR = frozenset({*SEPARATE, "DEPT_FINANCE"})
"""Roles whose holders sign in with a second factor."""


_FOR_PROGRAMS = DISTRICT_EDU - KEEP_ROSTERS - KEEP_QUALITY
CLIENT_SCOPES: dict[str, frozenset[str]] = {
    "read": frozenset(n for n in _FOR_PROGRAMS if ".view_" in n or ".export_" in n),
    "write": frozenset(
        n for n in _FOR_PROGRAMS if ".change_" in n or ".add_" in n or ".register_" in n
    ),
    "import": frozenset(n for n in DISTRICT_EDU if ".import_" in n),
    "https://purl.imsglobal.org/spec/or/v1p2/scope/roster.createput": frozenset(),
}
"""What a program may do by the scope of its token."""


def permission_names() -> set[str]:
    """Return every permission that some role names."""
    return {name for role in ROLES.values() for name in role.permissions}
