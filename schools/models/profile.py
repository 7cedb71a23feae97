"""What a school was called, and what it was, before it changed."""

from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from core.constraints import EndsWithParent, NoOverlap
from core.models import DatedModel
from schools.choices import (
    ALLOWED_STAGES,
    Ownership,
    SchoolStatus,
    SchoolType,
    Stage,
)
from schools.models.school import School
from schools.names import NormalName
from schools.querysets import ProfileQuerySet

PROFILE_FIELDS = (
    *("name", "short_name", "school_code", "type"),
    *("ownership", "administered_by"),
)
"""What has an effective day when it changes, besides the stages taught; the rest is
corrected in place."""


def _stages_fit_type() -> Q:
    rules = [
        Q(type=kind.value, stages__contained_by=[str(s) for s in stages])  # type: ignore[attr-defined]
        & ~Q(stages=[])
        for kind, stages in ALLOWED_STAGES.items()
    ]
    return reduce(or_, rules, Q(type="", stages=[]))


@pghistory.track(
    pghistory.UpdateEvent(condition=None, row=pghistory.Old),
    pghistory.DeleteEvent(),
    exclude=["normalized_name"],
)
class SchoolProfile(DatedModel):
    """Name, code, type, stages and county of a school until a change took effect.

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
    stages = ArrayField(
        models.CharField(max_length=12, choices=Stage.choices),
        verbose_name=_("学段"),
        default=list,
        blank=True,
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
            CheckConstraint(
                name="school_profile_stages_fit_type",
                condition=_stages_fit_type(),
                violation_error_message=_("学段与学校的办学类型不符"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def stage_codes(self) -> list[str]:
        """Return the stages taught then, in the order of schooling."""
        return [stage for stage in Stage.values if stage in self.stages]


@dataclass(frozen=True)
class ProfileOn:
    """A school as it was on one day."""

    name: str
    short_name: str
    school_code: str | None
    type: str
    stage_codes: list[str]
    ownership: str
    administered_by: Any
    status: str

    @property
    def type_label(self) -> str:
        """Return the type in words."""
        return str(SchoolType(self.type).label) if self.type else ""

    @property
    def stage_labels(self) -> list[str]:
        """Return the stages taught, in words."""
        return [str(Stage(code).label) for code in self.stage_codes]

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
    return ProfileOn(
        **told, stage_codes=source.stage_codes, status=school.status_on(day)
    )
