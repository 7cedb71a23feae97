"""What each move will do, in plain sentences, told before it is pressed."""

from typing import Any

from django.utils.translation import gettext as _

from bureau.parameters import parameter
from core.transitions import Effects
from evaluation.checks import publish_checks
from evaluation.marks import marks_of_grades, told_in_report
from evaluation.models import Assessment, Cycle, Framework, PeriodicReport
from evaluation.progress import CycleProgress
from evaluation.reading import number
from evaluation.subjects import groups_of, missing_returns, schools_of


def of_check(user: Any, framework: Framework) -> Effects:
    """Checking a framework: what its publish check says."""
    failed = [c for c in publish_checks(framework) if not c.passed]
    return Effects(
        immediately=[_("指标体系转为待发布，内容仍可退回修改")],
        approvals=[_("需要另一位有权人员发布")],
        warnings=[("red", f"{c.title}：{c.detail}") for c in failed],
    )


def of_framework_publication(user: Any, framework: Framework) -> Effects:
    """Publishing a framework: frozen from then on."""
    failed = [c for c in publish_checks(framework) if not c.passed]
    return Effects(
        immediately=[
            _("本版本的指标、权重和规则从此不能修改，改动须另发新版本"),
            _("考核周期可以选用本指标体系"),
        ],
        warnings=[("red", f"{c.title}：{c.detail}") for c in failed],
    )


def of_opening(user: Any, cycle: Cycle) -> Effects:
    """Opening a cycle: an assessment for each group (and school)."""
    groups = groups_of(cycle).count()
    schools = schools_of(cycle).count() if "SCHOOL" in cycle.targets else 0
    warnings = []
    if not groups:
        warnings.append(
            (
                "amber",
                _("基准日 %(day)s 没有正式运行的集团，启动后没有考核对象")
                % {"day": f"{cycle.reference_day:%Y-%m-%d}"},
            )
        )
    made = [
        _("为 %(count)d 个正式运行的集团建立考核任务和自评报告") % {"count": groups}
    ]
    if schools:
        made.append(_("为 %(count)d 所成员学校建立考核任务") % {"count": schools})
    return Effects(
        immediately=made,
        told=[_("各集团龙头学校校长、集团总校长")],
        warnings=warnings,
    )


def of_locking(user: Any, cycle: Cycle) -> Effects:
    """Locking data: automatic leaves are worked out from the figures as they stand."""
    missing = missing_returns(cycle)
    warnings = []
    if missing:
        warnings.append(
            (
                "amber",
                _("%(count)d 所学校的本学年报表尚未确认（%(names)s），缺数按 0 分计")
                % {"count": len(missing), "names": "、".join(missing[:5])},
            )
        )
    return Effects(
        immediately=[
            _("按 %(day)s 的成员关系计算全部系统指标，结果和依据一并留存")
            % {"day": f"{cycle.reference_day:%Y-%m-%d}"},
            _("系统尚未接入数据的指标列为手工评分"),
        ],
        warnings=warnings,
    )


def of_unlocking(user: Any, cycle: Cycle) -> Effects:
    """Unlocking: the computed scores go, to be computed anew."""
    return Effects(immediately=[_("已计算的系统得分作废，再次锁定时重新计算")])


def of_self_evaluation(user: Any, cycle: Cycle) -> Effects:
    """Starting the self-evaluation: reports open for their principals."""
    reports = sum(CycleProgress(cycle).reports.values())
    return Effects(
        immediately=[
            _("%(count)d 份自评报告开始填报，%(day)s 截止")
            % {"count": reports, "day": f"{cycle.self_due_on:%Y-%m-%d}"}
        ],
        told=[_("各集团龙头学校校长、集团总校长")],
    )


def of_review(user: Any, cycle: Cycle) -> Effects:
    """Starting the review: nobody can submit any more."""
    late = CycleProgress(cycle).not_submitted()
    warnings = []
    if late:
        warnings.append(
            (
                "amber",
                _("%(count)d 个集团尚未提交自评（%(names)s），开始评分后不能再提交")
                % {"count": len(late), "names": "、".join(late[:5])},
            )
        )
    return Effects(
        immediately=[_("自评填报结束，全部考核任务进入评分")], warnings=warnings
    )


def of_consolidation(user: Any, cycle: Cycle) -> Effects:
    """Working out results: totals, grades, places."""
    marks = marks_of_grades(cycle)
    lines = {k: parameter(f"grade.{k}_min", cycle.region) for k in "abc"}
    quota = parameter("grade.a_quota", cycle.region)
    return Effects(
        immediately=[
            _("按适用权重折算总分：%(a)s 分起优秀，%(b)s 分起良好，%(c)s 分起合格")
            % lines,
            _("每个区县优秀集团不超过 %(quota)s%%，同分并列均通过")
            % {"quota": number(quota * 100)},
            _("结果和全部依据冻结留存，可随时复算"),
        ],
        warnings=[("amber", line) for line in told_in_report(marks)],
    )


def of_going_back(user: Any, cycle: Cycle) -> Effects:
    """Going back to scoring: the draft results go."""
    return Effects(immediately=[_("汇总稿作废，修改得分后重新汇总")])


def of_publicity(user: Any, cycle: Cycle) -> Effects:
    """Sending results to the public notice."""
    least = int(parameter("publicity.working_days_min", cycle.region))
    return Effects(
        immediately=[
            _("结果向被考核单位公示，不少于 %(days)d 个工作日") % {"days": least}
        ],
        approvals=[_("公示期满后由领导小组公布，报送人不能公布")],
        told=[_("各集团龙头学校校长、集团总校长")],
    )


def of_publication(user: Any, cycle: Cycle) -> Effects:
    """Publishing: results freeze for good."""
    return Effects(
        immediately=[
            _("结果从此不能修改"),
            _("成员学校可以查看本校和所在集团的结果"),
        ],
        told=[_("各集团龙头学校校长、集团总校长、成员学校校长")],
    )


def of_scoring(user: Any, assessment: Assessment) -> Effects:
    """Finishing the scores of one subject."""
    bare = without_evidence(assessment)
    warnings = []
    if bare:
        warnings.append(
            (
                "amber",
                _("%(count)d 项手工评分的指标没有佐证材料（%(codes)s）")
                % {"count": len(bare), "codes": "、".join(bare[:8])},
            )
        )
    return Effects(immediately=[_("得分送交确认")], warnings=warnings)


def without_evidence(assessment: Assessment) -> list[str]:
    """Return the codes of hand-scored leaves that ask for evidence and have none."""
    report = assessment.reports.first()
    held = set(report.files.values_list("label", flat=True)) if report else set()
    rows = assessment.scores.exclude(how="AUTO").filter(is_na=False).with_leaf()
    return [
        row.indicator.short_code
        for row in rows
        if row.indicator.evidence and row.indicator.code not in held
    ]


def of_confirmation(user: Any, assessment: Assessment) -> Effects:
    """Confirming the scores of one subject."""
    return Effects(immediately=[_("得分确认，等待汇总；汇总前仍可说明理由退回重评")])


def of_submission(user: Any, report: PeriodicReport) -> Effects:
    """Submitting a self-evaluation."""
    bare = without_evidence(report.assessment)
    warnings = []
    if bare:
        warnings.append(
            (
                "amber",
                _("%(count)d 项指标还没有佐证材料（%(codes)s），专家将无从核对")
                % {"count": len(bare), "codes": "、".join(bare[:8])},
            )
        )
    return Effects(
        immediately=[_("报告提交后不能修改，主管部门退回的除外")],
        approvals=[_("由主管部门接收")],
        told=[_("%(region)s考核承办人") % {"region": report.assessment.cycle.region}],
        warnings=warnings,
    )
