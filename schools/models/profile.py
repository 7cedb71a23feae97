"""What a school was called, and what it was, before it changed."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pghistory
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from core.constraints import EndsWithParent, NoOverlap
from core.models import DatedModel
from schools.choices import Ownership, SchoolStatus, SchoolType
from schools.models.school import School
from schools.names import NormalName
from schools.querysets import ProfileQuerySet

PROFILE_FIELDS = (
    *("name", "short_name", "school_code", "type"),
    *("ownership", "administered_by"),
)
"""What has an effective day when it changes; the rest is corrected in place."""


@pghistory.track(
    pghistory.UpdateEvent(condition=None, row=pghistory.Old),
    pghistory.DeleteEvent(),
    exclude=["normalized_name"],
)
class SchoolProfile(DatedModel):
    """Name, code, type and county that a school had until a change took effect.

    Only what is over is kept here: the present stands on the school itself. On a day
    the school was what its earliest profile ending after that day says, else what it
    is now, so a school that never changed needs no row.
    """

    school = models.ForeignKey(
        School, models.CASCADE, verbose_name=_("学校"), related_name="profiles"
    )
    name = models.CharField(_("学校名称"), max_length=100)
    normalized_name = models.GeneratedField(
        expression=NormalName("name"),
        output_field=models.CharField(max_length=400),
        db_persist=True,
        verbose_name=_("规范名称"),
    )
    short_name = models.CharField(_("简称"), max_length=40, blank=True)
    school_code = models.CharField(  # noqa: DJ001 - as on School
        _("学校标识码"), max_length=10, null=True, blank=True
    )
    type = models.CharField(
        _("办学类型"), max_length=24, choices=SchoolType.choices, blank=True
    )
    ownership = models.CharField(
        _("举办者性质"), max_length=20, choices=Ownership.choices, blank=True
    )
    administered_by = models.ForeignKey(
        "bureau.Region",
        models.PROTECT,
        verbose_name=_("主管地区"),
        related_name="+",
    )
    changed_because = models.CharField(_("变更事由"), max_length=200)
    document_no = models.CharField(_("文号"), max_length=80, blank=True)

    objects = ProfileQuerySet.as_manager()

    class Meta(DatedModel.Meta):
        ordering = ["school_id", "valid_from"]
        verbose_name = verbose_name_plural = _("曾用名称和归属")
        indexes = [
            models.Index(fields=["normalized_name"], name="profile_normal_name"),
            models.Index(fields=["school_code"], name="profile_code"),
        ]
        constraints = [
            *DatedModel.Meta.constraints,
            NoOverlap(
                name="school_one_profile_a_day",
                fields=["school"],
                violation_error_message=_(
                    "生效日期必须晚于上一次变更：一所学校在同一天只能有一个名称和归属"
                ),
            ),
            EndsWithParent(
                name="school_profile_while_it_stood",
                key="school",
                end="closed_on",
                violation_error_message=_("学校停办后不能再更名或变更归属"),
            ),
            CheckConstraint(
                name="school_profile_is_over",
                condition=Q(valid_to__isnull=False),
                violation_error_message=_("曾用名称须有终止日期"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class ProfileOn:
    """A school as it was on one day."""

    name: str
    short_name: str
    school_code: str | None
    type: str
    ownership: str
    administered_by: Any
    status: str

    @property
    def type_label(self) -> str:
        """Return the type in words."""
        return str(SchoolType(self.type).label) if self.type else ""

    @property
    def ownership_label(self) -> str:
        """Return who runs it, in words."""
        return str(Ownership(self.ownership).label) if self.ownership else ""

    @property
    def status_label(self) -> str:
        """Return the state in words."""
        return str(SchoolStatus(self.status).label)


def profile_on(school: School, day: date) -> ProfileOn:
    """Return what the school was on the day (one query)."""
    rows = school.profiles.ending_after(day).select_related("administered_by")
    return told_by(school, rows.first() or school, day)


def told_by(school: School, source: School | SchoolProfile, day: date) -> ProfileOn:
    """Return the profile that a past row, or the school itself, tells of the day."""
    told = {name: getattr(source, name) for name in PROFILE_FIELDS}
    return ProfileOn(**told, status=school.status_on(day))
