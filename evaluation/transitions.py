"""The legal moves of frameworks, cycles, assessments and self-evaluation reports."""

from django.utils.translation import gettext_lazy as _

from core.transitions import Move, anyone, register_table
from evaluation import effects
from evaluation import permissions as may
from evaluation.choices import (
    AssessmentState,
    CycleState,
    FrameworkState,
    ReportState,
)


def states(*names: str) -> frozenset[str]:
    """Return the states as a move holds them."""
    return frozenset(names)


F, C, A, R = FrameworkState, CycleState, AssessmentState, ReportState

FRAMEWORK = register_table(
    "evaluation.Framework",
    F.DRAFT,
    {
        "check": Move(
            states(F.DRAFT),
            F.READY,
            can=may.can_keep_framework,
            label=_("校核"),
            clause="BN-4.3.3",
            tone="primary",
            effects=effects.of_check,
        ),
        "send_back": Move(
            states(F.READY),
            F.DRAFT,
            can=may.can_keep_framework,
            label=_("退回草稿"),
            needs_reason=True,
        ),
        "publish": Move(
            states(F.READY),
            F.PUBLISHED,
            can=may.can_publish_framework,
            label=_("发布"),
            clause="BN-4.3.3",
            tone="primary",
            effects=effects.of_framework_publication,
        ),
        "load": Move(
            states(F.DRAFT),
            F.PUBLISHED,
            can=may.nobody,
            label=_("按政策文本载入并发布"),
            clause="BN-4.3.3",
            by_system=True,
        ),
        "retire": Move(
            states(F.PUBLISHED),
            F.RETIRED,
            can=may.can_keep_framework,
            label=_("停用"),
            needs_reason=True,
            tone="danger",
        ),
    },
)

CYCLE = register_table(
    "evaluation.Cycle",
    C.PLANNED,
    {
        "open": Move(
            states(C.PLANNED),
            C.OPEN,
            can=may.can_open_cycle,
            label=_("启动考核"),
            clause="BN-4.3.1",
            tone="primary",
            effects=effects.of_opening,
        ),
        "lock_data": Move(
            states(C.OPEN),
            C.DATA_LOCKED,
            can=may.can_run_cycle,
            label=_("锁定数据"),
            clause="BN-4.3.3",
            tone="primary",
            effects=effects.of_locking,
        ),
        "unlock_data": Move(
            states(C.DATA_LOCKED),
            C.OPEN,
            can=may.can_run_cycle,
            label=_("解除锁定"),
            needs_reason=True,
            effects=effects.of_unlocking,
        ),
        "start_self_evaluation": Move(
            states(C.DATA_LOCKED),
            C.SELF_EVALUATION,
            can=may.can_run_cycle,
            label=_("开始自评填报"),
            clause="BN-4.3.1",
            tone="primary",
            effects=effects.of_self_evaluation,
        ),
        "start_review": Move(
            states(C.SELF_EVALUATION),
            C.REVIEW,
            can=may.can_run_cycle,
            label=_("开始评分"),
            clause="BN-4.3.2",
            tone="primary",
            effects=effects.of_review,
        ),
        "consolidate": Move(
            states(C.REVIEW),
            C.CONSOLIDATION,
            can=may.can_consolidate,
            label=_("汇总结果"),
            clause="BN-4.3.3",
            tone="primary",
            effects=effects.of_consolidation,
        ),
        "back_to_review": Move(
            states(C.CONSOLIDATION),
            C.REVIEW,
            can=may.can_run_cycle,
            label=_("退回评分"),
            needs_reason=True,
            effects=effects.of_going_back,
        ),
        "publicise": Move(
            states(C.CONSOLIDATION),
            C.PUBLICITY,
            can=may.can_run_cycle,
            label=_("报送公示"),
            clause="BN-4.3.8",
            tone="primary",
            effects=effects.of_publicity,
        ),
        "withdraw_publicity": Move(
            states(C.PUBLICITY),
            C.CONSOLIDATION,
            can=may.can_run_cycle,
            label=_("撤回公示"),
            needs_reason=True,
        ),
        "publish": Move(
            states(C.PUBLICITY),
            C.PUBLISHED,
            can=may.can_publish_cycle,
            label=_("公布结果"),
            clause="BN-4.3.3",
            tone="primary",
            effects=effects.of_publication,
        ),
        "archive": Move(
            states(C.PUBLISHED),
            C.ARCHIVED,
            can=may.can_run_cycle,
            label=_("归档"),
        ),
    },
)

ASSESSMENT = register_table(
    "evaluation.Assessment",
    A.PENDING,
    {
        "self_submit": Move(
            states(A.PENDING),
            A.SELF_SUBMITTED,
            can=anyone,
            label=_("提交自评"),
            by_system=True,
        ),
        "self_return": Move(
            states(A.SELF_SUBMITTED),
            A.PENDING,
            can=anyone,
            label=_("退回自评"),
            by_system=True,
        ),
        "score": Move(
            states(A.UNDER_REVIEW),
            A.SCORED,
            can=may.can_finish_scoring,
            label=_("完成评分"),
            clause="BN-4.3.3",
            tone="primary",
            effects=effects.of_scoring,
        ),
        "reopen": Move(
            states(A.SCORED, A.CONFIRMED),
            A.UNDER_REVIEW,
            can=may.can_reopen,
            label=_("退回重评"),
            needs_reason=True,
        ),
        "confirm": Move(
            states(A.SCORED),
            A.CONFIRMED,
            can=may.can_confirm,
            label=_("确认得分"),
            clause="BN-4.3.3",
            tone="primary",
            effects=effects.of_confirmation,
        ),
        "exempt": Move(
            states(A.PENDING, A.SELF_SUBMITTED, A.UNDER_REVIEW, A.SCORED),
            A.EXEMPT,
            can=may.can_exempt,
            label=_("不予评定"),
            needs_reason=True,
            tone="danger",
        ),
    },
)

REPORT = register_table(
    "evaluation.PeriodicReport",
    R.DRAFT,
    {
        "submit": Move(
            states(R.DRAFT, R.RETURNED),
            R.SUBMITTED,
            can=may.can_submit_report,
            label=_("提交"),
            clause="BN-4.3.1",
            tone="primary",
            effects=effects.of_submission,
        ),
        "accept": Move(
            states(R.SUBMITTED),
            R.ACCEPTED,
            can=may.can_answer_report,
            label=_("接收"),
            tone="primary",
        ),
        "return": Move(
            states(R.SUBMITTED),
            R.RETURNED,
            can=may.can_return_report,
            label=_("退回修改"),
            needs_reason=True,
        ),
    },
)
