"""The register of teachers, each under one employing school."""

from typing import Any

import pghistory
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.constraints import BulkCarriedKey
from core.models import Sourced, public_id, stamps_changed
from core.personal import IdentityLike
from personnel import identity
from personnel.choices import (
    Degree,
    Employment,
    LeaveReason,
    Sex,
    TeacherStatus,
    TeachingSubject,
)
from personnel.names import tidy_name
from personnel.querysets import IDENTITY, TeacherQuerySet
from schools.choices import Stage
from schools.names import normalize_name, spell

UNREADABLE = _("无法读取（密钥已更换）")


@pghistory.track(
    pghistory.UpdateEvent(condition=None, row=pghistory.Old, level=pghistory.Statement),
    pghistory.DeleteEvent(level=pghistory.Statement),
    exclude=[*IDENTITY, "public_id"],
)
class Teacher(Sourced):
    """One teacher and the school that employs them; never one without the other.

    ``region`` is that of the school and follows it; the staff number is unique in it.
    The identity number stands only sealed and hashed, and in no history. Whoever left
    one region may be taken on in another, as a record of that one: a number has one
    record in a region and one employment that goes on anywhere. The carried key alone
    binds school and region to standing rows.
    """

    school = models.ForeignKey(
        "schools.School",
        models.PROTECT,
        verbose_name=_("任职学校"),
        related_name="teachers",
        db_constraint=False,
        db_index=False,
    )
    region = models.ForeignKey(
        "bureau.Region",
        models.PROTECT,
        verbose_name=_("主管地区"),
        related_name="teachers",
        editable=False,
        db_constraint=False,
        db_index=False,
    )
    name = models.CharField(_("姓名"), max_length=60)
    pinyin = models.CharField(_("拼音"), max_length=200, blank=True, editable=False)
    initials = models.CharField(
        _("拼音首字母"), max_length=100, blank=True, editable=False
    )
    staff_no = models.CharField(
        _("工号"),
        max_length=40,
        blank=True,
        help_text=_("在主管地区内不重复；没有时不填"),
    )
    employment = models.CharField(
        _("用工形式"), max_length=16, choices=Employment.choices
    )
    sex = models.CharField(_("性别"), max_length=1, choices=Sex.choices, blank=True)
    birth_year = models.PositiveSmallIntegerField(_("出生年份"), null=True, blank=True)
    subject = models.CharField(
        _("任教学科"), max_length=16, choices=TeachingSubject.choices, blank=True
    )
    stage = models.CharField(
        _("任教学段"), max_length=12, choices=Stage.choices, blank=True
    )
    degree = models.CharField(
        _("学历"), max_length=10, choices=Degree.choices, blank=True
    )
    entered_on = models.DateField(_("入职日期"), null=True, blank=True)
    status = models.CharField(
        _("状态"),
        max_length=8,
        choices=TeacherStatus.choices,
        default=TeacherStatus.ACTIVE,
        editable=False,
    )
    left_on = models.DateField(_("离职日期"), null=True, blank=True, editable=False)
    leave_reason = models.CharField(
        _("离职原因"),
        max_length=12,
        choices=LeaveReason.choices,
        blank=True,
        editable=False,
    )
    identity_sealed = models.CharField(
        _("身份证号（加密）"), max_length=120, blank=True, editable=False
    )
    identity_hash = models.CharField(
        _("身份证号（摘要）"), max_length=64, blank=True, editable=False
    )
    public_id = public_id("teacher")

    objects = TeacherQuerySet.as_manager()

    class Meta:
        ordering = ["pinyin", "pk"]
        verbose_name = verbose_name_plural = _("教师")
        indexes = [
            models.Index(fields=["school", "pinyin"], name="teacher_school_pinyin"),
            models.Index(fields=["region", "name"], name="teacher_region_name"),
            models.Index(fields=["pinyin", "id"], name="teacher_pinyin"),
            models.Index(
                fields=["region", "changed_at", "public_id"], name="teacher_changed"
            ),
        ]
        constraints = [
            BulkCarriedKey(
                name="teacher_carries_region",
                fields=["school", "region"],
                to="schools.School",
                to_fields=["id", "administered_by"],
            ),
            UniqueConstraint(fields=["id", "region"], name="teacher_id_region"),
            UniqueConstraint(
                fields=["region", "public_id"],
                name="teacher_public_id",
                violation_error_message=_("该来源标识已登记在本地区另一位教师名下"),
            ),
            UniqueConstraint(
                fields=["region", "staff_no"],
                condition=~Q(staff_no=""),
                name="teacher_staff_no",
                violation_error_message=_("该工号在本地区已由另一位教师使用，请核对"),
            ),
            UniqueConstraint(
                fields=["identity_hash"],
                condition=Q(status=TeacherStatus.ACTIVE) & ~Q(identity_hash=""),
                name="teacher_identity_once",
                violation_error_message=_("该身份证号已登记，不能重复登记"),
            ),
            UniqueConstraint(
                fields=["region", "identity_hash"],
                condition=~Q(identity_hash=""),
                name="teacher_identity_in_region",
                violation_error_message=_("该身份证号在本地区已登记，不能重复登记"),
            ),
            CheckConstraint(
                name="teacher_name_given",
                condition=~Q(name__regex=r"^\s*$"),
                violation_error_message=_("请填写姓名"),
            ),
            CheckConstraint(
                name="teacher_staff_no_given",
                condition=~Q(staff_no__regex=r"^\s+$"),
                violation_error_message=_("工号不能只有空格"),
            ),
            CheckConstraint(
                name="teacher_no_is_no_identity_number",
                condition=~Q(IdentityLike("staff_no")) & ~Q(IdentityLike("sourced_id")),
                violation_error_message=_(
                    "工号和来源标识不能是身份证号；身份证号请填在“身份证号”一栏，加密保存"
                ),
            ),
            CheckConstraint(
                name="teacher_employment_known",
                condition=Q(employment__in=Employment.values),
                violation_error_message=_("请选择用工形式"),
            ),
            CheckConstraint(
                name="teacher_words_known",
                condition=Q(sex__in=["", *Sex.values])
                & Q(subject__in=["", *TeachingSubject.values])
                & Q(stage__in=["", *Stage.values])
                & Q(degree__in=["", *Degree.values])
                & Q(leave_reason__in=["", *LeaveReason.values]),
                violation_error_message=_("性别、学科、学段、学历请从列表中选择"),
            ),
            CheckConstraint(
                name="teacher_born_in_range",
                condition=Q(birth_year__isnull=True)
                | Q(birth_year__gte=identity.OLDEST, birth_year__lte=2100),
                violation_error_message=_("出生年份请填四位年份，如 1985"),
            ),
            CheckConstraint(
                name="teacher_status_dates",
                condition=Q(
                    status=TeacherStatus.ACTIVE, left_on__isnull=True, leave_reason=""
                )
                | (
                    Q(status=TeacherStatus.LEFT, left_on__isnull=False)
                    & ~Q(leave_reason="")
                ),
                violation_error_message=_(
                    "离职须填离职日期和原因，在职教师不填离职日期"
                ),
            ),
            CheckConstraint(
                name="teacher_entered_before_left",
                condition=Q(left_on__isnull=True)
                | Q(entered_on__isnull=True)
                | Q(entered_on__lt=F("left_on")),
                violation_error_message=_("离职日期必须晚于入职日期"),
            ),
            CheckConstraint(
                name="teacher_identity_whole",
                condition=Q(identity_sealed="", identity_hash="")
                | Q(
                    identity_sealed__startswith=identity.VERSION,
                    identity_hash__regex="^[0-9a-f]{64}$",
                ),
                violation_error_message=_("身份证号须加密保存，并同时保存匹配摘要"),
            ),
        ]
        triggers = stamps_changed()

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with the spelling of the name and the region of the school."""
        self.pinyin, self.initials = spell(self.name)
        self.region_id = self.school.administered_by_id
        names = kwargs.get("update_fields")
        if names is not None:
            more = {"pinyin", "initials"} if "name" in names else set()
            more |= {"region"} if "school" in names else set()
            kwargs["update_fields"] = {*names, *more}
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Put the name in order; refuse on the field what no person can be."""
        super().clean()
        self.name = tidy_name(self.name)
        if self.name and not normalize_name(self.name):
            raise ValidationError({"name": _("请填写姓名")})
        entered, born = self.entered_on, self.birth_year
        if entered and born and entered.year <= born:
            raise ValidationError({"entered_on": _("入职日期须晚于出生年份")})

    def get_absolute_url(self) -> str:
        """Return the page of the teacher."""
        return reverse("personnel:teacher-detail", args=[self.pk])

    @property
    def has_left(self) -> bool:
        """Tell whether the employment has ended."""
        return self.status == TeacherStatus.LEFT

    @property
    def masked_identity(self) -> str:
        """Return the identity number masked, nothing while there is none."""
        if not self.identity_sealed:
            return ""
        try:
            return identity.mask(identity.unseal(self.identity_sealed))
        except identity.Unreadable:
            return str(UNREADABLE)

    def set_identity(self, number: str) -> None:
        """Keep a number sealed and hashed; sex and birth year come from it.

        ValidationError when it is wrong, or when it contradicts what is given.
        """
        clean = identity.clean(number)
        told = {"birth_year": identity.birth_year(clean), "sex": identity.sex(clean)}
        for name, value in told.items():
            if getattr(self, name) and getattr(self, name) != value:
                told_field: Any = self._meta.get_field(name)
                label = told_field.verbose_name
                raise ValidationError(
                    {name: _("%(field)s与身份证号不一致，请核对") % {"field": label}}
                )
            setattr(self, name, value)
        self.identity_sealed = identity.seal(clean)
        self.identity_hash = identity.digest(clean)
