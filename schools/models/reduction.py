"""Plans of schools to do away with large classes, with targets by term (AK-1.2.1)."""

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.constraints import refusals
from schools.choices import STANDING_PLANS, PlanState, Stage
from schools.models.school import School
from schools.querysets import PlanQuerySet

NEEDS_STEPS = """
    IF NEW.state <> 'DRAFT' AND NOT EXISTS (
        SELECT 1 FROM schools_reductionstep s WHERE s.plan_id = NEW.id)
    THEN
        RAISE EXCEPTION 'a plan without targets goes nowhere'
            USING ERRCODE = '23514', CONSTRAINT = 'plan_has_steps';
    END IF;
    RETURN NEW;
"""
refusals.register("plan_has_steps", _("请先填写各学期的目标，再报主管部门"))

STEPS_OF_A_DRAFT = """
    IF EXISTS (SELECT 1 FROM schools_classreductionplan p
        WHERE p.id = ANY(ARRAY[CASE WHEN TG_OP <> 'INSERT' THEN OLD.plan_id END,
            CASE WHEN TG_OP <> 'DELETE' THEN NEW.plan_id END])
        AND p.state <> 'DRAFT')
    THEN
        RAISE EXCEPTION 'the targets of this plan are settled'
            USING ERRCODE = '23514', CONSTRAINT = 'plan_steps_settled';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""
refusals.register("plan_steps_settled", _("计划已报送，目标不能再改；请先退回修改"))


def _done_by(label: object) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=label,
        null=True,
        blank=True,
        related_name="+",
    )


@pghistory.track(
    pghistory.UpdateEvent(condition=None, row=pghistory.Old), pghistory.DeleteEvent()
)
class ClassReductionPlan(models.Model):
    """How one stage of a school will do away with its large classes."""

    school = models.ForeignKey(
        School, models.PROTECT, verbose_name=_("学校"), related_name="reduction_plans"
    )
    stage = models.CharField(_("学段"), max_length=12, choices=Stage.choices)
    state = models.CharField(
        _("状态"),
        max_length=10,
        choices=PlanState.choices,
        default=PlanState.DRAFT,
        editable=False,
    )
    measures = models.TextField(_("措施"), max_length=2000)
    base_year = models.ForeignKey(
        "bureau.AcademicYear",
        models.PROTECT,
        verbose_name=_("起点学年"),
        related_name="+",
    )
    base_large = models.PositiveSmallIntegerField(_("起点大班额班数"))
    base_oversize = models.PositiveSmallIntegerField(_("其中超大班额班数"))
    submitted_by = _done_by(_("报送人"))
    approved_by = _done_by(_("同意人"))
    approved_on = models.DateField(_("同意日期"), null=True, blank=True)
    created_at = models.DateTimeField(_("制订时间"), auto_now_add=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["school_id", "stage", "-created_at"]
        verbose_name = verbose_name_plural = _("消除大班额计划")
        constraints = [
            UniqueConstraint(
                name="plan_one_standing",
                fields=["school", "stage"],
                condition=Q(state__in=list(STANDING_PLANS)),
                violation_error_message=_("该学段已有未结束的消除大班额计划"),
            ),
            CheckConstraint(
                name="plan_oversize_within_large",
                condition=Q(base_oversize__lte=F("base_large")),
                violation_error_message=_("超大班额班数不能多于大班额班数"),
            ),
            CheckConstraint(
                name="plan_approver_is_another",
                condition=Q(approved_by__isnull=True)
                | Q(submitted_by__isnull=True)
                | ~Q(approved_by=F("submitted_by")),
                violation_error_message=_("同意人不能是报送人"),
            ),
            CheckConstraint(
                name="plan_active_was_approved",
                condition=~Q(state=PlanState.ACTIVE) | Q(approved_by__isnull=False),
                violation_error_message=_("计划须经主管部门同意才能执行"),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="needs_steps",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("state"),
                func=NEEDS_STEPS,
            )
        ]

    def __str__(self) -> str:
        return str(
            _("%(school)s %(stage)s消除大班额计划")
            % {"school": self.school, "stage": self.get_stage_display()}
        )

    def get_absolute_url(self) -> str:
        """Return the page of the plan."""
        return reverse("schools:plan-detail", args=[self.pk])


class ReductionStep(models.Model):
    """How many large classes a plan leaves at most in one term."""

    plan = models.ForeignKey(
        ClassReductionPlan,
        models.CASCADE,
        verbose_name=_("计划"),
        related_name="steps",
    )
    term = models.ForeignKey(
        "bureau.Term", models.PROTECT, verbose_name=_("学期"), related_name="+"
    )
    large_most = models.PositiveSmallIntegerField(_("大班额至多（班）"))
    oversize_most = models.PositiveSmallIntegerField(_("其中超大班额至多（班）"))

    class Meta:
        ordering = ["plan", "term__starts_on"]
        verbose_name = verbose_name_plural = _("学期目标")
        constraints = [
            UniqueConstraint(
                name="step_once_a_term",
                fields=["plan", "term"],
                violation_error_message=_("同一学期只能有一个目标"),
            ),
            CheckConstraint(
                name="step_oversize_within_large",
                condition=Q(oversize_most__lte=F("large_most")),
                violation_error_message=_("超大班额班数不能多于大班额班数"),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="steps_of_a_draft",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=STEPS_OF_A_DRAFT,
            )
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.term}"
