"""The tree of regions with their dated names, and areas that span several."""

from datetime import date

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bureau.choices import Level
from bureau.querysets import PriorityAreaQuerySet, RegionQuerySet
from core.constraints import NoOverlap, OverRange, refusals
from core.models import DatedModel, Sourced, public_id, stamp_changed
from core.querysets import DatedQuerySet

BEGINNING = date(1949, 10, 1)
"""First day of what has no known beginning."""

CODE = r"^(\d{6}(-[A-Z]{2,4})?|\d{9})$"

PLACE_ROW = """
    SELECT path, lineage INTO up FROM bureau_region WHERE id = NEW.parent_id;
    IF up.lineage @> ARRAY[NEW.id] THEN
        RAISE EXCEPTION 'a region cannot lie within itself'
            USING ERRCODE = '23514', CONSTRAINT = 'region_not_within_itself';
    END IF;
    NEW.path := coalesce(up.path, '') || NEW.code || '/';
    NEW.lineage := coalesce(up.lineage, ARRAY[]::bigint[]) || NEW.id;
    RETURN NEW;
"""
refusals.register(
    "region_not_within_itself", _("行政区不能放在自己的下级之下，请改选上级")
)
PLACE_BELOW = """
    UPDATE bureau_region SET path = path WHERE parent_id = NEW.id;
    RETURN NULL;
"""


@pghistory.track(
    pghistory.UpdateEvent(row=pghistory.Old),
    pghistory.DeleteEvent(),
    exclude=["public_id"],
)
class Region(DatedModel, Sourced):
    """A unit of administration: province, city, county, functional zone or town.

    ``path`` (codes from the province down, ``500000/500113/``) and ``lineage`` (the
    same as ids) are kept by triggers. A change of code or name keeps the row and adds
    a ``RegionName``; a merged region ends and points to its ``successor``.
    """

    code = models.CharField(_("区划代码"), max_length=12, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    short_name = models.CharField(_("简称"), max_length=60)
    level = models.CharField(_("层级"), max_length=16, choices=Level.choices)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("上级"),
        null=True,
        blank=True,
        related_name="children",
    )
    path = models.CharField(_("路径"), max_length=60, default="", editable=False)
    lineage = ArrayField(
        models.BigIntegerField(), verbose_name=_("上级链"), default=list, editable=False
    )
    predecessor = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("析出自"),
        null=True,
        blank=True,
        related_name="offshoots",
    )
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("并入"),
        null=True,
        blank=True,
        related_name="merged",
    )
    is_key_town = models.BooleanField(_("重点镇"), default=False)
    public_id = public_id("region")

    objects = RegionQuerySet.as_manager()

    class Meta(DatedModel.Meta):
        ordering = ["path"]
        verbose_name = verbose_name_plural = _("行政区")
        indexes = [
            models.Index(
                fields=["path"],
                name="region_path_prefix",
                opclasses=["text_pattern_ops"],
            ),
            GinIndex(fields=["lineage"], name="region_lineage"),
            models.Index(fields=["short_name"], name="region_short_name"),
        ]
        constraints = [
            *DatedModel.Meta.constraints,
            models.CheckConstraint(
                name="region_code_shape",
                condition=models.Q(code__regex=CODE),
                violation_error_message=_(
                    "区划代码应为六位数字（乡镇九位），功能区在六位代码后加连字符和大写字母"
                ),
            ),
            models.CheckConstraint(
                name="region_province_has_no_parent",
                condition=models.Q(level=Level.PROVINCE, parent__isnull=True)
                | (~models.Q(level=Level.PROVINCE) & models.Q(parent__isnull=False)),
                violation_error_message=_("省级没有上级，其他层级必须有上级"),
            ),
        ]
        triggers = [
            stamp_changed(),
            pgtrigger.Trigger(
                name="place_row",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf("code", "parent_id", "path", "lineage"),
                declare=[("up", "RECORD")],
                func=PLACE_ROW,
            ),
            pgtrigger.Trigger(
                name="place_below",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("code", "parent_id", "path"),
                condition=pgtrigger.Condition("OLD.path IS DISTINCT FROM NEW.path"),
                func=PLACE_BELOW,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        """Save and read back the place that the database worked out."""
        super().save(*args, **kwargs)
        self.refresh_from_db(fields=["path", "lineage"])

    def get_absolute_url(self) -> str:
        """Return the page of the region."""
        return reverse("bureau:region-detail", args=[self.code])

    @property
    def province_code(self) -> str:
        """Return the two digits that school codes of the region carry."""
        return self.code[:2]

    @property
    def is_city_bureau(self) -> bool:
        """Tell whether the bureau here guides counties (a city, a municipality)."""
        return self.level in {Level.PROVINCE, Level.CITY}

    @property
    def authority(self) -> "Region":
        """Return who runs what stands here: for a town what lies above it."""
        above = self.parent if self.level == Level.TOWN else None
        return above or self

    @property
    def authority_id(self) -> int:
        """Return the id of ``authority`` (no query)."""
        above = self.parent_id if self.level == Level.TOWN else None
        return above or self.pk

    @property
    def guiding_bureau(self) -> "Region":
        """Return whose bureau guides this region: the city or municipality over it."""
        rows = Region.objects.filter(pk__in=self.lineage).order_by("-path")
        return rows.filter(level__in=[Level.PROVINCE, Level.CITY]).first() or self

    def contains(self, other: "Region") -> bool:
        """Tell whether the other region is this one or lies below it."""
        return self.pk in other.lineage


class RegionName(DatedModel):
    """The code and name a region had for a span of days."""

    region = models.ForeignKey(
        Region, models.CASCADE, verbose_name=_("行政区"), related_name="names"
    )
    code = models.CharField(_("区划代码"), max_length=12)
    name = models.CharField(_("名称"), max_length=60)
    note = models.CharField(_("说明"), max_length=120, blank=True)

    class Meta(DatedModel.Meta):
        ordering = ["region", "valid_from"]
        verbose_name = verbose_name_plural = _("曾用代码和名称")
        indexes = [
            models.Index(fields=["name"], name="region_name_name"),
            models.Index(fields=["code"], name="region_name_code"),
        ]
        constraints = [
            *DatedModel.Meta.constraints,
            NoOverlap(
                name="region_one_name_a_day",
                fields=["region"],
                violation_error_message=_("同一行政区在同一天只能有一个代码和名称"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class PriorityArea(DatedModel):
    """Several regions that push group schooling together under one lead (AK-2.1)."""

    name = models.CharField(_("名称"), max_length=80)
    lead_region = models.ForeignKey(
        Region, models.PROTECT, verbose_name=_("牵头地区"), related_name="led_areas"
    )
    purpose = models.CharField(_("推进重点"), max_length=200, blank=True)
    clause = models.ForeignKey(
        "bureau.PolicyClause",
        models.PROTECT,
        verbose_name=_("依据条款"),
        null=True,
        blank=True,
        related_name="priority_areas",
    )

    objects = PriorityAreaQuerySet.as_manager()

    class Meta(DatedModel.Meta):
        ordering = ["lead_region", "name"]
        verbose_name = verbose_name_plural = _("重点片区")
        constraints = [
            *DatedModel.Meta.constraints,
            models.UniqueConstraint(
                name="priority_area_name",
                fields=["lead_region", "name"],
                violation_error_message=_("该地区已有同名片区"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the page of the area."""
        return reverse("bureau:area-detail", args=[self.pk])


class AreaMember(DatedModel):
    """A region in a priority area for a span of days."""

    area = models.ForeignKey(
        PriorityArea, models.CASCADE, verbose_name=_("重点片区"), related_name="members"
    )
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        verbose_name=_("所含地区"),
        related_name="area_memberships",
    )

    objects = DatedQuerySet.as_manager()

    class Meta(DatedModel.Meta):
        ordering = ["area", "region__path", "valid_from"]
        verbose_name = verbose_name_plural = _("片区所含地区")
        constraints = [
            *DatedModel.Meta.constraints,
            NoOverlap(
                name="area_member_once_a_day",
                fields=["area", "region"],
                violation_error_message=_("该地区在此期间已在片区内"),
            ),
            OverRange(
                name="area_has_several_regions",
                key="area",
                minimum=2,
                minimum_from="valid_from",
                parent_where="p.valid_to IS NULL",
                violation_error_message=_("片区每天都须含两个以上地区（AK-2.1）"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.region}"
