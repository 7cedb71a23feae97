"""The sections that each kind of document is written in, with help from the policy."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from groups.choices import DocumentKind

Section = tuple[str, Any, Any]
"""Code, title, help."""

SECTIONS: dict[str, tuple[Section, ...]] = {
    DocumentKind.FORMATION_PLAN: (
        ("goals", _("组建目标"), _("要解决的问题和预期成效。")),
        ("mode", _("组建模式及理由"), _("说明各成员学校的模式和加入方式。")),
        ("steps", _("实施步骤"), _("时间节点和责任单位。")),
        ("safeguards", _("保障措施"), _("人员、经费、条件。")),
    ),
    DocumentKind.CHARTER: (
        ("vision", _("共同愿景"), _("集团的办学理念和目标（BN-4.2.3）。")),
        ("governance", _("治理结构"), _("理事会或核心管理团队的组成和职责。")),
        ("rights", _("成员单位的权利"), _("各成员学校享有的权利（BN-4.2.2）。")),
        ("duties", _("成员单位的义务"), _("各成员学校承担的义务（BN-4.2.2）。")),
        ("system", _("制度体系"), _("统一管理和资源共享的制度（BN-4.2.3）。")),
        ("procedure", _("规则程序"), _("议事、决策、监督的程序（BN-4.2.3）。")),
        ("entry_exit", _("加入与退出"), _("成员学校进退的条件和程序（BN-4.3.9）。")),
    ),
    DocumentKind.DEVELOPMENT_PLAN: (
        ("situation", _("现状与基础"), _("各校现状和主要问题。")),
        ("goals", _("发展目标"), _("可以检验的目标和指标（BN-4.2.4）。")),
        ("measures", _("主要任务"), _("分年度的任务和措施。")),
        ("safeguards", _("保障措施"), _("组织、人员、经费。")),
    ),
    DocumentKind.WORK_PLAN: (
        ("tasks", _("工作任务"), _("本学年的任务、责任人和完成时间（BN-4.2.4）。")),
        ("calendar", _("重点活动安排"), _("按月列出。")),
    ),
    DocumentKind.AGREEMENT: (
        ("parties", _("双方及期限"), _("签约单位、起止日期。")),
        ("goals", _("目标"), _("托管或合作的目标。")),
        ("fee", _("费用"), _("金额和支付办法。")),
        ("reviews", _("中期和终期评估"), _("时间和方式（AK-3.2.2）。")),
    ),
}
OTHER: tuple[Section, ...] = (("text", _("正文"), ""),)


def sections_of(kind: str) -> tuple[Section, ...]:
    """Return the sections of a kind of document."""
    return SECTIONS.get(kind, OTHER)


def written(kind: str, texts: dict[str, str]) -> list[tuple[Any, str]]:
    """Return title and text of the sections that are written."""
    return [
        (title, texts[code])
        for code, title, _help in sections_of(kind)
        if texts.get(code, "").strip()
    ]
