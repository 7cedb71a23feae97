"""Cases: what is asked for, school by school, with tasks and decisions."""

from datetime import date
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.constraints import CarriedKey, refusals
from core.models import Attachment, Opinion
from groups.choices import (
    CaseKind,
    CaseState,
    JoinForm,
    LineDecision,
    Role,
)
from groups.models.group import EducationGroup, GroupProfile
from groups.models.mode import GroupMode
from groups.querysets import CaseQuerySet

APPROVED_HAS_GROUP = """
    IF EXISTS (SELECT 1 FROM groups_groupcase c WHERE c.id = NEW.id
               AND c.kind = 'FORMATION' AND c.state = 'APPROVED'
               AND c.group_id IS NULL) THEN
        RAISE EXCEPTION 'an approved formation has founded a group'
            USING ERRCODE = '23514', CONSTRAINT = 'case_approved_has_group';
    END IF;
    RETURN NULL;
"""
refusals.register("case_approved_has_group", _("批准组建时必须同时设立集团"))


def person(label: object) -> models.ForeignKey:
    """Return a key to the user who did something."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=label,
        null=True,
        blank=True,
        related_name="+",
    )


class GroupCase(GroupProfile):
    """One application about a group: its formation, or a later change of it."""

    kind = models.CharField(
        _("事项"), max_length=12, choices=CaseKind.choices, default=CaseKind.FORMATION
    )
    region = models.ForeignKey(
        "bureau.Region",
        models.PROTECT,
        verbose_name=_("主管地区"),
        related_name="group_cases",
    )
    group = models.ForeignKey(
        EducationGroup,
        models.PROTECT,
        verbose_name=_("集团"),
        null=True,
        blank=True,
        related_name="cases",
    )
    name = models.CharField(_("拟用集团名称"), max_length=100)
    grounds = models.TextField(
        _("申请理由"), help_text=_("说明组建的必要性、可行性和预期成效")
    )
    planned_on = models.DateField(_("拟生效日期"), null=True, blank=True)
    state = models.CharField(
        _("状态"),
        max_length=12,
        choices=CaseState.choices,
        default=CaseState.DRAFT,
        editable=False,
    )
    opened_by = person(_("发起人"))
    opened_on = models.DateField(_("发起日期"))
    submitted_by = person(_("提交人"))
    submitted_on = models.DateField(_("提交日期"), null=True, blank=True)
    reviewed_by = person(_("受理人"))
    review_from = models.DateField(_("受理日期"), null=True, blank=True)
    closed_on = models.DateField(_("办结日期"), null=True, blank=True)
    returned_because = models.TextField(_("退回意见"), blank=True)
    opinions = GenericRelation(
        Opinion, content_type_field="subject_type", object_id_field="subject_id"
    )
    files = GenericRelation(
        Attachment, content_type_field="subject_type", object_id_field="subject_id"
    )

    objects = CaseQuerySet.as_manager()
    span_fields = ("opened_on", "closed_on")

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = _("集团事项")
        indexes = [models.Index(fields=["region", "state"], name="case_region_state")]
        constraints = [
            CarriedKey(
                name="case_mode_fits_type",
                fields=["primary_mode", "group_type"],
                to="groups.GroupMode",
                to_fields=["code", "group_type"],
                violation_error_message=_("主要模式与集团类型不符"),
            ),
            CheckConstraint(
                name="case_state_known", condition=Q(state__in=CaseState.values)
            ),
            CheckConstraint(
                name="case_kind_known", condition=Q(kind__in=CaseKind.values)
            ),
            CheckConstraint(
                name="case_change_names_group",
                condition=Q(kind=CaseKind.FORMATION) | Q(group__isnull=False),
                violation_error_message=_("请选择集团"),
            ),
            CheckConstraint(
                name="case_submitted_by_someone",
                condition=~Q(
                    state__in=[
                        CaseState.SUBMITTED,
                        CaseState.UNDER_REVIEW,
                        CaseState.APPROVED,
                    ]
                )
                | Q(submitted_by__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="approved_has_group",
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("state", "group_id"),
                func=APPROVED_HAS_GROUP,
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.name}"

    def get_absolute_url(self) -> str:
        """Return the page of the case."""
        return reverse("groups:case-detail", args=[self.pk])

    @property
    def number(self) -> str:
        """Return the number people quote."""
        return f"JT{self.opened_on:%Y}-{self.pk:05d}"

    @property
    def since(self) -> date | None:
        """Return the day on which the case came into its state."""
        days = {
            CaseState.DRAFT: self.opened_on,
            CaseState.SUBMITTED: self.submitted_on,
            CaseState.UNDER_REVIEW: self.review_from,
        }
        return days.get(CaseState(self.state), self.closed_on)

    @property
    def waiting_on(self) -> str:
        """Say who holds the ball; needs the counts of ``groups.waiting``."""
        if self.state == CaseState.DRAFT:
            return _draft_waits_on(self)
        if self.state == CaseState.SUBMITTED:
            return str(_("教育行政部门受理"))
        if self.state == CaseState.UNDER_REVIEW:
            return _review_waits_on(self)
        return "—"

    @property
    def lead_line(self) -> "CaseLine | None":
        """Return the line of the lead school."""
        return next((x for x in self.lines.all() if x.role == Role.LEAD), None)


def _draft_waits_on(case: Any) -> str:
    silent = case.line_count - case.consent_count
    if silent > 0:
        return gettext("%(n)d 所学校表达意愿") % {"n": silent}
    return gettext("申请方提交")


def _review_waits_on(case: Any) -> str:
    silent = case.asked_count - case.opinion_count
    if silent > 0:
        return gettext("%(n)d 个部门意见") % {"n": silent}
    if case.open_checks:
        return gettext("合规审查 %(n)d 项") % {"n": case.open_checks}
    return gettext("领导小组决定")


class CaseLine(models.Model):
    """One school of a case: its role, its mode, how it joins, what was decided."""

    case = models.ForeignKey(
        GroupCase, models.CASCADE, verbose_name=_("事项"), related_name="lines"
    )
    school = models.ForeignKey(
        "schools.School",
        models.PROTECT,
        verbose_name=_("学校"),
        related_name="case_lines",
    )
    role = models.CharField(
        _("角色"), max_length=12, choices=Role.choices, default=Role.MEMBER
    )
    mode = models.ForeignKey(
        GroupMode,
        models.PROTECT,
        verbose_name=_("模式"),
        null=True,
        blank=True,
        related_name="+",
    )
    join_form = models.CharField(
        _("加入方式"), max_length=12, choices=JoinForm.choices, blank=True
    )
    decision = models.CharField(
        _("决定"),
        max_length=10,
        choices=LineDecision.choices,
        default=LineDecision.PENDING,
        editable=False,
    )
    note = models.CharField(_("说明"), max_length=300, blank=True)
    membership = models.OneToOneField(
        "groups.Membership",
        models.PROTECT,
        verbose_name=_("成员关系"),
        null=True,
        blank=True,
        editable=False,
        related_name="line",
    )

    class Meta:
        ordering = ["case", "pk"]
        verbose_name = verbose_name_plural = _("事项名单")
        constraints = [
            UniqueConstraint(
                name="case_line_school_once",
                fields=["case", "school"],
                violation_error_message=_("该校已在名单中"),
            ),
            UniqueConstraint(
                name="case_line_one_lead",
                fields=["case"],
                condition=Q(role=Role.LEAD),
                violation_error_message=_("名单中只能有一所龙头学校"),
            ),
            CheckConstraint(
                name="case_line_lead_has_no_mode",
                condition=~Q(role=Role.LEAD) | Q(mode__isnull=True),
                violation_error_message=_("模式是成员学校的，龙头学校不填"),
            ),
            CheckConstraint(
                name="case_line_result_when_approved",
                condition=Q(membership__isnull=True)
                | Q(decision=LineDecision.APPROVED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school} · {self.get_role_display()}"
