"""Dated values of policy parameters by region."""

from decimal import Decimal
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bureau.choices import Refining, ValueKind
from bureau.models.policy import PolicyClause
from bureau.models.region import Region
from bureau.querysets import ParameterQuerySet
from core.constraints import NoOverlap, refusals
from core.models import DatedModel

WITHIN_ABOVE = """
    IF NEW.region_id IS NULL THEN RETURN NEW; END IF;
    IF TG_OP = 'UPDATE' THEN
        IF NEW.value = OLD.value AND NEW.key = OLD.key
            AND NEW.region_id = OLD.region_id AND NEW.valid_from >= OLD.valid_from
            AND (OLD.valid_to IS NULL OR NEW.valid_to <= OLD.valid_to)
        THEN RETURN NEW; END IF;
    END IF;
    IF EXISTS (
        SELECT 1 FROM bureau_region here
        JOIN bureau_policyparameter up ON up.region_id = ANY(here.lineage)
        WHERE here.id = NEW.region_id AND up.region_id <> here.id
        AND up.key = NEW.key AND up.refining <> 'FREE'
        AND daterange(up.valid_from, up.valid_to)
            && daterange(NEW.valid_from, NEW.valid_to)
        AND (up.refining = 'FIXED' OR CASE WHEN NEW.kind = 'decimal' THEN
            (NEW.value #>> '{}')::numeric < coalesce(up.least, '-Infinity'::numeric)
            OR (NEW.value #>> '{}')::numeric > coalesce(up.most, 'Infinity'::numeric)
            END))
    THEN
        RAISE EXCEPTION 'a region above does not allow this value'
            USING ERRCODE = '23514', CONSTRAINT = 'parameter_within_above';
    END IF;
    RETURN NEW;
"""
refusals.register(
    "parameter_within_above",
    _("上级规定了该参数的允许范围或不允许另行设定，请在范围内取值（AK-1.3.1）"),
)


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

    refining = models.CharField(
        _("下级设定"),
        max_length=5,
        choices=Refining.choices,
        default=Refining.FREE,
    )
    least = models.DecimalField(
        _("下级不得低于"), max_digits=16, decimal_places=4, null=True, blank=True
    )
    most = models.DecimalField(
        _("下级不得高于"), max_digits=16, decimal_places=4, null=True, blank=True
    )
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("核实人"),
        null=True,
        blank=True,
        related_name="+",
    )
    verified_at = models.DateTimeField(_("核实时间"), null=True, blank=True)
    verified_note = models.CharField(_("核实依据"), max_length=250, blank=True)

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
            models.CheckConstraint(
                name="parameter_range_when_said",
                condition=Q(
                    ~Q(refining=Refining.RANGE), least__isnull=True, most__isnull=True
                )
                | Q(
                    Q(least__isnull=False) | Q(most__isnull=False),
                    refining=Refining.RANGE,
                    kind=ValueKind.DECIMAL,
                ),
                violation_error_message=_("只有数值参数可以规定范围，且至少填写一端"),
            ),
            models.CheckConstraint(
                name="parameter_range_not_reversed",
                condition=Q(least__isnull=True)
                | Q(most__isnull=True)
                | Q(least__lte=models.F("most")),
                violation_error_message=_("范围的下限不能高于上限"),
            ),
            models.CheckConstraint(
                name="parameter_default_leaves_free",
                condition=Q(region__isnull=False) | Q(refining=Refining.FREE),
            ),
            models.CheckConstraint(
                name="parameter_check_is_whole",
                condition=Q(verified_by__isnull=True, verified_at__isnull=True)
                | Q(
                    ~Q(verified_note=""),
                    verified=True,
                    verified_by__isnull=False,
                    verified_at__isnull=False,
                ),
                violation_error_message=_("核实须写明依据"),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="within_above",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=WITHIN_ABOVE,
            )
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
