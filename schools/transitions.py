"""The legal moves of an annual return (SM18)."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.transitions import Effects, Move, register_table
from schools import permissions
from schools.choices import ReturnState

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
    return Effects(immediately=[_("报表通过验收，等待锁定")], told=[_("报送学校")])


def _back(user: Any, obj: Any) -> Effects:
    return Effects(
        immediately=[_("报表退回学校修改，数字暂不计入统计")], told=[_("报送学校")]
    )


def _locked(user: Any, obj: Any) -> Effects:
    return Effects(
        immediately=[_("本学年数字锁定，任何人不能再改")],
        warnings=[("amber", _("锁定后不能退回"))],
    )


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
    },
)
