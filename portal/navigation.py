"""The portal's own entries of the navigation."""

from django.utils.translation import gettext_lazy as _

from core.navigation import NavItem, register

register(
    NavItem("today", _("首页"), "home", "portal:home", order=1),
    NavItem("today", _("待办"), "inbox", "portal:inbox", order=2, counts_inbox=True),
    NavItem("today", _("日程"), "calendar", "portal:calendar", order=3),
    NavItem("today", _("通知"), "bell", "portal:notifications", order=4),
    NavItem("public", _("公示"), "speakerphone", "portal:publicity-list", order=90),
)
