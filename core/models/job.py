"""Long work as rows: claimed, shown with progress, resumed part by part."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.querysets import AccessQuerySet


class Job(models.Model):
    """One piece of long work and how far it is."""

    class State(models.TextChoices):
        QUEUED = "QUEUED", _("排队中")
        RUNNING = "RUNNING", _("进行中")
        DONE = "DONE", _("已完成")
        FAILED = "FAILED", _("未完成")
        CANCELLED = "CANCELLED", _("已取消")

    kind = models.CharField(_("任务"), max_length=60)
    title = models.CharField(_("名称"), max_length=200)
    state = models.CharField(
        _("状态"), max_length=10, choices=State.choices, default=State.QUEUED
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("发起人"),
        null=True,
        related_name="+",
    )
    params = models.JSONField(_("参数"), default=dict)
    key = models.CharField(_("去重键"), max_length=120, blank=True)
    done = models.PositiveIntegerField(_("已完成数"), default=0)
    total = models.PositiveIntegerField(_("总数"), default=0)
    message = models.CharField(_("正在做"), max_length=250, blank=True)
    log = models.JSONField(_("步骤"), default=list)
    owner = models.CharField(_("执行者"), max_length=80, blank=True)
    heartbeat_at = models.DateTimeField(_("心跳"), null=True)
    attempts = models.PositiveIntegerField(_("认领次数"), default=0)
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)
    started_at = models.DateTimeField(_("开始时间"), null=True)
    finished_at = models.DateTimeField(_("结束时间"), null=True)
    result_url = models.CharField(_("结果"), max_length=250, blank=True)
    is_cancellable = models.BooleanField(_("可取消"), default=True)
    cancel_requested = models.BooleanField(_("已请求取消"), default=False)

    objects = AccessQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = _("任务")
        constraints = [
            models.UniqueConstraint(
                name="job_one_open_per_key",
                fields=["kind", "key"],
                condition=~models.Q(key="") & models.Q(state__in=["QUEUED", "RUNNING"]),
                violation_error_message=_("同一项工作正在进行，请等待它完成"),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the progress page."""
        return reverse("core:job", args=[self.pk])

    @property
    def is_over(self) -> bool:
        """Tell whether the job will not go on."""
        return self.state in {"DONE", "FAILED", "CANCELLED"}

    @property
    def percent(self) -> int:
        """Return the share done, 0 to 100."""
        return min(100, self.done * 100 // self.total) if self.total else 0


class JobPart(models.Model):
    """A finished part of a job: what a resumed run does not repeat."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="parts")
    key = models.CharField(_("部分"), max_length=120)
    result = models.JSONField(_("结果"), default=dict)
    finished_at = models.DateTimeField(_("完成时间"), auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = _("任务部分")
        constraints = [
            models.UniqueConstraint(name="job_part_once", fields=["job", "key"])
        ]

    def __str__(self) -> str:
        return self.key
