"""The result of an assessment: one number, its grade and place, then frozen."""

from decimal import Decimal
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.querysets import AccessQuerySet
from evaluation.choices import Grade, Limit, ResultState
from evaluation.models.assessment import POINTS, Assessment
from evaluation.models.rules import RESULT_FROZEN


class ResultQuerySet(AccessQuerySet):
    """Results in business words."""

    def of_cycle(self, cycle: Any) -> "ResultQuerySet":
        """Keep the results of a cycle, named by the keys of its assessments."""
        keys = Assessment.objects.filter(cycle=cycle).values_list("pk", flat=True)
        return self.filter(assessment__in=list(keys))

    def published(self) -> "ResultQuerySet":
        """Keep the results in force."""
        return self.filter(state=ResultState.PUBLISHED)

    def of_groups(self) -> "ResultQuerySet":
        """Keep the results of groups."""
        return self.filter(assessment__group__isnull=False)

    def of_schools(self) -> "ResultQuerySet":
        """Keep the results of schools."""
        return self.filter(assessment__school__isnull=False)


class Result(models.Model):
    """What an assessment came to.

    ``band`` is the grade of the score alone; ``grade`` may stay below it, then
    ``limited_by`` says why. ``frozen`` holds every input, ``digest`` its SHA-256.
    """

    assessment = models.OneToOneField(
        "evaluation.Assessment",
        models.PROTECT,
        verbose_name=_("考核任务"),
        related_name="result",
    )
    raw = models.DecimalField(_("原始得分"), **POINTS)
    applicable_weight = models.DecimalField(_("适用权重"), **POINTS)
    full_weight = models.DecimalField(_("全部权重"), **POINTS)
    score = models.DecimalField(_("得分"), **POINTS)
    band = models.CharField(_("分数等次"), max_length=1, choices=Grade.choices)
    grade = models.CharField(_("等次"), max_length=1, choices=Grade.choices)
    limited_by = models.CharField(
        _("等次限制"), max_length=6, choices=Limit.choices, blank=True
    )
    fallen_members = models.JSONField(_("下滑成员校"), default=list)
    a_min = models.DecimalField(_("优秀线"), **POINTS)
    b_min = models.DecimalField(_("良好线"), **POINTS)
    c_min = models.DecimalField(_("合格线"), **POINTS)
    rank = models.PositiveIntegerField(_("位次"))
    of = models.PositiveIntegerField(_("参评数"))
    dimensions = models.JSONField(_("各维度得分"), default=list)
    previous_score = models.DecimalField(_("上期得分"), null=True, blank=True, **POINTS)
    state = models.CharField(
        _("状态"),
        max_length=10,
        choices=ResultState.choices,
        default=ResultState.DRAFT,
    )
    frozen = models.JSONField(_("冻结数据"))
    digest = models.CharField(_("数据摘要"), max_length=64)
    published_on = models.DateField(_("公布日期"), null=True, blank=True)

    objects = ResultQuerySet.as_manager()
    span_fields = ("published_on", "published_on")

    class Meta:
        ordering = ["rank", "pk"]
        verbose_name = verbose_name_plural = _("考核结果")
        constraints = [
            models.CheckConstraint(
                name="result_band_matches_score",
                condition=Q(band="A", score__gte=F("a_min"))
                | Q(band="B", score__gte=F("b_min"), score__lt=F("a_min"))
                | Q(band="C", score__gte=F("c_min"), score__lt=F("b_min"))
                | Q(band="D", score__lt=F("c_min")),
                violation_error_message=_("等次与分数段不符"),
            ),
            models.CheckConstraint(
                name="result_grade_matches_band",
                condition=Q(grade=F("band"), limited_by="")
                | (Q(grade__gt=F("band")) & ~Q(limited_by="")),
                violation_error_message=_(
                    "等次只能因名额、成员校下滑或一票否决低于分数段"
                ),
            ),
            models.CheckConstraint(
                name="result_veto_limits_grade",
                condition=~Q(limited_by="VETO") | Q(grade__in=["C", "D"]),
                violation_error_message=_("一票否决后等次不得高于合格"),
            ),
            models.CheckConstraint(
                name="result_raw_within_applicable",
                condition=Q(
                    raw__gte=0,
                    raw__lte=F("applicable_weight"),
                    applicable_weight__lte=F("full_weight"),
                    score__gte=0,
                    score__lte=100,
                ),
                violation_error_message=_("得分必须在 0 和适用权重之间"),
            ),
            models.CheckConstraint(
                name="result_rank_within_field",
                condition=Q(rank__gte=1, rank__lte=F("of")),
            ),
            models.CheckConstraint(
                name="result_published_has_day",
                condition=~Q(state=ResultState.PUBLISHED)
                | Q(published_on__isnull=False, digest__regex=r"^[0-9a-f]{64}$"),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.state = 'PUBLISHED'"),
                func=RESULT_FROZEN,
            )
        ]

    def __str__(self) -> str:
        return f"{self.assessment.label} {self.score} {self.get_grade_display()}"

    def get_absolute_url(self) -> str:
        """Return the page of the result."""
        return reverse("evaluation:assessment-detail", args=[self.assessment_id])

    @property
    def change(self) -> Decimal | None:
        """Return the change since the last cycle, or None."""
        if self.previous_score is None:
            return None
        return self.score - self.previous_score
