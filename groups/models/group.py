"""The education group and the states it went through."""

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.constraints import CarriedKey, NoOverlap, refusals
from core.models import DatedModel
from core.querysets import DatedQuerySet
from groups.choices import (
    OPERATING,
    BondType,
    Closeness,
    FormationBasis,
    GroupOwnership,
    GroupState,
    GroupType,
    OperationForm,
)
from groups.models.mode import GroupMode
from groups.models.rules import PARTNERS_BEFORE_ACTIVE
from groups.querysets import GroupQuerySet

NOTHING_OUTSTANDING = """
    IF NEW.state = 'DISSOLVED' AND OLD.state <> 'DISSOLVED' AND EXISTS (
        SELECT 1 FROM groups_obligation o WHERE o.group_id = NEW.id
        AND o.settled_on IS NULL) THEN
        RAISE EXCEPTION 'a group with open obligations does not close'
            USING ERRCODE = '23514', CONSTRAINT = 'group_closes_settled';
    END IF;
    RETURN NEW;
"""
refusals.register("group_closes_settled", _("集团还有未了结的事项，全部了结后才能撤销"))


class GroupProfile(models.Model):
    """What a group is, whether applied for or standing."""

    group_type = models.CharField(
        _("集团类型"), max_length=30, choices=GroupType.choices
    )
    primary_mode = models.ForeignKey(
        GroupMode,
        models.PROTECT,
        verbose_name=_("主要模式"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("同一集团可有多种模式，成员校各自的模式在名单中填写"),
    )
    closeness = models.CharField(
        _("紧密程度"),
        max_length=12,
        choices=Closeness.choices,
        default=Closeness.LOOSE,
        help_text=_("紧密型集团的龙头校校长可兼任成员校校长"),
    )
    operation_form = models.CharField(
        _("运行形式"), max_length=12, choices=OperationForm.choices, blank=True
    )
    bond_type = models.CharField(
        _("联结纽带"), max_length=10, choices=BondType.choices, blank=True
    )
    formation_basis = models.CharField(
        _("组建方式"),
        max_length=10,
        choices=FormationBasis.choices,
        default=FormationBasis.ADMIN_LED,
    )
    ownership = models.CharField(
        _("办学性质"),
        max_length=10,
        choices=GroupOwnership.choices,
        default=GroupOwnership.PUBLIC,
    )
    is_cross_region = models.BooleanField(
        _("跨区县"), default=False, help_text=_("成员校分属不同区县时须报市级同意")
    )
    vision = models.TextField(_("共同愿景"), blank=True)

    class Meta:
        abstract = True


@pghistory.track(
    pghistory.UpdateEvent(row=pghistory.Old, condition=None), pghistory.DeleteEvent()
)
class EducationGroup(GroupProfile):
    """A group of schools under one lead, from its approval to its end.

    ``founded_on`` and ``dissolved_on`` bound its existence, ``operating_from`` is the
    first day on which it works and must have a lead. ``phases`` keeps the state of
    every day. The region is the one that administers it.
    """

    code = models.CharField(_("集团代码"), max_length=30, unique=True)
    name = models.CharField(_("集团名称"), max_length=100)
    short_name = models.CharField(_("简称"), max_length=40, blank=True)
    region = models.ForeignKey(
        "bureau.Region",
        models.PROTECT,
        verbose_name=_("主管地区"),
        related_name="education_groups",
    )
    state = models.CharField(
        _("状态"),
        max_length=12,
        choices=GroupState.choices,
        default=GroupState.APPROVED,
        editable=False,
    )
    founded_on = models.DateField(_("成立日期"))
    founding_document = models.CharField(_("批准文号"), max_length=100, blank=True)
    operating_from = models.DateField(_("运行起始日期"), null=True, blank=True)
    dissolved_on = models.DateField(_("终止日期"), null=True, blank=True)
    city_filed_on = models.DateField(_("市级备案日期"), null=True, blank=True)
    city_filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("备案人"),
        null=True,
        blank=True,
        related_name="+",
    )
    is_registered = models.BooleanField(
        _("补登"), default=False, help_text=_("系统启用前已成立，按批文补登")
    )

    objects = GroupQuerySet.as_manager()
    span_fields = ("founded_on", "dissolved_on")

    class Meta:
        ordering = ["region__path", "code"]
        verbose_name = verbose_name_plural = _("教育集团")
        indexes = [models.Index(fields=["region", "state"], name="group_region_state")]
        constraints = [
            UniqueConstraint(fields=["id", "group_type"], name="group_id_type"),
            UniqueConstraint(fields=["id", "closeness"], name="group_id_closeness"),
            UniqueConstraint(fields=["id", "ownership"], name="group_id_ownership"),
            UniqueConstraint(
                fields=["region", "name"],
                condition=~Q(state=GroupState.DISSOLVED),
                name="group_name_in_region",
                violation_error_message=_("本地区已有同名集团"),
            ),
            CarriedKey(
                name="group_mode_fits_type",
                fields=["primary_mode", "group_type"],
                to="groups.GroupMode",
                to_fields=["code", "group_type"],
                violation_error_message=_("主要模式与集团类型不符"),
            ),
            CheckConstraint(
                name="group_state_known", condition=Q(state__in=GroupState.values)
            ),
            CheckConstraint(
                name="group_name_given",
                condition=~Q(name=""),
                violation_error_message=_("请填写集团名称"),
            ),
            CheckConstraint(
                name="group_operating_has_start",
                condition=~Q(state__in=list(OPERATING))
                | Q(operating_from__isnull=False),
                violation_error_message=_("试点或运行中的集团须有运行起始日期"),
            ),
            CheckConstraint(
                name="group_operates_after_founding",
                condition=Q(operating_from__isnull=True)
                | Q(operating_from__gte=F("founded_on")),
                violation_error_message=_("运行起始日期不能早于成立日期"),
            ),
            CheckConstraint(
                name="group_dissolved_has_day",
                condition=Q(state=GroupState.DISSOLVED, dissolved_on__isnull=False)
                | (~Q(state=GroupState.DISSOLVED) & Q(dissolved_on__isnull=True)),
                violation_error_message=_("已终止的集团须有终止日期"),
            ),
            CheckConstraint(
                name="group_founded_before_end",
                condition=Q(dissolved_on__isnull=True)
                | Q(dissolved_on__gt=F("founded_on")),
                violation_error_message=_("终止日期必须晚于成立日期"),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="active_with_partners",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("state"),
                condition=pgtrigger.Condition(
                    "NEW.state = 'ACTIVE' AND OLD.state IN ('APPROVED', 'PILOT')"
                ),
                func=PARTNERS_BEFORE_ACTIVE,
            ),
            pgtrigger.Trigger(
                name="closes_settled",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("state"),
                func=NOTHING_OUTSTANDING,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the page of the group."""
        return reverse("groups:group-detail", args=[self.pk])

    @property
    def label(self) -> str:
        """Return the short name, or the full one."""
        return self.short_name or self.name


class GroupPhase(DatedModel):
    """The state a group had for a span of days."""

    group = models.ForeignKey(
        EducationGroup, models.CASCADE, verbose_name=_("集团"), related_name="phases"
    )
    state = models.CharField(_("状态"), max_length=12, choices=GroupState.choices)

    objects = DatedQuerySet.as_manager()

    class Meta(DatedModel.Meta):
        ordering = ["group", "valid_from"]
        verbose_name = verbose_name_plural = _("集团历程")
        constraints = [
            *DatedModel.Meta.constraints,
            NoOverlap(
                name="group_one_phase_a_day",
                fields=["group"],
                violation_error_message=_("集团同一天只能处于一种状态"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group} {self.get_state_display()}"
