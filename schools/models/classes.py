"""Classes and their headcounts."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from core.constraints import CarriedKey
from core.models import Sourced, public_id, stamp_changed
from schools.choices import Stage
from schools.models.course import Course
from schools.models.school import School
from schools.querysets import ClassSectionQuerySet

GRADES: dict[str, range] = {
    Stage.KINDERGARTEN: range(0, 4),
    Stage.PRIMARY: range(1, 7),
    Stage.JUNIOR: range(6, 10),
    Stage.SENIOR: range(10, 13),
    Stage.VOCATIONAL: range(1, 6),
}
"""Grades of each stage; a kindergarten counts 0 托班, 1 小班, 2 中班, 3 大班."""

HAN = "一二三四五六七八九"
KINDER_GRADES = {0: _("托班"), 1: _("小班"), 2: _("中班"), 3: _("大班")}


FILL_REGION = """
    SELECT administered_by_id INTO NEW.region_id FROM schools_school
    WHERE id = NEW.school_id;
    RETURN NEW;
"""


def _grade_rule() -> Q:
    rule = Q()
    for stage, grades in GRADES.items():
        rule |= Q(stage=stage, grade__gte=grades[0], grade__lte=grades[-1])
    return rule


@pghistory.track(
    pghistory.UpdateEvent(condition=None, row=pghistory.Old, level=pghistory.Statement),
    pghistory.DeleteEvent(level=pghistory.Statement),
    exclude=["public_id"],
)
class ClassSection(Sourced):
    """One class of one school year with its pupils on the day they were counted.

    ``region`` is the one that runs the school: the database fills it in and keeps it.
    A class without a ``course`` is an administrative class (行政班).
    """

    school = models.ForeignKey(
        School, models.PROTECT, verbose_name=_("学校"), related_name="classes"
    )
    region = models.ForeignKey(
        "bureau.Region",
        models.PROTECT,
        verbose_name=_("主管地区"),
        related_name="classes",
        blank=True,
        editable=False,
    )
    year = models.ForeignKey(
        "bureau.AcademicYear",
        models.PROTECT,
        verbose_name=_("学年"),
        related_name="classes",
    )
    stage = models.CharField(_("学段"), max_length=12, choices=Stage.choices)
    grade = models.PositiveSmallIntegerField(_("年级"))
    number = models.PositiveSmallIntegerField(_("班号"))
    name = models.CharField(_("班级名称"), max_length=40, blank=True)
    headcount = models.PositiveSmallIntegerField(_("人数"))
    counted_on = models.DateField(_("统计日期"))
    course = models.ForeignKey(
        Course,
        models.PROTECT,
        verbose_name=_("课程"),
        null=True,
        blank=True,
        related_name="classes",
    )
    public_id = public_id("class")

    objects = ClassSectionQuerySet.as_manager()

    class Meta:
        ordering = ["school_id", "-year_id", "stage", "grade", "number"]
        verbose_name = verbose_name_plural = _("班级")
        indexes = [
            models.Index(
                fields=["year", "school", "headcount"], name="class_year_school"
            ),
            models.Index(
                fields=["region", "changed_at", "public_id"], name="class_changed"
            ),
        ]
        constraints = [
            CarriedKey(
                name="class_carries_region",
                fields=["school", "region"],
                to="schools.School",
                to_fields=["id", "administered_by"],
            ),
            UniqueConstraint(fields=["id", "region"], name="class_id_region"),
            UniqueConstraint(
                fields=["region", "public_id"],
                name="class_public_id",
                violation_error_message=_("该来源标识已登记在本地区另一个班级名下"),
            ),
            UniqueConstraint(
                fields=["school", "year", "stage", "grade", "number"],
                name="class_once",
                violation_error_message=_("该年级已有这个班号"),
            ),
            CheckConstraint(
                name="class_grade_fits_stage",
                condition=_grade_rule(),
                violation_error_message=_("年级与学段不符"),
            ),
            CheckConstraint(
                name="class_number_counts_from_one",
                condition=Q(number__gte=1, number__lte=200),
                violation_error_message=_("班号应在 1 到 200 之间"),
            ),
            CheckConstraint(
                name="class_headcount_plausible",
                condition=Q(headcount__lte=300),
                violation_error_message=_("班级人数不能超过 300"),
            ),
        ]
        triggers = [
            stamp_changed(),
            pgtrigger.Trigger(
                name="fill_region",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("school_id"),
                func=FILL_REGION,
            ),
        ]

    def __str__(self) -> str:
        if self.name:
            return self.name
        return str(
            _("%(grade)s %(number)s 班")
            % {"grade": self.grade_label, "number": self.number}
        )

    @property
    def grade_label(self) -> str:
        """Return the grade in words."""
        if self.stage == Stage.KINDERGARTEN:
            return str(KINDER_GRADES.get(self.grade, self.grade))
        if self.stage == Stage.SENIOR:
            return str(_("高%(grade)s") % {"grade": HAN[self.grade - 10]})
        return str(_("%(grade)s年级") % {"grade": HAN[self.grade - 1]})
