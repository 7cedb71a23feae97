"""Dated values of policy parameters by region."""

from decimal import Decimal
from typing import Any

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bureau.choices import ValueKind
from bureau.models.policy import PolicyClause
from bureau.models.region import Region
from bureau.querysets import ParameterQuerySet
from core.constraints import NoOverlap
from core.models import DatedModel


@pghistory.track(
    pghistory.UpdateEvent(row=pghistory.Old),
    pghistory.DeleteEvent(),
)
class PolicyParameter(DatedModel):
    """The value of one parameter in one region for a span of days.

    A row without a region is the shipped default. ``value`` holds a decimal as text,
    so that nothing is lost; read it through ``typed``.
    """

    key = models.CharField(_("参数"), max_length=80)
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        verbose_name=_("适用地区"),
        null=True,
        blank=True,
        related_name="parameters",
    )
    value = models.JSONField(_("取值"))
    kind = models.CharField(_("类型"), max_length=8, choices=ValueKind.choices)
    unit = models.CharField(_("单位"), max_length=60, blank=True)
    meaning = models.CharField(_("含义"), max_length=200)
    meaning_en = models.CharField(_("英文含义"), max_length=250, blank=True)
    clauses = models.ManyToManyField(
        PolicyClause, verbose_name=_("依据条款"), related_name="parameters", blank=True
    )
    source_note = models.CharField(_("来源说明"), max_length=250, blank=True)
    verified = models.BooleanField(_("已核实"), default=False)
    reason = models.CharField(_("调整理由"), max_length=250, blank=True)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("设定人"),
        null=True,
        blank=True,
        related_name="+",
    )
    set_at = models.DateTimeField(_("设定时间"), auto_now_add=True)

    objects = ParameterQuerySet.as_manager()

    class Meta(DatedModel.Meta):
        ordering = ["key", "region", "valid_from"]
        verbose_name = verbose_name_plural = _("政策参数")
        indexes = [models.Index(fields=["key", "region"], name="parameter_key_region")]
        constraints = [
            *DatedModel.Meta.constraints,
            NoOverlap(
                name="parameter_one_value_a_day",
                text_fields=["key"],
                null_fields=["region"],
                violation_error_message=_("同一地区同一参数的有效期不能重叠"),
            ),
            models.CheckConstraint(
                name="parameter_key_shape",
                condition=Q(key__regex=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$"),
            ),
        ]

    def __str__(self) -> str:
        return self.key

    def get_absolute_url(self) -> str:
        """Return the page of the parameter."""
        return reverse("bureau:parameter-detail", args=[self.key])

    @property
    def typed(self) -> Any:
        """Return the value as Decimal, bool, str or list."""
        return Decimal(self.value) if self.kind == ValueKind.DECIMAL else self.value
