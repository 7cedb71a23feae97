"""Aggregates of quality monitoring: internal for ever, never a ranking."""

from collections.abc import Mapping
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext
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
    full_marks = models.DecimalField(
        _("满分"),
        max_digits=7,
        decimal_places=3,
        null=True,
        blank=True,
        help_text=_("填写后核对平均分不超过满分"),
    )
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
            CheckConstraint(
                name="quality_within_full_marks",
                condition=Q(full_marks__isnull=True)
                | Q(
                    full_marks__gt=0,
                    mean__lte=F("full_marks"),
                    district_mean__lte=F("full_marks"),
                ),
                violation_error_message=_("平均分不能超过满分"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school} {self.year} {self.subject}"

    def get_absolute_url(self) -> str:
        """Return the page of the school, which shows the row to the bureau."""
        return self.school.get_absolute_url()

    def clean(self) -> None:
        """Refuse figures that contradict each other, each at its own field."""
        names = ("mean", "deviation", "district_mean", "district_deviation")
        found = faults_of({n: getattr(self, n) for n in (*names, "full_marks")})
        if found:
            raise ValidationError(found)


def faults_of(figures: Mapping[str, Decimal | None]) -> dict[str, str]:
    """Return what cannot be, by figure: beyond full marks, or spread of nothing."""
    full, found = figures.get("full_marks"), {}
    for name in ("mean", "district_mean"):
        value = figures.get(name)
        if value is not None and full is not None and value > full:
            found[name] = gettext("平均分不能超过满分")
    for name in ("deviation", "district_deviation"):
        value = figures.get(name)
        if value is not None and full is not None and value > full:
            found[name] = gettext("标准差不能超过满分")
    if figures.get("district_deviation") == 0:
        found["district_deviation"] = gettext("全区标准差必须大于 0")
    return found
