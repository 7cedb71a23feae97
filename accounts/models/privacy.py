"""Data-protection records: purposes, requests, assessments, sensitive reads."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ProcessingPurpose(models.Model):
    """One purpose for which personal data is processed, with its legal basis."""

    name = models.CharField(_("处理目的"), max_length=120, unique=True)
    legal_basis = models.CharField(_("法律依据"), max_length=200)
    data_kinds = models.TextField(_("个人信息种类"))
    retention = models.CharField(_("保存期限"), max_length=120)

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = _("个人信息处理目的")

    def __str__(self) -> str:
        return self.name


class DataSubjectRequest(models.Model):
    """A person's request to see, copy, correct or delete own data."""

    class Kind(models.TextChoices):
        VIEW = "VIEW", _("查阅")
        COPY = "COPY", _("复制")
        CORRECT = "CORRECT", _("更正")
        DELETE = "DELETE", _("删除")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(_("请求"), max_length=8, choices=Kind.choices)
    text = models.TextField(_("说明"))
    made_at = models.DateTimeField(_("提出时间"), auto_now_add=True)
    due_on = models.DateField(_("答复期限"))
    answer = models.TextField(_("答复"), blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = _("个人信息权利请求")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.made_at:%Y-%m-%d}"


class ImpactAssessment(models.Model):
    """A recorded personal-information impact assessment."""

    title = models.CharField(_("评估事项"), max_length=200)
    conclusion = models.TextField(_("结论"))
    decided_on = models.DateField(_("评估日期"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-decided_on"]
        verbose_name = verbose_name_plural = _("个人信息影响评估")

    def __str__(self) -> str:
        return self.title


class AccessLog(models.Model):
    """One unmasking or export of personal data: who, what, how many, why."""

    at = models.DateTimeField(_("时间"), auto_now_add=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    action = models.CharField(_("动作"), max_length=40)
    subject = models.CharField(_("对象"), max_length=200)
    count = models.PositiveIntegerField(_("条数"), default=1)
    reason = models.CharField(_("事由"), max_length=200, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = _("敏感访问记录")
        triggers = [
            pgtrigger.Protect(
                name="insert_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"
