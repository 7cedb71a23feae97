"""Runs of rosters coming in, their rows, and the answers already given."""

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.constraints import BulkCarriedKey
from core.querysets import AccessQuerySet
from roster.choices import Collection, RowResult, RunKind, RunState
from roster.models.source import Source


class SyncRun(models.Model):
    """One delivery of a source: a request or a bundle, and what came of it.

    ``counts`` holds, by collection, the number of rows by result; ``held_for`` the
    sentences why a person must approve it.
    """

    source = models.ForeignKey(
        Source, models.PROTECT, verbose_name=_("来源"), related_name="runs"
    )
    kind = models.CharField(_("方式"), max_length=8, choices=RunKind.choices)
    state = models.CharField(
        _("状态"),
        max_length=12,
        choices=RunState.choices,
        default=RunState.RECEIVED,
    )
    is_atomic = models.BooleanField(_("全部成功才写入"), default=False)
    is_dry = models.BooleanField(_("只核对不写入"), default=False)
    file_name = models.CharField(_("文件名"), max_length=200, blank=True)
    file_sha256 = models.CharField(_("文件摘要"), max_length=64, blank=True)
    attachment = models.ForeignKey(
        "core.Attachment",
        models.SET_NULL,
        verbose_name=_("文件"),
        null=True,
        related_name="+",
    )
    job = models.ForeignKey(
        "core.Job", models.SET_NULL, verbose_name=_("任务"), null=True, related_name="+"
    )
    manifest = models.JSONField(_("清单"), default=dict)
    counts = models.JSONField(_("结果"), default=dict)
    held_for = models.JSONField(_("待审批原因"), default=list)
    failure = models.TextField(_("失败原因"), blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("上传人"),
        null=True,
        related_name="+",
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("审批人"),
        null=True,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("审批时间"), null=True)
    received_at = models.DateTimeField(_("收到时间"), auto_now_add=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True)

    objects = AccessQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = _("名册同步")
        indexes = [models.Index(fields=["source", "-id"], name="sync_run_source")]
        constraints = [
            UniqueConstraint(
                fields=["source", "file_sha256"],
                condition=Q(kind=RunKind.BUNDLE)
                & ~Q(state__in=[RunState.FAILED, RunState.DISCARDED]),
                name="bundle_once",
            ),
            CheckConstraint(
                name="sync_run_approved_by_another",
                condition=Q(decided_by__isnull=True)
                | Q(sent_by__isnull=True)
                | ~Q(decided_by=models.F("sent_by")),
                violation_error_message=_("上传人不能审批自己的数据包"),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name or f"{self.get_kind_display()} {self.pk}"

    def get_absolute_url(self) -> str:
        """Return the page of the run."""
        return reverse("roster:run-detail", args=[self.pk])

    @property
    def rows_are_forgotten(self) -> bool:
        """Whether its single rows are past the days they are kept."""
        kept = timedelta(days=settings.SYNC_ROW_DAYS)
        return self.finished_at is not None and self.finished_at < timezone.now() - kept

    @property
    def label(self) -> str:
        """Return what the run is called in lists."""
        return str(self)


class SyncRow(models.Model):
    """One row of a run and its verdict; rejected ones say why.

    Rows that simply came in new stand in a ``SyncBlock``; ``roster.verdicts`` reads
    both.

    Of the rows written at once the database asks one time whether their run stands.
    """

    run = models.ForeignKey(
        SyncRun,
        models.CASCADE,
        verbose_name=_("同步"),
        related_name="rows",
        db_index=False,
        db_constraint=False,
    )
    collection = models.CharField(_("类别"), max_length=20, choices=Collection.choices)
    number = models.PositiveIntegerField(_("行号"))
    sourced_id = models.CharField(_("来源标识"), max_length=120, blank=True)
    result = models.CharField(_("结果"), max_length=10, choices=RowResult.choices)
    errors = models.JSONField(_("问题"), null=True)

    objects = AccessQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = _("同步行")
        indexes = [models.Index(fields=["run", "result", "id"], name="sync_row_result")]
        constraints = [
            BulkCarriedKey(
                name="sync_row_of_a_run",
                fields=["run"],
                to="roster.SyncRun",
                to_fields=["id"],
                violation_error_message=_("该行所属的同步不存在"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.collection}:{self.number}"


class SyncBlock(models.Model):
    """Up to a thousand rows of a run that came in as new, with nothing to say of them.

    ``numbers`` and ``sourced_ids`` go together, in no order. A first load has hundreds
    of thousands of such rows: one by one they would cost as much as the people.
    """

    run = models.ForeignKey(
        SyncRun, models.CASCADE, verbose_name=_("同步"), related_name="blocks"
    )
    collection = models.CharField(_("类别"), max_length=20, choices=Collection.choices)
    numbers = ArrayField(models.PositiveIntegerField(), verbose_name=_("行号"))
    sourced_ids = ArrayField(
        models.CharField(max_length=120), verbose_name=_("来源标识")
    )

    objects = AccessQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = _("新增的同步行")
        constraints = [
            CheckConstraint(
                name="sync_block_goes_together",
                condition=Q(numbers__len=F("sourced_ids__len")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.collection}:{len(self.numbers)}"


class IdempotencyKey(models.Model):
    """The answer given to a request with this key, to be given again."""

    client = models.ForeignKey(
        "bureau.ApiClient", models.CASCADE, verbose_name=_("客户端"), related_name="+"
    )
    key = models.CharField(_("幂等键"), max_length=200)
    request_sha256 = models.CharField(_("请求摘要"), max_length=64)
    status = models.PositiveSmallIntegerField(_("状态码"), null=True)
    answer = models.JSONField(_("答复"), null=True)
    made_at = models.DateTimeField(_("时间"), auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = _("幂等键")
        constraints = [
            UniqueConstraint(fields=["client", "key"], name="idempotency_key_once")
        ]

    def __str__(self) -> str:
        return self.key
