"""The self-evaluation report that the lead school's principal submits."""

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models import Attachment
from core.querysets import AccessQuerySet
from evaluation.choices import ReportState

EDITABLE = {ReportState.DRAFT, ReportState.RETURNED}


class PeriodicReportQuerySet(AccessQuerySet):
    """Self-evaluation reports in business words."""

    def waiting(self) -> "PeriodicReportQuerySet":
        """Keep the reports that their principal has still to submit."""
        return self.filter(state__in=EDITABLE)


class PeriodicReport(models.Model):
    """A group's self-evaluation in one cycle, with evidence for its indicators.

    ``sections``: dimension code → ``{"text": …, "leaves": {code: {"note", "self"}}}``;
    ``revision`` grows with every save, so that two windows cannot overwrite each other.
    """

    class Kind(models.TextChoices):
        SELF_EVALUATION = "SELF_EVALUATION", _("年度自评报告")

    kind = models.CharField(
        _("报告"), max_length=20, choices=Kind.choices, default=Kind.SELF_EVALUATION
    )
    assessment = models.ForeignKey(
        "evaluation.Assessment",
        models.CASCADE,
        verbose_name=_("考核任务"),
        related_name="reports",
    )
    sections = models.JSONField(_("内容"), default=dict)
    revision = models.PositiveIntegerField(_("修订号"), default=0)
    state = models.CharField(
        _("状态"),
        max_length=10,
        choices=ReportState.choices,
        default=ReportState.DRAFT,
    )
    due_on = models.DateField(_("截止日期"))
    opened_on = models.DateField(_("下达日期"))
    saved_at = models.DateTimeField(_("保存时间"), null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("提交人"),
        null=True,
        blank=True,
        related_name="+",
    )
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("接收人"),
        null=True,
        blank=True,
        related_name="+",
    )
    return_reason = models.TextField(_("退回原因"), blank=True)
    files = GenericRelation(
        Attachment, content_type_field="subject_type", object_id_field="subject_id"
    )

    objects = PeriodicReportQuerySet.as_manager()
    span_fields = ("opened_on", "opened_on")

    class Meta:
        ordering = ["-opened_on", "pk"]
        verbose_name = verbose_name_plural = _("自评报告")
        constraints = [
            models.UniqueConstraint(
                name="periodic_report_once",
                fields=["assessment", "kind"],
                violation_error_message=_("该考核任务已有自评报告"),
            ),
            models.CheckConstraint(
                name="periodic_report_submitted_by",
                condition=~Q(state__in=[ReportState.SUBMITTED, ReportState.ACCEPTED])
                | Q(submitted_at__isnull=False),
                violation_error_message=_("已提交的报告必须有提交时间"),
            ),
            models.CheckConstraint(
                name="periodic_report_accepter_is_not_submitter",
                condition=Q(accepted_by__isnull=True)
                | Q(submitted_by__isnull=True)
                | ~Q(accepted_by=F("submitted_by")),
                violation_error_message=_("接收人不能是提交人"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment.label} {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        """Return the page of the report."""
        return reverse("evaluation:report-detail", args=[self.pk])

    @property
    def is_editable(self) -> bool:
        """Tell whether the principal may still write."""
        return self.state in EDITABLE

    def section(self, code: str) -> dict[str, Any]:
        """Return what was written for one dimension."""
        return {"text": "", "leaves": {}, **self.sections.get(code, {})}

    def leaf(self, dimension: str, code: str) -> dict[str, str]:
        """Return note and self-given points of one leaf."""
        return {
            "note": "",
            "self": "",
            **self.section(dimension)["leaves"].get(code, {}),
        }

    def is_complete(self, code: str) -> bool:
        """Tell whether a dimension has its text."""
        return bool(self.section(code)["text"].strip())
