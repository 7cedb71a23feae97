"""Decide a case: found the group, date its memberships, track the conditions."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.services import record
from bureau.parameters import parameter
from core.constraints import check_deferred, explain
from core.days import today
from core.lock import lock
from core.notify import notify, set_deadline
from core.transitions import MoveRefused, move
from core.verdict import Denied
from groups.audience import applicants, holders
from groups.choices import (
    GroupState,
    LineDecision,
    ObligationKind,
    Outcome,
    TaskKind,
)
from groups.models import (
    CaseDecision,
    CaseLine,
    CaseTask,
    Document,
    EducationGroup,
    GroupCase,
)
from groups.services.cases import add_tasks
from groups.services.codes import next_group_code
from groups.services.memberships import MemberSpan, admit
from groups.services.obligations import open_obligation
from groups.services.phases import enter_phase
from groups.services.tasks import condition_key
from groups.validation import is_blocked, validate_formation
from schools.models import School

Condition = Mapping[str, Any]
"""A condition: ``text`` and ``due_on``."""
FILING = "groups.filing:{}"


@transaction.atomic
def approve_case(
    case: GroupCase,
    *,
    by: Any,
    document_number: str,
    effective_on: date,
    decided_on: date | None = None,
    deciding_body: str = "",
    conditions: Iterable[Condition] = (),
    rejected: Iterable[int] = (),
    reason: str = "",
) -> GroupCase:
    """Approve a formation and make it take effect (SM1, AK-1.3.3).

    ``rejected`` are the ids of lines that are not approved; the rest must still fit
    the mode. ``conditions`` become tasks with a deadline and obligations of the group.
    Creates the group, its memberships dated from ``effective_on`` with the schools'
    baselines, and the deadline for filing with the city. Raises MoveRefused,
    ValidationError.
    """
    asked = list(conditions)
    case = move(case, "approve", by=by, reason=reason, closed_on=today())
    _check_days(decided_on or today(), effective_on)
    lines = _decide_lines(case, set(rejected))
    decision = _write_decision(
        case,
        Outcome.WITH_CONDITIONS if asked else Outcome.APPROVED,
        by=by,
        text=reason,
        document_number=document_number,
        effective_on=effective_on,
        decided_on=decided_on,
        deciding_body=deciding_body,
    )
    try:
        with transaction.atomic():
            group = _found(case, decision)
            _admit_lines(group, lines, decision)
            _take_over(case, group)
            check_deferred()
    except IntegrityError as error:
        raise explain(error) from error
    _track_conditions(case, group, decision, asked)
    _ask_for_filing(group)
    _tell(case, group)
    return case


def _check_days(decided_on: date, effective_on: date) -> None:
    if decided_on > today():
        raise ValidationError({"decided_on": _("决定日期不能晚于今天")})
    if effective_on < decided_on - timedelta(days=366):
        raise ValidationError({"effective_on": _("生效日期不能早于决定日期一年以上")})


def _decide_lines(case: GroupCase, rejected: set[int]) -> list[CaseLine]:
    lines = list(
        case.lines.select_related("school", "school__administered_by", "mode")
        .prefetch_related("school__stages")
        .order_by("pk")
    )
    kept = [line for line in lines if line.pk not in rejected]
    findings = validate_formation(case, kept)
    if is_blocked(findings):
        first = findings[0]
        raise MoveRefused(
            Denied(
                _("未能批准：%s") % first.message,
                first.clause,
                _("请调整名单，或退回修改"),
            )
        )
    for line in lines:
        line.decision = (
            LineDecision.REJECTED if line.pk in rejected else LineDecision.APPROVED
        )
        line.save(update_fields=["decision"])
    return kept


def _write_decision(
    case: GroupCase, outcome: str, *, by: Any, text: str, **fields: Any
) -> CaseDecision:
    body = fields.pop("deciding_body", "") or _("%s领导小组") % case.region.name
    decision = CaseDecision(
        case=case,
        outcome=outcome,
        decided_by=by,
        deciding_body=body,
        decided_on=fields.pop("decided_on", None) or today(),
        text=text,
        **fields,
    )
    decision.full_clean()
    decision.save()
    record("groups.decide", case, by=by, reason=text, data={"outcome": outcome})
    return decision


def _found(case: GroupCase, decision: CaseDecision) -> EducationGroup:
    """Create the group that the decision founds, in state approved."""
    founded_on = decision.effective_on or today()
    lock(School.objects.filter(case_lines__case=case))
    group = EducationGroup(
        code=next_group_code(case.region, founded_on.year),
        name=case.name,
        region=case.region,
        founded_on=founded_on,
        founding_document=decision.document_number,
        state=GroupState.APPROVED,
        **{f.name: getattr(case, f.name) for f in _profile_fields()},
    )
    group.full_clean()
    group.save()
    enter_phase(group, GroupState.APPROVED, founded_on)
    record("groups.found_group", group, by=decision.decided_by)
    return group


def _profile_fields() -> list[Any]:
    names = {
        "group_type",
        "primary_mode",
        "closeness",
        "operation_form",
        "bond_type",
        "formation_basis",
        "ownership",
        "is_cross_region",
        "vision",
    }
    return [f for f in EducationGroup._meta.fields if f.name in names]


def _admit_lines(
    group: EducationGroup, lines: list[CaseLine], decision: CaseDecision
) -> None:
    spans = [
        MemberSpan(
            school=line.school,
            role=line.role,
            valid_from=group.founded_on,
            mode_id=line.mode_id,
            join_form=line.join_form,
            document_number=decision.document_number,
        )
        for line in lines
    ]
    written = {row.school_id: row for row in admit(group, spans, decision=decision)}
    for line in lines:
        line.membership = written[line.school_id]
        line.save(update_fields=["membership"])


def _take_over(case: GroupCase, group: EducationGroup) -> None:
    """Point the case and its papers at the group; open the pilot's checklist."""
    case.group = group
    case.is_cross_region = group.is_cross_region
    case.save(update_fields=["group", "is_cross_region"])
    Document.objects.filter(case=case).update(group=group)
    add_tasks(case, TaskKind.PILOT_REVIEW)


def _track_conditions(
    case: GroupCase,
    group: EducationGroup,
    decision: CaseDecision,
    conditions: list[Condition],
) -> None:
    for position, condition in enumerate(conditions, 1):
        task = CaseTask(
            case=case,
            decision=decision,
            kind=TaskKind.CONDITION,
            title=condition["text"],
            due_on=condition["due_on"],
            position=position,
        )
        task.full_clean(exclude=["template"])
        task.save()
        _bind(task, group)


def _bind(task: CaseTask, group: EducationGroup) -> None:
    url = f"{task.case.get_absolute_url()}?tab=tasks"
    set_deadline(
        task.case,
        group,
        title=task.title[:200],
        due_on=task.due_on or today(),
        key=condition_key(task),
        role="GROUP_OFFICE",
        url=url,
    )
    open_obligation(
        group,
        kind=ObligationKind.CONDITION,
        label=_("批准条件：%s") % task.title,
        key=condition_key(task),
        link=url,
    )


def _ask_for_filing(group: EducationGroup) -> None:
    """Set the day by which the county files the group with the city (AK-1.3.1)."""
    days = int(parameter("group.filing_days", group.region))
    set_deadline(
        group,
        group.region,
        title=_("“%s”向市级备案") % group.name,
        due_on=today() + timedelta(days=days),
        key=FILING.format(group.pk),
        role="DISTRICT_EDU",
        url=group.get_absolute_url(),
        clause="AK-1.3.1",
    )
    notify(
        holders("groups.file_educationgroup", region=group.region),
        _("“%(name)s”已获批准，请在 %(days)d 天内备案")
        % {"name": group.name, "days": days},
        url=group.get_absolute_url(),
    )


def _tell(case: GroupCase, group: EducationGroup) -> None:
    schools = [line.school for line in case.lines.select_related("school")]
    people = [
        *applicants(case),
        *holders("groups.consent_groupcase", schools=schools),
        *holders("groups.review_groupcase", region=case.region),
    ]
    notify(
        people,
        _("“%(name)s”已批准，自 %(day)s 起生效")
        % {"name": group.name, "day": group.founded_on.isoformat()},
        url=reverse("groups:group-detail", args=[group.pk]),
    )


@transaction.atomic
def reject_case(
    case: GroupCase,
    *,
    by: Any,
    reason: str,
    document_number: str = "",
    decided_on: date | None = None,
) -> GroupCase:
    """Refuse a formation with the reason; the case is closed for good."""
    case = move(case, "reject", by=by, reason=reason, closed_on=today())
    case.lines.update(decision=LineDecision.REJECTED)
    _write_decision(
        case,
        Outcome.REJECTED,
        by=by,
        text=reason,
        document_number=document_number,
        decided_on=decided_on,
    )
    notify(
        applicants(case),
        _("“%s”未获批准") % case.name,
        url=case.get_absolute_url(),
        body=reason,
    )
    return case


@transaction.atomic
def defer_case(case: GroupCase, *, by: Any, reason: str) -> GroupCase:
    """Put the decision off with the reason; the case stays under review."""
    case = move(case, "defer", by=by, reason=reason)
    _write_decision(case, Outcome.DEFERRED, by=by, text=reason)
    notify(
        applicants(case),
        _("“%s”暂缓决定") % case.name,
        url=case.get_absolute_url(),
        body=reason,
    )
    return case
