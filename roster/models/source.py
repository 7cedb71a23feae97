"""The systems that send rosters, and the names they have for shared rows."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.querysets import AccessQuerySet
from roster.choices import Collection

CODE = r"^[a-z][a-z0-9-]{1,38}$"


class Source(models.Model):
    """One system that sends the rosters of one region.

    Its ``code`` stands on every row it brought (``Sourced.source``). While it is
    paused nothing of it is taken in.
    """

    region = models.ForeignKey(
        "bureau.Region",
        models.PROTECT,
        verbose_name=_("地区"),
        related_name="roster_sources",
    )
    code = models.CharField(
        _("代码"),
        max_length=40,
        unique=True,
        validators=[RegexValidator(CODE, _("请用小写字母、数字和连字符，字母开头"))],
    )
    name = models.CharField(_("名称"), max_length=120)
    client = models.OneToOneField(
        "bureau.ApiClient",
        models.PROTECT,
        verbose_name=_("接口客户端"),
        null=True,
        blank=True,
        related_name="roster_source",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("登记人"),
        null=True,
        related_name="+",
    )
    created_at = models.DateTimeField(_("登记时间"), auto_now_add=True)
    paused_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = AccessQuerySet.as_manager()

    class Meta:
        ordering = ["region", "name"]
        verbose_name = verbose_name_plural = _("名册来源")
        constraints = [
            UniqueConstraint(
                fields=["region", "name"],
                name="source_name",
                violation_error_message=_("该地区已有同名来源"),
            ),
            CheckConstraint(
                name="source_code_shape",
                condition=Q(code__regex=CODE),
                violation_error_message=_("请用小写字母、数字和连字符，字母开头"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the page of the source."""
        return reverse("roster:source-detail", args=[self.pk])


class Alias(models.Model):
    """The identifier a source uses for a row it did not bring.

    School years, terms and regions are the bureau's, and a school or a teacher may
    have come from another source: the row stays as it is and is known by this too.
    """

    source = models.ForeignKey(
        Source, models.CASCADE, verbose_name=_("来源"), related_name="aliases"
    )
    collection = models.CharField(_("类别"), max_length=20, choices=Collection.choices)
    sourced_id = models.CharField(_("来源标识"), max_length=120)
    model = models.CharField(_("数据表"), max_length=60)
    object_id = models.BigIntegerField(_("对象"))

    class Meta:
        ordering = ["source", "collection", "sourced_id"]
        verbose_name = verbose_name_plural = _("来源别名")
        constraints = [
            UniqueConstraint(
                fields=["source", "collection", "sourced_id"], name="alias_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_id}:{self.collection}:{self.sourced_id}"
