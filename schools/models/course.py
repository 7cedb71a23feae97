"""Courses that classes are taught in."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from core.constraints import CarriedKey
from core.models import Sourced, public_id, stamp_changed
from core.querysets import AccessQuerySet
from schools.models.school import School


class Course(Sourced):
    """A course of a region, or of one of its schools, as a roster names it."""

    region = models.ForeignKey(
        "bureau.Region",
        models.PROTECT,
        verbose_name=_("主管地区"),
        related_name="courses",
    )
    school = models.ForeignKey(
        School,
        models.PROTECT,
        verbose_name=_("学校"),
        null=True,
        blank=True,
        related_name="courses",
    )
    title = models.CharField(_("课程名称"), max_length=120)
    code = models.CharField(_("课程代码"), max_length=60, blank=True)
    year = models.ForeignKey(
        "bureau.AcademicYear",
        models.PROTECT,
        verbose_name=_("学年"),
        null=True,
        blank=True,
        related_name="courses",
    )
    grades = ArrayField(
        models.CharField(max_length=8), verbose_name=_("年级"), default=list, blank=True
    )
    subjects = ArrayField(
        models.CharField(max_length=60),
        verbose_name=_("学科"),
        default=list,
        blank=True,
    )
    subject_codes = ArrayField(
        models.CharField(max_length=40),
        verbose_name=_("学科代码"),
        default=list,
        blank=True,
    )
    public_id = public_id("course")

    objects = AccessQuerySet.as_manager()

    class Meta:
        ordering = ["region", "code", "title"]
        verbose_name = verbose_name_plural = _("课程")
        indexes = [
            models.Index(
                fields=["region", "changed_at", "public_id"], name="course_changed"
            )
        ]
        constraints = [
            CarriedKey(
                name="course_carries_region",
                fields=["school", "region"],
                to="schools.School",
                to_fields=["id", "administered_by"],
            ),
            UniqueConstraint(
                fields=["region", "public_id"],
                name="course_public_id",
                violation_error_message=_("该来源标识已登记在本地区另一门课程名下"),
            ),
            CheckConstraint(
                name="course_title_given",
                condition=~Q(title__regex=r"^\s*$"),
                violation_error_message=_("请填写课程名称"),
            ),
            CheckConstraint(
                name="course_subjects_have_codes",
                condition=Q(subject_codes=[])
                | Q(subjects__len=models.F("subject_codes__len")),
                violation_error_message=_("学科与学科代码的个数必须相同"),
            ),
        ]
        triggers = [stamp_changed()]

    def __str__(self) -> str:
        return self.title
