"""The legal moves of cases, their tasks, groups and documents."""

from django.utils.translation import gettext_lazy as _

from core.transitions import Move, register_table
from groups import effects
from groups import permissions as may
from groups.choices import CaseState as C
from groups.choices import DocumentState as D
from groups.choices import GroupState as G
from groups.choices import TaskState as T


def _from(*states: str) -> frozenset[str]:
    return frozenset(states)


CASE = register_table(
    "groups.GroupCase",
    initial=C.DRAFT,
    moves={
        "submit": Move(
            _from(C.DRAFT),
            C.SUBMITTED,
            can=may.can_submit_case,
            label=_("提交"),
            clause="AK-1.2.2",
            tone="primary",
            effects=effects.of_submission,
        ),
        "withdraw": Move(
            _from(C.DRAFT, C.SUBMITTED),
            C.WITHDRAWN,
            can=may.can_withdraw_case,
            label=_("撤回"),
            needs_reason=True,
            tone="danger",
            effects=effects.of_withdrawal,
        ),
        "review": Move(
            _from(C.SUBMITTED),
            C.UNDER_REVIEW,
            can=may.can_review_case,
            label=_("受理"),
            clause="BN-5.1d",
            tone="primary",
            effects=effects.of_review,
        ),
        "return": Move(
            _from(C.SUBMITTED, C.UNDER_REVIEW),
            C.DRAFT,
            can=may.can_review_case,
            label=_("退回修改"),
            clause="BN-5.1d",
            needs_reason=True,
            effects=effects.of_return,
        ),
        "approve": Move(
            _from(C.UNDER_REVIEW),
            C.APPROVED,
            can=may.can_approve_case,
            label=_("批准"),
            clause="AK-1.3.3",
            tone="primary",
            effects=effects.of_approval,
        ),
        "defer": Move(
            _from(C.UNDER_REVIEW),
            C.UNDER_REVIEW,
            can=may.can_decide_case,
            label=_("暂缓决定"),
            needs_reason=True,
            effects=effects.of_deferral,
        ),
        "reject": Move(
            _from(C.UNDER_REVIEW),
            C.REJECTED,
            can=may.can_decide_case,
            label=_("不批准"),
            needs_reason=True,
            tone="danger",
            effects=effects.of_rejection,
        ),
    },
)

TASK = register_table(
    "groups.CaseTask",
    initial=T.OPEN,
    moves={
        "pass": Move(
            _from(T.OPEN, T.FAILED),
            T.PASSED,
            can=may.can_work_task,
            label=_("确认符合"),
            tone="primary",
        ),
        "fail": Move(
            _from(T.OPEN, T.PASSED),
            T.FAILED,
            can=may.can_work_task,
            label=_("不符合"),
            needs_reason=True,
            tone="danger",
        ),
    },
)

GROUP = register_table(
    "groups.EducationGroup",
    initial=G.APPROVED,
    moves={
        "start_pilot": Move(
            _from(G.APPROVED),
            G.PILOT,
            can=may.can_start_pilot,
            label=_("开始试点"),
            clause="AK-1.3.3",
            tone="primary",
            effects=effects.of_pilot,
        ),
        "activate": Move(
            _from(G.APPROVED),
            G.ACTIVE,
            can=may.can_activate,
            label=_("直接转为正式运行"),
            clause="AK-1.3.3",
            effects=effects.of_activation,
        ),
        "pass_pilot": Move(
            _from(G.PILOT),
            G.ACTIVE,
            can=may.can_pass_pilot,
            label=_("通过试点，转为正式运行"),
            clause="BN-4.2.4",
            tone="primary",
            effects=effects.of_activation,
        ),
        "fail_pilot": Move(
            _from(G.PILOT),
            G.DISSOLVING,
            can=may.can_dissolve,
            label=_("试点未通过，进入清算"),
            clause="AK-1.3.3",
            needs_reason=True,
            tone="danger",
            effects=effects.of_winding_up,
        ),
        "suspend": Move(
            _from(G.ACTIVE),
            G.SUSPENDED,
            can=may.can_suspend,
            label=_("暂停运行"),
            clause="BN-5.1d",
            needs_reason=True,
            tone="danger",
            effects=effects.of_suspension,
        ),
        "resume": Move(
            _from(G.SUSPENDED),
            G.ACTIVE,
            can=may.can_suspend,
            label=_("恢复运行"),
            clause="BN-5.1d",
            tone="primary",
            effects=effects.of_activation,
        ),
        "wind_up": Move(
            _from(G.ACTIVE, G.SUSPENDED),
            G.DISSOLVING,
            can=may.can_dissolve,
            label=_("终止集团，进入清算"),
            clause="BN-5.1a",
            needs_reason=True,
            tone="danger",
            effects=effects.of_winding_up,
        ),
        "close": Move(
            _from(G.DISSOLVING),
            G.DISSOLVED,
            can=may.can_close,
            label=_("办结终止"),
            clause="BN-4.3.9",
            tone="danger",
            effects=effects.of_closing,
        ),
    },
)

DOCUMENT = register_table(
    "groups.Document",
    initial=D.DRAFT,
    moves={
        "submit": Move(
            _from(D.DRAFT),
            D.SUBMITTED,
            can=may.can_submit_document,
            label=_("提交备案"),
            clause="BN-4.2.4",
            tone="primary",
            effects=effects.of_document_submission,
        ),
        "return": Move(
            _from(D.SUBMITTED),
            D.DRAFT,
            can=may.can_return_document,
            label=_("退回修改"),
            clause="BN-4.2.4",
            needs_reason=True,
        ),
        "file": Move(
            _from(D.SUBMITTED),
            D.EFFECTIVE,
            can=may.can_file_document,
            label=_("备案生效"),
            clause="BN-4.2.4",
            tone="primary",
            effects=effects.of_filing,
        ),
        "supersede": Move(
            _from(D.EFFECTIVE),
            D.SUPERSEDED,
            can=may.can_file_document,
            label=_("被新版本替代"),
            by_system=True,
        ),
    },
)
