"""Indicator frameworks: a weighted tree of three levels, frozen once published."""

from decimal import Decimal
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.constraints import CarriedKey
from core.querysets import AccessQuerySet
from evaluation.choices import FrameworkState, Method, Subject, Target
from evaluation.models.rules import (
    FRAMEWORK_FROZEN,
    FRAMEWORK_SUMS,
    INDICATOR_FROZEN,
    INDICATOR_TOTALS,
)

LEAF_LEVEL = 3
IN_FORCE = [FrameworkState.PUBLISHED, FrameworkState.RETIRED]


class FrameworkQuerySet(AccessQuerySet):
    """Frameworks in business words."""

    def published(self) -> "FrameworkQuerySet":
        """Keep the frameworks that a cycle may use."""
        return self.filter(state=FrameworkState.PUBLISHED)

    def for_region(self, region: Any) -> "FrameworkQuerySet":
        """Keep the frameworks owned by the region or by one above it."""
        return self.filter(region_id__in=region.lineage)


class Framework(models.Model):
    """One version of an indicator framework of one region (BN-4.3.3).

    ``total_weight``, ``expert_weight`` and ``survey_weight`` are kept by triggers; a
    published version never changes, a change is a new version.
    """

    code = models.CharField(_("代码"), max_length=20)
    version = models.PositiveIntegerField(_("版本"), default=1)
    region = models.ForeignKey(
        "bureau.Region",
        models.PROTECT,
        verbose_name=_("制定地区"),
        related_name="frameworks",
    )
    name_zh = models.CharField(_("名称"), max_length=80)
    name_en = models.CharField(_("英文名称"), max_length=120)
    policy = models.CharField(_("依据政策"), max_length=10, blank=True)
    targets = ArrayField(
        models.CharField(max_length=6, choices=Target.choices),
        verbose_name=_("考核对象"),
    )
    state = models.CharField(
        _("状态"),
        max_length=10,
        choices=FrameworkState.choices,
        default=FrameworkState.DRAFT,
    )
    total_weight = models.DecimalField(
        _("总权重"), max_digits=7, decimal_places=2, default=0, editable=False
    )
    expert_weight = models.DecimalField(
        _("行业认定权重"), max_digits=7, decimal_places=2, default=0, editable=False
    )
    survey_weight = models.DecimalField(
        _("社会评价权重"), max_digits=7, decimal_places=2, default=0, editable=False
    )
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    published_on = models.DateField(_("发布日期"), null=True, blank=True)
    retired_on = models.DateField(_("停用日期"), null=True, blank=True)

    objects = FrameworkQuerySet.as_manager()

    class Meta:
        ordering = ["region", "code", "-version"]
        verbose_name = verbose_name_plural = _("指标体系")
        constraints = [
            models.UniqueConstraint(
                name="framework_version_once",
                fields=["region", "code", "version"],
                violation_error_message=_("该地区已有同一版本的指标体系"),
            ),
            models.CheckConstraint(
                name="framework_published_weighs_100",
                condition=~Q(state__in=IN_FORCE) | Q(total_weight=100),
                violation_error_message=_("一级指标权重合计必须等于 100"),
            ),
            models.CheckConstraint(
                name="framework_expert_and_survey",
                condition=~Q(state__in=IN_FORCE, policy="BN")
                | Q(expert_weight__gt=0, survey_weight__gt=0),
                violation_error_message=_(
                    "必须同时含有行业认定和社会评价指标（BN-4.3.2）"
                ),
            ),
            models.CheckConstraint(
                name="framework_has_target",
                condition=~Q(targets=[]),
                violation_error_message=_("请至少选择一类考核对象"),
            ),
            models.CheckConstraint(
                name="framework_publisher_is_not_checker",
                condition=Q(published_by__isnull=True)
                | Q(checked_by__isnull=True)
                | ~Q(published_by=F("checked_by")),
                violation_error_message=_("发布人不能是校核人"),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.state IN ('PUBLISHED', 'RETIRED')"),
                func=FRAMEWORK_FROZEN,
            ),
            pgtrigger.Trigger(
                name="sums",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("state"),
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Condition("NEW.state = 'PUBLISHED'"),
                declare=[("bad", "RECORD")],
                func=FRAMEWORK_SUMS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"

    def get_absolute_url(self) -> str:
        """Return the page of the framework."""
        return reverse("evaluation:framework-detail", args=[self.pk])

    @property
    def name(self) -> str:
        """Return the name in the reader's language."""
        return self.name_en if get_language() == "en" else self.name_zh

    @property
    def target_labels(self) -> list[str]:
        """Return the targets in words."""
        return [str(Target(target).label) for target in self.targets]


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    """Indicators in business words."""

    def leaves(self) -> "IndicatorQuerySet":
        """Keep the indicators that are scored."""
        return self.filter(level=LEAF_LEVEL)

    def for_target(self, target: str) -> "IndicatorQuerySet":
        """Keep the leaves that apply to a group, or to a school."""
        return self.leaves().filter(subject__in=[target, Subject.BOTH])


class Indicator(models.Model):
    """One node of a framework: dimension, area, or a leaf that is scored.

    ``parts`` of a leaf are its rules (``share, source, metric, function, args``);
    ``variants`` hold the rule of another sector by its name.
    """

    framework = models.ForeignKey(
        Framework, models.CASCADE, verbose_name=_("指标体系"), related_name="indicators"
    )
    parent = models.ForeignKey(
        "self",
        models.CASCADE,
        verbose_name=_("上级指标"),
        null=True,
        blank=True,
        related_name="children",
    )
    parent_level = models.PositiveSmallIntegerField(default=0, editable=False)
    level = models.PositiveSmallIntegerField(_("层级"))
    position = models.PositiveSmallIntegerField(_("顺序"))
    code = models.CharField(_("代码"), max_length=20)
    name_zh = models.CharField(_("名称"), max_length=80)
    name_en = models.CharField(_("英文名称"), max_length=120)
    weight = models.DecimalField(_("权重"), max_digits=5, decimal_places=2)
    method = models.CharField(
        _("评分方式"), max_length=12, choices=Method.choices, blank=True
    )
    subject = models.CharField(
        _("适用对象"), max_length=6, choices=Subject.choices, default=Subject.BOTH
    )
    clause = models.CharField(_("依据条款"), max_length=20, blank=True)
    parts = models.JSONField(_("计分规则"), default=list, blank=True)
    rubric = models.JSONField(_("评分标准"), null=True, blank=True)
    evidence = models.JSONField(_("佐证材料"), default=list, blank=True)
    na_rule = models.JSONField(_("不适用规则"), null=True, blank=True)
    variants = models.JSONField(_("分类规则"), default=dict, blank=True)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        ordering = ["framework", "position"]
        verbose_name = verbose_name_plural = _("指标")
        constraints = [
            models.UniqueConstraint(
                name="indicator_code_once",
                fields=["framework", "code"],
                violation_error_message=_("同一指标体系内代码不能重复"),
            ),
            models.UniqueConstraint(
                name="indicator_level_key", fields=["id", "framework", "level"]
            ),
            models.UniqueConstraint(
                name="indicator_weight_key", fields=["id", "framework", "weight"]
            ),
            models.CheckConstraint(
                name="indicator_weight_positive",
                condition=Q(weight__gt=0),
                violation_error_message=_("权重必须大于 0"),
            ),
            models.CheckConstraint(
                name="indicator_level_below_parent",
                condition=Q(level=F("parent_level") + 1, level__lte=LEAF_LEVEL)
                & (
                    Q(parent__isnull=True, parent_level=0)
                    | Q(parent__isnull=False, parent_level__gt=0)
                ),
                violation_error_message=_("指标层级必须比上级低一级，最多三级"),
            ),
            models.CheckConstraint(
                name="indicator_leaf_has_method",
                condition=(Q(level=LEAF_LEVEL) & ~Q(method="") & ~Q(parts=[]))
                | (Q(level__lt=LEAF_LEVEL, method="", parts=[])),
                violation_error_message=_("三级指标必须有评分方式和规则"),
            ),
            CarriedKey(
                name="indicator_carries_parent_level",
                fields=["parent", "framework", "parent_level"],
                to="evaluation.Indicator",
                to_fields=["id", "framework", "level"],
                violation_error_message=_("上级指标必须在同一指标体系内"),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("held", "RECORD")],
                func=INDICATOR_FROZEN,
            ),
            pgtrigger.Trigger(
                name="totals",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("owner", "bigint")],
                func=INDICATOR_TOTALS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.short_code} {self.name}"

    @property
    def name(self) -> str:
        """Return the name in the reader's language."""
        return self.name_en if get_language() == "en" else self.name_zh

    @property
    def short_code(self) -> str:
        """Return the code without the framework's prefix, ``S1.1``."""
        return self.code.rsplit("-", 1)[-1]

    @property
    def is_leaf(self) -> bool:
        """Tell whether the indicator is scored itself."""
        return self.level == LEAF_LEVEL

    def applies_to(self, target: str) -> bool:
        """Tell whether the leaf is scored for a group, or for a school."""
        return self.subject in {target, Subject.BOTH}

    def rule_for(self, variant: str) -> dict[str, Any]:
        """Return name, parts, rubric, evidence and N/A rule in one sector.

        The base leaf's rubric, evidence and N/A rule do not apply to a variant.
        """
        other = self.variants.get(variant) if variant else None
        if other is None:
            return {
                "name_zh": self.name_zh,
                "name_en": self.name_en,
                "parts": self.parts,
                "rubric": self.rubric,
                "evidence": self.evidence,
                "na_rule": self.na_rule,
            }
        keys = ("source", "metric", "function", "args")
        return {
            "name_zh": other["name_zh"],
            "name_en": other["name_en"],
            "parts": [{"share": "1", **{key: other[key] for key in keys}}],
            "rubric": None,
            "evidence": [],
            "na_rule": other.get("na_rule"),
        }

    def weight_in(self, total: Decimal = Decimal(100)) -> Decimal:
        """Return the share of the whole that the indicator weighs."""
        return self.weight / total
