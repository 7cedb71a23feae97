"""The legal moves of an annual return (SM18) and of its lock exception."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.transitions import Effects, Move, anyone, register_table
from schools import permissions
from schools.choices import PlanState, ReturnState, UnlockState

S = ReturnState


def _to_principal(user: Any, obj: Any) -> Effects:
    return Effects(
        immediately=[_("数字不能再改，除非被退回")],
        approvals=[_("校长确认"), _("主管部门验收")],
        told=[_("本校校（园）长")],
    )


def _to_bureau(user: Any, obj: Any) -> Effects:
    return Effects(
        immediately=[_("数字进入统计和自动指标")],
        approvals=[_("主管部门验收")],
        told=[_("主管教育行政部门")],
    )


def _accepted(user: Any, obj: Any) -> Effects:
    checked = permissions.checked_by_groups(obj)
    return Effects(
        immediately=[_("报表通过验收，等待锁定")],
        told=[_("报送学校")],
        warnings=[] if checked else [("red", checked.message)],
    )


def _back(user: Any, obj: Any) -> Effects:
    return Effects(
        immediately=[_("报表退回学校修改，数字暂不计入统计")], told=[_("报送学校")]
    )


def _locked(user: Any, obj: Any) -> Effects:
    return Effects(
        immediately=[_("本学年数字锁定，任何人不能再改")],
        warnings=[("amber", _("锁定后不能退回，更正须经学校申请、主管部门批准解锁"))],
    )


def _opened(user: Any, obj: Any) -> Effects:
    return Effects(
        immediately=[_("报表退回学校修改，截止日之前可改，数字暂不计入统计")],
        approvals=[_("校长确认"), _("主管部门验收和锁定")],
        told=[_("申请学校")],
        warnings=[("amber", _("到期未改动的报表自动按原数字锁定"))],
    )


def _not_opened(user: Any, obj: Any) -> Effects:
    return Effects(immediately=[_("报表保持锁定")], told=[_("申请人")])


SCHOOL_RETURN = register_table(
    "schools.SchoolReturn",
    S.DRAFT,
    {
        "submit": Move(
            frozenset({S.DRAFT, S.RETURNED}),
            S.SUBMITTED,
            can=permissions.can_submit_return,
            label=gettext_lazy("报送"),
            tone="primary",
            effects=_to_principal,
        ),
        "confirm": Move(
            frozenset({S.SUBMITTED}),
            S.CONFIRMED,
            can=permissions.can_confirm_return,
            label=gettext_lazy("确认"),
            tone="primary",
            effects=_to_bureau,
        ),
        "check": Move(
            frozenset({S.CONFIRMED}),
            S.GROUP_CHECKED,
            can=permissions.can_check_return,
            label=gettext_lazy("核对通过"),
            effects=_to_bureau,
        ),
        "accept": Move(
            frozenset({S.CONFIRMED, S.GROUP_CHECKED}),
            S.ACCEPTED,
            can=permissions.can_accept_return,
            label=gettext_lazy("验收"),
            tone="primary",
            effects=_accepted,
        ),
        "send_back": Move(
            frozenset({S.SUBMITTED, S.CONFIRMED, S.GROUP_CHECKED, S.ACCEPTED}),
            S.RETURNED,
            can=permissions.can_send_back_return,
            label=gettext_lazy("退回修改"),
            needs_reason=True,
            tone="danger",
            effects=_back,
        ),
        "lock": Move(
            frozenset({S.ACCEPTED}),
            S.LOCKED,
            can=permissions.can_lock_return,
            label=gettext_lazy("锁定"),
            effects=_locked,
        ),
        "unlock": Move(
            frozenset({S.LOCKED}),
            S.RETURNED,
            can=permissions.can_reopen_return,
            label=gettext_lazy("解锁"),
            by_system=True,
        ),
        "relock": Move(
            frozenset({S.RETURNED}),
            S.LOCKED,
            can=anyone,
            label=gettext_lazy("到期重新锁定"),
            by_system=True,
        ),
    },
)

U = UnlockState
RETURN_UNLOCK = register_table(
    "schools.ReturnUnlock",
    U.ASKED,
    {
        "approve": Move(
            frozenset({U.ASKED}),
            U.OPEN,
            can=permissions.can_decide_unlock,
            label=gettext_lazy("批准解锁"),
            tone="primary",
            effects=_opened,
        ),
        "refuse": Move(
            frozenset({U.ASKED}),
            U.REFUSED,
            can=permissions.can_decide_unlock,
            label=gettext_lazy("不批准"),
            needs_reason=True,
            tone="danger",
            effects=_not_opened,
        ),
        "withdraw": Move(
            frozenset({U.ASKED}),
            U.WITHDRAWN,
            can=permissions.can_withdraw_unlock,
            label=gettext_lazy("撤回申请"),
            effects=_not_opened,
        ),
        "close": Move(
            frozenset({U.OPEN}),
            U.CLOSED,
            can=anyone,
            label=gettext_lazy("关闭"),
            by_system=True,
        ),
    },
)


def _plan_sent(user: Any, obj: Any) -> Effects:
    return Effects(
        immediately=[_("目标不能再改，除非被退回")],
        approvals=[_("主管部门同意")],
        told=[_("主管教育行政部门")],
    )


def _plan_agreed(user: Any, obj: Any) -> Effects:
    return Effects(
        immediately=[_("计划开始执行，每学期按已填班级核对目标")], told=[_("学校")]
    )


def _plan_back(user: Any, obj: Any) -> Effects:
    return Effects(immediately=[_("计划退回学校修改")], told=[_("学校")])


def _plan_over(user: Any, obj: Any) -> Effects:
    return Effects(immediately=[_("计划结束，以后可以另订计划")], told=[_("学校")])


P = PlanState
REDUCTION_PLAN = register_table(
    "schools.ClassReductionPlan",
    P.DRAFT,
    {
        "submit": Move(
            frozenset({P.DRAFT}),
            P.SUBMITTED,
            can=permissions.can_submit_plan,
            label=gettext_lazy("报送"),
            clause="AK-1.2.1",
            tone="primary",
            effects=_plan_sent,
        ),
        "approve": Move(
            frozenset({P.SUBMITTED}),
            P.ACTIVE,
            can=permissions.can_decide_plan,
            label=gettext_lazy("同意"),
            clause="AK-1.2.1",
            tone="primary",
            effects=_plan_agreed,
        ),
        "send_back": Move(
            frozenset({P.SUBMITTED}),
            P.DRAFT,
            can=permissions.can_decide_plan,
            label=gettext_lazy("退回修改"),
            clause="AK-1.2.1",
            needs_reason=True,
            tone="danger",
            effects=_plan_back,
        ),
        "close": Move(
            frozenset({P.ACTIVE}),
            P.CLOSED,
            can=permissions.can_decide_plan,
            label=gettext_lazy("结束计划"),
            clause="AK-1.2.1",
            needs_reason=True,
            effects=_plan_over,
        ),
    },
)
