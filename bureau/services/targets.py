"""Set targets of a region; form priority areas and change their members."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.services import record
from bureau.models import AreaMember, PriorityArea, Region, Target
from bureau.permissions import can_lead_area, can_set_target
from core.constraints import explain
from core.days import today
from core.registries import metrics
from core.transitions import MoveRefused

FIELDS = (
    *("metric", "title", "direction", "baseline", "baseline_on"),
    *("value", "due_on", "clause", "note"),
)


def set_target(
    target: Target | None = None, *, region: Region, by: Any, **values: Any
) -> Target:
    """Set a new target of a region, or change one; the former values stay on record."""
    verdict = can_set_target(by, region)
    if verdict and target is not None:
        verdict = can_set_target(by, target.region)
    if not verdict:
        raise MoveRefused(verdict)
    row = target or Target()
    before = {name: str(getattr(row, name)) for name in FIELDS} if target else {}
    row.region = region
    for name, value in values.items():
        setattr(row, name, value)
    if row.metric not in metrics:
        raise ValidationError({"metric": _("没有这个指标")})
    row.full_clean()
    with transaction.atomic():
        row.save()
        after = {name: str(getattr(row, name)) for name in FIELDS}
        changed = {
            n: [before.get(n), v] for n, v in after.items() if before.get(n) != v
        }
        record("bureau.set_target", row, by=by, data=changed)
    return row


def form_area(
    *, lead_region: Region, regions: Iterable[Region], by: Any, **values: Any
) -> PriorityArea:
    """Form a priority area of two regions or more under one lead (AK-2.1)."""
    verdict = can_lead_area(by, lead_region)
    if not verdict:
        raise MoveRefused(verdict)
    chosen = list(regions)
    if len(chosen) < 2:
        raise ValidationError({"regions": _("片区须含两个以上地区（AK-2.1）")})
    area = PriorityArea(lead_region=lead_region, **values)
    area.full_clean()
    with transaction.atomic():
        area.save()
        AreaMember.objects.bulk_create(
            AreaMember(area=area, region=region, valid_from=area.valid_from)
            for region in chosen
        )
        codes = [region.code for region in chosen]
        record("bureau.form_area", area, by=by, data={"regions": codes})
    return area


def join_area(area: PriorityArea, *, region: Region, on: date, by: Any) -> AreaMember:
    """Take a region into the area from a day on."""
    _may_lead(area, by)
    if on < area.valid_from or (area.valid_to and on >= area.valid_to):
        raise ValidationError({"on": _("加入日期应在片区存续期内")})
    row = AreaMember(area=area, region=region, valid_from=on, valid_to=area.valid_to)
    row.full_clean()
    row.save()
    told = {"region": region.code, "on": on}
    record("bureau.join_area", area, by=by, data=told)
    return row


def leave_area(
    member: AreaMember, *, on: date, by: Any, reason: str = ""
) -> AreaMember:
    """End a region's part in the area; two must stay on every day."""
    _may_lead(member.area, by)
    try:
        with transaction.atomic():
            member.valid_to = on
            member.full_clean()
            member.save(update_fields=["valid_to"])
            told = {"region": member.region.code, "on": on}
            record("bureau.leave_area", member.area, by=by, reason=reason, data=told)
            _check_now()
    except IntegrityError as error:
        raise explain(error) from error
    return member


def end_area(
    area: PriorityArea, *, by: Any, on: date | None = None, reason: str
) -> PriorityArea:
    """End the area and every part in it from a day on."""
    _may_lead(area, by)
    day = on or today()
    if not reason.strip():
        raise ValidationError({"reason": _("请填写事由")})
    with transaction.atomic():
        area.valid_to = day
        area.full_clean()
        area.save(update_fields=["valid_to"])
        area.members.filter(valid_from__gte=day).delete()
        area.members.during(day, None).update(valid_to=day)
        record("bureau.end_area", area, by=by, reason=reason, data={"on": day})
    return area


def _may_lead(area: PriorityArea, by: Any) -> None:
    verdict = can_lead_area(by, area.lead_region)
    if not verdict:
        raise MoveRefused(verdict)


def _check_now() -> None:
    """Let the deferred rules speak while the caller can still answer."""
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
