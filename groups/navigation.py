"""Entries of groups and their cases; how their events are said and states toned."""

from django.utils.translation import gettext_lazy as _

from core.navigation import NavItem, register
from core.timeline import verbs
from core.tones import register_tones

register_tones("groups.educationgroup", APPROVED="blue", PILOT="blue")
register_tones("groups.groupphase", APPROVED="blue", PILOT="blue")
register_tones("groups.casetask", OPEN="grey")
register_tones("groups.casedecision", WITH_CONDITIONS="green", DEFERRED="amber")

register(
    NavItem(
        "groups",
        _("教育集团"),
        "sitemap",
        "groups:group-list",
        "groups.view_educationgroup",
        10,
    ),
    NavItem(
        "groups",
        _("组建与变更"),
        "git-branch",
        "groups:case-list",
        "groups.view_groupcase",
        20,
    ),
    NavItem(
        "groups",
        _("集团文件"),
        "file-certificate",
        "groups:document-list",
        "groups.view_document",
        50,
    ),
    NavItem(
        "groups",
        _("组建模式"),
        "template",
        "groups:mode-list",
        "groups.change_groupmode",
        60,
    ),
)

for _verb, _words in {
    "groups.open_case": _("发起事项"),
    "groups.change_case": _("修改事项"),
    "groups.void_consent": _("名单变动，重新征求学校意愿"),
    "groups.give_consent": _("填写学校意愿"),
    "groups.give_opinion": _("填写部门意见"),
    "groups.decide": _("登记决定"),
    "groups.found_group": _("设立集团"),
    "groups.register_group": _("补登集团"),
    "groups.register_membership": _("补登成员"),
    "groups.amend_membership": _("更正成员关系"),
    "groups.cancel_membership": _("取消尚未开始的成员关系"),
    "groups.end_membership": _("结束成员关系"),
    "groups.file_with_city": _("市级备案"),
    "groups.open_obligation": _("产生待了结事项"),
    "groups.settle_obligation": _("了结事项"),
    "groups.switch_mode": _("启停组建模式"),
    "groups.add_partnership": _("登记合作单位"),
    "groups.end_partnership": _("终止合作"),
    "groups.draft_document": _("起草文件"),
    "groups.change_document": _("修改文件"),
}.items():
    verbs.register(_verb, _words)
