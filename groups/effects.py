"""What each move will do, told before it is pressed."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from bureau.parameters import parameter
from core.days import today
from core.models import Opinion
from core.transitions import Effects
from groups import permissions as may
from groups.audience import applicants, holders
from groups.choices import DocumentKind, DocumentState, GroupState, LineDecision
from groups.models import Document, EducationGroup, GroupCase
from groups.validation import AMBER, validate_formation

LISTED = 5


def _people(users: list[Any]) -> list[str]:
    """Name the people who will be told, each once, the first few in full."""
    users = list({user.pk: user for user in users}.values())
    names = [str(user) for user in users[:LISTED]]
    if len(users) > LISTED:
        names.append(_("等 %(n)d 人") % {"n": len(users)})
    return names


# --- Cases -------------------------------------------------------------------
def of_submission(user: Any, case: GroupCase) -> Effects:
    """Submitting locks the list and asks the bureau to take it in."""
    return Effects(
        immediately=[_("名单和内容锁定，不能再修改"), _("事项进入待受理")],
        approvals=[
            _("%(region)s教育行政部门受理并征求编制、人社、财政部门意见")
            % {"region": case.region.name},
            _("领导小组决定"),
        ],
        told=_people(holders("groups.review_groupcase", region=case.region)),
        warnings=[(f.level, f.message) for f in _ambers(case)],
    )


def _ambers(case: GroupCase) -> list[Any]:
    return [f for f in validate_formation(case) if f.level == AMBER]


def of_withdrawal(user: Any, case: GroupCase) -> Effects:
    """Withdrawing closes the case."""
    return Effects(
        immediately=[_("事项关闭，不再办理")],
        told=_people(_principals(case)),
    )


def _principals(case: GroupCase) -> list[Any]:
    schools = [line.school for line in case.lines.select_related("school")]
    return holders("groups.consent_groupcase", schools=schools)


def of_review(user: Any, case: GroupCase) -> Effects:
    """Taking a case in asks the departments for their opinions."""
    asked = may.departments_asked(case)
    warnings = []
    if not asked:
        warnings.append(
            ("amber", _("本地区尚未登记编制、人社、财政部门，将不征求部门意见"))
        )
    return Effects(
        immediately=[_("事项进入审核，建立合规审查清单")],
        approvals=[_("%s出具意见") % d.name for d in asked],
        told=_people(holders("groups.opine_groupcase", region=case.region)),
        warnings=warnings,
    )


def of_return(user: Any, case: GroupCase) -> Effects:
    """Returning reopens the draft with the reason."""
    return Effects(
        immediately=[_("事项退回草稿，申请方可以修改后再次提交；已表达的学校意愿保留")],
        told=_people(applicants(case)),
    )


def of_approval(user: Any, case: GroupCase) -> Effects:
    """Approving founds the group and dates its memberships."""
    lines = [x for x in _lines(case) if x.decision != LineDecision.REJECTED]
    days = int(parameter("group.filing_days", case.region))
    return Effects(
        immediately=[
            _("设立“%(name)s”，自生效日期起有 %(n)d 所学校")
            % {"name": case.name, "n": len(lines)},
            _("记录各校加入时的基线数据"),
            _("附加的条件成为有期限的待办"),
        ],
        approvals=[
            _("%(day)s 前向市级备案")
            % {"day": (today() + timedelta(days=days)).isoformat()}
        ],
        told=_people([*applicants(case), *_principals(case)]),
        warnings=_decision_warnings(case),
    )


def _lines(case: GroupCase) -> list[Any]:
    return list(case.lines.select_related("school"))


def _decision_warnings(case: GroupCase) -> list[tuple[str, str]]:
    warnings = [(f.level, f.message) for f in _ambers(case)]
    for row in Opinion.objects.about(case):
        if row.verdict == Opinion.Verdict.DISAGREE:
            warnings.append(("amber", _("%(unit)s不同意：%(text)s") % _said(row)))
        elif row.verdict == Opinion.Verdict.CONDITIONAL:
            warnings.append(("amber", _("%(unit)s有条件同意：%(text)s") % _said(row)))
    return warnings


def _said(row: Opinion) -> dict[str, str]:
    return {"unit": row.unit_label, "text": row.text}


def of_deferral(user: Any, case: GroupCase) -> Effects:
    """Deferring records why and leaves the case under review."""
    return Effects(
        immediately=[_("记录暂缓理由，事项仍在审核中")], told=_people(applicants(case))
    )


def of_rejection(user: Any, case: GroupCase) -> Effects:
    """Refusing closes the case for good."""
    return Effects(
        immediately=[_("事项办结，不设立集团；如需组建须重新申请")],
        told=_people([*applicants(case), *_principals(case)]),
    )


# --- Groups ------------------------------------------------------------------
def _group_people(group: EducationGroup) -> list[Any]:
    rows = group.memberships.on().select_related("school")
    return holders(
        "groups.view_educationgroup",
        group=group,
        schools=[row.school for row in rows],
        roles=["GROUP_HEAD", "GROUP_OFFICE", "SCHOOL_PRINCIPAL"],
    )


def of_pilot(user: Any, group: EducationGroup) -> Effects:
    """A pilot starts today and needs its papers before it can pass."""
    return Effects(
        immediately=[_("集团自今天起试点运行，每天须有龙头学校")],
        approvals=[_("章程、发展规划备案和试点评估通过后才能转为正式运行")],
        told=_people(_group_people(group)),
    )


def of_activation(user: Any, group: EducationGroup) -> Effects:
    """An active group is evaluated and funded."""
    return Effects(
        immediately=[_("集团进入正式运行，纳入年度考核")],
        told=_people(_group_people(group)),
        warnings=_condition_warnings(group),
    )


def _condition_warnings(group: EducationGroup) -> list[tuple[str, str]]:
    rows = group.obligations.outstanding().filter(kind="CONDITION")
    return [("amber", _("批准条件尚未完成：%s") % row.label) for row in rows]


def of_suspension(user: Any, group: EducationGroup) -> Effects:
    """A suspended group keeps its members."""
    return Effects(
        immediately=[_("集团暂停运行，成员关系保留")],
        told=_people(_group_people(group)),
    )


def of_winding_up(user: Any, group: EducationGroup) -> Effects:
    """Winding up lists what must be settled."""
    left = list(group.obligations.outstanding())
    return Effects(
        immediately=[_("集团进入清算，不再接受新成员")],
        approvals=[_("了结：%s") % row.label for row in left],
        told=_people(_group_people(group)),
    )


def of_closing(user: Any, group: EducationGroup) -> Effects:
    """Closing ends every membership today."""
    count = group.memberships.on().count()
    return Effects(
        immediately=[
            _("集团终止，%(n)d 所学校的成员关系今天结束，历史保留") % {"n": count}
        ],
        told=_people(_group_people(group)),
    )


# --- Documents ---------------------------------------------------------------
def of_document_submission(user: Any, document: Document) -> Effects:
    """A submitted document waits for filing."""
    region = document.group.region if document.group else None
    return Effects(
        immediately=[_("文件锁定，不能再修改")],
        approvals=[_("教育行政部门备案")],
        told=_people(holders("groups.file_document", region=region)),
    )


def of_filing(user: Any, document: Document) -> Effects:
    """Filing puts the document in force and supersedes the one before."""
    immediately = [_("文件备案生效")]
    before = Document.objects.filter(
        group=document.group, kind=document.kind, state=DocumentState.EFFECTIVE
    ).first()
    if before and document.kind == DocumentKind.CHARTER:
        immediately.append(_("原“%(title)s”同日失效") % {"title": before.title})
    group = document.group
    if group and group.state == GroupState.PILOT:
        immediately.append(_("章程和发展规划齐备后，集团可以转为正式运行"))
    return Effects(
        immediately=immediately,
        told=_people(_group_people(group)) if group else [],
    )
