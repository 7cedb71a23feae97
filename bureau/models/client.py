"""Machines that read and write over the API on behalf of a region."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication

from bureau.models.region import Region
from core.querysets import AccessQuerySet


class ApiClient(AbstractApplication):
    """A program that signs in with client credentials and sees one region only."""

    region = models.ForeignKey(
        Region, models.PROTECT, verbose_name=_("地区"), related_name="api_clients"
    )
    scopes = ArrayField(models.CharField(max_length=200), verbose_name=_("权限范围"))
    contact = models.CharField(_("联系人"), max_length=120, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("登记人"),
        null=True,
        blank=True,
        related_name="+",
    )
    last_used_at = models.DateTimeField(
        _("最近使用"), null=True, blank=True, editable=False
    )
    paused_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = AccessQuerySet.as_manager()

    class Meta(AbstractApplication.Meta):
        ordering = ["region", "name"]
        verbose_name = verbose_name_plural = _("接口客户端")
        constraints = [
            models.UniqueConstraint(
                name="api_client_name",
                fields=["region", "name"],
                violation_error_message=_("该地区已有同名客户端"),
            ),
            models.CheckConstraint(
                name="api_client_credentials_only",
                condition=Q(
                    authorization_grant_type="client-credentials",
                    client_type="confidential",
                ),
                violation_error_message=_("接口客户端只使用客户端凭据方式"),
            ),
            models.CheckConstraint(
                name="api_client_has_scope",
                condition=~Q(scopes=[]),
                violation_error_message=_("请至少选择一个权限范围"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the page of the client."""
        return reverse("bureau:client-detail", args=[self.pk])

    def is_usable(self, request) -> bool:
        """Tell the token endpoint whether the client may ask for tokens now."""
        return self.paused_at is None
