"""How appraisal's states look and its events read."""

from django.utils.translation import gettext_lazy as _

from core.timeline import verbs
from core.tones import register_tones

GRADE_TONES = {"A": "green", "B": "blue", "C": "amber", "D": "red"}

register_tones("evaluation.framework", READY="blue", RETIRED="grey")
register_tones(
    "evaluation.cycle",
    PLANNED="grey",
    OPEN="blue",
    DATA_LOCKED="blue",
    SELF_EVALUATION="blue",
    REVIEW="blue",
    CONSOLIDATION="blue",
    PUBLICITY="amber",
    PUBLISHED="green",
    ARCHIVED="grey",
)
register_tones(
    "evaluation.assessment",
    PENDING="grey",
    SELF_SUBMITTED="blue",
    UNDER_REVIEW="blue",
    SCORED="blue",
    CONFIRMED="green",
    FINAL="green",
    EXEMPT="grey",
)
register_tones("evaluation.result", DRAFT="grey", PUBLICISED="amber", PUBLISHED="green")

for verb, words in {
    "evaluation.framework.load": _("载入指标体系"),
    "evaluation.framework.new_version": _("建立新版本"),
    "evaluation.cycle.create": _("建立考核周期"),
    "evaluation.cycle.compute": _("计算系统指标"),
    "evaluation.cycle.review": _("全部任务进入评分"),
    "evaluation.cycle.results": _("计算总分、等次和位次"),
    "evaluation.score.by_hand": _("手工评分"),
    "evaluation.assessment.veto": _("一票否决"),
    "evaluation.assessment.lift_veto": _("撤销一票否决"),
    "core.report.compile": _("编制报告"),
}.items():
    verbs.register(verb, words)
