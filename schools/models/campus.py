"""The places a school teaches at, and what is being built there."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.constraints import EndsWithParent, NoOverlap
from core.models import DatedModel
from core.querysets import DatedQuerySet
from schools.choices import Programme, ProjectKind, Stage
from schools.models.school import School
from schools.querysets import ProjectQuerySet


@pghistory.track(
    pghistory.UpdateEvent(condition=None, row=pghistory.Old), pghistory.DeleteEvent()
)
class Campus(DatedModel):
    """A place of a school with neither a code nor a legal person of its own.

    A branch that has one of them is a School. ``valid_from`` is the day it was taken
    into use, ``valid_to`` the first day it was no longer used.
    """

    school = models.ForeignKey(
        School, models.CASCADE, verbose_name=_("学校"), related_name="campuses"
    )
    name = models.CharField(_("校区名称"), max_length=60)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    latitude = models.DecimalField(
        _("纬度"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        _("经度"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    stages = ArrayField(
        models.CharField(max_length=12, choices=Stage.choices),
        verbose_name=_("学段"),
        default=list,
        blank=True,
    )

    objects = DatedQuerySet.as_manager()

    class Meta(DatedModel.Meta):
        ordering = ["school_id", "valid_from", "pk"]
        verbose_name = verbose_name_plural = _("校区")
        constraints = [
            *DatedModel.Meta.constraints,
            NoOverlap(
                name="campus_name_once_a_day",
                fields=["school"],
                text_fields=["name"],
                violation_error_message=_("该校在这段时间内已有同名校区"),
            ),
            EndsWithParent(
                name="campus_ends_with_school",
                key="school",
                end="closed_on",
                violation_error_message=_("学校停办后校区不能继续使用"),
            ),
            CheckConstraint(
                name="campus_named",
                condition=~Q(name=""),
                violation_error_message=_("请填写校区名称"),
            ),
            CheckConstraint(
                name="campus_stages_known",
                condition=Q(stages__contained_by=list(Stage.values)),
            ),
            CheckConstraint(
                name="campus_on_earth",
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
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the page of the school."""
        return self.school.get_absolute_url()

    @property
    def stage_labels(self) -> list[str]:
        """Return the stages taught here in words, in the order of schooling."""
        return [str(s.label) for s in Stage if s.value in self.stages]


@pghistory.track(
    pghistory.UpdateEvent(condition=None, row=pghistory.Old), pghistory.DeleteEvent()
)
class ConstructionProject(models.Model):
    """Something built at a school: the context of its seats and conditions (AK-4.2b).

    It is never counted into the returns; what it added is returned by the school.
    """

    school = models.ForeignKey(
        School, models.CASCADE, verbose_name=_("学校"), related_name="projects"
    )
    name = models.CharField(_("项目名称"), max_length=120)
    kind = models.CharField(_("建设性质"), max_length=12, choices=ProjectKind.choices)
    programme = models.CharField(
        _("所属工程"), max_length=16, choices=Programme.choices
    )
    investment = models.DecimalField(
        _("计划投资"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    paid = models.DecimalField(
        _("已完成投资"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    seats_added = models.PositiveIntegerField(_("新增学位"), null=True, blank=True)
    started_on = models.DateField(_("开工日期"), null=True, blank=True)
    planned_on = models.DateField(_("计划完工"), null=True, blank=True)
    completed_on = models.DateField(_("实际完工"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["school_id", "-started_on", "pk"]
        verbose_name = verbose_name_plural = _("建设项目")
        constraints = [
            UniqueConstraint(
                fields=["school", "name"],
                name="project_once_per_school",
                violation_error_message=_("该校已登记同名项目"),
            ),
            CheckConstraint(
                name="project_known",
                condition=Q(kind__in=ProjectKind.values)
                & Q(programme__in=Programme.values)
                & ~Q(name=""),
            ),
            CheckConstraint(
                name="project_money_not_negative",
                condition=(Q(investment__isnull=True) | Q(investment__gte=0))
                & (Q(paid__isnull=True) | Q(paid__gte=0)),
                violation_error_message=_("投资不能是负数"),
            ),
            CheckConstraint(
                name="project_completed_after_start",
                condition=Q(completed_on__isnull=True)
                | Q(started_on__isnull=False, completed_on__gte=F("started_on")),
                violation_error_message=_("已完工的须填开工日期，且完工不早于开工"),
            ),
            CheckConstraint(
                name="project_planned_after_start",
                condition=Q(planned_on__isnull=True)
                | Q(started_on__isnull=True)
                | Q(planned_on__gte=F("started_on")),
                violation_error_message=_("计划完工不能早于开工"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the page of the project."""
        return reverse("schools:project-detail", args=[self.pk])

    @property
    def progress(self) -> str:
        """Return where the project stands, by its days."""
        if self.completed_on:
            return str(_("已完工"))
        return str(_("在建") if self.started_on else _("未开工"))
