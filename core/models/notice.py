"""What people are told: notifications, deadlines and public notices."""

from datetime import date, timedelta

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.days import today
from core.models.subject import AboutSubject, SubjectQuerySet


class Notification(models.Model):
    """One message to one person."""

    class Level(models.TextChoices):
        INFO = "INFO", _("通知")
        DUE = "DUE", _("到期提醒")
        LATE = "LATE", _("逾期")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications"
    )
    title = models.CharField(_("标题"), max_length=200)
    body = models.TextField(_("内容"), blank=True)
    url = models.CharField(_("链接"), max_length=250, blank=True)
    level = models.CharField(
        _("级别"), max_length=5, choices=Level.choices, default=Level.INFO
    )
    key = models.CharField(_("去重键"), max_length=160, blank=True)
    created_at = models.DateTimeField(_("时间"), auto_now_add=True)
    read_at = models.DateTimeField(_("已读时间"), null=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = _("通知")
        indexes = [models.Index(fields=["user", "read_at"], name="notification_unread")]
        constraints = [
            models.UniqueConstraint(
                name="notification_once", fields=["user", "key"], condition=~Q(key="")
            )
        ]

    def __str__(self) -> str:
        return self.title


class DeadlineQuerySet(SubjectQuerySet):
    """Deadlines in business words."""

    def waiting(self) -> "DeadlineQuerySet":
        """Keep the deadlines not yet met."""
        return self.filter(met_at__isnull=True)

    def late(self, day: date | None = None) -> "DeadlineQuerySet":
        """Keep the unmet deadlines before the day."""
        return self.waiting().filter(due_on__lt=day or today())


class Deadline(AboutSubject):
    """The day by which one organisation should have done something about a subject."""

    title = models.CharField(_("事项"), max_length=200)
    scope_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    scope_id = models.BigIntegerField(_("责任单位"))
    scope = GenericForeignKey("scope_type", "scope_id")
    role = models.CharField(_("责任角色"), max_length=40, blank=True)
    due_on = models.DateField(_("截止日期"))
    url = models.CharField(_("链接"), max_length=250, blank=True)
    clause = models.CharField(_("依据条款"), max_length=20, blank=True)
    key = models.CharField(_("去重键"), max_length=120)
    met_at = models.DateTimeField(_("完成时间"), null=True)

    objects = DeadlineQuerySet.as_manager()

    class Meta(AboutSubject.Meta):
        ordering = ["due_on", "pk"]
        verbose_name = verbose_name_plural = _("截止日期")
        constraints = [models.UniqueConstraint(name="deadline_once", fields=["key"])]

    def __str__(self) -> str:
        return self.title


class PublicityQuerySet(SubjectQuerySet):
    """Public notices in business words."""

    def showing(self, day: date | None = None) -> "PublicityQuerySet":
        """Keep the notices shown on the day; an ended one withdraws itself."""
        day = day or today()
        return self.filter(
            starts_on__lte=day, ends_on__gt=day, withdrawn_at__isnull=True
        )


class Publicity(AboutSubject):
    """A public notice (公示) from a day to a day, with the objections it met."""

    title = models.CharField(_("标题"), max_length=200)
    body = models.TextField(_("公示内容"))
    starts_on = models.DateField(_("公示起"))
    ends_on = models.DateField(_("公示止（不含）"))
    clause = models.CharField(_("依据条款"), max_length=20, blank=True)
    withdrawn_at = models.DateTimeField(_("撤下时间"), null=True)

    objects = PublicityQuerySet.as_manager()

    class Meta(AboutSubject.Meta):
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = _("公示")
        constraints = [
            models.CheckConstraint(
                name="publicity_starts_before_end",
                condition=Q(starts_on__lt=F("ends_on")),
                violation_error_message=_("公示截止日期必须晚于起始日期"),
            )
        ]

    @property
    def last_day(self) -> date:
        """Return the last day on which the notice is shown."""
        return self.ends_on - timedelta(days=1)

    def __str__(self) -> str:
        return self.title


class Objection(models.Model):
    """An objection raised while a notice was shown, and its answer."""

    publicity = models.ForeignKey(Publicity, models.CASCADE, related_name="objections")
    text = models.TextField(_("异议内容"))
    contact = models.CharField(_("联系方式"), max_length=100, blank=True)
    raised_at = models.DateTimeField(_("提出时间"), auto_now_add=True)
    answer = models.TextField(_("答复"), blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = _("公示异议")

    def __str__(self) -> str:
        return self.text[:40]
