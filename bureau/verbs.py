"""How the events of this room are said in timelines."""

from django.utils.translation import gettext_lazy as _

from core.timeline import verbs

for _verb, _words in {
    "bureau.set_up": _("建立系统"),
    "bureau.create_region": _("新建行政区"),
    "bureau.rename_region": _("更改代码或名称"),
    "bureau.set_parameter": _("设定取值"),
    "bureau.confirm_parameter": _("核实取值"),
    "bureau.register_document": _("登记政策文件"),
    "bureau.change_document": _("修改政策文件"),
    "bureau.add_clause": _("登记条款"),
    "bureau.change_clause": _("修改条款"),
    "bureau.set_target": _("设定目标"),
    "bureau.form_area": _("设立重点片区"),
    "bureau.join_area": _("地区加入片区"),
    "bureau.leave_area": _("地区退出片区"),
    "bureau.end_area": _("撤销重点片区"),
    "bureau.change_term": _("调整学期"),
    "bureau.create_client": _("登记客户端"),
    "bureau.rotate_secret": _("更换密钥"),
    "bureau.pause_client": _("停用"),
    "bureau.resume_client": _("恢复使用"),
}.items():
    verbs.register(_verb, _words)
