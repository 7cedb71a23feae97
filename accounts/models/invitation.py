"""One-time invitations: the only way a first account comes to be."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.roles import ROLES


class Invitation(models.Model):
    """An invitation to take one role; only the hash of its token is kept."""

    role = models.CharField(
        _("角色"), max_length=30, choices=[(r.code, r.label) for r in ROLES.values()]
    )
    scope_type = models.ForeignKey(
        "contenttypes.ContentType", models.PROTECT, null=True, related_name="+"
    )
    scope_id = models.BigIntegerField(_("范围"), null=True)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("发出时间"), auto_now_add=True)
    expires_at = models.DateTimeField(_("失效时间"))
    accepted_at = models.DateTimeField(_("接受时间"), null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = _("邀请")

    def __str__(self) -> str:
        return str(self.get_role_display())

    @property
    def is_open(self) -> bool:
        """Tell whether the invitation can still be accepted."""
        return self.accepted_at is None and self.expires_at > timezone.now()
