"""Targets of a region and the industries it has chosen."""

import pghistory
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bureau.models.policy import PolicyClause
from bureau.models.region import Region
from bureau.querysets import TargetQuerySet
from core.constraints import NoOverlap
from core.models import DatedModel
from core.querysets import DatedQuerySet


class KeyIndustry(DatedModel):
    """An industry that a region develops first (BN-3.4)."""

    region = models.ForeignKey(
        Region, models.PROTECT, verbose_name=_("地区"), related_name="key_industries"
    )
    code = models.CharField(_("代码"), max_length=20)
    name = models.CharField(_("名称"), max_length=80)

    objects = DatedQuerySet.as_manager()

    class Meta(DatedModel.Meta):
        ordering = ["region", "code"]
        verbose_name = verbose_name_plural = _("重点产业")
        constraints = [
            *DatedModel.Meta.constraints,
            NoOverlap(
                name="industry_once_a_day",
                fields=["region"],
                text_fields=["code"],
                violation_error_message=_("该产业在此期间已登记"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(
    pghistory.UpdateEvent(row=pghistory.Old),
    pghistory.DeleteEvent(),
)
class Target(models.Model):
    """A value that a metric should reach in a region by a day (BN-3.5, AK-1.2.4)."""

    class Direction(models.TextChoices):
        AT_LEAST = "AT_LEAST", _("不低于")
        AT_MOST = "AT_MOST", _("不高于")

    region = models.ForeignKey(
        Region, models.PROTECT, verbose_name=_("地区"), related_name="targets"
    )
    metric = models.CharField(_("指标"), max_length=80)
    title = models.CharField(_("名称"), max_length=120)
    direction = models.CharField(
        _("要求"), max_length=8, choices=Direction.choices, default=Direction.AT_LEAST
    )
    baseline = models.DecimalField(
        _("基数"), max_digits=16, decimal_places=4, null=True, blank=True
    )
    baseline_on = models.DateField(_("基数日期"), null=True, blank=True)
    value = models.DecimalField(_("目标值"), max_digits=16, decimal_places=4)
    due_on = models.DateField(_("完成期限"))
    clause = models.ForeignKey(
        PolicyClause,
        models.PROTECT,
        verbose_name=_("依据条款"),
        null=True,
        blank=True,
        related_name="targets",
    )
    note = models.CharField(_("说明"), max_length=200, blank=True)

    objects = TargetQuerySet.as_manager()

    class Meta:
        ordering = ["region", "due_on", "title"]
        verbose_name = verbose_name_plural = _("目标")
        constraints = [
            models.UniqueConstraint(
                name="target_once",
                fields=["region", "metric", "due_on"],
                violation_error_message=_("该指标在同一期限已有目标"),
            ),
            models.CheckConstraint(
                name="target_baseline_has_day",
                condition=Q(baseline__isnull=True, baseline_on__isnull=True)
                | Q(baseline__isnull=False, baseline_on__isnull=False),
                violation_error_message=_("填写基数时请同时填写基数日期"),
            ),
            models.CheckConstraint(
                name="target_baseline_before_due",
                condition=Q(baseline_on__isnull=True) | Q(baseline_on__lt=F("due_on")),
                violation_error_message=_("基数日期应早于完成期限"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the page of the target."""
        return reverse("bureau:target-detail", args=[self.pk])
