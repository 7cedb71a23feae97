"""Dated role grants: the only source of rights."""

from datetime import date

import pghistory
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.roles import ROLES, SEPARATE
from core.days import today
from core.models import DatedModel
from core.querysets import DatedQuerySet


class RoleGrantQuerySet(DatedQuerySet):
    """Grants in business words."""

    def standing(self) -> "RoleGrantQuerySet":
        """Keep the grants that were not revoked."""
        return self.filter(revoked_at__isnull=True)

    def for_scope(self, scope: models.Model) -> "RoleGrantQuerySet":
        """Keep the grants whose scope is this object."""
        kind = ContentType.objects.get_for_model(scope)
        return self.filter(scope_type=kind, scope_id=scope.pk)

    def holding(self, permission: str, day: date | None = None) -> "RoleGrantQuerySet":
        """Keep the live grants whose role names the permission."""
        roles = [code for code, role in ROLES.items() if permission in role.permissions]
        return self.standing().on(day or today()).filter(role__in=roles)


@pghistory.track(
    pghistory.UpdateEvent(row=pghistory.Old, condition=None), pghistory.DeleteEvent()
)
class RoleGrant(DatedModel):
    """One role of one user in one scope; it ends by date or is revoked."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("用户"),
        related_name="grants",
    )
    role = models.CharField(
        _("角色"), max_length=30, choices=[(r.code, r.label) for r in ROLES.values()]
    )
    scope_type = models.ForeignKey(
        ContentType, models.PROTECT, null=True, blank=True, related_name="+"
    )
    scope_id = models.BigIntegerField(_("范围"), null=True, blank=True)
    scope = GenericForeignKey("scope_type", "scope_id")
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("代行"),
        null=True,
        blank=True,
        related_name="+",
    )
    reason = models.CharField(_("事由"), max_length=200, blank=True)
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        ordering = ["-valid_from", "pk"]
        verbose_name = verbose_name_plural = _("角色授权")
        indexes = [
            models.Index(fields=["user", "scope_type", "scope_id"], name="grant_scope")
        ]
        constraints = [
            *DatedModel.Meta.constraints,
            models.CheckConstraint(
                name="grant_scope_matches_role",
                condition=Q(role__in=SEPARATE, scope_id__isnull=True)
                | (~Q(role__in=SEPARATE) & Q(scope_id__isnull=False)),
                violation_error_message=_(
                    "系统、安全、审计管理员不带业务范围，其他角色必须指定范围"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user.full_name}·{self.get_role_display()}"
