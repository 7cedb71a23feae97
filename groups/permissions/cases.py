"""Who may do what to cases: open, consent, opine, check, decide."""

from typing import Any

from django.utils.translation import gettext as _

from bureau.authority import answers_for
from bureau.choices import DepartmentKind
from bureau.models import Department, Region
from core.access import grants_of, scope_ids
from core.days import today
from core.models import Opinion
from core.verdict import ALLOWED, Denied, Verdict, first_denied
from groups.choices import (
    CaseState,
    DocumentKind,
    FormationBasis,
    TaskKind,
    TaskState,
)
from groups.models import CaseTask, GroupCase
from groups.permissions.scopes import (
    REGION,
    SCHOOL,
    bureau_only,
    city_only,
    first_denied_lazily,
    over_school,
)
from groups.validation import is_blocked, validate_formation

OPINION_KINDS = (
    DepartmentKind.ESTABLISHMENT,
    DepartmentKind.HR,
    DepartmentKind.FINANCE,
)
"""The departments asked for an opinion on a formation (BN-5.1e)."""
DEPARTMENT_ROLES: dict[str, str] = {
    DepartmentKind.ESTABLISHMENT: "DEPT_ESTABLISHMENT",
    DepartmentKind.HR: "DEPT_HR",
    DepartmentKind.FINANCE: "DEPT_FINANCE",
}
GIVEN = (Opinion.Verdict.AGREE, Opinion.Verdict.CONDITIONAL)


def can_open_case(user: Any, region: Region | None, lead_id: int | None) -> Verdict:
    """Answer whether the user may start a formation in the region with this lead."""
    if region and answers_for(user, "groups.add_groupcase", region):
        return ALLOWED
    if lead_id and over_school(user, "groups.add_groupcase", lead_id):
        return ALLOWED
    return Denied(
        _("组建集团由教育行政部门或龙头学校校长发起"),
        "AK-1.2.2",
        _("请由龙头学校校长发起，或联系区县教育行政部门"),
    )


def answers_for_case(user: Any, case: GroupCase, permission: str) -> bool:
    """Tell whether the user stands on the applicant's side of the case."""
    if case.formation_basis != FormationBasis.VOLUNTARY and answers_for(
        user, permission, case.region
    ):
        return True
    lead = case.lead_line
    by_lead = lead is not None and over_school(user, permission, lead.school_id)
    return by_lead and case.formation_basis != FormationBasis.ADMIN_LED


def can_change_case(user: Any, case: GroupCase) -> Verdict:
    """Answer whether the user may edit the draft."""
    if case.state != CaseState.DRAFT:
        return Denied(_("已提交的事项不能修改"), "", _("需要修改时请受理单位退回"))
    if answers_for_case(user, case, "groups.change_groupcase"):
        return ALLOWED
    if case.opened_by_id == user.pk and answers_for(
        user, "groups.change_groupcase", case.region
    ):
        return ALLOWED
    return Denied(_applicant_words(case), "AK-1.2.2")


def _applicant_words(case: GroupCase) -> str:
    if case.formation_basis == FormationBasis.VOLUNTARY:
        return _("学校自主组合的事项由龙头学校校长办理")
    if case.formation_basis == FormationBasis.ADMIN_LED:
        return _("行政主导组合的事项由教育行政部门办理")
    return _("事项由龙头学校校长或教育行政部门办理")


def can_submit_case(user: Any, case: GroupCase) -> Verdict:
    """Answer whether the formation may be submitted now (SM1 submit)."""
    if not answers_for_case(user, case, "groups.submit_groupcase"):
        return Denied(_("未能提交：%s") % _applicant_words(case), "AK-1.2.2")
    return first_denied_lazily(
        lambda: _fits_modes(case),
        lambda: _has_plan(case),
        lambda: _is_ripe(case),
        lambda: _schools_agree(case),
    )


def _fits_modes(case: GroupCase) -> Verdict:
    findings = validate_formation(case)
    if not is_blocked(findings):
        return ALLOWED
    first = findings[0]
    return Denied(
        _("未能提交：%s") % first.message, first.clause, _("请按“模式检查”逐项修改名单")
    )


def _has_plan(case: GroupCase) -> Verdict:
    if case.documents.filter(kind=DocumentKind.FORMATION_PLAN).exists():
        return ALLOWED
    return Denied(
        _("未能提交：还没有组建方案"), "AK-3.3.2", _("请在“文件”中上传组建方案")
    )


def _is_ripe(case: GroupCase) -> Verdict:
    waiting = blocking_tasks(case, TaskKind.READINESS)
    if not waiting:
        return ALLOWED
    return Denied(
        _("未能提交：组建条件尚有 %(n)d 项未符合（%(first)s）")
        % {"n": len(waiting), "first": waiting[0].title},
        "AK-1.3.3",
        _("成熟一个组建一个，请逐项确认组建条件"),
    )


def blocking_tasks(case: GroupCase, kind: str) -> list[CaseTask]:
    """Return the blocking tasks of a kind that are not passed."""
    rows = case.tasks.filter(kind=kind, is_blocking=True)
    return list(rows.exclude(state=TaskState.PASSED))


def consents_of(case: GroupCase) -> dict[int, Opinion]:
    """Return school id → its consent."""
    rows = Opinion.objects.about(case).filter(kind=Opinion.Kind.CONSENT)
    return {row.unit_id: row for row in rows}


def unheard_lines(case: GroupCase) -> list[Any]:
    """Return the lines whose school has not said anything yet."""
    heard = consents_of(case)
    rows = case.lines.select_related("school")
    return [line for line in rows if line.school_id not in heard]


def _schools_agree(case: GroupCase) -> Verdict:
    """Voluntary groups need every school's consent; led ones need it recorded later."""
    if case.formation_basis == FormationBasis.ADMIN_LED:
        return ALLOWED
    return first_denied(_all_heard(case, _("未能提交")), _none_refuses(case))


def _all_heard(case: GroupCase, what: str) -> Verdict:
    missing = unheard_lines(case)
    if not missing:
        return ALLOWED
    names = "、".join(str(line.school) for line in missing)
    return Denied(
        _("%(what)s：%(names)s尚未表达意愿") % {"what": what, "names": names},
        "AK-1.3.4",
        _("请这些学校的校长在系统中填写意见"),
    )


def _none_refuses(case: GroupCase) -> Verdict:
    refusing = [
        row.unit_label for row in consents_of(case).values() if row.verdict not in GIVEN
    ]
    if not refusing:
        return ALLOWED
    return Denied(
        _("未能提交：%s不同意加入") % "、".join(refusing),
        "AK-1.3.4",
        _("自主组合须各校同意，请协商后修改名单"),
    )


def can_review_case(user: Any, case: GroupCase) -> Verdict:
    """Answer whether the user may take the case in, or send it back."""
    return bureau_only(user, "groups.review_groupcase", case.region, "BN-5.1d")


def can_withdraw_case(user: Any, case: GroupCase) -> Verdict:
    """Answer whether the applicant may still take the case back."""
    if user.pk in {case.submitted_by_id, case.opened_by_id}:
        return ALLOWED
    if answers_for_case(user, case, "groups.submit_groupcase"):
        return ALLOWED
    return Denied(_("只有申请方可以撤回"))


def can_consent(user: Any, case: GroupCase, school_id: int) -> Verdict:
    """Answer whether the user may speak for the school about the case."""
    if case.state not in {
        CaseState.DRAFT,
        CaseState.SUBMITTED,
        CaseState.UNDER_REVIEW,
    }:
        return Denied(_("事项已办结，不能再填写意见"), "AK-1.3.4")
    if not over_school(user, "groups.consent_groupcase", school_id):
        return Denied(_("学校意见由该校校长填写"), "AK-1.3.4")
    if not case.lines.filter(school=school_id).exists():
        return Denied(_("该校不在名单中"), "AK-1.3.4")
    return ALLOWED


def schools_to_consent(user: Any) -> set[int]:
    """Return the schools that the user may speak for."""
    return set(scope_ids(user, SCHOOL, "groups.consent_groupcase"))


def departments_asked(case: GroupCase) -> list[Department]:
    """Return the departments of the region whose opinion is asked."""
    rows = Department.objects.filter(
        region=case.region, kind__in=OPINION_KINDS, removed_at__isnull=True
    )
    return list(rows.order_by("kind", "pk"))


def departments_of(user: Any, case: GroupCase) -> list[Department]:
    """Return the asked departments that the user speaks for."""
    day, lineage = today(), set(case.region.lineage)
    roles = {
        g.role
        for g in grants_of(user)
        if g.is_live(day) and g.scope == REGION and g.scope_id in lineage
    }
    return [d for d in departments_asked(case) if DEPARTMENT_ROLES[d.kind] in roles]


def opinions_of(case: GroupCase) -> dict[tuple[str, int], Opinion]:
    """Return (model, unit id) → opinion of a department or of the city."""
    rows = Opinion.objects.about(case).filter(kind=Opinion.Kind.OPINION)
    return {(row.unit_type.model, row.unit_id): row for row in rows}


def silent_departments(case: GroupCase) -> list[Department]:
    """Return the asked departments that have not answered."""
    given = opinions_of(case)
    return [d for d in departments_asked(case) if ("department", d.pk) not in given]


def can_opine(user: Any, case: GroupCase, department: Department) -> Verdict:
    """Answer whether the user may give the department's opinion."""
    if case.state != CaseState.UNDER_REVIEW:
        return Denied(_("受理后、决定前才征求部门意见"), "BN-5.1e")
    if department not in departments_of(user, case):
        return Denied(_("部门意见由该部门填写"), "BN-5.1e")
    return ALLOWED


def can_confirm_cross_region(user: Any, case: GroupCase) -> Verdict:
    """Answer whether the user may speak for the city on a cross-region group."""
    if not case.is_cross_region or case.state != CaseState.UNDER_REVIEW:
        return Denied(_("只有审核中的跨区县集团需要市级意见"), "AK-3.1.2")
    return city_only(user, "groups.approve_crossregion", case.region)


def can_decide_case(user: Any, case: GroupCase) -> Verdict:
    """Answer whether the leading group may decide the case now."""
    allowed = bureau_only(user, "groups.decide_groupcase", case.region, "BN-5.1a")
    if not allowed:
        return allowed
    if user.pk in {case.submitted_by_id, case.opened_by_id}:
        return Denied(
            _("提交人不能决定自己提交的事项"), "", _("请领导小组其他成员办理")
        )
    return ALLOWED


def can_approve_case(user: Any, case: GroupCase) -> Verdict:
    """Answer whether everything an approval needs is there."""
    return first_denied_lazily(
        lambda: can_decide_case(user, case),
        lambda: _is_compliant(case),
        lambda: _all_heard(case, _("未能批准")),
        lambda: _departments_answered(case),
        lambda: _city_agrees(case),
    )


def _is_compliant(case: GroupCase) -> Verdict:
    waiting = blocking_tasks(case, TaskKind.COMPLIANCE)
    if not waiting:
        return ALLOWED
    return Denied(
        _("未能批准：合规审查尚有 %(n)d 项未通过（%(first)s）")
        % {"n": len(waiting), "first": waiting[0].title},
        "BN-2.1",
        _("请受理单位逐项完成合规审查"),
    )


def _departments_answered(case: GroupCase) -> Verdict:
    silent = silent_departments(case)
    if not silent:
        return ALLOWED
    return Denied(
        _("未能批准：%s尚未回复意见") % "、".join(d.name for d in silent),
        "BN-5.1e",
        _("请有关部门在系统中填写意见"),
    )


def _city_agrees(case: GroupCase) -> Verdict:
    if not case.is_cross_region:
        return ALLOWED
    rows = [o for (model, _pk), o in opinions_of(case).items() if model == "region"]
    if any(row.verdict in GIVEN for row in rows):
        return ALLOWED
    return Denied(
        _("未能批准：跨区县集团尚未取得市教育局同意"),
        "AK-3.1.2",
        _("请市教育局在事项中填写意见"),
    )


def can_work_task(user: Any, task: CaseTask) -> Verdict:
    """Answer whether the user may judge a task; each kind has its own judge."""
    case = task.case
    if task.kind == TaskKind.READINESS:
        if case.state != CaseState.DRAFT:
            return Denied(_("组建条件在提交前确认"), "AK-1.3.3")
        mine = answers_for_case(user, case, "groups.change_groupcase")
        return ALLOWED if mine else Denied(_applicant_words(case), "AK-1.2.2")
    if task.kind == TaskKind.COMPLIANCE and case.state != CaseState.UNDER_REVIEW:
        return Denied(_("合规审查在受理后进行"), "BN-2.1")
    return bureau_only(user, "groups.review_groupcase", case.region, task.clause)
