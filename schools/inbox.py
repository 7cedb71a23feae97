"""What of schools and returns waits for whom."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from core.access import holds, scope_ids
from core.days import today
from core.registries import InboxItem, InboxSource, inbox
from schools.choices import ReturnState
from schools.models import ReturnUnlock, School, SchoolReturn

MOST, FEW = 50, 5
SUBMIT = "schools.submit_schoolreturn"
CONFIRM = "schools.confirm_schoolreturn"
CHECK = "schools.check_schoolreturn"
ACCEPT = "schools.accept_schoolreturn"
S = ReturnState


def _rows(user: Any, permission: str, *states: str) -> QuerySet[SchoolReturn]:
    rows = SchoolReturn.objects.visible_to(user, permission).filter(state__in=states)
    return rows.select_related("school__administered_by", "year", "submitted_by")


def _item(row: SchoolReturn, action: str, since: Any, url: str = "") -> InboxItem:
    return InboxItem(
        title=_("%(action)s年度报表：%(row)s") % {"action": action, "row": row},
        url=url or row.get_absolute_url(),
        source=row.school.administered_by.name,
        since=since or row.saved_at,
        action=action,
    )


def waiting(user: Any) -> list[InboxItem]:
    """Return what waits for the user, each kind with one query."""
    return [
        *_for_clerk(user),
        *_for_principal(user),
        *_for_bureau(user),
        *_unlocks(user),
        *_stages(user),
    ]


def _for_clerk(user: Any) -> list[InboxItem]:
    if not holds(user, SUBMIT):
        return []
    rows = _rows(user, SUBMIT, S.DRAFT, S.RETURNED)[:MOST]
    return [
        _item(
            row,
            _("修改") if row.state == S.RETURNED else _("填写"),
            None,
            reverse("schools:return-update", args=[row.pk]),
        )
        for row in rows
    ]


def _for_principal(user: Any) -> list[InboxItem]:
    if not holds(user, CONFIRM):
        return []
    rows = _rows(user, CONFIRM, S.SUBMITTED).exclude(submitted_by=user)[:MOST]
    return [_item(row, _("确认"), row.submitted_at) for row in rows]


def _for_bureau(user: Any) -> list[InboxItem]:
    if not holds(user, ACCEPT):
        return []
    rows = _rows(user, ACCEPT, S.CONFIRMED, S.GROUP_CHECKED).exclude(
        Q(submitted_by=user) | Q(confirmed_by=user)
    )
    counted = rows.order_by().aggregate(n=Count("pk"), oldest=Min("confirmed_at"))
    if counted["n"] <= FEW:
        return [_item(row, _("验收"), row.confirmed_at) for row in rows]
    return [
        InboxItem(
            title=_("%(count)s 份年度报表待验收") % {"count": counted["n"]},
            url=f"{reverse('schools:return-list')}?state=CONFIRMED",
            source=_("年度报表"),
            since=counted["oldest"] or today(),
            action=_("验收"),
        )
    ]


def _unlocks(user: Any) -> list[InboxItem]:
    if not holds(user, ACCEPT):
        return []
    rows = ReturnUnlock.objects.visible_to(user, ACCEPT).asked().exclude(asked_by=user)
    bureaus = scope_ids(user, "bureau.region", ACCEPT)
    rows = rows.filter(school_return__school__administered_by__in=bureaus)
    rows = rows.select_related(
        "school_return__school__administered_by", "school_return__year"
    )
    return [
        InboxItem(
            title=_("申请解锁年度报表：%s") % row.school_return,
            url=row.get_absolute_url(),
            source=row.school_return.school.name,
            since=row.asked_at,
            action=_("审批"),
        )
        for row in rows.order_by("asked_at")[:MOST]
    ]


def _stages(user: Any) -> list[InboxItem]:
    if not holds(user, "schools.change_school"):
        return []
    found = School.objects.visible_to(user, "schools.change_school").to_confirm()
    count = found.count()
    if not count:
        return []
    oldest = found.order_by(F("changed_at")).values_list("changed_at", flat=True)[0]
    return [
        InboxItem(
            title=_("%(count)s 所学校的学段待确认") % {"count": count},
            url=reverse("schools:stage-worklist"),
            source=_("学校名录"),
            since=oldest or today(),
            action=_("确认"),
        )
    ]


def sent(user: Any) -> list[InboxItem]:
    """Return the returns the user handed in that somebody else has now."""
    rows = SchoolReturn.objects.visible_to(user).filter(
        submitted_by=user, state__in=[S.SUBMITTED, S.CONFIRMED, S.GROUP_CHECKED]
    )
    rows = rows.select_related("school__administered_by", "year")[:MOST]
    return [*_sent_returns(rows), *_sent_unlocks(user)]


def _sent_unlocks(user: Any) -> list[InboxItem]:
    rows = ReturnUnlock.objects.visible_to(user, SUBMIT).asked().filter(asked_by=user)
    rows = rows.select_related(
        "school_return__school__administered_by", "school_return__year"
    )
    return [
        InboxItem(
            title=str(row),
            url=row.get_absolute_url(),
            source=row.school_return.school.administered_by.name,
            since=row.asked_at,
            waiting_on=_("主管部门"),
        )
        for row in rows[:MOST]
    ]


def _sent_returns(rows: Iterable[SchoolReturn]) -> list[InboxItem]:
    return [
        InboxItem(
            title=str(row),
            url=row.get_absolute_url(),
            source=row.school.administered_by.name,
            since=row.submitted_at or row.saved_at,
            waiting_on=_("校（园）长") if row.state == S.SUBMITTED else _("主管部门"),
        )
        for row in rows
    ]


inbox.register("schools", InboxSource(waiting=waiting, sent=sent))
