"""The dated membership spine."""

import pghistory
import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Case, CheckConstraint, Q, UniqueConstraint, Value, When
from django.utils.translation import gettext_lazy as _

from core.constraints import (
    CarriedKey,
    EndsWithParent,
    NoOverlap,
    OverRange,
    refusals,
)
from core.models import DatedModel
from groups.choices import CORE_WEAK_FORMS, GroupType, JoinForm, Role
from groups.models.group import EducationGroup
from groups.models.mode import GroupMode
from groups.querysets import MembershipQuerySet
from schools.choices import Ownership

CHAIN_OWNERSHIPS = (Ownership.PUBLIC, Ownership.INCLUSIVE_PRIVATE)

OWNERSHIP_WHEN_JOINING = """
    IF NEW.mode_id = 'AK_KINDER_CHAIN' AND (
        SELECT ownership FROM schools_school WHERE id = NEW.school_id
        ) NOT IN ('PUBLIC', 'INCLUSIVE_PRIVATE') THEN
        RAISE EXCEPTION 'a kindergarten chain takes public and inclusive ones only'
            USING ERRCODE = '23514', CONSTRAINT = 'membership_chain_stays_inclusive';
    END IF;
    RETURN NEW;
"""
NOTHING_OUTSTANDING = """
    IF NEW.valid_to IS NOT NULL AND NEW.valid_to IS DISTINCT FROM OLD.valid_to
       AND EXISTS (SELECT 1 FROM groups_obligation o
                   WHERE o.membership_id = NEW.id AND o.settled_on IS NULL) THEN
        RAISE EXCEPTION 'a membership with open obligations does not end'
            USING ERRCODE = '23514', CONSTRAINT = 'membership_ends_settled';
    END IF;
    RETURN NEW;
"""
refusals.register(
    "membership_ends_settled", _("该校还有未了结的事项，全部了结后才能退出")
)


@pghistory.track(
    pghistory.UpdateEvent(row=pghistory.Old, condition=None), pghistory.DeleteEvent()
)
class Membership(DatedModel):
    """The part of one school in one group for a span of days.

    Written only when a decision takes effect or a standing group is registered.
    ``group_type`` and ``school_ownership`` are carried from group and school.
    ``mode`` belongs to the member, not to the group (BN-4.1.1); a lead has none, and
    a registered member whose mode nobody knows has none until it is confirmed.
    ``baseline`` holds the school's figures at joining (BN-3.1).
    """

    group = models.ForeignKey(
        EducationGroup,
        models.PROTECT,
        verbose_name=_("集团"),
        related_name="memberships",
    )
    group_type = models.CharField(
        _("集团类型"), max_length=30, choices=GroupType.choices
    )
    school = models.ForeignKey(
        "schools.School",
        models.PROTECT,
        verbose_name=_("学校"),
        related_name="memberships",
    )
    school_ownership = models.CharField(
        _("举办者性质"), max_length=20, choices=Ownership.choices, blank=True
    )
    role = models.CharField(_("角色"), max_length=12, choices=Role.choices)
    mode = models.ForeignKey(
        GroupMode,
        models.PROTECT,
        verbose_name=_("模式"),
        null=True,
        blank=True,
        related_name="memberships",
    )
    join_form = models.CharField(
        _("加入方式"), max_length=12, choices=JoinForm.choices, blank=True
    )
    is_exclusive = models.BooleanField(
        _("排他"), default=True, help_text=_("排他的成员关系在同一天只能有一个")
    )
    category_at_join = models.JSONField(_("加入时类别"), default=list, blank=True)
    baseline = models.JSONField(
        _("加入时基线"), default=dict, blank=True, encoder=DjangoJSONEncoder
    )
    decision = models.ForeignKey(
        "groups.CaseDecision",
        models.PROTECT,
        verbose_name=_("批准决定"),
        null=True,
        blank=True,
        related_name="memberships",
    )
    document_number = models.CharField(_("批准文号"), max_length=100, blank=True)
    ended_because = models.CharField(_("退出原因"), max_length=200, blank=True)
    role_order = models.GeneratedField(
        expression=Case(
            When(role=Role.LEAD, then=Value(0)),
            When(role=Role.MEMBER, then=Value(1)),
            default=Value(2),
        ),
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
    )

    objects = MembershipQuerySet.as_manager()

    class Meta(DatedModel.Meta):
        ordering = ["group", "role_order", "valid_from", "pk"]
        verbose_name = verbose_name_plural = _("成员关系")
        indexes = [
            models.Index(fields=["group", "valid_from"], name="membership_group_day"),
            models.Index(fields=["school", "valid_from"], name="membership_school_day"),
        ]
        constraints = [
            *DatedModel.Meta.constraints,
            NoOverlap(
                name="membership_once_a_day",
                fields=["group", "school"],
                violation_error_message=_("该校在此期间已是本集团成员"),
            ),
            NoOverlap(
                name="membership_one_lead_a_day",
                fields=["group"],
                condition=Q(role=Role.LEAD),
                violation_error_message=_("集团同一天只能有一所龙头学校"),
            ),
            NoOverlap(
                name="membership_exclusive",
                fields=["school"],
                condition=Q(is_exclusive=True),
                violation_error_message=_("该校在此期间已是另一集团的成员，须先退出"),
            ),
            OverRange(
                name="membership_lead_present",
                key="group",
                where="r.role = 'LEAD'",
                minimum=1,
                minimum_from="operating_from",
                parent_where="p.state IN ('PILOT', 'ACTIVE')",
                violation_error_message=_("试点或运行中的集团每天都须有龙头学校"),
            ),
            OverRange(
                name="membership_new_members",
                key="group",
                where="r.mode_id = 'AK_CORE_NEW' AND r.role <> 'LEAD'",
                maximum=2,
                minimum=1,
                minimum_from="operating_from",
                parent_where=(
                    "p.state IN ('PILOT', 'ACTIVE') "
                    "AND p.primary_mode_id = 'AK_CORE_NEW'"
                ),
                violation_error_message=_(
                    "“核心校+新校”须有一所、至多两所新校（AK-3.2.1）"
                ),
            ),
            EndsWithParent(
                name="membership_ends_with_school",
                key="school",
                end="closed_on",
                violation_error_message=_(
                    "学校停办或合并后不能仍是集团成员：请先办理退出集团；已停办的学校不能加入"
                ),
            ),
            UniqueConstraint(fields=["id", "group"], name="membership_id_group"),
            UniqueConstraint(
                fields=["id", "group", "school"], name="membership_id_group_school"
            ),
            CarriedKey(
                name="membership_carries_group_type",
                fields=["group", "group_type"],
                to="groups.EducationGroup",
                to_fields=["id", "group_type"],
            ),
            CarriedKey(
                name="membership_mode_fits_type",
                fields=["mode", "group_type"],
                to="groups.GroupMode",
                to_fields=["code", "group_type"],
                violation_error_message=_("该模式不适用于这一类集团"),
            ),
            CarriedKey(
                name="membership_carries_ownership",
                fields=["school", "school_ownership"],
                to="schools.School",
                to_fields=["id", "ownership"],
            ),
            CheckConstraint(
                name="membership_role_known", condition=Q(role__in=Role.values)
            ),
            CheckConstraint(
                name="membership_lead_has_no_mode",
                condition=~Q(role=Role.LEAD) | Q(mode__isnull=True),
                violation_error_message=_("模式是成员学校的，龙头学校不填"),
            ),
            CheckConstraint(
                name="membership_join_form_known",
                condition=Q(join_form__in=["", *JoinForm.values]),
            ),
            CheckConstraint(
                name="membership_core_weak_form",
                condition=Q(mode__isnull=True)
                | ~Q(mode="AK_CORE_WEAK")
                | Q(join_form__in=list(CORE_WEAK_FORMS)),
                violation_error_message=_(
                    "“核心校+弱校”的加入方式只有重组、联盟、托管（AK-3.2.2）"
                ),
            ),
            CheckConstraint(
                name="membership_chain_stays_inclusive",
                condition=Q(valid_to__isnull=False)
                | Q(mode__isnull=True)
                | ~Q(mode="AK_KINDER_CHAIN")
                | Q(school_ownership__in=list(CHAIN_OWNERSHIPS)),
                violation_error_message=_(
                    "连锁办园的成员须为公办或普惠性民办（AK-3.1.3）"
                ),
            ),
            CheckConstraint(
                name="membership_cooperating_not_exclusive",
                condition=~Q(role=Role.COOPERATING) | Q(is_exclusive=False),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="chain_ownership",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("mode_id", "school_id"),
                func=OWNERSHIP_WHEN_JOINING,
            ),
            pgtrigger.Trigger(
                name="ends_settled",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("valid_to"),
                func=NOTHING_OUTSTANDING,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school} · {self.get_role_display()}"

    def get_absolute_url(self) -> str:
        """Return the page of the group on the day the membership began."""
        return self.group.get_absolute_url()

    @property
    def is_lead(self) -> bool:
        """Tell whether the school leads the group."""
        return self.role == Role.LEAD
