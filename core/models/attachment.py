"""Uploaded and generated files, stored under the SHA-256 of their content."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models.subject import AboutSubject, SubjectQuerySet


class Attachment(AboutSubject):
    """One named file of one object; equal contents are stored once."""

    class Kind(models.TextChoices):
        EVIDENCE = "EVIDENCE", _("佐证材料")
        DOCUMENT = "DOCUMENT", _("文件")
        MINUTES = "MINUTES", _("会议记录")
        REPORT = "REPORT", _("生成的报告")
        UPLOAD = "UPLOAD", _("导入文件")

    kind = models.CharField(_("类别"), max_length=12, choices=Kind.choices)
    label = models.CharField(_("用途"), max_length=120, blank=True)
    name = models.CharField(_("文件名"), max_length=200)
    sha256 = models.CharField(_("内容摘要"), max_length=64, db_index=True)
    size = models.PositiveBigIntegerField(_("字节数"))
    mime = models.CharField(_("类型"), max_length=100)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("上传人"),
        null=True,
        related_name="+",
    )
    uploaded_at = models.DateTimeField(_("上传时间"), auto_now_add=True)

    objects = SubjectQuerySet.as_manager()

    class Meta(AboutSubject.Meta):
        ordering = ["pk"]
        verbose_name = verbose_name_plural = _("附件")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the download address (checked for rights, never a public path)."""
        return reverse("core:attachment", args=[self.pk])

    @property
    def path(self) -> str:
        """Return the storage path of the content."""
        return f"{self.sha256[:2]}/{self.sha256[2:4]}/{self.sha256}"
