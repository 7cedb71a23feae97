"""The exception through which a locked return is opened again for some days."""

from datetime import timedelta

import pghistory
import pgtrigger
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from core.constraints import refusals
from core.days import today
from schools.choices import UnlockState
from schools.models.returns import OPEN_TODAY, TODAY, SchoolReturn
from schools.querysets import UnlockQuerySet

USUAL_DAYS, MOST_DAYS = 7, 30

GOES_FORWARD = f"""
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a lock exception is kept'
            USING ERRCODE = '23514', CONSTRAINT = 'unlock_is_kept';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'ASKED' THEN
            RAISE EXCEPTION 'a lock exception begins with a request'
                USING ERRCODE = '23514', CONSTRAINT = 'unlock_begins_asked';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state = 'ASKED' AND NEW.state = 'OPEN' AND NEW.opened_on <> {TODAY} THEN
        RAISE EXCEPTION 'a lock exception opens on the day it is approved'
            USING ERRCODE = '23514', CONSTRAINT = 'unlock_opens_today';
    END IF;
    IF OLD.state = 'ASKED' AND NEW.state <> 'CLOSED'
        AND (NEW.school_return_id, NEW.asked_by_id, NEW.asked_at, NEW.reason)
            IS NOT DISTINCT FROM
            (OLD.school_return_id, OLD.asked_by_id, OLD.asked_at, OLD.reason)
    THEN RETURN NEW; END IF;
    IF OLD.state = 'OPEN' AND NEW.state = 'CLOSED'
        AND (to_jsonb(NEW) - ARRAY['state', 'closed_at'])
            = (to_jsonb(OLD) - ARRAY['state', 'closed_at'])
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'what was decided about a lock exception stays'
        USING ERRCODE = '23514', CONSTRAINT = 'unlock_decided_stays';
"""
for _name, _words in {
    "unlock_is_kept": _("解锁记录须保留，不能删除"),
    "unlock_begins_asked": _("解锁须先由学校申请，再由主管部门批准"),
    "unlock_opens_today": _("解锁自批准当日起算，请以当日为开放日期"),
    "unlock_decided_stays": _("解锁申请已经办理，不能再改；如需更正请重新申请"),
    OPEN_TODAY: _("解锁期限已过，数字不能再改；请重新申请解锁"),
}.items():
    refusals.register(_name, _words)


@pghistory.track(pghistory.UpdateEvent(condition=None, row=pghistory.Old))
class ReturnUnlock(models.Model):
    """A school's request to correct a locked return, and what became of it.

    ``before`` keeps the signatures and figures of the lock, so that a return nobody
    changed is locked again exactly as it was.
    """

    school_return = models.ForeignKey(
        SchoolReturn,
        models.PROTECT,
        verbose_name=_("年度报表"),
        related_name="unlocks",
    )
    state = models.CharField(
        _("状态"),
        max_length=10,
        choices=UnlockState.choices,
        default=UnlockState.ASKED,
        editable=False,
    )
    reason = models.TextField(_("申请理由"), max_length=1000)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("申请人"),
        related_name="+",
    )
    asked_at = models.DateTimeField(_("申请时间"), auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("审批人"),
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("审批时间"), null=True, blank=True)
    opened_on = models.DateField(_("开放日期"), null=True, blank=True)
    expires_on = models.DateField(_("截止日期"), null=True, blank=True)
    closed_at = models.DateTimeField(_("关闭时间"), null=True, blank=True)
    before = models.JSONField(
        _("锁定时的数字"), default=dict, blank=True, encoder=DjangoJSONEncoder
    )

    objects = UnlockQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = _("解锁申请")
        constraints = [
            UniqueConstraint(
                fields=["school_return"],
                condition=Q(state__in=["ASKED", "OPEN"]),
                name="unlock_one_at_a_time",
                violation_error_message=_("该报表已有待批准或开放中的解锁申请"),
            ),
            CheckConstraint(
                name="unlock_reason_given",
                condition=~Q(reason=""),
                violation_error_message=_("请写明申请解锁的理由"),
            ),
            CheckConstraint(
                name="unlock_approver_is_another",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                violation_error_message=_("申请人不能批准自己的解锁申请"),
            ),
            CheckConstraint(
                name="unlock_decision_complete",
                condition=Q(
                    state__in=["ASKED", "WITHDRAWN"],
                    decided_by__isnull=True,
                    opened_on__isnull=True,
                    expires_on__isnull=True,
                )
                | Q(
                    state="REFUSED",
                    decided_by__isnull=False,
                    opened_on__isnull=True,
                    expires_on__isnull=True,
                )
                | Q(
                    state__in=["OPEN", "CLOSED"],
                    decided_by__isnull=False,
                    opened_on__isnull=False,
                    expires_on__isnull=False,
                ),
                violation_error_message=_("解锁须有审批人、开放日期和截止日期"),
            ),
            CheckConstraint(
                name="unlock_within_thirty_days",
                condition=Q(expires_on__isnull=True)
                | Q(
                    expires_on__gte=F("opened_on"),
                    expires_on__lte=F("opened_on") + timedelta(days=MOST_DAYS),
                ),
                violation_error_message=_("解锁期限最短当日、最长 30 天"),
            ),
            CheckConstraint(
                name="unlock_state_known", condition=Q(state__in=UnlockState.values)
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="unlock_goes_forward",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=GOES_FORWARD,
            )
        ]

    def __str__(self) -> str:
        return str(_("解锁：%s") % self.school_return)

    def get_absolute_url(self) -> str:
        """Return the page of the return, where the request stands."""
        return self.school_return.get_absolute_url()

    @property
    def is_open(self) -> bool:
        """Tell whether the return may be changed today through this exception."""
        return self.state == UnlockState.OPEN and self.expires_on >= today()
