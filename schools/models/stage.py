"""The stages each school teaches."""

import pgtrigger
from django.db import models
from django.db.models import UniqueConstraint
from django.utils.translation import gettext_lazy as _

from core.constraints import CarriedKey
from schools.choices import Stage
from schools.models.rules import TYPED_SCHOOL_HAS_STAGE, stage_fits_type
from schools.models.school import School
from schools.querysets import StageQuerySet


class SchoolStage(models.Model):
    """A stage that a school teaches; it carries the school's type and must fit it.

    Fitting is checked at the commit, so that type and stages may change together.
    """

    school = models.ForeignKey(
        School, models.CASCADE, verbose_name=_("学校"), related_name="stages"
    )
    stage = models.CharField(_("学段"), max_length=12, choices=Stage.choices)
    school_type = models.CharField(_("办学类型"), max_length=24, editable=False)

    objects = StageQuerySet.as_manager()

    class Meta:
        ordering = ["school_id", "pk"]
        verbose_name = verbose_name_plural = _("学段")
        constraints = [
            UniqueConstraint(fields=["school", "stage"], name="stage_once_per_school"),
            CarriedKey(
                name="stage_carries_type",
                fields=["school", "school_type"],
                to="schools.School",
                to_fields=["id", "type"],
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="last_stage_stays",
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                operation=pgtrigger.Delete | pgtrigger.UpdateOf("school_id"),
                func=TYPED_SCHOOL_HAS_STAGE.format(school="OLD.school_id"),
            ),
            pgtrigger.Trigger(
                name="stage_fits_type",
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("stage", "school_type"),
                func=stage_fits_type(),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_stage_display())

    def save(self, *args, **kwargs) -> None:
        """Save with the type that the school has."""
        self.school_type = self.school.type
        super().save(*args, **kwargs)
