"""How parameter values, units and codes are said to a person."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.choices import ValueKind
from bureau.models import PolicyParameter

UNITS = {
    "ratio": gettext_lazy("比例，0.10 即 10 %"),
    "years": gettext_lazy("年"),
    "factor": gettext_lazy("系数"),
    "pupils": gettext_lazy("人"),
    "points": gettext_lazy("分"),
    "teachers per 100 pupils": gettext_lazy("人 / 百名学生"),
    "days": gettext_lazy("天"),
    "children": gettext_lazy("名幼儿"),
    "m² per pupil": gettext_lazy("平方米 / 生"),
    "yuan per pupil and year": gettext_lazy("元 / 生·年"),
    "pupils per staff member": gettext_lazy("名学生 / 教职工"),
    "years of age": gettext_lazy("周岁"),
    "people": gettext_lazy("人"),
    "hours": gettext_lazy("学时"),
    "children per staff member": gettext_lazy("名幼儿 / 教职工"),
    "children per carer": gettext_lazy("名幼儿 / 保教人员"),
    "yuan per pupil": gettext_lazy("元 / 生"),
    "rooms per 100 pupils": gettext_lazy("间 / 百名学生"),
    "cv": gettext_lazy("差异系数"),
    "m² per child": gettext_lazy("平方米 / 幼儿"),
    "month-day": gettext_lazy("月-日"),
    "answers": gettext_lazy("份"),
    "experts": gettext_lazy("名专家"),
    "school years": gettext_lazy("学年"),
    "working days": gettext_lazy("个工作日"),
    "rows": gettext_lazy("条"),
    "months": gettext_lazy("个月"),
    "terms of office": gettext_lazy("届"),
    "terms": gettext_lazy("学期"),
    "indicators of 7": gettext_lazy("项（共 7 项）"),
    "share of the line": gettext_lazy("占标准线比例"),
    "fen": gettext_lazy("分（人民币）"),
    "visits per term": gettext_lazy("次 / 学期"),
    "terms in a row": gettext_lazy("届"),
    "inspectors": gettext_lazy("名督学"),
    "schools": gettext_lazy("所"),
    "prizes per 100 pupils": gettext_lazy("项 / 百名学生"),
    "grade": gettext_lazy("年级"),
    "share of the weight": gettext_lazy("占分值比例"),
    "MB": gettext_lazy("MB"),
    "z": gettext_lazy("标准分"),
    "results": gettext_lazy("次"),
    "working day of the month": gettext_lazy("当月第几个工作日"),
    "figure": gettext_lazy("按该项数字的单位"),
}
SHARES = {"ratio", "share of the line", "share of the weight"}
BARE = {"factor", "month-day", "cv", "figure"}
CODES = {
    "EXCHANGED": gettext_lazy("交流教师"),
    "ELIGIBLE": gettext_lazy("应交流教师"),
    "JOIN": gettext_lazy("加入时"),
    "PREVIOUS": gettext_lazy("上一年"),
    "C": gettext_lazy("C 等"),
    "D": gettext_lazy("D 等"),
    "PREGNANT_NURSING": gettext_lazy("孕期、哺乳期"),
    "SERIOUS_ILLNESS": gettext_lazy("重大疾病"),
    "NEAR_RETIREMENT": gettext_lazy("临近退休"),
    "INSTITUTE": gettext_lazy("科研院校"),
    "ASSOCIATION": gettext_lazy("行业协会"),
    "PARK_ENTERPRISE": gettext_lazy("园区企业"),
    "SERIOUS_ACCIDENT": gettext_lazy("重大安全责任事故"),
    "TEST_ADMISSION": gettext_lazy("违规考试招生"),
    "ILLEGAL_FEES": gettext_lazy("违规收费"),
    "NEW_OVERSIZE_CLASS": gettext_lazy("新增超大班额"),
    "FORGED_DATA": gettext_lazy("数据造假"),
    "FUND_MISUSE": gettext_lazy("经费违规使用"),
    "teachers": gettext_lazy("教师"),
    "nurses": gettext_lazy("保育员"),
}


def code_word(code: Any) -> str:
    """Return the word of a code, the code itself when it has none."""
    return str(CODES.get(str(code), code))


def unit_word(unit: str) -> str:
    """Return the unit in words; choices and lists have none."""
    return str(UNITS.get(unit, ""))


def _item(item: Any) -> str:
    if isinstance(item, dict):
        return " ".join(f"{code_word(k)} {v}" for k, v in item.items())
    return code_word(item)


def value_word(kind: str, value: Any) -> str:
    """Return a stored value as a person reads it, without its unit."""
    if kind == ValueKind.BOOL:
        return _("是") if value else _("否")
    if kind == ValueKind.JSON:
        return "；".join(_item(item) for item in value)
    return code_word(value)


def value_with_unit(parameter: PolicyParameter) -> str:
    """Return value and unit: ``56 人``, ``是``, ``09-30``."""
    value = value_word(parameter.kind, parameter.value)
    if parameter.unit in SHARES:
        return f"{(parameter.typed * 100).normalize():f} %"
    if parameter.unit == "fen":
        return _("%(amount)s 元") % {"amount": f"{parameter.typed / 100:,.2f}"}
    if parameter.kind == ValueKind.DECIMAL and parameter.unit not in BARE:
        value = f"{parameter.typed:,}"
    unit = "" if parameter.unit in BARE else unit_word(parameter.unit)
    return f"{value} {unit}".strip()


def owner_word(parameter: PolicyParameter) -> str:
    """Say whose value it is: the region's name, or the shipped default."""
    return parameter.region.name if parameter.region else _("系统默认")


def standing_word(document: Any, here: Any, day: date) -> str:
    """Say what a policy document is in a region on a day."""
    if here is None or not document.is_basis_for(here):
        return _("参考模板")
    if document.in_force_on(day):
        return _("依据")
    is_over = document.repealed_on is not None and document.repealed_on <= day
    return _("已废止") if is_over else _("尚未施行")
