"""Who may do what with sources and their deliveries."""

from typing import Any

from django.utils.translation import gettext as _

from core.access import holds, reaches, refusal
from core.verdict import ALLOWED, Denied, Verdict
from roster.choices import RunState
from roster.models import SyncRun

ADD, APPROVE = "roster.add_syncrun", "roster.approve_syncrun"
CHANGE_SOURCE, VIEW = "roster.change_source", "roster.view_syncrun"


def _over(user: Any, permission: str, region: Any, doing: str) -> Verdict:
    if reaches(user, permission, region):
        return ALLOWED
    return refusal(
        user,
        permission,
        region,
        Denied(
            _("未能%(doing)s：您不负责%(region)s的名册同步")
            % {"doing": doing, "region": region},
            remedy=_("请联系该地区的教育行政部门"),
        ),
        doing,
    )


def can_change_source(user: Any, region: Any) -> Verdict:
    """Allow the bureau of the region to register, pause and re-key its sources."""
    return _over(user, CHANGE_SOURCE, region, _("管理名册来源"))


def can_take_export(user: Any, region: Any) -> Verdict:
    """Allow who keeps sources to take out what it reads: its region and those below."""
    if holds(user, CHANGE_SOURCE) and reaches(user, VIEW, region):
        return ALLOWED
    return Denied(
        _("未能导出名册数据包：您不负责%(region)s的名册同步") % {"region": region},
        remedy=_("请联系该地区的教育行政部门"),
    )


def can_send_bundle(user: Any, source: Any) -> Verdict:
    """Allow the bureau of the region to bring a bundle for a source that works."""
    if source.paused_at is not None:
        return Denied(_("该来源已停用，不接收数据"), remedy=_("请先在来源页面恢复使用"))
    return _over(user, ADD, source.region, _("上传数据包"))


def can_go_on(user: Any, run: SyncRun) -> Verdict:
    """Allow writing or giving up a previewed bundle."""
    return _over(user, ADD, run.source.region, _("继续办理"))


def can_decide_run(user: Any, run: SyncRun) -> Verdict:
    """Allow somebody else than the uploader to decide on a held delivery."""
    if run.state == RunState.HELD and run.sent_by_id == user.pk:
        return Denied(
            _("未能审批：上传人不能审批自己的数据包"),
            remedy=_("请由本单位另一位有审批权限的人员办理"),
        )
    return _over(user, APPROVE, run.source.region, _("审批同步"))


def nobody(user: Any, obj: Any) -> Verdict:
    """Refuse every person: the system makes this move itself."""
    return Denied(_("由系统自动办理"))
