"""How grades, changes and source rows are shown."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.templatetags.components import badge_html
from evaluation.choices import Grade
from evaluation.words import GRADE_TONES
from groups.choices import Role

register = template.Library()

HEADS = {
    "school": _("学校"),
    "name": _("学校"),
    "school_name": _("学校"),
    "numerator": _("分子"),
    "denominator": _("分母"),
    "value": _("数值"),
    "stage": _("学段"),
    "year": _("学年"),
    "source": _("来源"),
    "note": _("说明"),
    "role": _("角色"),
    "grade": _("年级"),
    "number": _("班号"),
    "headcount": _("人数"),
    "day": _("日期"),
    "counted_on": _("统计日"),
    "state": _("状态"),
    "group": _("集团"),
    "schools": _("学校数"),
    "reported": _("已报学校数"),
    "missing": _("缺数据的学校"),
    "base": _("基期"),
    "now": _("本年"),
    "reduction": _("降幅"),
    "indicator": _("资源指标"),
    "mean": _("均值"),
    "cv": _("差异系数"),
    "line": _("标准"),
    "seats": _("学位数"),
    "joined_on": _("加入日期"),
    "title": _("文件"),
    "from": _("起始日期"),
    "filed_on": _("备案日期"),
}
"""Heads of source rows whose metric names its columns in English."""


@register.simple_tag
def grade_badge(grade: str) -> SafeString:
    """Draw a grade: ``{% grade_badge result.grade %}``."""
    return badge_html(GRADE_TONES.get(grade, "grey"), str(Grade(grade).label))


@register.filter
def change(result: Any) -> str:
    """The change since the last cycle with its sign; — where there was none."""
    if result.change is None:
        return "—"
    tone = "green" if result.change > 0 else "red" if result.change < 0 else "grey"
    return format_html(
        '<span class="ink-tone tone-{} digits">{}</span>', tone, f"{result.change:+.2f}"
    )


@register.filter
def role_label(role: str) -> str:
    """A school's part in a group in words."""
    return str(Role(role).label) if role in Role.values else role


@register.filter
def row_head(head: str) -> Any:
    """The head of a column of source rows."""
    return HEADS.get(head, head)
