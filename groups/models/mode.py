"""Modes of formation as data, and the regions that switched one off."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from core.constraints import NoOverlap
from core.models import DatedModel
from groups.choices import GroupType
from groups.querysets import ModeQuerySet


def codes(label: object, help_text: object = "") -> ArrayField:
    """Return a list of codes; an empty list asks for nothing."""
    return ArrayField(
        models.CharField(max_length=30),
        verbose_name=label,
        default=list,
        blank=True,
        help_text=help_text,
    )


class GroupMode(models.Model):
    """One way of tying schools together, with the rules its clause sets.

    Rules about who qualifies name alternatives: a lead qualifies by any of
    ``lead_labels`` or ``lead_honours``, a member by any of ``member_labels`` or
    ``member_urban``. ``member_max`` is a hard limit on the members of this mode.
    """

    code = models.CharField(_("代码"), max_length=30, primary_key=True)
    group_type = models.CharField(
        _("集团类型"), max_length=30, choices=GroupType.choices
    )
    name = models.CharField(_("名称"), max_length=80)
    clause = models.CharField(_("依据条款"), max_length=20)
    position = models.PositiveSmallIntegerField(_("顺序"))
    summary = models.CharField(_("说明"), max_length=300)
    lead_labels = codes(_("龙头校标签"), _("具备其一即可"))
    lead_honours = codes(_("龙头校荣誉"), _("与标签具备其一即可"))
    lead_stages = codes(_("龙头校学段"))
    lead_urban = codes(_("龙头校城乡分类"))
    lead_from_outside = models.BooleanField(_("龙头校来自域外"), default=False)
    member_labels = codes(_("成员校标签"), _("具备其一即可"))
    member_urban = codes(_("成员校城乡分类"), _("与标签具备其一即可"))
    member_stages = codes(_("成员校学段"))
    member_min = models.PositiveSmallIntegerField(_("成员校下限"), default=1)
    member_max = models.PositiveSmallIntegerField(
        _("成员校上限"), null=True, blank=True
    )
    ownerships = codes(_("成员校举办者性质"))
    join_forms = codes(_("加入方式"))
    partner_kinds = codes(_("必备合作方"))
    needs_agreement = models.BooleanField(_("须有协议"), default=False)

    objects = ModeQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        verbose_name = verbose_name_plural = _("组建模式")
        constraints = [
            UniqueConstraint(fields=["code", "group_type"], name="mode_code_type"),
            CheckConstraint(
                name="mode_type_known", condition=Q(group_type__in=GroupType.values)
            ),
            CheckConstraint(
                name="mode_limits_in_order",
                condition=Q(member_max__isnull=True)
                | Q(member_max__gte=models.F("member_min")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ModeAvailability(DatedModel):
    """A region's decision to switch a mode off (or on again) for some days."""

    mode = models.ForeignKey(
        GroupMode, models.CASCADE, verbose_name=_("模式"), related_name="availability"
    )
    region = models.ForeignKey(
        "bureau.Region",
        models.PROTECT,
        verbose_name=_("地区"),
        related_name="mode_availability",
    )
    is_enabled = models.BooleanField(_("启用"))
    reason = models.CharField(_("理由"), max_length=200)

    class Meta(DatedModel.Meta):
        ordering = ["region", "mode", "valid_from"]
        verbose_name = verbose_name_plural = _("模式启停")
        constraints = [
            *DatedModel.Meta.constraints,
            NoOverlap(
                name="mode_switched_once_a_day",
                fields=["region"],
                text_fields=["mode"],
                violation_error_message=_("该地区这一模式在此期间已有启停决定"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region} {self.mode}"
