"""The entries of appraisal in the navigation."""

from django.utils.translation import gettext_lazy as _

from core.navigation import NavItem, register

register(
    NavItem(
        "evaluation",
        _("考核周期"),
        "clipboard-check",
        "evaluation:cycle-list",
        "evaluation.view_cycle",
        order=10,
    ),
    NavItem(
        "evaluation",
        _("自评报告"),
        "file-text",
        "evaluation:report-list",
        "evaluation.view_periodicreport",
        order=20,
    ),
    NavItem(
        "evaluation",
        _("评分任务"),
        "list-check",
        "evaluation:assessment-list",
        "evaluation.score_assessment",
        order=30,
    ),
    NavItem(
        "evaluation",
        _("考核结果"),
        "award",
        "evaluation:result-list",
        "evaluation.view_result",
        order=40,
    ),
    NavItem(
        "evaluation",
        _("指标体系"),
        "hierarchy",
        "evaluation:framework-list",
        "evaluation.view_framework",
        order=50,
    ),
    NavItem(
        "data",
        _("报告"),
        "report",
        "core:report-list",
        "core.view_reportrun",
        order=30,
    ),
)
