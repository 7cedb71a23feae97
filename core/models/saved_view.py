"""What one person keeps of the pages: saved list views and unfinished forms."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """A named filter of one list page, shown to its owner as a tab."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views"
    )
    page = models.CharField(_("页面"), max_length=120)
    name = models.CharField(_("名称"), max_length=30)
    query = models.CharField(_("条件"), max_length=1000)
    created_at = models.DateTimeField(_("保存时间"), auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = _("保存的视图")
        constraints = [
            models.UniqueConstraint(
                name="saved_view_once_per_name",
                fields=["user", "page", "name"],
                violation_error_message=_("同名视图已存在，请换一个名称"),
            )
        ]

    def __str__(self) -> str:
        return self.name


class FormDraft(models.Model):
    """What a person has typed into a form and not yet submitted."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="form_drafts"
    )
    page = models.CharField(_("页面"), max_length=200)
    data = models.JSONField(_("内容"), default=dict)
    saved_at = models.DateTimeField(_("保存时间"), auto_now=True)

    class Meta:
        ordering = ["-saved_at"]
        verbose_name = verbose_name_plural = _("表单草稿")
        constraints = [
            models.UniqueConstraint(name="form_draft_once", fields=["user", "page"])
        ]

    def __str__(self) -> str:
        return self.page
