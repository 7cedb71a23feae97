"""Appraisal cycles of a region: one framework, one school year, nine steps."""

import datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.metrics import Period
from core.querysets import AccessQuerySet
from evaluation.choices import CycleKind, CycleState, Target

CALCULATED = [
    CycleState.CONSOLIDATION,
    CycleState.PUBLICITY,
    CycleState.PUBLISHED,
    CycleState.ARCHIVED,
]
"""States in which results exist."""
FINISHED = [CycleState.PUBLISHED, CycleState.ARCHIVED]


class CycleQuerySet(AccessQuerySet):
    """Cycles in business words."""

    def finished(self) -> "CycleQuerySet":
        """Keep the cycles whose results are published."""
        return self.filter(state__in=FINISHED)

    def under_way(self) -> "CycleQuerySet":
        """Keep the cycles that were opened and are not published yet."""
        return self.exclude(state__in=[CycleState.PLANNED, *FINISHED])

    def before(self, cycle: "Cycle") -> "CycleQuerySet":
        """Keep earlier finished cycles of the region and kind, newest first."""
        return (
            self.finished()
            .filter(
                region_id=cycle.region_id,
                kind=cycle.kind,
                year__starts_on__lt=cycle.year.starts_on,
            )
            .order_by("-year__starts_on")
        )


class Cycle(models.Model):
    """One appraisal of a region's groups (and member schools) in a school year.

    ``reference_day`` is the day on which membership and registers are read; figures
    of the year come from the whole school year.
    """

    framework = models.ForeignKey(
        "evaluation.Framework",
        models.PROTECT,
        verbose_name=_("指标体系"),
        related_name="cycles",
    )
    region = models.ForeignKey(
        "bureau.Region",
        models.PROTECT,
        verbose_name=_("组织地区"),
        related_name="evaluation_cycles",
    )
    year = models.ForeignKey(
        "bureau.AcademicYear",
        models.PROTECT,
        verbose_name=_("学年"),
        related_name="evaluation_cycles",
    )
    kind = models.CharField(
        _("类别"),
        max_length=14,
        choices=CycleKind.choices,
        default=CycleKind.ANNUAL,
    )
    name = models.CharField(_("名称"), max_length=120)
    targets = ArrayField(
        models.CharField(max_length=6, choices=Target.choices),
        verbose_name=_("考核对象"),
    )
    reference_day = models.DateField(
        _("数据基准日"), help_text=_("成员关系和学校登记以这一天为准")
    )
    self_due_on = models.DateField(_("自评报告截止日"))
    review_due_on = models.DateField(_("评分截止日"))
    publicity_from = models.DateField(_("公示起"), null=True, blank=True)
    publicity_to = models.DateField(_("公示止（不含）"), null=True, blank=True)
    state = models.CharField(
        _("状态"),
        max_length=16,
        choices=CycleState.choices,
        default=CycleState.PLANNED,
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    created_at = models.DateTimeField(_("建立时间"), auto_now_add=True)
    data_locked_at = models.DateTimeField(_("数据锁定时间"), null=True, blank=True)
    consolidated_on = models.DateField(_("结果汇总日期"), null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("报送公示人"),
        null=True,
        blank=True,
        related_name="+",
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("公布人"),
        null=True,
        blank=True,
        related_name="+",
    )
    published_on = models.DateField(_("公布日期"), null=True, blank=True)

    objects = CycleQuerySet.as_manager()
    span_fields = ("year__starts_on", "year__ends_on")

    class Meta:
        ordering = ["-year__starts_on", "region", "kind"]
        verbose_name = verbose_name_plural = _("考核周期")
        constraints = [
            models.UniqueConstraint(
                name="cycle_once",
                fields=["region", "year", "kind"],
                violation_error_message=_("该地区本学年已有同类考核周期"),
            ),
            models.UniqueConstraint(
                name="cycle_framework_key", fields=["id", "framework"]
            ),
            models.CheckConstraint(
                name="cycle_has_target",
                condition=~Q(targets=[]),
                violation_error_message=_("请至少选择一类考核对象"),
            ),
            models.CheckConstraint(
                name="cycle_publisher_is_not_submitter",
                condition=Q(published_by__isnull=True)
                | Q(submitted_by__isnull=True)
                | ~Q(published_by=F("submitted_by")),
                violation_error_message=_("公布人不能是报送公示人"),
            ),
            models.CheckConstraint(
                name="cycle_publicity_before_publication",
                condition=Q(
                    state__in=[CycleState.PUBLICITY, *FINISHED],
                    publicity_from__isnull=False,
                    publicity_to__isnull=False,
                    publicity_from__lt=F("publicity_to"),
                )
                | ~Q(state__in=[CycleState.PUBLICITY, *FINISHED]),
                violation_error_message=_("公布前必须公示，截止日期晚于起始日期"),
            ),
            models.CheckConstraint(
                name="cycle_published_has_day",
                condition=~Q(state__in=FINISHED) | Q(published_on__isnull=False),
            ),
            models.CheckConstraint(
                name="cycle_review_after_self_evaluation",
                condition=Q(self_due_on__lte=F("review_due_on")),
                violation_error_message=_("评分截止日不能早于自评截止日"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the page of the cycle."""
        return reverse("evaluation:cycle-detail", args=[self.pk])

    @property
    def period(self) -> Period:
        """Return the span whose figures count and the day of reference."""
        return Period(
            self.year.code, self.year.starts_on, self.year.until, self.reference_day
        )

    @property
    def is_calculated(self) -> bool:
        """Tell whether results exist."""
        return self.state in CALCULATED

    @property
    def is_finished(self) -> bool:
        """Tell whether the results are published."""
        return self.state in FINISHED

    @property
    def next_due(self) -> datetime.date | None:
        """Return the next deadline of the cycle's present step."""
        due: dict[Any, datetime.date | None] = {
            CycleState.OPEN: self.self_due_on,
            CycleState.DATA_LOCKED: self.self_due_on,
            CycleState.SELF_EVALUATION: self.self_due_on,
            CycleState.REVIEW: self.review_due_on,
            CycleState.PUBLICITY: self.publicity_to,
        }
        return due.get(self.state)

    @property
    def target_labels(self) -> list[str]:
        """Return the targets in words."""
        return [str(Target(target).label) for target in self.targets]
