"""The minimal roster of pupils, and who belongs to a class."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from core.constraints import BulkCarriedKey, NoOverlap, refusals
from core.models import DatedModel, Sourced, public_id, stamps_changed
from core.personal import IdentityLike
from core.querysets import AccessQuerySet, DatedQuerySet
from roster.choices import EnrolmentRole
from schools.choices import Stage

PUPILS_SWITCHED_ON = """
    PERFORM 1 FROM (SELECT DISTINCT region_id FROM fresh) p
        JOIN bureau_region r ON r.id = p.region_id
    WHERE NOT EXISTS (
        SELECT 1 FROM roster_pupilroster o WHERE o.region_id = ANY (r.lineage)
            AND o.valid_from <= (now() AT TIME ZONE 'Asia/Shanghai')::date
            AND (o.valid_to IS NULL
                OR o.valid_to > (now() AT TIME ZONE 'Asia/Shanghai')::date));
    IF FOUND THEN
        RAISE EXCEPTION 'the region keeps no roster of pupils'
            USING ERRCODE = '23514', CONSTRAINT = 'pupils_switched_on';
    END IF;
    RETURN NULL;
"""
refusals.register(
    "pupils_switched_on",
    _(
        "本地区未开启学生最小名册，不保存学生个人信息；开启前须完成并登记个人信息保护影响评估。"
        "学校划转到其他地区时，接收地区也须先开启"
    ),
)


class PupilRoster(DatedModel):
    """A region keeps the minimal roster of pupils, after an impact assessment."""

    region = models.ForeignKey(
        "bureau.Region",
        models.PROTECT,
        verbose_name=_("地区"),
        related_name="pupil_rosters",
    )
    assessment = models.ForeignKey(
        "accounts.ImpactAssessment",
        models.PROTECT,
        verbose_name=_("影响评估"),
        related_name="+",
    )
    switched_on_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("开启人"),
        related_name="+",
    )
    switched_off_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("关闭人"),
        null=True,
        blank=True,
        related_name="+",
    )

    objects = DatedQuerySet.as_manager()

    class Meta(DatedModel.Meta):
        ordering = ["region", "-valid_from"]
        verbose_name = verbose_name_plural = _("学生最小名册")
        constraints = [
            *DatedModel.Meta.constraints,
            NoOverlap(
                name="pupil_roster_once_a_day",
                fields=["region"],
                violation_error_message=_("该地区在此期间已开启学生最小名册"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region} {self.valid_from}"


class Pupil(Sourced):
    """A pupil as a roster needs one: a name, a school, a grade; nothing else.

    The carried key alone binds school and region to standing rows: of the hundreds of
    thousands of rows of a roster each is checked once and not three times.
    """

    school = models.ForeignKey(
        "schools.School",
        models.PROTECT,
        verbose_name=_("学校"),
        related_name="pupils",
        db_constraint=False,
    )
    region = models.ForeignKey(
        "bureau.Region",
        models.PROTECT,
        verbose_name=_("主管地区"),
        related_name="pupils",
        editable=False,
        db_constraint=False,
        db_index=False,
    )
    family_name = models.CharField(_("姓"), max_length=60)
    given_name = models.CharField(_("名"), max_length=60)
    stage = models.CharField(
        _("学段"), max_length=12, choices=Stage.choices, blank=True
    )
    grade = models.PositiveSmallIntegerField(_("年级"), null=True, blank=True)
    is_enabled = models.BooleanField(_("在用"), default=True)
    public_id = public_id("pupil")

    objects = AccessQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = _("学生")
        indexes = [
            models.Index(
                fields=["region", "changed_at", "public_id"], name="pupil_changed"
            )
        ]
        constraints = [
            BulkCarriedKey(
                name="pupil_carries_region",
                fields=["school", "region"],
                to="schools.School",
                to_fields=["id", "administered_by"],
            ),
            UniqueConstraint(
                fields=["region", "public_id"],
                name="pupil_public_id",
                violation_error_message=_("该来源标识已登记在本地区另一名学生名下"),
            ),
            CheckConstraint(
                name="pupil_stage_known", condition=Q(stage__in=["", *Stage.values])
            ),
            CheckConstraint(
                name="pupil_id_is_no_identity_number",
                condition=~Q(IdentityLike("sourced_id")),
                violation_error_message=_("来源标识不能是身份证号，请改用其他编号"),
            ),
        ]
        triggers = [
            *stamps_changed(),
            pgtrigger.Trigger(
                name="pupils_switched_on",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="fresh"),
                func=PUPILS_SWITCHED_ON,
            ),
            pgtrigger.Trigger(
                name="pupils_switched_on_there",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                referencing=pgtrigger.Referencing(new="fresh"),
                func=PUPILS_SWITCHED_ON,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.family_name}{self.given_name}"


class Enrolment(Sourced):
    """Somebody belongs to a class: one teacher, or one pupil of the minimal roster.

    As with pupils, the carried key alone binds class and region.
    """

    section = models.ForeignKey(
        "schools.ClassSection",
        models.CASCADE,
        verbose_name=_("班级"),
        related_name="enrolments",
        db_constraint=False,
    )
    region = models.ForeignKey(
        "bureau.Region",
        models.PROTECT,
        verbose_name=_("主管地区"),
        related_name="+",
        editable=False,
        db_constraint=False,
        db_index=False,
    )
    teacher = models.ForeignKey(
        "personnel.Teacher",
        models.CASCADE,
        verbose_name=_("教师"),
        null=True,
        blank=True,
        related_name="enrolments",
    )
    pupil = models.ForeignKey(
        Pupil,
        models.CASCADE,
        verbose_name=_("学生"),
        null=True,
        blank=True,
        related_name="enrolments",
    )
    role = models.CharField(_("身份"), max_length=8, choices=EnrolmentRole.choices)
    is_primary = models.BooleanField(_("主要任课教师"), null=True, blank=True)
    begins_on = models.DateField(_("起始日期"), null=True, blank=True)
    ends_on = models.DateField(_("结束日期（含）"), null=True, blank=True)
    public_id = public_id("enrolment")

    objects = AccessQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = _("班级成员")
        indexes = [
            models.Index(
                fields=["region", "changed_at", "public_id"], name="enrolment_changed"
            )
        ]
        constraints = [
            BulkCarriedKey(
                name="enrolment_carries_region",
                fields=["section", "region"],
                to="schools.ClassSection",
                to_fields=["id", "region"],
            ),
            UniqueConstraint(
                fields=["region", "public_id"],
                name="enrolment_public_id",
                violation_error_message=_("该来源标识已登记在本地区另一名班级成员名下"),
            ),
            CheckConstraint(
                name="enrolment_of_one_person",
                condition=Q(
                    role=EnrolmentRole.STUDENT,
                    pupil__isnull=False,
                    teacher__isnull=True,
                )
                | Q(
                    role__in=[EnrolmentRole.TEACHER, EnrolmentRole.AIDE],
                    teacher__isnull=False,
                    pupil__isnull=True,
                ),
                violation_error_message=_("班级成员是一名教师或一名学生"),
            ),
            CheckConstraint(
                name="enrolment_primary_is_teacher",
                condition=Q(is_primary__isnull=True)
                | Q(is_primary=False)
                | Q(role=EnrolmentRole.TEACHER),
                violation_error_message=_("只有教师可以是主要任课教师"),
            ),
            CheckConstraint(
                name="enrolment_days_in_order",
                condition=Q(begins_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(begins_on__lte=F("ends_on")),
                violation_error_message=_("结束日期不能早于起始日期"),
            ),
        ]
        triggers = stamps_changed()

    def __str__(self) -> str:
        return self.public_id
