"""Who may do what with schools and their annual returns."""

from typing import Any

from django.utils.translation import gettext as _

from core.access import guided, reaches, refusal
from core.registries import blocked_by
from core.templatetags.formats import long_day
from core.verdict import ALLOWED, Denied, Verdict
from schools.choices import PlanState, ReturnState, UnlockState
from schools.figures import missing_figures
from schools.jumps import CLAUSE, unexplained
from schools.models import (
    ClassReductionPlan,
    Partner,
    ReturnUnlock,
    School,
    SchoolReturn,
)
from schools.models.returns import LABELS

GROUP_CHECK = "BN-4.3.4"
"""The clause on regular monitoring, of which a group checks what its members say."""


def _over(user: Any, permission: str, obj: Any, doing: str) -> Verdict:
    if reaches(user, permission, obj):
        return ALLOWED
    return refusal(
        user,
        permission,
        obj,
        Denied(
            _("未能%(doing)s：您的角色没有这项权限") % {"doing": doing},
            remedy=_("请联系该校的主管部门"),
        ),
        doing,
    )


def can_register_school(user: Any, region: Any) -> Verdict:
    """Allow the bureau that administers the region to enter schools (BN-0.3)."""
    if reaches(user, "schools.add_school", region):
        return ALLOWED
    return Denied(
        _("未能登记学校：您不负责%(region)s") % {"region": region},
        "BN-0.3",
        _("请由该地区的教育行政部门登记"),
    )


def can_change_school(user: Any, school: School) -> Verdict:
    """Allow the administering bureau to correct the register."""
    return _over(user, "schools.change_school", school, _("修改学校资料"))


def can_confirm_stage(user: Any, school: School) -> Verdict:
    """Allow the administering bureau to settle an open stage, once."""
    if school.type:
        return Denied(
            _("未能确认学段：%(school)s的学段已确认") % {"school": school},
            remedy=_("如需更正，请修改学校资料"),
        )
    return _over(user, "schools.change_school", school, _("确认学段"))


def can_restructure_school(user: Any, school: School) -> Verdict:
    """Allow the administering bureau to rename, split, merge and close (BN-0.3)."""
    verdict = _over(user, "schools.restructure_school", school, _("办理学校变更"))
    if verdict and school.has_ended:
        return Denied(
            _("未能办理：%(school)s已于 %(day)s 停办或合并")
            % {"school": school, "day": long_day(school.closed_on)},
            remedy=_("如属误办，可先撤销停办或合并"),
        )
    return verdict


def can_reopen_school(user: Any, school: School) -> Verdict:
    """Allow the administering bureau to take an end back."""
    if not school.has_ended:
        return Denied(_("未能撤销：%(school)s没有停办") % {"school": school})
    return _over(user, "schools.restructure_school", school, _("撤销停办"))


def can_undo_change(user: Any, school: School) -> Verdict:
    """Allow taking back the last change of name or county, while the school stands."""
    verdict = can_restructure_school(user, school)
    if verdict and not school.profiles.exists():
        return Denied(_("未能撤销：%(school)s没有登记过变更") % {"school": school})
    return verdict


def can_undo_split(user: Any, school: School) -> Verdict:
    """Allow taking back a split, from the page of the school that came of it."""
    verdict = can_restructure_school(user, school)
    if verdict and not school.predecessor_id:
        return Denied(_("未能撤销：%(school)s不是分设的学校") % {"school": school})
    return verdict


def can_change_campus(user: Any, school: School) -> Verdict:
    """Allow the school and its bureau to keep its campuses."""
    return _over(user, "schools.change_campus", school, _("登记校区"))


def can_change_contact(user: Any, school: School) -> Verdict:
    """Allow the school and its bureau to keep whom to speak to."""
    return _over(user, "schools.change_schoolcontact", school, _("登记联系人"))


def can_change_quality(user: Any, school: School) -> Verdict:
    """Allow the administering bureau to keep what quality monitoring says."""
    return _over(user, "schools.change_qualityresult", school, _("登记质量监测结果"))


def can_read_contact(user: Any, school: School) -> Verdict:
    """Allow who keeps contacts, and a bureau above, to read phone and mail whole."""
    verdict = can_change_contact(user, school)
    if guided(user, "schools.change_schoolcontact", school) is not None:
        return ALLOWED
    return verdict


def can_change_project(user: Any, school: School) -> Verdict:
    """Allow the administering bureau to keep construction projects (AK-4.2b)."""
    return _over(user, "schools.change_constructionproject", school, _("登记建设项目"))


def can_register_partner(user: Any, region: Any) -> Verdict:
    """Allow a bureau to enter partners of its region (BN-3.4)."""
    if reaches(user, "schools.change_partner", region):
        return ALLOWED
    return refusal(
        user,
        "schools.change_partner",
        region,
        Denied(
            _("未能登记合作单位：您不负责%(region)s") % {"region": region},
            "BN-3.4",
            _("请由该地区的教育行政部门登记"),
        ),
    )


def can_change_partner(user: Any, partner: Partner) -> Verdict:
    """Allow the bureau of the region a partner is entered in."""
    return _over(user, "schools.change_partner", partner, _("修改合作单位"))


def can_label_school(user: Any, school: School) -> Verdict:
    """Allow the administering bureau to decide labels (BN-4.1.1a)."""
    return _over(user, "schools.change_school", school, _("登记学校标签"))


def can_change_classes(user: Any, school: School) -> Verdict:
    """Allow the school and its bureau to enter classes (AK-1.2.1)."""
    return _over(user, "schools.change_classsection", school, _("填报班级"))


def can_change_return(user: Any, return_: SchoolReturn) -> Verdict:
    """Allow entry of figures while the return is a draft or was sent back."""
    if not return_.is_editable:
        return Denied(
            _("未能修改报表：当前状态是“%(state)s”")
            % {"state": return_.get_state_display()},
            remedy=_("如需更正，请由审核方退回修改"),
        )
    verdict = _over(user, "schools.change_schoolreturn", return_, _("填报"))
    return _still_open(return_) if verdict else verdict


def _still_open(return_: SchoolReturn) -> Verdict:
    """Allow what was never locked, or what an exception opens today."""
    unlocks = list(return_.unlocks.granted())
    if not unlocks or any(unlock.is_open for unlock in unlocks):
        return ALLOWED
    return Denied(
        _("未能修改报表：解锁期限已过（截止 %(day)s）")
        % {"day": long_day(unlocks[0].expires_on)},
        remedy=_("可直接重新报送；数字仍需更正的，请重新申请解锁"),
    )


def can_submit_return(user: Any, return_: SchoolReturn) -> Verdict:
    """Allow the school to hand in a complete return."""
    verdict = _over(user, "schools.submit_schoolreturn", return_, _("报送"))
    missing = missing_figures(return_) if verdict else []
    if missing:
        names = "、".join(str(LABELS[name]) for name in missing[:6])
        return Denied(
            _("未能报送：还有 %(count)s 项未填（%(names)s%(more)s）")
            % {
                "count": len(missing),
                "names": names,
                "more": _("等") if len(missing) > 6 else "",
            },
            remedy=_("请补填后再报送，没有的填 0"),
        )
    return _explained(return_) if verdict else verdict


def _explained(return_: SchoolReturn) -> Verdict:
    """Allow what does not jump against last year, or says why it does."""
    silent = unexplained(return_)
    if not silent:
        return ALLOWED
    return Denied(
        _("未能报送：%(count)s 项与上年相比变动较大，没有说明（%(names)s%(more)s）")
        % {
            "count": len(silent),
            "names": "、".join(str(jump.label) for jump in silent[:6]),
            "more": _("等") if len(silent) > 6 else "",
        },
        CLAUSE,
        _("请核对数字；数字无误的，在该项下写明变动原因"),
    )


def _another(user: Any, *, done_by: list[int | None], doing: str) -> Verdict:
    if getattr(user, "pk", None) in [pk for pk in done_by if pk]:
        return Denied(
            _("未能%(doing)s：经办人不能审核自己报送的报表") % {"doing": doing},
            remedy=_("请由另一位负责人办理"),
        )
    return ALLOWED


def can_confirm_return(user: Any, return_: SchoolReturn) -> Verdict:
    """Allow the principal, not the person who submitted."""
    verdict = _over(user, "schools.confirm_schoolreturn", return_, _("确认报表"))
    if not verdict:
        return verdict
    return _another(user, done_by=[return_.submitted_by_id], doing=_("确认报表"))


def can_check_return(user: Any, return_: SchoolReturn) -> Verdict:
    """Allow the office of a group the school belongs to, as another pair of eyes."""
    verdict = _over(user, "schools.check_schoolreturn", return_, _("核对报表"))
    if not verdict:
        return verdict
    own = [return_.submitted_by_id, return_.confirmed_by_id]
    return _another(user, done_by=own, doing=_("核对报表"))


def can_accept_return(user: Any, return_: SchoolReturn) -> Verdict:
    """Allow the administering bureau, not those who submitted or confirmed."""
    verdict = _over(user, "schools.accept_schoolreturn", return_, _("验收报表"))
    if not verdict:
        return verdict
    own = [return_.submitted_by_id, return_.confirmed_by_id]
    return _another(user, done_by=own, doing=_("验收报表"))


def checked_by_groups(return_: SchoolReturn) -> Verdict:
    """Answer whether every group the school is in on the day has had its look."""
    waiting = blocked_by(return_, return_.counted_on)
    if not waiting:
        return ALLOWED
    return Denied(
        _("未能验收：%(waiting)s这份报表") % {"waiting": "、".join(waiting)},
        GROUP_CHECK,
        _("请等集团办公室核对；确需先行验收的，请写明理由，理由记入办理记录"),
    )


def can_send_back_return(user: Any, return_: SchoolReturn) -> Verdict:
    """Allow whoever has the next look at the return: principal, group or bureau."""
    for permission in (
        "schools.accept_schoolreturn",
        "schools.check_schoolreturn",
        "schools.confirm_schoolreturn",
    ):
        if permission == "schools.confirm_schoolreturn" and return_.confirmed_by_id:
            continue
        if reaches(user, permission, return_):
            return ALLOWED
    return Denied(
        _("未能退回报表：您不是这一环节的审核人"), remedy=_("请联系主管部门退回")
    )


def can_lock_return(user: Any, return_: SchoolReturn) -> Verdict:
    """Allow the administering bureau to close the year's figures."""
    return _over(user, "schools.accept_schoolreturn", return_, _("锁定报表"))


def can_ask_unlock(user: Any, return_: SchoolReturn) -> Verdict:
    """Allow the school to ask that its locked return be opened, once at a time."""
    verdict = _over(user, "schools.submit_schoolreturn", return_, _("申请解锁"))
    if not verdict:
        return verdict
    last = return_.unlocks.first()
    if last and (last.state == UnlockState.ASKED or last.is_open):
        return Denied(
            _("未能申请解锁：上一次申请“%(state)s”")
            % {"state": last.get_state_display()},
            remedy=_("请等待主管部门批准，或在开放期内完成修改"),
        )
    if return_.state == ReturnState.LOCKED or (
        return_.is_editable and return_.unlocks.granted().exists()
    ):
        return ALLOWED
    return Denied(
        _("未能申请解锁：当前状态是“%(state)s”，没有锁定")
        % {"state": return_.get_state_display()},
        remedy=_("如需更正，请由审核方退回修改"),
    )


def can_decide_unlock(user: Any, unlock: ReturnUnlock) -> Verdict:
    """Allow the bureau that administers the school, never the person who asked."""
    bureau = unlock.school_return.school.administered_by
    if not reaches(user, "schools.accept_schoolreturn", bureau):
        return Denied(
            _("未能办理解锁申请：只有%(bureau)s教育行政部门可以办理")
            % {"bureau": bureau.name},
            remedy=_("请联系该部门负责年度报表的人员"),
        )
    if user.pk == unlock.asked_by_id:
        return Denied(
            _("未能办理解锁申请：申请人不能批准自己的申请"),
            remedy=_("请由本部门另一位负责人办理"),
        )
    return ALLOWED


def can_withdraw_unlock(user: Any, unlock: ReturnUnlock) -> Verdict:
    """Allow the person who asked."""
    if user.pk == unlock.asked_by_id:
        return ALLOWED
    return Denied(_("未能撤回：只有申请人可以撤回解锁申请"), remedy=_("请联系申请人"))


def can_reopen_return(user: Any, return_: SchoolReturn) -> Verdict:
    """Allow leaving the lock only under an exception that stands today."""
    if return_.unlocks.standing().exists():
        return ALLOWED
    return Denied(
        _("未能解锁报表：没有在有效期内的解锁批准"),
        remedy=_("请先由学校申请解锁，再由主管部门批准"),
    )


def can_remind_school(user: Any, school: School) -> Verdict:
    """Allow the bureau that accepts the school's returns."""
    return _over(user, "schools.accept_schoolreturn", school, _("提醒报送"))


def can_open_returns(user: Any, region: Any) -> Verdict:
    """Allow the administering bureau to call for the year's returns."""
    if reaches(user, "schools.accept_schoolreturn", region):
        return ALLOWED
    return refusal(
        user,
        "schools.accept_schoolreturn",
        region,
        Denied(
            _("未能发起填报：您不负责%(region)s") % {"region": region},
            remedy=_("请由该地区的教育行政部门发起"),
        ),
    )


PLAN = "schools.change_classreductionplan"


def can_plan_reduction(user: Any, school: School) -> Verdict:
    """Allow the school and its bureau to plan how large classes go (AK-1.2.1)."""
    return _over(user, PLAN, school, _("制订消除大班额计划"))


def can_change_plan(user: Any, plan: ClassReductionPlan) -> Verdict:
    """Allow changes while the plan is a draft."""
    if plan.state != PlanState.DRAFT:
        return Denied(
            _("未能修改计划：当前状态是“%(state)s”")
            % {"state": plan.get_state_display()},
            "AK-1.2.1",
            _("如需修改，请由主管部门退回"),
        )
    return _over(user, PLAN, plan, _("修改计划"))


def can_submit_plan(user: Any, plan: ClassReductionPlan) -> Verdict:
    """Allow what has targets to go to the bureau."""
    verdict = _over(user, PLAN, plan, _("报送计划"))
    if verdict and not plan.steps.exists():
        return Denied(
            _("未能报送计划：还没有学期目标"), "AK-1.2.1", _("请先填写各学期的目标")
        )
    return verdict


def can_decide_plan(user: Any, plan: ClassReductionPlan) -> Verdict:
    """Allow the bureau that runs the school, never the person who submitted."""
    if not reaches(user, PLAN, plan.school.administered_by):
        return Denied(
            _("未能办理计划：只有%(bureau)s教育行政部门可以办理")
            % {"bureau": plan.school.administered_by},
            "AK-1.2.1",
            _("请联系该部门"),
        )
    return _another(user, done_by=[plan.submitted_by_id], doing=_("办理计划"))
