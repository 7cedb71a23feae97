"""Who may do what in appraisal: answers with reason, clause and remedy."""

from typing import Any

from django.utils.translation import gettext as _

from bureau.authority import bureau_only
from bureau.calendar import working_days_between
from bureau.parameters import parameter
from core.access import holds, reaches
from core.days import today
from core.verdict import ALLOWED, Denied, Verdict, first_denied
from evaluation.choices import AssessmentState, CycleState, FrameworkState
from evaluation.models import Assessment, Cycle, Framework, PeriodicReport, Score
from evaluation.progress import CycleProgress, unscorable


def _by_owner(user: Any, permission: str, region: Any) -> Verdict:
    otherwise = Denied(
        _("只有%(region)s的主管部门可以办理") % {"region": region.name},
        "BN-5.1d",
        _("请联系该地区的教育行政部门"),
    )
    return bureau_only(user, permission, region, otherwise)


def nobody(user: Any, obj: Any) -> Verdict:
    """Refuse every person: the move is the system's own."""
    return Denied(_("这一步由系统办理"))


def can_publish_framework(user: Any, framework: Framework) -> Verdict:
    """Answer who may publish: the owner's bureau, not the one who checked it."""
    may = _by_owner(user, "evaluation.publish_framework", framework.region)
    another: Verdict = ALLOWED
    if framework.checked_by_id and framework.checked_by_id == user.pk:
        another = Denied(
            _("校核人不能发布自己校核的指标体系"),
            "BN-4.3.3",
            _("请由另一位有权人员发布"),
        )
    return first_denied(may, another)


def can_keep_framework(user: Any, framework: Framework) -> Verdict:
    """Answer who may check, send back and retire a framework."""
    return _by_owner(user, "evaluation.publish_framework", framework.region)


def can_run_cycle(user: Any, cycle: Cycle) -> Verdict:
    """Answer who may lead a cycle from step to step (BN-5.1d)."""
    return _by_owner(user, "evaluation.change_cycle", cycle.region)


def can_open_cycle(user: Any, cycle: Cycle) -> Verdict:
    """Answer whether a cycle may open: its framework must be in force."""
    in_force: Verdict = ALLOWED
    if cycle.framework.state != FrameworkState.PUBLISHED:
        in_force = Denied(
            _("未能启动：指标体系“%(name)s”尚未发布") % {"name": cycle.framework},
            "BN-4.3.3",
            _("请先发布指标体系"),
        )
    return first_denied(can_run_cycle(user, cycle), in_force)


def can_consolidate(user: Any, cycle: Cycle) -> Verdict:
    """Answer whether results may be worked out: every assessment is confirmed."""
    waiting = CycleProgress(cycle).unconfirmed()
    complete: Verdict = ALLOWED
    if waiting:
        complete = Denied(
            _("未能汇总：还有 %(count)d 个考核对象未确认（%(names)s）")
            % {"count": len(waiting), "names": "、".join(waiting[:5])},
            "BN-4.3.3",
            _("请完成评分并确认，或说明理由不予评定"),
        )
    return first_denied(can_run_cycle(user, cycle), complete)


def can_publish_cycle(user: Any, cycle: Cycle) -> Verdict:
    """Answer who may publish: the leading group, after the public notice."""
    return first_denied(
        _by_owner(user, "evaluation.publish_cycle", cycle.region),
        _not_submitter(user, cycle),
        publicity_over(cycle),
    )


def _not_submitter(user: Any, cycle: Cycle) -> Verdict:
    if cycle.submitted_by_id and cycle.submitted_by_id == user.pk:
        return Denied(
            _("报送公示的人不能公布结果"), "BN-5.1d", _("请由领导小组另一位人员公布")
        )
    return ALLOWED


def publicity_over(cycle: Cycle) -> Verdict:
    """Answer whether the public notice lasted long enough and has ended."""
    least = int(parameter("publicity.working_days_min", cycle.region))
    start, end = cycle.publicity_from, cycle.publicity_to
    if not start or not end or working_days_between(start, end) < least:
        return Denied(
            _("未能公布：公示不足 %(days)d 个工作日") % {"days": least},
            "BN-4.3.8",
            _("请撤回公示，按规定天数重新公示"),
        )
    if end > today():
        return Denied(
            _("未能公布：公示到 %(day)s 才结束") % {"day": f"{end:%Y-%m-%d}"},
            "BN-4.3.8",
            _("请在公示结束后公布"),
        )
    return ALLOWED


def can_compile(user: Any, cycle: Cycle) -> Verdict:
    """Answer who may compile a cycle's reports, and that there are results."""
    calculated: Verdict = ALLOWED
    if not cycle.is_calculated:
        calculated = Denied(
            _("未能编制报告：考核结果尚未汇总"), "", _("请先完成评分和结果汇总")
        )
    return first_denied(
        _by_owner(user, "evaluation.compile_reportrun", cycle.region), calculated
    )


def can_score(user: Any, assessment: Assessment) -> Verdict:
    """Answer who may score: the bureau that runs the cycle."""
    return _by_owner(user, "evaluation.score_assessment", assessment.cycle.region)


def can_finish_scoring(user: Any, assessment: Assessment) -> Verdict:
    """Answer whether scoring is done: no leaf waits, and enough weight applies."""
    return first_denied(can_score(user, assessment), _all_scored(assessment))


def _all_scored(assessment: Assessment) -> Verdict:
    missing = assessment.scores.missing().count()
    if missing:
        return Denied(
            _("未能完成评分：还有 %(count)d 项指标没有得分") % {"count": missing},
            "BN-4.3.3",
            _("请在评分台逐项评分"),
        )
    shortage = unscorable(assessment)
    if shortage:
        return Denied(shortage, "BN-4.3.3", _("可说明理由后“不予评定”"))
    return ALLOWED


def can_confirm(user: Any, assessment: Assessment) -> Verdict:
    """Answer who may confirm the scores of an assessment."""
    return first_denied(
        _by_owner(user, "evaluation.confirm_assessment", assessment.cycle.region),
        _all_scored(assessment),
    )


def can_decide_assessment(user: Any, assessment: Assessment) -> Verdict:
    """Answer who may reopen, exempt or veto an assessment."""
    return _by_owner(user, "evaluation.confirm_assessment", assessment.cycle.region)


def can_reopen(user: Any, assessment: Assessment) -> Verdict:
    """Answer whether scores may be opened again: before the results are worked out."""
    return first_denied(
        can_decide_assessment(user, assessment), _before_results(assessment)
    )


def can_exempt(user: Any, assessment: Assessment) -> Verdict:
    """Answer whether a subject may be left out of this cycle."""
    return can_reopen(user, assessment)


def _before_results(assessment: Assessment) -> Verdict:
    if not assessment.cycle.is_calculated:
        return ALLOWED
    return Denied(_("未能办理：考核结果已经汇总"), "", _("请先将考核周期退回评分"))


def can_veto(user: Any, assessment: Assessment) -> Verdict:
    """Answer whether a veto may be entered or lifted now."""
    return can_reopen(user, assessment)


def can_score_leaf(user: Any, score: Score) -> Verdict:
    """Answer whether this leaf waits for a person, and for this one."""
    if score.assessment.state != AssessmentState.UNDER_REVIEW:
        return Denied(
            _("未能评分：该任务当前为“%(state)s”")
            % {"state": score.assessment.get_state_display()},
            "",
            _("评分中才能打分；已评分的请先退回重评"),
        )
    if not score.is_by_hand:
        return Denied(
            _("未能评分：该指标由系统计算，不能手工改分"),
            "BN-4.3.3",
            _("请核对并更正来源数据后重新锁定"),
        )
    return can_score(user, score.assessment)


def can_write_report(user: Any, report: PeriodicReport) -> Verdict:
    """Answer who may write the self-evaluation: lead school and group."""
    if not report.is_editable:
        return Denied(
            _("报告已%(state)s，不能修改") % {"state": report.get_state_display()},
            "",
            _("如需修改，请联系主管部门退回"),
        )
    return _by_lead(user, "evaluation.change_periodicreport", report)


def _by_lead(user: Any, permission: str, report: PeriodicReport) -> Verdict:
    if holds(user, permission) and reaches(user, permission, report):
        return ALLOWED
    return Denied(
        _("只有龙头学校校长或集团总校长可以办理"), "BN-4.3.1", _("请由龙头学校校长办理")
    )


def can_submit_report(user: Any, report: PeriodicReport) -> Verdict:
    """Answer whether the report may go: by the lead, complete, in its step."""
    return first_denied(
        _by_lead(user, "evaluation.submit_periodicreport", report),
        _in_self_evaluation(report),
        _complete(report),
    )


def _in_self_evaluation(report: PeriodicReport) -> Verdict:
    if report.assessment.cycle.state == CycleState.SELF_EVALUATION:
        return ALLOWED
    return Denied(
        _("未能办理：考核周期当前为“%(state)s”，不在自评填报阶段")
        % {"state": report.assessment.cycle.get_state_display()},
        "",
        _("请在自评填报阶段办理"),
    )


def _complete(report: PeriodicReport) -> Verdict:
    missing = [
        dimension.name
        for dimension in report.assessment.framework.indicators.filter(level=1)
        if not report.is_complete(dimension.code)
    ]
    if not missing:
        return ALLOWED
    return Denied(
        _("未能提交：“%(names)s”还没有填写") % {"names": "”“".join(missing)},
        "",
        _("请补充后再提交"),
    )


def can_answer_report(user: Any, report: PeriodicReport) -> Verdict:
    """Answer who may accept or return a report: the bureau, not its submitter."""
    another: Verdict = ALLOWED
    if report.submitted_by_id and report.submitted_by_id == user.pk:
        another = Denied(_("提交人不能接收自己的报告"), "", _("请由主管部门办理"))
    return first_denied(can_score(user, report.assessment), another)


def can_return_report(user: Any, report: PeriodicReport) -> Verdict:
    """Answer whether a report may go back: while its principal can still mend it."""
    return first_denied(can_answer_report(user, report), _in_self_evaluation(report))
