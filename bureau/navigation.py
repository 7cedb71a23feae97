"""Entries of policies, calendar, regions and clients."""

from django.utils.translation import gettext_lazy as _

from core.navigation import NavItem, register

register(
    NavItem(
        "data",
        _("导入记录"),
        "file-import",
        "core:import-list",
        "core.view_importrun",
        60,
    ),
    NavItem(
        "public",
        _("政策条款"),
        "gavel",
        "bureau:clause-list",
        "bureau.view_policyclause",
        10,
    ),
    NavItem(
        "public",
        _("政策文件"),
        "books",
        "bureau:policydocument-list",
        "bureau.view_policydocument",
        20,
    ),
    NavItem(
        "public",
        _("政策参数"),
        "adjustments",
        "bureau:parameter-list",
        "bureau.view_policyparameter",
        30,
    ),
    NavItem(
        "data",
        _("发展目标"),
        "target",
        "bureau:target-list",
        "bureau.view_target",
        30,
    ),
    NavItem(
        "groups",
        _("重点片区"),
        "map-pin",
        "bureau:area-list",
        "bureau.change_priorityarea",
        70,
    ),
    NavItem(
        "public",
        _("学校日历"),
        "calendar",
        "bureau:calendar",
        "bureau.view_academicyear",
        40,
    ),
    NavItem(
        "system", _("行政区"), "map", "bureau:region-list", "bureau.view_department", 60
    ),
    NavItem(
        "system",
        _("接口客户端"),
        "api",
        "bureau:client-list",
        "bureau.view_apiclient",
        70,
    ),
)
