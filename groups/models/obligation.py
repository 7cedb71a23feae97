"""What must be settled before a membership ends or a group closes."""

import pgtrigger
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import gettext_lazy as _

from core.constraints import CarriedKey, refusals
from groups.choices import ObligationKind
from groups.models.group import EducationGroup
from groups.models.membership import Membership
from groups.querysets import ObligationQuerySet

PARENT_STILL_OPEN = """
    PERFORM 1 FROM groups_educationgroup g WHERE g.id = NEW.group_id
        FOR NO KEY UPDATE;
    IF EXISTS (SELECT 1 FROM groups_educationgroup g WHERE g.id = NEW.group_id
               AND g.state = 'DISSOLVED') THEN
        RAISE EXCEPTION 'a closed group takes no obligation'
            USING ERRCODE = '23514', CONSTRAINT = 'obligation_of_open_group';
    END IF;
    IF NEW.membership_id IS NOT NULL THEN
        PERFORM 1 FROM groups_membership m WHERE m.id = NEW.membership_id
            FOR NO KEY UPDATE;
        IF EXISTS (SELECT 1 FROM groups_membership m WHERE m.id = NEW.membership_id
                   AND m.valid_to IS NOT NULL) THEN
            RAISE EXCEPTION 'a membership that ends takes no obligation'
                USING ERRCODE = '23514', CONSTRAINT = 'obligation_of_open_membership';
        END IF;
    END IF;
    RETURN NEW;
"""
refusals.register(
    "obligation_of_open_membership", _("该校已经退出，不能再登记未了结事项")
)
refusals.register("obligation_of_open_group", _("集团已经撤销，不能再登记未了结事项"))


class Obligation(models.Model):
    """Something open that blocks the end of a membership or of a group.

    Rooms above open and settle rows through ``groups.services``; ``key`` names the
    thing there, so that opening twice does nothing.
    """

    group = models.ForeignKey(
        EducationGroup,
        models.PROTECT,
        verbose_name=_("集团"),
        related_name="obligations",
    )
    membership = models.ForeignKey(
        Membership,
        models.PROTECT,
        verbose_name=_("成员关系"),
        null=True,
        blank=True,
        related_name="obligations",
    )
    kind = models.CharField(_("类别"), max_length=12, choices=ObligationKind.choices)
    label = models.CharField(_("事项"), max_length=200)
    link = models.CharField(_("链接"), max_length=250, blank=True)
    key = models.CharField(_("去重键"), max_length=120, unique=True)
    opened_on = models.DateField(_("产生日期"))
    settled_on = models.DateField(_("了结日期"), null=True, blank=True)

    objects = ObligationQuerySet.as_manager()

    class Meta:
        ordering = ["group", "opened_on", "pk"]
        verbose_name = verbose_name_plural = _("待了结事项")
        constraints = [
            CarriedKey(
                name="obligation_membership_of_group",
                fields=["membership", "group"],
                to="groups.Membership",
                to_fields=["id", "group"],
            ),
            CheckConstraint(
                name="obligation_settled_after_opening",
                condition=Q(settled_on__isnull=True)
                | Q(settled_on__gte=F("opened_on")),
                violation_error_message=_("了结日期不能早于产生日期"),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="parent_still_open",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=PARENT_STILL_OPEN,
            )
        ]

    def __str__(self) -> str:
        return self.label
