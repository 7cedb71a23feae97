"""The legal moves of a delivery."""

from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.transitions import Effects, Move, register_table
from roster import permissions as may
from roster.choices import RunState as R


def states(*names: str) -> frozenset[str]:
    """Return the states as a move holds them."""
    return frozenset(names)


def of_writing(user: Any, run: Any) -> Effects:
    """Tell what writing does."""
    return Effects(
        immediately=[_now("数据包按当前名册重新核对后一次写入，全部成功或全部不写")],
        warnings=[("amber", line) for line in run.held_for],
    )


def of_refusing(user: Any, run: Any) -> Effects:
    """Tell what giving up does."""
    return Effects(immediately=[_now("数据包不写入，名册不变；可重新上传")])


SYNC_RUN = register_table(
    "roster.SyncRun",
    R.RECEIVED,
    {
        "validate": Move(
            states(R.RECEIVED),
            R.VALIDATING,
            can=may.nobody,
            label=_("开始核对"),
            by_system=True,
        ),
        "preview": Move(
            states(R.VALIDATING),
            R.PREVIEW,
            can=may.nobody,
            label=_("核对完成"),
            by_system=True,
        ),
        "hold": Move(
            states(R.VALIDATING, R.APPLYING),
            R.HELD,
            can=may.nobody,
            label=_("暂缓，待审批"),
            by_system=True,
        ),
        "finish": Move(
            states(R.VALIDATING, R.APPLYING),
            R.DONE,
            can=may.nobody,
            label=_("完成"),
            by_system=True,
        ),
        "fail": Move(
            states(R.RECEIVED, R.VALIDATING, R.APPLYING),
            R.FAILED,
            can=may.nobody,
            label=_("失败"),
            by_system=True,
        ),
        "apply": Move(
            states(R.PREVIEW),
            R.APPLYING,
            can=may.can_go_on,
            label=_("写入名册"),
            tone="primary",
            effects=of_writing,
        ),
        "discard": Move(
            states(R.PREVIEW),
            R.DISCARDED,
            can=may.can_go_on,
            label=_("放弃"),
            effects=of_refusing,
        ),
        "approve": Move(
            states(R.HELD),
            R.APPLYING,
            can=may.can_decide_run,
            label=_("批准写入"),
            tone="primary",
            needs_reason=True,
            effects=of_writing,
        ),
        "refuse": Move(
            states(R.HELD),
            R.DISCARDED,
            can=may.can_decide_run,
            label=_("不批准"),
            needs_reason=True,
            effects=of_refusing,
        ),
    },
)
