"""Charters, plans, schemes and agreements with their versions."""

import pghistory
from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.constraints import NoOverlap
from core.models import Attachment
from groups.choices import BEEN_IN_FORCE, ONE_IN_FORCE, DocumentKind, DocumentState
from groups.models.case import GroupCase
from groups.models.group import EducationGroup
from groups.querysets import DocumentQuerySet


@pghistory.track(
    pghistory.UpdateEvent(row=pghistory.Old, condition=None), pghistory.DeleteEvent()
)
class Document(models.Model):
    """One version of a document of a group, a region, or a case.

    ``valid_from`` and ``valid_to`` are the days on which it is in force (a plan's
    period); they are set when it takes effect. ``sections`` maps the code of a section
    to its text.
    """

    kind = models.CharField(_("类别"), max_length=20, choices=DocumentKind.choices)
    title = models.CharField(_("标题"), max_length=200)
    group = models.ForeignKey(
        EducationGroup,
        models.PROTECT,
        verbose_name=_("集团"),
        null=True,
        blank=True,
        related_name="documents",
    )
    region = models.ForeignKey(
        "bureau.Region",
        models.PROTECT,
        verbose_name=_("地区"),
        null=True,
        blank=True,
        related_name="group_documents",
    )
    case = models.ForeignKey(
        GroupCase,
        models.PROTECT,
        verbose_name=_("事项"),
        null=True,
        blank=True,
        related_name="documents",
    )
    year = models.ForeignKey(
        "bureau.AcademicYear",
        models.PROTECT,
        verbose_name=_("学年"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("工作计划所属学年"),
    )
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    sections = models.JSONField(_("内容"), default=dict, blank=True)
    state = models.CharField(
        _("状态"),
        max_length=12,
        choices=DocumentState.choices,
        default=DocumentState.DRAFT,
        editable=False,
    )
    valid_from = models.DateField(_("生效日期"), null=True, blank=True)
    valid_to = models.DateField(_("失效日期"), null=True, blank=True)
    document_number = models.CharField(_("文号"), max_length=100, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("起草人"),
        null=True,
        related_name="+",
    )
    created_at = models.DateTimeField(_("起草时间"), auto_now_add=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("提交人"),
        null=True,
        blank=True,
        related_name="+",
    )
    submitted_on = models.DateField(_("提交日期"), null=True, blank=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("备案人"),
        null=True,
        blank=True,
        related_name="+",
    )
    filed_on = models.DateField(_("备案日期"), null=True, blank=True)
    files = GenericRelation(
        Attachment, content_type_field="subject_type", object_id_field="subject_id"
    )

    objects = DocumentQuerySet.as_manager()
    span_fields = ("valid_from", "valid_to")

    class Meta:
        ordering = ["kind", "-version", "-pk"]
        verbose_name = verbose_name_plural = _("集团文件")
        indexes = [models.Index(fields=["group", "kind"], name="document_group_kind")]
        constraints = [
            CheckConstraint(
                name="document_has_one_owner",
                condition=Q(group__isnull=False, region__isnull=True)
                | Q(group__isnull=True, region__isnull=False, case__isnull=True)
                | Q(group__isnull=True, region__isnull=True, case__isnull=False),
                violation_error_message=_("文件须属于一个集团、一个地区或一个事项"),
            ),
            UniqueConstraint(
                name="document_version_once",
                fields=["group", "kind", "version", "title"],
                condition=Q(group__isnull=False),
                violation_error_message=_("该版本已登记"),
            ),
            NoOverlap(
                name="document_one_in_force",
                fields=["group"],
                text_fields=["kind"],
                condition=Q(
                    group__isnull=False,
                    kind__in=list(ONE_IN_FORCE),
                    state__in=list(BEEN_IN_FORCE),
                ),
                violation_error_message=_(
                    "集团同一时期只能有一份生效的章程、规划或计划"
                ),
            ),
            CheckConstraint(
                name="document_in_force_has_day",
                condition=~Q(state__in=list(BEEN_IN_FORCE))
                | Q(valid_from__isnull=False),
                violation_error_message=_("请填写生效日期"),
            ),
            CheckConstraint(
                name="document_superseded_has_end",
                condition=~Q(state=DocumentState.SUPERSEDED)
                | Q(valid_to__isnull=False),
            ),
            CheckConstraint(
                name="document_from_before_to",
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_from__lt=F("valid_to")),
                violation_error_message=_("失效日期必须晚于生效日期"),
            ),
            CheckConstraint(
                name="document_plan_has_end",
                condition=~Q(
                    kind__in=[DocumentKind.DEVELOPMENT_PLAN, DocumentKind.WORK_PLAN],
                    state__in=list(BEEN_IN_FORCE),
                )
                | Q(valid_to__isnull=False),
                violation_error_message=_("规划和计划须有终止日期"),
            ),
            CheckConstraint(
                name="document_work_plan_has_year",
                condition=~Q(kind=DocumentKind.WORK_PLAN) | Q(year__isnull=False),
                violation_error_message=_("请选择工作计划所属学年"),
            ),
            CheckConstraint(
                name="document_filer_is_another",
                condition=Q(filed_by__isnull=True)
                | Q(submitted_by__isnull=True)
                | ~Q(filed_by=F("submitted_by")),
                violation_error_message=_("备案人不能是提交人"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the page of the document."""
        return reverse("groups:document-detail", args=[self.pk])
