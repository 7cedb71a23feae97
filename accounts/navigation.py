"""Entries of the system section."""

from django.utils.translation import gettext_lazy as _

from core.navigation import NavItem, register
from core.timeline import verbs

register(
    NavItem(
        "system", _("账号与授权"), "users", "accounts:user-list", "accounts.view_user"
    ),
    NavItem(
        "system",
        _("定时任务"),
        "clock",
        "core:schedule",
        "django_celery_beat.view_periodictask",
    ),
    NavItem(
        "system", _("业务事件"), "history", "accounts:event-list", "audit.view_event"
    ),
    NavItem(
        "system",
        _("敏感访问"),
        "eye",
        "accounts:accesslog-list",
        "accounts.view_accesslog",
    ),
)

for _verb, _words in {
    "core.change_schedule": _("调整定时任务"),
    "accounts.create_account": _("建立账号"),
    "accounts.update_account": _("修改账号"),
    "accounts.grant_role": _("授权"),
    "accounts.revoke_role": _("撤销授权"),
    "accounts.invite": _("发出邀请"),
    "accounts.password_link": _("生成密码链接"),
    "accounts.set_password": _("设置密码"),
}.items():
    verbs.register(_verb, _words)
