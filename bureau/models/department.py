"""Departments of a region that take part in group schooling."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from bureau.choices import DepartmentKind
from bureau.models.region import Region
from core.models import Sourced, public_id, stamp_changed
from core.querysets import AccessQuerySet


class Department(Sourced):
    """A department or unit of one region, kept by its post and not by persons."""

    region = models.ForeignKey(
        Region, models.PROTECT, verbose_name=_("所属地区"), related_name="departments"
    )
    kind = models.CharField(_("类别"), max_length=20, choices=DepartmentKind.choices)
    name = models.CharField(_("名称"), max_length=100)
    public_id = public_id("department")

    objects = AccessQuerySet.as_manager()

    class Meta:
        ordering = ["region", "kind", "name"]
        verbose_name = verbose_name_plural = _("部门")
        constraints = [
            models.UniqueConstraint(
                name="department_once",
                fields=["region", "kind", "name"],
                violation_error_message=_("该地区已登记同名部门"),
            )
        ]
        triggers = [stamp_changed()]

    def __str__(self) -> str:
        return self.name
