"""The entry of roster exchange; how its events are said."""

from django.utils.translation import gettext_lazy as _

from core.navigation import NavItem, register
from core.timeline import verbs

register(
    NavItem(
        "data",
        _("名册同步"),
        "refresh",
        "roster:home",
        "roster.view_syncrun",
        60,
    ),
)

for _verb, _words in {
    "roster.register_source": _("登记名册来源"),
    "roster.pause_source": _("停用名册来源"),
    "roster.resume_source": _("恢复名册来源"),
    "roster.receive_rows": _("接口写入名册"),
    "roster.syncrun.validate": _("开始核对"),
    "roster.syncrun.preview": _("核对完成，待确认"),
    "roster.syncrun.hold": _("移除较多，待审批"),
    "roster.syncrun.finish": _("写入名册"),
    "roster.syncrun.fail": _("未能写入"),
    "roster.syncrun.apply": _("确认写入"),
    "roster.syncrun.discard": _("放弃"),
    "roster.syncrun.approve": _("批准写入"),
    "roster.syncrun.refuse": _("不批准"),
}.items():
    verbs.register(_verb, _words)
