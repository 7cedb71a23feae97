"""School years and terms."""

from datetime import date, timedelta
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from core.constraints import Single
from core.days import today
from core.models import Sourced, public_id, stamp_changed
from core.querysets import AccessQuerySet


class ClosedDays(Func):
    """The span of two date columns with both ends in it."""

    function = "daterange"
    output_field = DateRangeField()

    def __init__(self, *columns: F) -> None:
        super().__init__(*columns, Value("[]"))


def _span() -> tuple[ClosedDays, str]:
    return ClosedDays(F("starts_on"), F("ends_on")), RangeOperators.OVERLAPS


class AcademicYearQuerySet(AccessQuerySet):
    """School years by day."""

    def containing(self, day: date) -> Self:
        """Keep the year that the day lies in."""
        return self.filter(starts_on__lte=day, ends_on__gte=day)

    def current(self, day: date | None = None) -> "AcademicYear | None":
        """Return the year of the day (today when not given), or None."""
        return self.containing(day or today()).first()


class AcademicYear(models.Model):
    """A school year, 1 September to 31 August; both days belong to it."""

    code = models.CharField(_("学年"), max_length=9, unique=True)
    starts_on = models.DateField(_("起始日期"))
    ends_on = models.DateField(_("结束日期（含）"))
    changed_at = models.DateTimeField(_("变更时间"), auto_now=True)
    public_id = public_id("year", sourced=False)

    objects = AcademicYearQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on"]
        verbose_name = verbose_name_plural = _("学年")
        constraints = [
            models.CheckConstraint(
                name="year_code_shape",
                condition=Q(code__regex=r"^\d{4}-\d{4}$"),
                violation_error_message=_("学年写作“2025-2026”"),
            ),
            models.CheckConstraint(
                name="year_starts_before_end",
                condition=Q(starts_on__lt=F("ends_on")),
                violation_error_message=_("结束日期必须晚于起始日期"),
            ),
            ExclusionConstraint(
                name="years_do_not_overlap",
                expressions=[_span()],
                violation_error_message=_("学年之间不能重叠"),
            ),
        ]
        triggers = [stamp_changed()]

    def __str__(self) -> str:
        return f"{self.code} 学年"

    @property
    def until(self) -> date:
        """Return the first day after the year, as half-open spans need it."""
        return self.ends_on + timedelta(days=1)

    @property
    def reference_day(self) -> date:
        """Return the day to which statistics of the year refer: 1 September."""
        return self.starts_on

    def holds_on(self, day: date) -> bool:
        """Tell whether the day lies in the year."""
        return self.starts_on <= day <= self.ends_on


class Term(Sourced):
    """One of the two terms of a school year; both days belong to it."""

    class Number(models.IntegerChoices):
        AUTUMN = 1, _("第一学期")
        SPRING = 2, _("第二学期")

    year = models.ForeignKey(
        AcademicYear, models.CASCADE, verbose_name=_("学年"), related_name="terms"
    )
    number = models.PositiveSmallIntegerField(_("学期"), choices=Number.choices)
    starts_on = models.DateField(_("开学日期"))
    ends_on = models.DateField(_("放假前最后一天"))
    public_id = public_id("term")

    class Meta:
        ordering = ["starts_on"]
        verbose_name = verbose_name_plural = _("学期")
        constraints = [
            models.UniqueConstraint(
                name="term_once",
                fields=["year", "number"],
                violation_error_message=_("该学年已有这个学期"),
            ),
            models.CheckConstraint(
                name="term_starts_before_end",
                condition=Q(starts_on__lt=F("ends_on")),
                violation_error_message=_("结束日期必须晚于起始日期"),
            ),
            models.CheckConstraint(
                name="term_number_one_or_two", condition=Q(number__in=[1, 2])
            ),
            ExclusionConstraint(
                name="terms_do_not_overlap",
                expressions=[(Single(F("year")), RangeOperators.EQUAL), _span()],
                violation_error_message=_("同一学年的学期不能重叠"),
            ),
        ]
        triggers = [stamp_changed()]

    def __str__(self) -> str:
        return f"{self.year.code} {self.get_number_display()}"

    @property
    def until(self) -> date:
        """Return the first day after the term."""
        return self.ends_on + timedelta(days=1)
