"""Lead a cycle from plan to publication."""

from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from bureau.calendar import working_days_between
from bureau.models import AcademicYear, Region
from bureau.parameters import parameter
from core.days import today
from core.models import Deadline, Publicity
from core.notify import meet_deadline, notify
from core.transitions import move
from evaluation.choices import (
    AssessmentState,
    CycleKind,
    ResultState,
    Target,
)
from evaluation.computing import compute_scores
from evaluation.models import (
    Assessment,
    Cycle,
    Framework,
    PeriodicReport,
    Result,
    Score,
)
from evaluation.people import bureau_of, concerned_by, heads_of
from evaluation.services.opening import make_assessments
from evaluation.services.results import work_out_results
from schools.models import School


@transaction.atomic
def create_cycle(
    *,
    by: Any,
    framework: Framework,
    region: Region,
    year: AcademicYear,
    reference_day: date,
    self_due_on: date,
    review_due_on: date,
    kind: str = CycleKind.ANNUAL,
    name: str = "",
    targets: list[str] | None = None,
) -> Cycle:
    """Plan a cycle; ValidationError when its days or targets do not fit."""
    targets = targets or [Target.GROUP]
    cycle = Cycle(
        framework=framework,
        region=region,
        year=year,
        kind=kind,
        name=name or _default_name(region, year, kind),
        targets=targets,
        reference_day=reference_day,
        self_due_on=self_due_on,
        review_due_on=review_due_on,
        created_by=by if getattr(by, "pk", None) else None,
    )
    _check_plan(cycle)
    cycle.full_clean(exclude=["created_by"])
    cycle.save()
    record("evaluation.cycle.create", cycle, by=by)
    return cycle


def _default_name(region: Region, year: AcademicYear, kind: str) -> str:
    return _("%(region)s %(year)s 学年%(kind)s") % {
        "region": region.name,
        "year": year.code,
        "kind": CycleKind(kind).label,
    }


def _check_plan(cycle: Cycle) -> None:
    problems: dict[str, str] = {}
    if not cycle.year.holds_on(cycle.reference_day):
        problems["reference_day"] = _("数据基准日必须在本学年内")
    extra = set(cycle.targets) - set(cycle.framework.targets)
    if extra:
        problems["targets"] = _("所选指标体系不适用于该考核对象")
    if cycle.framework.region_id not in cycle.region.lineage:
        problems["framework"] = _("该指标体系不属于本地区或上级地区")
    if problems:
        raise ValidationError(problems)


@transaction.atomic
def open_cycle(cycle: Cycle, *, by: Any, reason: str = "") -> Cycle:
    """Open a cycle: an assessment for each group (and school), a report for each group.

    Members, lead, county and sector are written down as of the reference day.
    """
    cycle = move(cycle, "open", by=by, reason=reason)
    make_assessments(cycle)
    opened = list(Assessment.objects.filter(cycle=cycle).of_groups())
    notify(
        heads_of(opened),
        _("%(name)s已启动") % {"name": cycle.name},
        body=_("请按指标准备自评材料，自评报告 %(day)s 截止。")
        % {"day": f"{cycle.self_due_on:%Y-%m-%d}"},
        url=cycle.get_absolute_url(),
        key=f"evaluation.cycle.{cycle.pk}.open",
    )
    return cycle


@transaction.atomic
def lock_data(cycle: Cycle, *, by: Any, reason: str = "") -> Cycle:
    """Lock the figures and score every leaf the system can compute."""
    cycle = move(
        cycle, "lock_data", by=by, reason=reason, data_locked_at=timezone.now()
    )
    count = compute_scores(cycle)
    record("evaluation.cycle.compute", cycle, by=by, data={"scores": count})
    return cycle


@transaction.atomic
def unlock_data(cycle: Cycle, *, by: Any, reason: str) -> Cycle:
    """Take the computed scores back, so that figures can be put right."""
    cycle = move(cycle, "unlock_data", by=by, reason=reason, data_locked_at=None)
    Score.objects.of_cycle(cycle).delete()
    return cycle


@transaction.atomic
def start_self_evaluation(cycle: Cycle, *, by: Any, reason: str = "") -> Cycle:
    """Let the principals submit, with a deadline for each lead school."""
    cycle = move(cycle, "start_self_evaluation", by=by, reason=reason)
    opened = list(Assessment.objects.filter(cycle=cycle).of_groups())
    _set_deadlines(cycle)
    notify(
        heads_of(opened),
        _("请提交%(name)s自评报告") % {"name": cycle.name},
        body=_("系统已预填本集团各项数据，%(day)s 前提交。")
        % {"day": f"{cycle.self_due_on:%Y-%m-%d}"},
        url=reverse("evaluation:report-list"),
        key=f"evaluation.cycle.{cycle.pk}.self",
    )
    return cycle


def deadline_key(report: PeriodicReport) -> str:
    """Return the key of a report's deadline."""
    return f"evaluation.report.{report.pk}"


def _set_deadlines(cycle: Cycle) -> None:
    reports = PeriodicReport.objects.filter(assessment__cycle=cycle).select_related(
        "assessment"
    )
    about = ContentType.objects.get_for_model(PeriodicReport)
    school = ContentType.objects.get_for_model(School)
    Deadline.objects.bulk_create(
        (
            Deadline(
                subject_type=about,
                subject_id=report.pk,
                scope_type=school,
                scope_id=report.assessment.lead_school_id,
                title=_("提交%(name)s自评报告") % {"name": cycle.name},
                due_on=cycle.self_due_on,
                role="SCHOOL_PRINCIPAL",
                url=report.get_absolute_url(),
                clause="BN-4.3.1",
                key=deadline_key(report),
            )
            for report in reports
            if report.assessment.lead_school_id
        ),
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["due_on", "url", "title"],
    )


@transaction.atomic
def start_review(cycle: Cycle, *, by: Any, reason: str = "") -> Cycle:
    """End the self-evaluation and put every assessment on the scoring desk."""
    cycle = move(cycle, "start_review", by=by, reason=reason)
    waiting = Assessment.objects.filter(
        cycle=cycle,
        state__in=[AssessmentState.PENDING, AssessmentState.SELF_SUBMITTED],
    )
    count = waiting.update(state=AssessmentState.UNDER_REVIEW)
    record("evaluation.cycle.review", cycle, by=by, data={"assessments": count})
    for report in PeriodicReport.objects.waiting().filter(assessment__cycle=cycle):
        meet_deadline(deadline_key(report), at=timezone.now())
    return cycle


@transaction.atomic
def consolidate(cycle: Cycle, *, by: Any, reason: str = "") -> Cycle:
    """Work out and freeze totals, grades and places of the confirmed assessments."""
    cycle = move(cycle, "consolidate", by=by, reason=reason, consolidated_on=today())
    count = work_out_results(cycle)
    record("evaluation.cycle.results", cycle, by=by, data={"results": count})
    return cycle


@transaction.atomic
def back_to_review(cycle: Cycle, *, by: Any, reason: str) -> Cycle:
    """Drop the draft results and open the scores again."""
    cycle = move(cycle, "back_to_review", by=by, reason=reason, consolidated_on=None)
    Result.objects.of_cycle(cycle).delete()
    return cycle


@transaction.atomic
def publicise(
    cycle: Cycle,
    *,
    by: Any,
    publicity_from: date,
    publicity_to: date,
    reason: str = "",
) -> Cycle:
    """Show the results to those appraised for ``[from, to)`` before they count.

    The days may lie in the past, where the notice was put up outside the system.
    """
    _check_publicity(cycle, publicity_from, publicity_to)
    cycle = move(
        cycle,
        "publicise",
        by=by,
        reason=reason,
        publicity_from=publicity_from,
        publicity_to=publicity_to,
        submitted_by=by,
    )
    results = Result.objects.filter(assessment__cycle=cycle)
    results.update(state=ResultState.PUBLICISED)
    _put_up_notice(cycle)
    notify(
        heads_of(Assessment.objects.filter(cycle=cycle).of_groups()),
        _("%(name)s结果公示") % {"name": cycle.name},
        body=_("如有异议，请在公示期内提出。"),
        url=cycle.get_absolute_url(),
        key=f"evaluation.cycle.{cycle.pk}.publicity.{publicity_from}",
    )
    return cycle


def _check_publicity(cycle: Cycle, start: date, end: date) -> None:
    least = int(parameter("publicity.working_days_min", cycle.region))
    if start >= end or working_days_between(start, end) < least:
        raise ValidationError(
            {
                "publicity_to": _("公示不得少于 %(days)d 个工作日（BN-4.3.8）")
                % {"days": least}
            },
            code="too_short",
        )


def _put_up_notice(cycle: Cycle) -> None:
    rows = Result.objects.filter(assessment__cycle=cycle).of_groups()
    lines = [
        f"{row.rank}. {row.assessment.label}　{row.score}　{row.get_grade_display()}"
        for row in rows.select_related("assessment").order_by("rank", "pk")
    ]
    days: Any = {"starts_on": cycle.publicity_from, "ends_on": cycle.publicity_to}
    Publicity.objects.create(
        subject_type=ContentType.objects.get_for_model(Cycle),
        subject_id=cycle.pk,
        title=_("%(name)s结果公示") % {"name": cycle.name},
        body="\n".join(lines),
        **days,
        clause="BN-4.3.8",
    )


def _notices(cycle: Cycle) -> Any:
    return Publicity.objects.filter(
        subject_type=ContentType.objects.get_for_model(Cycle),
        subject_id=cycle.pk,
        withdrawn_at__isnull=True,
    )


@transaction.atomic
def withdraw_publicity(cycle: Cycle, *, by: Any, reason: str) -> Cycle:
    """Take the notice down and the results back to the draft."""
    cycle = move(
        cycle,
        "withdraw_publicity",
        by=by,
        reason=reason,
        publicity_from=None,
        publicity_to=None,
        submitted_by=None,
    )
    _notices(cycle).update(withdrawn_at=timezone.now())
    results = Result.objects.filter(assessment__cycle=cycle)
    results.update(state=ResultState.DRAFT)
    return cycle


@transaction.atomic
def publish_cycle(cycle: Cycle, *, by: Any, reason: str = "") -> Cycle:
    """Publish the results by the leading group; they are frozen from then on."""
    cycle = move(
        cycle, "publish", by=by, reason=reason, published_by=by, published_on=today()
    )
    results = Result.objects.filter(assessment__cycle=cycle)
    results.update(state=ResultState.PUBLISHED, published_on=cycle.published_on)
    Assessment.objects.filter(cycle=cycle, state=AssessmentState.CONFIRMED).update(
        state=AssessmentState.FINAL
    )
    notify(
        concerned_by(cycle),
        _("%(name)s结果已公布") % {"name": cycle.name},
        url=cycle.get_absolute_url(),
        key=f"evaluation.cycle.{cycle.pk}.published",
    )
    notify(
        bureau_of(cycle.region, "evaluation.compile_reportrun"),
        _("%(name)s结果已公布，可以编制年度报告") % {"name": cycle.name},
        url=cycle.get_absolute_url(),
        key=f"evaluation.cycle.{cycle.pk}.compile",
    )
    return cycle


def archive_cycle(cycle: Cycle, *, by: Any, reason: str = "") -> Cycle:
    """Put a finished cycle away."""
    return move(cycle, "archive", by=by, reason=reason)
