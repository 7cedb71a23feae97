"""Entries of schools and returns; how their events are said."""

from django.utils.translation import gettext_lazy as _

from core.navigation import NavItem, register
from core.timeline import verbs
from core.tones import register_tones

register_tones("schools.classreductionplan", DRAFT="grey", ACTIVE="blue")

register(
    NavItem(
        "groups",
        _("疑似重复登记"),
        "copy",
        "schools:duplicate-list",
        "schools.restructure_school",
        45,
    ),
    NavItem(
        "groups", _("学校"), "school", "schools:school-list", "schools.view_school", 30
    ),
    NavItem(
        "groups",
        _("学段待确认"),
        "checklist",
        "schools:stage-worklist",
        "schools.change_school",
        40,
    ),
    NavItem(
        "groups",
        _("合作单位"),
        "building-community",
        "schools:partner-list",
        "schools.view_partner",
        60,
    ),
    NavItem(
        "data",
        _("建设项目"),
        "buildings",
        "schools:project-list",
        "schools.view_constructionproject",
        45,
    ),
    NavItem(
        "data",
        _("招生压力与大班额"),
        "gauge",
        "schools:pressure-list",
        "schools.view_schoolreturn",
        50,
    ),
    NavItem(
        "data",
        _("年度报表"),
        "forms",
        "schools:return-list",
        "schools.view_schoolreturn",
        20,
    ),
)

for _verb, _words in {
    "schools.school.register": _("登记学校"),
    "schools.school.change": _("修改学校资料"),
    "schools.school.confirm_stage": _("确认学段"),
    "schools.school.label": _("登记标签"),
    "schools.school.end_label": _("终止标签"),
    "schools.school.honour": _("登记荣誉"),
    "schools.school.classes": _("填报班级"),
    "schools.school.change_profile": _("变更名称或归属"),
    "schools.school.undo_change": _("撤销变更"),
    "schools.school.split": _("分设学校"),
    "schools.school.split_off": _("由分设新增"),
    "schools.school.undo_split": _("撤销分设"),
    "schools.school.merge_into": _("并入其他学校"),
    "schools.school.take_over": _("接收合并"),
    "schools.school.close": _("停办"),
    "schools.school.reopen": _("撤销停办或合并"),
    "schools.school.merge_duplicate": _("合并重复登记"),
    "schools.school.not_duplicate": _("认定不是重复登记"),
    "schools.school.add_contact": _("登记联系人"),
    "schools.school.change_contact": _("修改联系人"),
    "schools.school.remove_contact": _("删除联系人"),
    "schools.school.add_campus": _("登记校区"),
    "schools.school.change_campus": _("修改校区"),
    "schools.school.add_project": _("登记建设项目"),
    "schools.school.change_project": _("修改建设项目"),
    "schools.school.add_quality": _("登记质量监测结果"),
    "schools.school.change_quality": _("修改质量监测结果"),
    "schools.school.remove_quality": _("删除质量监测结果"),
    "schools.partner.register": _("登记合作单位"),
    "schools.partner.change": _("修改合作单位"),
    "schools.schoolreturn.open": _("发起填报"),
    "schools.schoolreturn.save": _("填写数字"),
    "schools.schoolreturn.ask_unlock": _("申请解锁"),
    "schools.schoolreturn.extend_unlock": _("延长解锁"),
    "schools.schoolreturn.refuse_unlock": _("不批准解锁"),
    "schools.schoolreturn.withdraw_unlock": _("撤回解锁申请"),
    "schools.schoolreturn.close_unlock": _("解锁到期"),
    "schools.schoolreturn.remind": _("提醒报送"),
    "schools.returnunlock.ask": _("申请解锁"),
    "schools.classreductionplan.draft": _("制订计划"),
    "schools.classreductionplan.change": _("修改计划"),
    "bureau.region.open_returns": _("发起年度填报"),
}.items():
    verbs.register(_verb, _words)
