"""Rows that rosters keep in step with other systems."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Sourced(models.Model):
    """Where a row came from; ``pinned`` fields are not overwritten by a sync."""

    source = models.CharField(_("来源"), max_length=40, blank=True)
    sourced_id = models.CharField(_("来源标识"), max_length=120, blank=True)
    source_hash = models.CharField(_("来源摘要"), max_length=64, blank=True)
    changed_at = models.DateTimeField(_("变更时间"), auto_now=True, db_index=True)
    removed_at = models.DateTimeField(_("移除时间"), null=True, blank=True)
    pinned = ArrayField(
        models.CharField(max_length=40),
        verbose_name=_("锁定字段"),
        default=list,
        blank=True,
    )

    class Meta:
        abstract = True
