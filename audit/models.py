"""Insert-only business events and the chain of seals over them."""

import pgtrigger
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

INSERT_ONLY = [
    pgtrigger.Protect(
        name="insert_only", operation=pgtrigger.Update | pgtrigger.Delete
    ),
    pgtrigger.Trigger(
        name="no_truncate",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func="RAISE EXCEPTION 'audit rows are insert-only' USING ERRCODE = '23514';",
    ),
]


class EventQuerySet(models.QuerySet["Event"]):
    """Events in business words."""

    def about(self, subject: models.Model) -> "EventQuerySet":
        """Keep the events whose subject is this object."""
        kind = ContentType.objects.get_for_model(subject)
        return self.filter(subject_type=kind, subject_id=subject.pk)

    def unsealed(self) -> "EventQuerySet":
        """Keep the events that no seal covers yet, oldest first."""
        return self.filter(seal_entry__isnull=True).order_by("pk")


class Event(models.Model):
    """Something a person or a job did to one object, with the reason given."""

    at = models.DateTimeField(_("时间"), auto_now_add=True, db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("经办人"),
        null=True,
        related_name="+",
    )
    actor = models.CharField(_("经办主体"), max_length=120, blank=True)
    verb = models.CharField(_("动作"), max_length=80)
    subject_type = models.ForeignKey(
        ContentType, models.PROTECT, null=True, related_name="+"
    )
    subject_id = models.BigIntegerField(null=True)
    subject = GenericForeignKey("subject_type", "subject_id")
    subject_label = models.CharField(_("对象"), max_length=250, blank=True)
    reason = models.TextField(_("事由"), blank=True)
    data = models.JSONField(_("内容"), default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = _("业务事件")
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="event_subject")
        ]
        triggers = INSERT_ONLY

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_label}"


class Seal(models.Model):
    """A closed batch of events, hashed together with the seal before it.

    ``digest`` = SHA-256 over the previous digest and the canonical JSON of every
    event of the batch in primary-key order.
    """

    number = models.PositiveBigIntegerField(_("序号"), unique=True)
    sealed_at = models.DateTimeField(_("封存时间"), auto_now_add=True)
    event_count = models.PositiveIntegerField(_("事件数"))
    previous = models.CharField(_("上一摘要"), max_length=64)
    digest = models.CharField(_("摘要"), max_length=64, unique=True)

    class Meta:
        ordering = ["number"]
        verbose_name = verbose_name_plural = _("事件封存")
        constraints = [
            models.CheckConstraint(
                name="seal_covers_events",
                condition=Q(event_count__gt=0),
                violation_error_message=_("封存批次不能为空"),
            )
        ]
        triggers = INSERT_ONLY

    def __str__(self) -> str:
        return f"#{self.number} {self.digest[:12]}"


class SealEntry(models.Model):
    """The place of one event inside its seal."""

    event = models.OneToOneField(
        Event, models.PROTECT, primary_key=True, related_name="seal_entry"
    )
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="entries")

    class Meta:
        verbose_name = verbose_name_plural = _("封存明细")
        triggers = INSERT_ONLY

    def __str__(self) -> str:
        return f"{self.seal_id}/{self.event_id}"
