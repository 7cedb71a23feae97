"""Decisions about cases, and the checks and conditions they rest on."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from groups.choices import APPROVING, CaseKind, Outcome, TaskKind, TaskState
from groups.models.case import GroupCase, person
from groups.querysets import TaskQuerySet


class TaskTemplate(models.Model):
    """A check that every new case of a kind carries; changed by a new version only."""

    case_kind = models.CharField(_("事项"), max_length=12, choices=CaseKind.choices)
    kind = models.CharField(_("用途"), max_length=12, choices=TaskKind.choices)
    code = models.CharField(_("代码"), max_length=40)
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    position = models.PositiveSmallIntegerField(_("顺序"))
    title = models.CharField(_("检查内容"), max_length=200)
    help_text = models.CharField(_("说明"), max_length=300, blank=True)
    clause = models.CharField(_("依据条款"), max_length=20)
    is_blocking = models.BooleanField(_("不符合时不得通过"), default=True)
    is_retired = models.BooleanField(_("停用"), default=False)

    class Meta:
        ordering = ["case_kind", "kind", "position"]
        verbose_name = verbose_name_plural = _("检查清单模板")
        constraints = [
            UniqueConstraint(
                name="task_template_version",
                fields=["case_kind", "kind", "code", "version"],
            )
        ]

    def __str__(self) -> str:
        return self.title


class CaseDecision(models.Model):
    """What the deciding body decided; never edited, only followed by another."""

    case = models.ForeignKey(
        GroupCase, models.PROTECT, verbose_name=_("事项"), related_name="decisions"
    )
    outcome = models.CharField(_("决定"), max_length=16, choices=Outcome.choices)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("决定人"),
        related_name="+",
    )
    deciding_body = models.CharField(_("决定机构"), max_length=120)
    decided_on = models.DateField(_("决定日期"))
    document_number = models.CharField(_("批准文号"), max_length=100, blank=True)
    effective_on = models.DateField(_("生效日期"), null=True, blank=True)
    text = models.TextField(_("决定理由"), blank=True)
    recorded_at = models.DateTimeField(_("登记时间"), auto_now_add=True)

    class Meta:
        ordering = ["case", "pk"]
        verbose_name = verbose_name_plural = _("决定")
        constraints = [
            CheckConstraint(
                name="decision_approval_is_dated",
                condition=~Q(outcome__in=list(APPROVING))
                | (Q(effective_on__isnull=False) & ~Q(document_number="")),
                violation_error_message=_("批准须有批准文号和生效日期"),
            ),
            CheckConstraint(
                name="decision_refusal_is_reasoned",
                condition=Q(outcome__in=list(APPROVING)) | ~Q(text=""),
                violation_error_message=_("不批准或暂缓须写明理由"),
            ),
            CheckConstraint(
                name="decision_outcome_known", condition=Q(outcome__in=Outcome.values)
            ),
            UniqueConstraint(
                name="decision_one_final",
                fields=["case"],
                condition=~Q(outcome=Outcome.DEFERRED),
                violation_error_message=_("该事项已有决定"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="never_edited", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.get_outcome_display()}"

    @property
    def is_approval(self) -> bool:
        """Tell whether the decision approves, with or without conditions."""
        return self.outcome in APPROVING


class CaseTask(models.Model):
    """One check or condition of a case and whether it is met."""

    case = models.ForeignKey(
        GroupCase, models.CASCADE, verbose_name=_("事项"), related_name="tasks"
    )
    template = models.ForeignKey(
        TaskTemplate, models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    decision = models.ForeignKey(
        CaseDecision,
        models.PROTECT,
        verbose_name=_("决定"),
        null=True,
        blank=True,
        related_name="conditions",
    )
    kind = models.CharField(_("用途"), max_length=12, choices=TaskKind.choices)
    title = models.CharField(_("内容"), max_length=300)
    clause = models.CharField(_("依据条款"), max_length=20, blank=True)
    is_blocking = models.BooleanField(_("不符合时不得通过"), default=True)
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)
    state = models.CharField(
        _("状态"),
        max_length=8,
        choices=TaskState.choices,
        default=TaskState.OPEN,
        editable=False,
    )
    due_on = models.DateField(_("期限"), null=True, blank=True)
    done_by = person(_("办理人"))
    done_on = models.DateField(_("办理日期"), null=True, blank=True)
    note = models.TextField(_("说明"), blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["case", "kind", "position", "pk"]
        verbose_name = verbose_name_plural = _("检查事项")
        constraints = [
            CheckConstraint(
                name="task_condition_has_decision",
                condition=(Q(kind=TaskKind.CONDITION) & Q(decision__isnull=False))
                | (~Q(kind=TaskKind.CONDITION) & Q(decision__isnull=True)),
            ),
            CheckConstraint(
                name="task_condition_has_day",
                condition=~Q(kind=TaskKind.CONDITION) | Q(due_on__isnull=False),
                violation_error_message=_("每项条件都须有完成期限"),
            ),
            UniqueConstraint(
                name="task_once_per_template",
                fields=["case", "template"],
                condition=Q(template__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the page of the case."""
        return self.case.get_absolute_url()
