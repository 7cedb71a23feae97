"""What of appraisal waits for whom."""

from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from core.access import holds
from core.days import today
from core.registries import InboxItem, InboxSource, inbox
from evaluation.choices import AssessmentState, CycleState, ReportState
from evaluation.models import Cycle, PeriodicReport

SUBMIT = "evaluation.submit_periodicreport"
SCORE = "evaluation.score_assessment"
CONFIRM = "evaluation.confirm_assessment"
LEAD = "evaluation.change_cycle"
PUBLISH = "evaluation.publish_cycle"


def _source() -> str:
    return _("考核评价")


def waiting(user: Any) -> list[InboxItem]:
    """Return what waits for the user, each kind with one query."""
    return [
        *_reports_to_submit(user),
        *_reports_to_answer(user),
        *_cycles_to_work_on(user),
        *_cycles_to_publish(user),
    ]


def _reports_to_submit(user: Any) -> list[InboxItem]:
    if not holds(user, SUBMIT):
        return []
    rows = (
        PeriodicReport.objects.visible_to(user, SUBMIT)
        .waiting()
        .filter(assessment__cycle__state=CycleState.SELF_EVALUATION)
        .select_related("assessment__cycle")
    )
    return [
        InboxItem(
            title=_("提交自评报告：%(label)s") % {"label": row.assessment.label},
            url=row.get_absolute_url(),
            source=_source(),
            since=row.opened_on,
            due=row.due_on,
            action=_("填写") if row.state == ReportState.DRAFT else _("修改"),
        )
        for row in rows
    ]


def _reports_to_answer(user: Any) -> list[InboxItem]:
    if not holds(user, SCORE):
        return []
    rows = (
        PeriodicReport.objects.visible_to(user, SCORE)
        .filter(
            state=ReportState.SUBMITTED,
            assessment__cycle__state=CycleState.SELF_EVALUATION,
        )
        .exclude(submitted_by=user)
        .select_related("assessment__cycle")
    )
    return [
        InboxItem(
            title=_("接收自评报告：%(label)s") % {"label": row.assessment.label},
            url=row.get_absolute_url(),
            source=_source(),
            since=row.submitted_at or row.opened_on,
            due=row.assessment.cycle.self_due_on,
            action=_("查看"),
        )
        for row in rows
    ]


def _cycles_to_work_on(user: Any) -> list[InboxItem]:
    if not holds(user, SCORE) and not holds(user, CONFIRM):
        return []
    state = AssessmentState.UNDER_REVIEW
    rows = (
        Cycle.objects.visible_to(user, SCORE)
        .filter(state=CycleState.REVIEW)
        .annotate(
            to_score=Count("assessments", filter=Q(assessments__state=state)),
            to_confirm=Count(
                "assessments", filter=Q(assessments__state=AssessmentState.SCORED)
            ),
        )
    )
    return [item for row in rows for item in _steps(row)]


def _steps(cycle: Any) -> list[InboxItem]:
    words = (
        (
            cycle.to_score,
            _("评分：%(name)s（%(count)d 个待评）"),
            _("评分"),
            "UNDER_REVIEW",
        ),
        (
            cycle.to_confirm,
            _("确认得分：%(name)s（%(count)d 个待确认）"),
            _("确认"),
            "SCORED",
        ),
    )
    url = reverse("evaluation:assessment-list")
    items = [
        InboxItem(
            title=title % {"name": cycle.name, "count": count},
            url=f"{url}?cycle={cycle.pk}&state={state}",
            source=_source(),
            since=cycle.data_locked_at or cycle.created_at,
            due=cycle.review_due_on,
            action=action,
        )
        for count, title, action, state in words
        if count
    ]
    return items or [_to_consolidate(cycle)]


def _to_consolidate(cycle: Cycle) -> InboxItem:
    return InboxItem(
        title=_("汇总结果：%(name)s") % {"name": cycle.name},
        url=cycle.get_absolute_url(),
        source=_source(),
        since=cycle.data_locked_at or cycle.created_at,
        due=cycle.review_due_on,
        action=_("汇总"),
    )


def _cycles_to_publish(user: Any) -> list[InboxItem]:
    if not holds(user, PUBLISH):
        return []
    rows = (
        Cycle.objects.visible_to(user, PUBLISH)
        .filter(state=CycleState.PUBLICITY, publicity_to__lte=today())
        .exclude(submitted_by=user)
    )
    return [
        InboxItem(
            title=_("公布结果：%(name)s") % {"name": row.name},
            url=row.get_absolute_url(),
            source=_source(),
            since=row.publicity_to or today(),
            action=_("公布"),
        )
        for row in rows
    ]


def sent(user: Any) -> list[InboxItem]:
    """Return what the user handed in and others still have."""
    reports = PeriodicReport.objects.filter(
        submitted_by=user, state=ReportState.SUBMITTED
    ).select_related("assessment__cycle__region")
    notices = Cycle.objects.filter(submitted_by=user, state=CycleState.PUBLICITY)
    return [
        *(
            InboxItem(
                title=_("自评报告：%(label)s") % {"label": row.assessment.label},
                url=row.get_absolute_url(),
                source=_source(),
                since=row.submitted_at or row.opened_on,
                waiting_on=row.assessment.cycle.region.name,
            )
            for row in reports
        ),
        *(
            InboxItem(
                title=_("结果公示：%(name)s") % {"name": row.name},
                url=row.get_absolute_url(),
                source=_source(),
                since=row.publicity_from or today(),
                due=row.publicity_to,
                waiting_on=_("领导小组"),
            )
            for row in notices
        ),
    ]


inbox.register("evaluation", InboxSource(waiting=waiting, sent=sent))
