"""What of roster exchange waits for whom."""

from typing import Any

from django.utils.translation import gettext as _

from core.access import holds
from core.registries import InboxItem, InboxSource, inbox
from roster.choices import RunState
from roster.models import SyncRun
from roster.permissions import ADD, APPROVE


def waiting(user: Any) -> list[InboxItem]:
    """Return held deliveries to decide on, and own previews to go on with."""
    return [*_held(user), *_previewed(user)]


def _held(user: Any) -> list[InboxItem]:
    if not holds(user, APPROVE):
        return []
    rows = SyncRun.objects.visible_to(user, APPROVE).filter(state=RunState.HELD)
    return [
        InboxItem(
            title=_("审批名册数据包：%s") % run,
            url=run.get_absolute_url(),
            source=_("名册同步"),
            since=run.received_at,
            action=_("审批"),
        )
        for run in rows.exclude(sent_by=user).order_by("pk")
    ]


def _previewed(user: Any) -> list[InboxItem]:
    if not holds(user, ADD):
        return []
    rows = SyncRun.objects.visible_to(user, ADD).filter(state=RunState.PREVIEW)
    return [
        InboxItem(
            title=_("确认写入名册数据包：%s") % run,
            url=run.get_absolute_url(),
            source=_("名册同步"),
            since=run.received_at,
            action=_("查看"),
        )
        for run in rows.filter(sent_by=user).order_by("pk")
    ]


inbox.register("roster", InboxSource(waiting))
