"""The entry of teachers; how their events are said."""

from django.utils.translation import gettext_lazy as _

from core.navigation import NavItem, register
from core.timeline import verbs

register(
    NavItem(
        "people",
        _("教师"),
        "users",
        "personnel:teacher-list",
        "personnel.view_teacher",
        10,
    ),
)

for _verb, _words in {
    "personnel.teacher.register": _("登记教师"),
    "personnel.teacher.change": _("修改教师资料"),
    "personnel.teacher.leave": _("办理离职"),
    "personnel.teacher.return_to_work": _("恢复任职"),
}.items():
    verbs.register(_verb, _words)
