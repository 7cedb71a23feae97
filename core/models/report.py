"""A report: the frozen data object, its hash, its files."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models.attachment import Attachment
from core.querysets import AccessQuerySet


class ReportRun(models.Model):
    """One compiled report of one subject and period; its data never changes.

    ``digest`` is the SHA-256 of the canonical JSON of ``data``.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("草稿")
        SIGNED = "SIGNED", _("已签发")
        PUBLISHED = "PUBLISHED", _("已公开")

    code = models.CharField(_("报告"), max_length=60)
    title = models.CharField(_("标题"), max_length=200)
    period = models.CharField(_("周期"), max_length=40)
    subject_type = models.ForeignKey(
        ContentType, models.PROTECT, null=True, related_name="+"
    )
    subject_id = models.BigIntegerField(_("对象"), null=True)
    params = models.JSONField(_("参数"), default=dict)
    run_key = models.CharField(_("编译键"), max_length=160)
    data = models.JSONField(_("数据"))
    digest = models.CharField(_("数据摘要"), max_length=64)
    version = models.PositiveIntegerField(_("版本"), default=1)
    state = models.CharField(
        _("状态"), max_length=10, choices=State.choices, default=State.DRAFT
    )
    job = models.ForeignKey("core.Job", models.SET_NULL, null=True, related_name="+")
    compiled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    compiled_at = models.DateTimeField(_("编译时间"), auto_now_add=True)
    files = GenericRelation(
        Attachment, content_type_field="subject_type", object_id_field="subject_id"
    )

    objects = AccessQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = _("报告")
        constraints = [
            models.UniqueConstraint(
                name="report_run_once",
                fields=["run_key", "version"],
                violation_error_message=_("该报告已经编译"),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the page of the report."""
        return reverse("core:report-detail", args=[self.pk])
