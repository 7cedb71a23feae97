"""Runs of the import engine: the file, what it did to each row, what it wrote."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.constraints import Unlogged
from core.querysets import AccessQuerySet


class RowVerdict(models.TextChoices):
    """What an import does, or did, with one row."""

    CREATED = "CREATED", _("新增")
    UPDATED = "UPDATED", _("变更")
    UNCHANGED = "UNCHANGED", _("未变")
    REJECTED = "REJECTED", _("退回")
    ASKED = "ASKED", _("待确认")
    SKIPPED = "SKIPPED", _("跳过")


class ImportRunQuerySet(AccessQuerySet):
    """Runs in business words."""

    def of_scope(self, kind: str, scope: models.Model | None) -> "ImportRunQuerySet":
        """Keep the runs of one kind in exactly this scope."""
        found = self.filter(kind=kind, scope_id=scope.pk if scope else None)
        if scope is None:
            return found.filter(scope_type=None)
        return found.filter(scope_type=ContentType.objects.get_for_model(scope))


class ImportRun(models.Model):
    """One file (or request) of rows on its way into the register."""

    class State(models.TextChoices):
        STAGED = "STAGED", _("待对应列")
        PREVIEWED = "PREVIEWED", _("待确认")
        APPLIED = "APPLIED", _("已导入")
        UNDONE = "UNDONE", _("已撤销")
        DISCARDED = "DISCARDED", _("已放弃")

    OPEN_STATES = (State.STAGED, State.PREVIEWED)

    kind = models.CharField(_("导入类别"), max_length=60)
    state = models.CharField(
        _("状态"), max_length=10, choices=State.choices, default=State.STAGED
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("导入人"),
        null=True,
        related_name="+",
    )
    scope_type = models.ForeignKey(
        ContentType, models.PROTECT, null=True, related_name="+"
    )
    scope_id = models.BigIntegerField(_("范围"), null=True)
    scope = GenericForeignKey("scope_type", "scope_id")
    file_name = models.CharField(_("文件名"), max_length=200)
    file_sha256 = models.CharField(_("文件摘要"), max_length=64, blank=True)
    layout = models.JSONField(_("版式"), default=dict)
    options = models.JSONField(_("选项"), default=dict)
    mapping = models.JSONField(_("列对应"), default=dict)
    answers = models.JSONField(_("答复"), default=dict)
    remarks = models.JSONField(_("读取说明"), default=list)
    total = models.PositiveIntegerField(_("行数"), default=0)
    created = models.PositiveIntegerField(_("新增"), default=0)
    updated = models.PositiveIntegerField(_("变更"), default=0)
    unchanged = models.PositiveIntegerField(_("未变"), default=0)
    rejected = models.PositiveIntegerField(_("退回"), default=0)
    asked = models.PositiveIntegerField(_("待答复"), default=0)
    skipped = models.PositiveIntegerField(_("跳过"), default=0)
    created_at = models.DateTimeField(_("上传时间"), auto_now_add=True)
    applied_at = models.DateTimeField(_("导入时间"), null=True)
    undone_at = models.DateTimeField(_("撤销时间"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("撤销人"),
        null=True,
        related_name="+",
    )
    job = models.ForeignKey(
        "core.Job", models.SET_NULL, verbose_name=_("任务"), null=True, related_name="+"
    )

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = _("导入")
        indexes = [
            models.Index(
                fields=["kind", "scope_type", "scope_id"], name="import_run_scope"
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        """Return the page where the run is gone on with or read."""
        name = {"STAGED": "mapping", "PREVIEWED": "preview"}.get(self.state, "detail")
        return reverse(f"core:import-{name}", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Tell whether the run can still be mapped, answered and applied."""
        return self.state in self.OPEN_STATES


class ImportRow(models.Model):
    """One row of an applied run: its values, its verdict, and what it became."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("行号"))
    values = models.JSONField(_("内容"), default=dict)
    verdict = models.CharField(_("结果"), max_length=10, choices=RowVerdict.choices)
    problems = models.JSONField(_("问题"), default=list)
    target_id = models.BigIntegerField(_("对象"), null=True)

    class Meta:
        ordering = ["number"]
        verbose_name = verbose_name_plural = _("导入行")
        constraints = [
            models.UniqueConstraint(name="import_row_number", fields=["run", "number"])
        ]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.number}"


class ImportEffect(models.Model):
    """One row of the register that a run inserted, changed or removed.

    ``before`` holds the changed columns (a removed row whole), ``after`` the same
    columns as the run left them (an inserted row whole): undo restores the one and
    compares the other with what stands now.
    """

    class Action(models.TextChoices):
        INSERTED = "I", _("新增")
        CHANGED = "U", _("变更")
        REMOVED = "D", _("移除")

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="effects")
    number = models.PositiveIntegerField(_("行号"))
    model = models.CharField(_("数据表"), max_length=80)
    object_id = models.BigIntegerField(_("对象"))
    action = models.CharField(_("动作"), max_length=1, choices=Action.choices)
    before = models.JSONField(_("变更前"), null=True)
    after = models.JSONField(_("变更后"), null=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = _("导入写入")
        indexes = [
            models.Index(
                fields=["run", "model", "object_id"], name="import_effect_object"
            )
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.model} {self.object_id}"


class ImportLayout(models.Model):
    """The column mapping a person confirmed for files with these heads."""

    kind = models.CharField(_("导入类别"), max_length=60)
    scope_key = models.CharField(_("范围"), max_length=80, blank=True)
    signature = models.CharField(_("表头摘要"), max_length=64)
    mapping = models.JSONField(_("列对应"), default=dict)
    used_at = models.DateTimeField(_("使用时间"), auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = _("列对应记忆")
        constraints = [
            models.UniqueConstraint(
                name="import_layout_once",
                fields=["kind", "scope_key", "signature"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.signature[:12]}"


class StagingRow(models.Model):
    """A row between file and register; an unlogged table, rebuilt from the file.

    ``shown`` keeps what was written where it differs from the typed value.
    ``problems`` come from reading, ``findings`` from the set-based checks, which
    start afresh each time the run is judged.
    """

    pk = models.CompositePrimaryKey("run_id", "number")
    run_id = models.BigIntegerField(_("导入"))
    number = models.PositiveIntegerField(_("行号"))
    data = models.JSONField(_("内容"), default=dict)
    shown = models.JSONField(_("原文"), default=dict)
    problems = models.JSONField(_("读取问题"), default=list)
    is_rejected = models.BooleanField(_("退回"), default=False)
    findings = models.JSONField(_("核对问题"), default=list)
    question = models.JSONField(_("待答复"), null=True)
    verdict = models.CharField(
        _("结果"), max_length=10, choices=RowVerdict.choices, blank=True, db_default=""
    )
    target_id = models.BigIntegerField(_("对象"), null=True)

    class Meta:
        ordering = ["number"]
        verbose_name = verbose_name_plural = _("待导入行")
        constraints = [Unlogged(name="import_staging_unlogged")]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.number}"

    @property
    def all_problems(self) -> list[dict[str, str]]:
        """Return what reading and checking found, in this order."""
        return [*self.problems, *self.findings]
