"""The register of schools."""

from datetime import date
from functools import reduce
from operator import or_

import pghistory
import pgtrigger
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint, Value
from django.db.models.functions import Cast, Concat, LPad
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models import Sourced, public_id, stamp_changed
from schools.choices import (
    CODE_PREFIXES,
    CODE_SHAPE,
    COMPULSORY,
    RURAL,
    Ownership,
    SchoolStatus,
    SchoolType,
    Stage,
    UrbanRural,
)
from schools.models.rules import (
    CODE_IS_NEVER_REUSED,
    CODE_LIES_IN_PROVINCE,
    KIN_STOOD_THEN,
    TYPED_SCHOOL_HAS_STAGE,
)
from schools.names import NormalName, spell
from schools.querysets import SchoolQuerySet

GENERATED = ["normalized_name", "provisional_no", "public_id", "stage_to_confirm"]


def _prefix_rule() -> Q:
    rules = [
        Q(type=kind, school_code__regex=f"^({'|'.join(prefixes)})")
        for kind, prefixes in CODE_PREFIXES.items()
    ]
    return reduce(or_, rules, Q(school_code__isnull=True) | Q(type=""))


@pghistory.track(
    pghistory.UpdateEvent(condition=None, row=pghistory.Old, level=pghistory.Statement),
    pghistory.DeleteEvent(level=pghistory.Statement),
    exclude=GENERATED,
)
class School(Sourced):
    """One school: where it lies, who administers it, what it is.

    Access, confirmation, money and evaluation follow ``administered_by``. The official
    ten-digit code is never invented: until it is known the school goes by its
    ``provisional_no``, and its natural key is administering region and normalised
    name (with ``distinguisher`` where two schools really share a name). A school that
    only says 中学 has no type until its stage is confirmed.
    """

    name = models.CharField(_("学校名称"), max_length=100)
    short_name = models.CharField(_("简称"), max_length=40, blank=True)
    normalized_name = models.GeneratedField(
        expression=NormalName("name"),
        output_field=models.CharField(max_length=400),
        db_persist=True,
        verbose_name=_("规范名称"),
    )
    distinguisher = models.CharField(
        _("同名区分"),
        max_length=40,
        blank=True,
        help_text=_("同一区县确有同名学校时，用所在乡镇等说明加以区分"),
    )
    pinyin = models.CharField(_("拼音"), max_length=200, blank=True, editable=False)
    initials = models.CharField(
        _("拼音首字母"), max_length=100, blank=True, editable=False
    )
    school_code = models.CharField(
        _("学校标识码"),
        max_length=10,
        null=True,
        blank=True,
        unique=True,
        validators=[RegexValidator(CODE_SHAPE, _("学校（机构）标识码应为十位数字"))],
        error_messages={"unique": _("该学校标识码已登记在另一所学校名下")},
    )
    provisional_no = models.GeneratedField(
        expression=Concat(
            Value("L"), LPad(Cast("id", models.CharField()), 8, Value("0"))
        ),
        output_field=models.CharField(max_length=20),
        db_persist=True,
        verbose_name=_("临时编号"),
    )
    region = models.ForeignKey(
        "bureau.Region",
        models.PROTECT,
        verbose_name=_("所在地区"),
        related_name="schools_here",
    )
    administered_by = models.ForeignKey(
        "bureau.Region",
        models.PROTECT,
        verbose_name=_("主管地区"),
        related_name="schools_run",
    )
    type = models.CharField(
        _("办学类型"), max_length=24, choices=SchoolType.choices, blank=True
    )
    stage_to_confirm = models.GeneratedField(
        expression=Q(type=""),
        output_field=models.BooleanField(),
        db_persist=True,
        verbose_name=_("学段待确认"),
    )
    ownership = models.CharField(
        _("举办者性质"), max_length=20, choices=Ownership.choices, blank=True
    )
    urban_rural_code = models.CharField(
        _("城乡分类"), max_length=3, choices=UrbanRural.choices, blank=True
    )
    is_legal_person = models.BooleanField(_("独立法人"), default=True)
    opened_on = models.DateField(_("开办日期"), null=True, blank=True)
    closed_on = models.DateField(_("停办日期"), null=True, blank=True)
    status = models.CharField(
        _("办学状态"),
        max_length=8,
        choices=SchoolStatus.choices,
        default=SchoolStatus.OPEN,
    )
    predecessor = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("前身"),
        null=True,
        blank=True,
        related_name="offshoots",
    )
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("并入学校"),
        null=True,
        blank=True,
        related_name="merged",
    )
    address = models.CharField(_("地址"), max_length=200, blank=True)
    latitude = models.DecimalField(
        _("纬度"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    longitude = models.DecimalField(
        _("经度"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    public_id = public_id("school")

    objects = SchoolQuerySet.as_manager()

    class Meta:
        ordering = ["administered_by__path", "pinyin", "pk"]
        verbose_name = verbose_name_plural = _("学校")
        indexes = [
            models.Index(
                fields=["administered_by", "pinyin"], name="school_county_pinyin"
            ),
            models.Index(fields=["normalized_name"], name="school_normal_name"),
            models.Index(
                fields=["administered_by", "changed_at", "public_id"],
                name="school_changed",
            ),
            models.Index(
                fields=["administered_by"],
                name="school_to_confirm",
                condition=Q(type=""),
            ),
        ]
        constraints = [
            UniqueConstraint(
                fields=["administered_by", "public_id"],
                name="school_public_id",
                violation_error_message=_("该来源标识已登记在本地区另一所学校名下"),
            ),
            UniqueConstraint(fields=["id", "type"], name="school_id_type"),
            UniqueConstraint(fields=["id", "ownership"], name="school_id_ownership"),
            UniqueConstraint(
                fields=["id", "administered_by"], name="school_id_administered_by"
            ),
            UniqueConstraint(
                fields=["administered_by", "normalized_name", "distinguisher"],
                condition=Q(school_code__isnull=True, closed_on__isnull=True),
                name="school_natural_key",
                violation_error_message=_(
                    "本地区已登记同名学校。若确是另一所学校，请填写“同名区分”或学校标识码"
                ),
            ),
            CheckConstraint(
                name="school_code_shape",
                condition=Q(school_code__isnull=True)
                | Q(school_code__regex=CODE_SHAPE),
                violation_error_message=_(
                    "学校（机构）标识码应为十位数字，前两位是学校类别"
                ),
            ),
            CheckConstraint(
                name="school_code_fits_type",
                condition=_prefix_rule(),
                violation_error_message=_("学校标识码前两位与办学类型不一致"),
            ),
            CheckConstraint(
                name="school_type_known",
                condition=Q(type__in=["", *SchoolType.values]),
                violation_error_message=_("请选择办学类型"),
            ),
            CheckConstraint(
                name="school_ownership_known",
                condition=Q(ownership__in=["", *Ownership.values]),
            ),
            CheckConstraint(
                name="school_inclusive_is_kindergarten",
                condition=~Q(ownership=Ownership.INCLUSIVE_PRIVATE)
                | Q(type=SchoolType.KINDERGARTEN),
                violation_error_message=_("普惠性民办仅适用于幼儿园"),
            ),
            CheckConstraint(
                name="school_urban_rural_known",
                condition=Q(urban_rural_code__in=["", *UrbanRural.values]),
            ),
            CheckConstraint(
                name="school_status_dates",
                condition=Q(
                    status__in=[SchoolStatus.PLANNED, SchoolStatus.OPEN],
                    closed_on__isnull=True,
                )
                | Q(status=SchoolStatus.CLOSED, closed_on__isnull=False)
                | Q(
                    status=SchoolStatus.MERGED,
                    closed_on__isnull=False,
                    successor__isnull=False,
                ),
                violation_error_message=_(
                    "停办须填停办日期，合并须填停办日期和并入学校，在办学校不填停办日期"
                ),
            ),
            CheckConstraint(
                name="school_opened_before_closed",
                condition=Q(closed_on__isnull=True)
                | Q(opened_on__isnull=True)
                | Q(opened_on__lt=F("closed_on")),
                violation_error_message=_("停办日期必须晚于开办日期"),
            ),
            CheckConstraint(
                name="school_not_own_successor",
                condition=(Q(successor__isnull=True) | ~Q(successor=F("id")))
                & (Q(predecessor__isnull=True) | ~Q(predecessor=F("id"))),
                violation_error_message=_("前身或并入学校不能是本校"),
            ),
            CheckConstraint(
                name="school_successor_of_merged",
                condition=Q(successor__isnull=True) | Q(status=SchoolStatus.MERGED),
                violation_error_message=_("只有已合并的学校才有并入学校"),
            ),
            CheckConstraint(
                name="school_offshoot_opened",
                condition=Q(predecessor__isnull=True) | Q(opened_on__isnull=False),
                violation_error_message=_("由其他学校分设的，须填开办日期"),
            ),
            CheckConstraint(
                name="school_on_earth",
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__gte=-90,
                    latitude__lte=90,
                    longitude__gte=-180,
                    longitude__lte=180,
                ),
                violation_error_message=_("经度和纬度须同时填写并在有效范围内"),
            ),
            CheckConstraint(
                name="school_name_given",
                condition=~Q(normalized_name=""),
                violation_error_message=_("请填写学校名称"),
            ),
        ]
        triggers = [
            stamp_changed(),
            pgtrigger.Trigger(
                name="code_lies_in_province",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf("school_code", "region_id"),
                func=CODE_LIES_IN_PROVINCE,
            ),
            pgtrigger.Trigger(
                name="typed_school_has_stage",
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("type"),
                func=TYPED_SCHOOL_HAS_STAGE.format(school="NEW.id"),
            ),
            pgtrigger.Trigger(
                name="kin_stood_then",
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf(
                    "opened_on", "closed_on", "predecessor_id", "successor_id"
                ),
                declare=[("me", "schools_school")],
                func=KIN_STOOD_THEN,
            ),
            pgtrigger.Trigger(
                name="code_is_never_reused",
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("school_code"),
                func=CODE_IS_NEVER_REUSED,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        """Save with the pinyin of the present name."""
        self.spell()
        names = kwargs.get("update_fields")
        if names is not None and "name" in names:
            kwargs["update_fields"] = {*names, "pinyin", "initials"}
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Check the code against the province on the field itself."""
        super().clean()
        if self.school_code and self.region_id:
            province = self.region.province_code
            if self.school_code[2:4] != province:
                raise ValidationError(
                    {
                        "school_code": _(
                            "学校标识码第三、四位应为所在省份代码 %(code)s"
                        )
                        % {"code": province}
                    },
                    code="school_code_province",
                )

    def get_absolute_url(self) -> str:
        """Return the page of the school."""
        return reverse("schools:school-detail", args=[self.pk])

    def spell(self) -> None:
        """Set pinyin and initials from the name."""
        self.pinyin, self.initials = spell(self.name)

    def status_on(self, day: date) -> str:
        """Return the state on a day: what ends or begins later is not so yet."""
        if self.closed_on and self.closed_on <= day:
            return self.status
        if self.status == SchoolStatus.PLANNED or (
            self.opened_on and self.opened_on > day
        ):
            return SchoolStatus.PLANNED
        return SchoolStatus.OPEN

    @property
    def has_ended(self) -> bool:
        """Tell whether an end is entered, be it a day still to come."""
        return self.closed_on is not None

    @property
    def label(self) -> str:
        """Return the short name, or the full one."""
        return self.short_name or self.name

    @property
    def shown_code(self) -> str:
        """Return the official code, or the provisional number while there is none."""
        return self.school_code or self.provisional_no

    @property
    def is_rural(self) -> bool:
        """Tell whether the school lies in the country (农村校)."""
        return self.urban_rural_code in RURAL

    @property
    def stage_codes(self) -> list[str]:
        """Return the stages taught, in the order of schooling."""
        held = {row.stage for row in self.stages.all()}
        return [stage for stage in Stage.values if stage in held]

    @property
    def stage_labels(self) -> list[str]:
        """Return the stages taught in words."""
        return [str(Stage(code).label) for code in self.stage_codes]

    @property
    def is_compulsory(self) -> bool:
        """Tell whether the school teaches a compulsory stage."""
        return any(code in COMPULSORY for code in self.stage_codes)
