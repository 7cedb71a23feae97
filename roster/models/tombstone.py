"""What is left of rows that rosters once named."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.querysets import AccessQuerySet
from roster.choices import Collection


class Tombstone(models.Model):
    """A row that was deleted: who reads changes learns that it is gone.

    ``kept`` holds what its shape requires, and nothing about a person. Triggers of
    the tables write it.
    """

    collection = models.CharField(_("类别"), max_length=20, choices=Collection.choices)
    region = models.ForeignKey(
        "bureau.Region", models.CASCADE, verbose_name=_("地区"), related_name="+"
    )
    public_id = models.CharField(_("对外标识"), max_length=160)
    kept = models.JSONField(_("保留内容"), default=dict)
    changed_at = models.DateTimeField(_("移除时间"))

    objects = AccessQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("移除记录")
        indexes = [
            models.Index(
                fields=["collection", "region", "changed_at"], name="tombstone_changed"
            ),
            models.Index(
                fields=["collection", "region", "public_id"], name="tombstone_public_id"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.collection}:{self.public_id}"
