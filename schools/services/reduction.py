"""Plan how large classes go: draft, targets by term, and the bureau's answer."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.services import record
from bureau.models import AcademicYear
from bureau.parameters import parameters
from core.constraints import explain
from core.days import today
from core.notify import notify
from core.transitions import MoveRefused, move
from schools import permissions
from schools.models import ClassReductionPlan, ReductionStep, School
from schools.pressure import LARGE, OVERSIZE, Counted, counts_by_year
from schools.services.people import people_holding

PLAN = permissions.PLAN
Target = tuple[Any, int, int]
"""A term, how many large classes it leaves at most, how many over-size ones."""


@transaction.atomic
def plan_reduction(
    school: School, *, stage: str, measures: str, steps: Iterable[Target], by: Any
) -> ClassReductionPlan:
    """Draft a plan from the classes of this year; refused without large classes."""
    verdict = permissions.can_plan_reduction(by, school)
    if not verdict:
        raise MoveRefused(verdict)
    year = AcademicYear.objects.current()
    lines = parameters([LARGE, OVERSIZE], school.administered_by)
    counts = counts_by_year(school, stage, lines)
    now = counts.get(year.pk, Counted()) if year else Counted()
    if not now.large or year is None:
        raise ValidationError(
            {"stage": _("该学段本学年没有大班额，不需要计划；如有，请先填报班级")}
        )
    plan = ClassReductionPlan(
        school=school,
        stage=stage,
        measures=measures,
        base_year=year,
        base_large=now.large,
        base_oversize=now.oversize,
    )
    plan.full_clean()
    plan.save()
    _set_steps(plan, steps)
    record("schools.classreductionplan.draft", plan, by=by)
    return plan


@transaction.atomic
def change_plan(
    plan: ClassReductionPlan, *, measures: str, steps: Iterable[Target], by: Any
) -> ClassReductionPlan:
    """Change measures and targets of a draft."""
    locked: ClassReductionPlan = (
        ClassReductionPlan.objects.select_for_update(of=("self",), no_key=True)
        .select_related("school__administered_by")
        .get(pk=plan.pk)
    )
    verdict = permissions.can_change_plan(by, locked)
    if not verdict:
        raise MoveRefused(verdict)
    locked.measures = measures
    locked.save(update_fields=["measures"])
    locked.steps.all().delete()
    _set_steps(locked, steps)
    record("schools.classreductionplan.change", locked, by=by)
    return locked


def _set_steps(plan: ClassReductionPlan, steps: Iterable[Target]) -> None:
    """Keep the targets; a later term never leaves more than an earlier one."""
    rows = sorted(steps, key=lambda step: step[0].starts_on)
    if not rows:
        raise ValidationError(_("请至少填写一个学期的目标"))
    large, oversize = plan.base_large, plan.base_oversize
    for term, most, worst in rows:
        if most > large or worst > oversize:
            raise ValidationError(
                _("%(term)s的目标不能多于此前的 %(large)s 个（超大 %(oversize)s 个）")
                % {"term": term, "large": large, "oversize": oversize}
            )
        if worst > most:
            raise ValidationError(_("%s：超大班额不能多于大班额") % term)
        large, oversize = most, worst
    try:
        with transaction.atomic():
            ReductionStep.objects.bulk_create(
                ReductionStep(plan=plan, term=t, large_most=m, oversize_most=w)
                for t, m, w in rows
            )
    except IntegrityError as error:
        raise explain(error) from error


def _tell(plan: ClassReductionPlan, scope: Any, title: str) -> None:
    people = people_holding(PLAN, scope)
    notify(people, title % plan, url=plan.get_absolute_url())


def submit_plan(
    plan: ClassReductionPlan, *, by: Any, reason: str = ""
) -> ClassReductionPlan:
    """Hand the plan to the bureau."""
    done = move(plan, "submit", by=by, reason=reason, submitted_by=by)
    _tell(done, done.school.administered_by, _("待同意：%s"))
    return done


def approve_plan(
    plan: ClassReductionPlan, *, by: Any, reason: str = ""
) -> ClassReductionPlan:
    """Agree to the plan for the bureau."""
    fields = {"approved_by": by, "approved_on": today()}
    done = move(plan, "approve", by=by, reason=reason, **fields)
    _tell(done, done.school, _("已同意：%s"))
    return done


def send_back_plan(
    plan: ClassReductionPlan, *, by: Any, reason: str = ""
) -> ClassReductionPlan:
    """Send the plan back to the school with the reason."""
    done = move(plan, "send_back", by=by, reason=reason, submitted_by=None)
    _tell(done, done.school, _("退回修改：%s"))
    return done


def close_plan(
    plan: ClassReductionPlan, *, by: Any, reason: str = ""
) -> ClassReductionPlan:
    """End the plan."""
    done = move(plan, "close", by=by, reason=reason)
    _tell(done, done.school, _("已结束：%s"))
    return done


MOVES = {
    "submit": submit_plan,
    "approve": approve_plan,
    "send_back": send_back_plan,
    "close": close_plan,
}
