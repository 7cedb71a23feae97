"""That the bureau reminded a school of its return, at most once a day."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import UniqueConstraint
from django.utils.translation import gettext_lazy as _

from core.days import today
from core.querysets import AccessQuerySet
from schools.models.returns import SchoolReturn


class ReturnReminder(models.Model):
    """One reminder of one return on one day, and who sent it."""

    school_return = models.ForeignKey(
        SchoolReturn,
        models.CASCADE,
        verbose_name=_("年度报表"),
        related_name="reminders",
    )
    sent_on = models.DateField(_("提醒日期"), default=today)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("提醒人"),
        related_name="+",
    )

    objects = AccessQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = _("报表提醒")
        constraints = [
            UniqueConstraint(
                fields=["school_return", "sent_on"],
                name="reminded_once_a_day",
                violation_error_message=_("这份报表今天已经提醒过"),
            )
        ]
        triggers = [
            pgtrigger.Protect(name="reminder_stays", operation=pgtrigger.Update)
        ]

    def __str__(self) -> str:
        return f"{self.school_return} {self.sent_on}"
