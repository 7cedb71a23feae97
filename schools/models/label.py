"""Dated labels and honours of schools."""

import pghistory
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from core.constraints import NoOverlap
from core.models import DatedModel
from core.querysets import AccessQuerySet
from schools.choices import INTERNAL_LABELS, Label
from schools.models.school import School
from schools.querysets import LabelQuerySet


@pghistory.track(
    pghistory.UpdateEvent(condition=None, row=pghistory.Old), pghistory.DeleteEvent()
)
class SchoolLabel(DatedModel):
    """A label a school holds for a span of days, and who decided it.

    Weak and potential are for internal pages only (``public()`` leaves them out).
    """

    school = models.ForeignKey(
        School, models.CASCADE, verbose_name=_("学校"), related_name="labels"
    )
    label = models.CharField(_("标签"), max_length=20, choices=Label.choices)
    decided_by = models.CharField(_("认定单位"), max_length=120)
    document_no = models.CharField(_("文号"), max_length=80, blank=True)
    evidence = models.ForeignKey(
        "core.Attachment",
        models.PROTECT,
        verbose_name=_("认定依据"),
        null=True,
        blank=True,
        related_name="+",
    )
    ended_because = models.CharField(_("终止原因"), max_length=200, blank=True)

    objects = LabelQuerySet.as_manager()

    class Meta(DatedModel.Meta):
        ordering = ["school_id", "valid_from", "pk"]
        verbose_name = verbose_name_plural = _("学校标签")
        constraints = [
            *DatedModel.Meta.constraints,
            NoOverlap(
                name="school_label_once_a_day",
                fields=["school"],
                text_fields=["label"],
                violation_error_message=_("该标签在这段时间内已登记"),
            ),
            CheckConstraint(
                name="school_label_known", condition=Q(label__in=Label.values)
            ),
            CheckConstraint(
                name="school_label_decided",
                condition=~Q(decided_by=""),
                violation_error_message=_("请填写认定单位"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_label_display())

    @property
    def is_internal(self) -> bool:
        """Tell whether the label never leaves internal pages."""
        return self.label in INTERNAL_LABELS


class SchoolHonour(models.Model):
    """A recognition by a level of government in one year."""

    class Kind(models.TextChoices):
        PROVINCIAL_DEMO_SENIOR = "PROVINCIAL_DEMO_SENIOR", _("省级示范高中")
        PROVINCIAL_STANDARD_SENIOR = "PROVINCIAL_STANDARD_SENIOR", _("省级标准化高中")
        DEMO_KINDERGARTEN = "DEMO_KINDERGARTEN", _("示范幼儿园")
        DEMO_VOCATIONAL = "DEMO_VOCATIONAL", _("示范中等职业学校")
        FEATURE = "FEATURE", _("特色学校")
        CIVILISED = "CIVILISED", _("文明校园")
        OTHER = "OTHER", _("其他荣誉")

    class Level(models.TextChoices):
        NATIONAL = "NATIONAL", _("国家级")
        PROVINCE = "PROVINCE", _("省级")
        CITY = "CITY", _("市级")
        COUNTY = "COUNTY", _("区县级")

    school = models.ForeignKey(
        School, models.CASCADE, verbose_name=_("学校"), related_name="honours"
    )
    kind = models.CharField(_("荣誉"), max_length=30, choices=Kind.choices)
    level = models.CharField(_("级别"), max_length=10, choices=Level.choices)
    title = models.CharField(_("荣誉名称"), max_length=120, blank=True)
    year = models.PositiveSmallIntegerField(_("年份"))
    awarded_by = models.CharField(_("授予单位"), max_length=120)

    objects = AccessQuerySet.as_manager()

    class Meta:
        ordering = ["school_id", "-year", "pk"]
        verbose_name = verbose_name_plural = _("学校荣誉")
        constraints = [
            UniqueConstraint(
                fields=["school", "kind", "level", "year", "title"],
                name="honour_once",
                violation_error_message=_("该荣誉已登记"),
            ),
            CheckConstraint(
                name="honour_year_plausible",
                condition=Q(year__gte=1949, year__lte=2100),
                violation_error_message=_("请填写四位年份"),
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(self.get_kind_display())
