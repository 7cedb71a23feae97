"""Aggregates of quality monitoring: internal for ever, never a ranking."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from core.querysets import AccessQuerySet
from schools.choices import Stage
from schools.models.school import School


class QualityResult(models.Model):
    """One school's mean in one subject against the district's, for internal use only.

    No public page, export or API shows these rows. Kindergartens stand here with
    their care-and-education assessment, subject ``保教质量``.
    """

    school = models.ForeignKey(
        School, models.PROTECT, verbose_name=_("学校"), related_name="quality_results"
    )
    year = models.ForeignKey(
        "bureau.AcademicYear",
        models.PROTECT,
        verbose_name=_("学年"),
        related_name="quality_results",
    )
    stage = models.CharField(_("学段"), max_length=12, choices=Stage.choices)
    subject = models.CharField(_("学科"), max_length=40)
    tested = models.PositiveIntegerField(_("参测人数"))
    mean = models.DecimalField(_("平均分"), max_digits=7, decimal_places=3)
    deviation = models.DecimalField(_("标准差"), max_digits=7, decimal_places=3)
    district_mean = models.DecimalField(_("全区平均分"), max_digits=7, decimal_places=3)
    district_deviation = models.DecimalField(
        _("全区标准差"), max_digits=7, decimal_places=3
    )

    objects = AccessQuerySet.as_manager()

    class Meta:
        ordering = ["school_id", "-year_id", "stage", "subject"]
        verbose_name = verbose_name_plural = _("质量监测结果（内部）")
        constraints = [
            UniqueConstraint(
                fields=["school", "year", "stage", "subject"], name="quality_once"
            ),
            CheckConstraint(
                name="quality_figures_plausible",
                condition=Q(
                    tested__gte=1,
                    mean__gte=0,
                    deviation__gte=0,
                    district_mean__gte=0,
                    district_deviation__gt=0,
                ),
                violation_error_message=_(
                    "参测人数和全区标准差必须大于 0，分数不能为负"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school} {self.year} {self.subject}"
