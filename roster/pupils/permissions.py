"""Who may decide that a region keeps a minimal roster of pupils."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from core.access import reaches, scope_ids
from core.days import today
from core.verdict import ALLOWED, Denied, Verdict
from roster.models import PupilRoster

PERMISSION = "roster.change_pupilroster"


def can_switch_on(user: Any, region: Any) -> Verdict:
    """Allow the region's own bureau, once, while nothing above it keeps one."""
    if not reaches(user, PERMISSION, region):
        return Denied(
            _("未能开启学生最小名册：您不负责%(region)s") % {"region": region},
            remedy=_("请由该地区教育行政部门开启"),
        )
    held = PupilRoster.objects.on().filter(region__in=region.lineage)
    standing = held.select_related("region").first()
    if standing is not None:
        return Denied(
            _("未能开启学生最小名册：%(region)s已于 %(day)s 开启")
            % {"region": standing.region, "day": standing.valid_from},
            remedy=_("请直接使用已开启的名册"),
        )
    return ALLOWED


def can_switch_off(user: Any, row: PupilRoster) -> Verdict:
    """Allow the region's own bureau while the roster is kept."""
    if not reaches(user, PERMISSION, row.region):
        return Denied(
            _("未能关闭学生最小名册：您不负责%(region)s") % {"region": row.region},
            remedy=_("请由该地区教育行政部门关闭"),
        )
    if not row.holds_on(today()):
        return Denied(_("未能关闭学生最小名册：名册已经关闭"), remedy=_("无需再次办理"))
    return ALLOWED


def to_switch_off(user: Any, rows: Iterable[PupilRoster]) -> set[int]:
    """Return which of the decisions ``can_switch_off`` allows, without a query."""
    mine, day = set(scope_ids(user, "bureau.region", PERMISSION)), today()
    return {
        row.pk for row in rows if row.holds_on(day) and mine & set(row.region.lineage)
    }
