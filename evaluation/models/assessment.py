"""One subject's assessment in a cycle and its score on each leaf."""

from decimal import Decimal
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.constraints import BulkCarriedKey, CarriedKey
from core.querysets import AccessQuerySet
from evaluation.choices import (
    AssessmentState,
    How,
    RubricLevel,
    Target,
    Variant,
    Veto,
)
from evaluation.models.rules import SCORE_ADDED, SCORE_FROZEN

POINTS = {"max_digits": 6, "decimal_places": 2}
FIGURE = {"max_digits": 24, "decimal_places": 8, "null": True, "blank": True}


class AssessmentQuerySet(AccessQuerySet):
    """Assessments in business words."""

    def of_groups(self) -> "AssessmentQuerySet":
        """Keep the assessments of groups."""
        return self.filter(group__isnull=False)

    def of_schools(self) -> "AssessmentQuerySet":
        """Keep the assessments of schools."""
        return self.filter(school__isnull=False)

    def counted(self) -> "AssessmentQuerySet":
        """Keep the assessments that get a result."""
        return self.exclude(state=AssessmentState.EXEMPT)

    def with_progress(self) -> "AssessmentQuerySet":
        """Annotate the weight scored so far, that of all leaves, and the leaves left.

        By a subquery a row, which a page of a long list asks for its own rows only.
        """
        weight, leaves = models.Sum("max_score"), models.Count("assessment")
        scored = Q(score__isnull=False) | Q(is_na=True)
        return self.annotate(
            weight_done=_of_scores(weight, models.DecimalField(), scored),
            weight_all=_of_scores(weight, models.DecimalField()),
            waiting=_of_scores(leaves, models.IntegerField(), ~scored),
        )


def _of_scores(figure: Any, kind: Any, which: Q | None = None) -> Coalesce:
    rows = Score.objects.filter(which or Q(), assessment=OuterRef("pk")).order_by()
    found = rows.values("assessment").annotate(figure=figure).values("figure")
    return Coalesce(Subquery(found), 0, output_field=kind)


class Assessment(models.Model):
    """One group's or one school's assessment in a cycle (BN-4.3.1).

    ``members``, ``lead_school``, ``county``, ``variant`` and ``facts`` are those of
    the cycle's reference day, written when the cycle opens.
    """

    cycle = models.ForeignKey(
        "evaluation.Cycle",
        models.PROTECT,
        verbose_name=_("考核周期"),
        related_name="assessments",
    )
    framework = models.ForeignKey(
        "evaluation.Framework", models.PROTECT, db_constraint=False, related_name="+"
    )
    group = models.ForeignKey(
        "groups.EducationGroup",
        models.PROTECT,
        verbose_name=_("教育集团"),
        null=True,
        blank=True,
        related_name="assessments",
    )
    school = models.ForeignKey(
        "schools.School",
        models.PROTECT,
        verbose_name=_("学校"),
        null=True,
        blank=True,
        related_name="assessments",
    )
    label = models.CharField(_("考核对象"), max_length=120)
    lead_school = models.ForeignKey(
        "schools.School",
        models.PROTECT,
        verbose_name=_("龙头学校"),
        null=True,
        blank=True,
        related_name="+",
    )
    county = models.ForeignKey(
        "bureau.Region", models.PROTECT, verbose_name=_("所属区县"), related_name="+"
    )
    variant = models.CharField(
        _("指标分类"), max_length=12, choices=Variant.choices, blank=True
    )
    facts = models.JSONField(_("基本情况"), default=dict)
    members = models.JSONField(_("基准日成员"), default=list)
    state = models.CharField(
        _("状态"),
        max_length=16,
        choices=AssessmentState.choices,
        default=AssessmentState.PENDING,
    )
    opened_on = models.DateField(_("启动日期"))
    scored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    veto_kind = models.CharField(
        _("一票否决情形"), max_length=20, choices=Veto.choices, blank=True
    )
    veto_cap = models.CharField(_("否决后最高等次"), max_length=1, blank=True)
    veto_decision = models.CharField(
        _("否决决定文号及说明"), max_length=250, blank=True
    )
    veto_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    objects = AssessmentQuerySet.as_manager()
    span_fields = ("opened_on", "opened_on")

    class Meta:
        ordering = ["cycle", "pk"]
        verbose_name = verbose_name_plural = _("考核任务")
        constraints = [
            models.CheckConstraint(
                name="assessment_group_xor_school",
                condition=Q(group__isnull=False, school__isnull=True)
                | Q(group__isnull=True, school__isnull=False),
                violation_error_message=_("考核对象必须是一个集团或一所学校"),
            ),
            models.UniqueConstraint(
                name="assessment_once_per_group",
                fields=["cycle", "group"],
                condition=Q(group__isnull=False),
                violation_error_message=_("该集团在本周期已有考核任务"),
            ),
            models.UniqueConstraint(
                name="assessment_once_per_school",
                fields=["cycle", "school"],
                condition=Q(school__isnull=False),
                violation_error_message=_("该学校在本周期已有考核任务"),
            ),
            models.UniqueConstraint(
                name="assessment_framework_key", fields=["id", "framework"]
            ),
            CarriedKey(
                name="assessment_carries_framework",
                fields=["cycle", "framework"],
                to="evaluation.Cycle",
                to_fields=["id", "framework"],
            ),
            models.CheckConstraint(
                name="assessment_veto_is_decided",
                condition=Q(veto_kind="", veto_cap="", veto_decision="")
                | (
                    ~Q(veto_kind="") & Q(veto_cap__in=["C", "D"]) & ~Q(veto_decision="")
                ),
                violation_error_message=_("一票否决必须写明情形、最高等次和决定文号"),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        """Return the page of the assessment."""
        return reverse("evaluation:assessment-detail", args=[self.pk])

    @property
    def target(self) -> str:
        """Return the kind of subject, GROUP or SCHOOL."""
        return Target.GROUP if self.group_id else Target.SCHOOL

    @property
    def subject(self) -> Any:
        """Return the group or the school."""
        return self.group if self.group_id else self.school

    @property
    def subject_id(self) -> int:
        """Return the key of the group or of the school."""
        return int(self.group_id or self.school_id or 0)

    @property
    def is_group(self) -> bool:
        """Tell whether a group is appraised."""
        return self.group_id is not None


class ScoreQuerySet(AccessQuerySet):
    """Scores in business words."""

    def of_cycle(self, cycle: Any) -> "ScoreQuerySet":
        """Keep the scores of a cycle, named by the keys of its assessments.

        A delete through the relation would join the table with itself, which takes
        minutes while the planner does not yet know how many rows were just written.
        """
        keys = Assessment.objects.filter(cycle=cycle).values_list("pk", flat=True)
        return self.filter(assessment__in=list(keys))

    def missing(self) -> "ScoreQuerySet":
        """Keep the leaves that still wait for a person."""
        return self.filter(score__isnull=True, is_na=False)

    def with_leaf(self) -> "ScoreQuerySet":
        """Load the indicator, its area and its dimension along, in their order."""
        return self.select_related("indicator__parent__parent").order_by(
            "indicator__position"
        )


@pghistory.track(
    pghistory.UpdateEvent(row=pghistory.Old),
    pghistory.DeleteEvent(),
    fields=[
        "assessment",
        "indicator",
        "score",
        "manual_level",
        "manual_score",
        "is_na",
        "comment",
        "scored_by",
        "scored_at",
    ],
)
class Score(models.Model):
    """One leaf of one assessment: what it is worth, how, and from which inputs.

    ``snapshot`` holds everything the score was computed from; ``score`` is null while
    a hand score is missing or where the leaf does not apply.
    """

    assessment = models.ForeignKey(
        Assessment,
        models.CASCADE,
        verbose_name=_("考核任务"),
        related_name="scores",
        db_index=False,  # score_progress and score_once_per_leaf begin with it
        db_constraint=False,  # score_carries_framework refers to it as well
    )
    indicator = models.ForeignKey(
        "evaluation.Indicator",
        models.PROTECT,
        verbose_name=_("指标"),
        db_constraint=False,
        related_name="scores",
    )
    framework = models.ForeignKey(
        "evaluation.Framework", models.PROTECT, db_constraint=False, related_name="+"
    )
    max_score = models.DecimalField(_("权重"), max_digits=5, decimal_places=2)
    how = models.CharField(_("评分方式"), max_length=8, choices=How.choices)
    auto_numerator = models.DecimalField(_("分子"), **FIGURE)
    auto_denominator = models.DecimalField(_("分母"), **FIGURE)
    auto_value = models.DecimalField(_("数值"), **FIGURE)
    auto_score = models.DecimalField(_("系统得分"), null=True, blank=True, **POINTS)
    manual_level = models.CharField(
        _("评定等级"), max_length=1, choices=RubricLevel.choices, blank=True
    )
    manual_score = models.DecimalField(_("手工得分"), null=True, blank=True, **POINTS)
    is_na = models.BooleanField(_("不适用"), default=False)
    score = models.DecimalField(_("得分"), null=True, **POINTS)
    comment = models.TextField(_("评分说明"), blank=True)
    scored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("评分人"),
        null=True,
        blank=True,
        related_name="+",
    )
    scored_at = models.DateTimeField(_("评分时间"), null=True, blank=True)
    snapshot = models.JSONField(_("计分依据"), default=dict)

    objects = ScoreQuerySet.as_manager()
    span_fields = ("assessment__opened_on", "assessment__opened_on")

    class Meta:
        ordering = ["assessment", "indicator"]
        verbose_name = verbose_name_plural = _("指标得分")
        indexes = [
            # how far a cycle is, without reading the wide rows
            models.Index(
                name="score_progress",
                fields=["assessment"],
                include=["max_score", "score", "is_na"],
            )
        ]
        constraints = [
            models.UniqueConstraint(
                name="score_once_per_leaf",
                fields=["assessment", "indicator"],
                violation_error_message=_("同一任务的同一指标只能有一个得分"),
            ),
            BulkCarriedKey(
                name="score_carries_framework",
                fields=["assessment", "framework"],
                to="evaluation.Assessment",
                to_fields=["id", "framework"],
            ),
            BulkCarriedKey(
                name="score_carries_weight",
                fields=["indicator", "framework", "max_score"],
                to="evaluation.Indicator",
                to_fields=["id", "framework", "weight"],
            ),
            models.CheckConstraint(
                name="score_within_weight",
                condition=Q(score__isnull=True)
                | Q(score__gte=0, score__lte=F("max_score")),
                violation_error_message=_("得分必须在 0 和权重之间"),
            ),
            models.CheckConstraint(
                name="score_manual_within_weight",
                condition=Q(manual_score__isnull=True)
                | Q(manual_score__gte=0, manual_score__lte=F("max_score")),
                violation_error_message=_("手工得分必须在 0 和权重之间"),
            ),
            models.CheckConstraint(
                name="score_na_has_no_points",
                condition=Q(is_na=False) | Q(score__isnull=True),
                violation_error_message=_("不适用的指标没有得分"),
            ),
            models.CheckConstraint(
                name="score_auto_has_no_hand",
                condition=~Q(how=How.AUTO)
                | Q(manual_level="", manual_score__isnull=True),
                violation_error_message=_("系统计算的指标不能手工评分"),
            ),
            models.CheckConstraint(
                name="score_by_hand_names_scorer",
                condition=Q(how=How.AUTO)
                | Q(score__isnull=True)
                | Q(scored_at__isnull=False),
                violation_error_message=_("手工评分必须记录评分时间"),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=SCORE_FROZEN,
            ),
            pgtrigger.Trigger(
                name="frozen_to_new",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="new_rows"),
                func=SCORE_ADDED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id}: {self.score}"

    def get_absolute_url(self) -> str:
        """Return the page that unfolds the score."""
        return reverse("evaluation:score-detail", args=[self.pk])

    @property
    def lost(self) -> Decimal:
        """Return the points lost; nothing where the leaf does not apply."""
        if self.is_na or self.score is None:
            return Decimal(0)
        return self.max_score - self.score

    @property
    def is_waiting(self) -> bool:
        """Tell whether a person has still to score the leaf."""
        return self.score is None and not self.is_na

    @property
    def is_by_hand(self) -> bool:
        """Tell whether a person gave all or part of the points."""
        return self.how != How.AUTO
