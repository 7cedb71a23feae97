"""Set the value of a parameter in a region from a day on; confirm a value."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import RoleGrant
from audit.services import record
from bureau.choices import Refining, ValueKind
from bureau.models import PolicyParameter, Region
from bureau.permissions import can_confirm_parameter, can_set_parameter
from core.days import today
from core.notify import notify
from core.transitions import MoveRefused
from core.verdict import ALLOWED, Denied


@dataclass(frozen=True)
class Below:
    """What regions below may do with a value: anything, keep to a range, nothing."""

    refining: str = Refining.FREE
    least: Decimal | None = None
    most: Decimal | None = None


FREE = Below()


def choices_of(parameter: PolicyParameter) -> list[str]:
    """Return the values a parameter is limited to, or an empty list."""
    kind, _blank, names = parameter.unit.partition(" ")
    return names.split("|") if kind == "choice" else []


def clean_value(parameter: PolicyParameter, value: Any) -> Any:
    """Return the stored form of a new value; ValidationError when it does not fit."""
    if parameter.kind == ValueKind.DECIMAL:
        return _decimal(value)
    if parameter.kind == ValueKind.BOOL:
        if not isinstance(value, bool):
            raise _unfit(_("请选择是或否"))
        return value
    if parameter.kind == ValueKind.JSON:
        if not isinstance(value, list):
            raise _unfit(_("请填写列表"))
        return value
    allowed = choices_of(parameter)
    if allowed and value not in allowed:
        raise _unfit(_("请在%(names)s中选择") % {"names": "、".join(allowed)})
    if parameter.unit == "month-day":
        return _month_day(value)
    if not isinstance(value, str) or not value.strip():
        raise _unfit(_("请填写取值"))
    return value.strip()


def _unfit(message: str) -> ValidationError:
    return ValidationError({"value": message})


def _decimal(value: Any) -> str:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise _unfit(_("请填写数值")) from None
    if not number.is_finite():
        raise _unfit(_("请填写数值"))
    return format(number, "f")


def _month_day(value: Any) -> str:
    try:
        month, day = (int(part) for part in str(value).split("-"))
        date(2024, month, day)
    except ValueError:
        raise _unfit(_("请写作“09-30”这样的月和日")) from None
    return f"{month:02d}-{day:02d}"


@transaction.atomic
def set_parameter(
    key: str,
    region: Region,
    value: Any,
    *,
    by: Any,
    reason: str,
    valid_from: date | None = None,
    source_note: str = "",
    verified: bool = True,
    below: Below = FREE,
) -> PolicyParameter:
    """Set a region's own value from a day on (today when not given).

    The value in force until then ends on that day; a later value set before stays.
    ``below`` says what the regions below may do with it. ``by`` None is the system
    itself. Raises PermissionDenied, or ValidationError for an unknown key, a missing
    reason, an unfit value, one that a region above does not allow, or a day that is
    already taken.
    """
    verdict = ALLOWED if by is None else can_set_parameter(by, region)
    if isinstance(verdict, Denied):
        raise PermissionDenied(verdict.message)
    if not reason.strip():
        raise ValidationError({"reason": _("请填写调整理由")})
    default = _default_of(key)
    start = valid_from or today()
    own = PolicyParameter.objects.select_for_update(no_key=True).filter(
        key=key, region=region
    )
    _check_day_free(own, start)
    later = own.filter(valid_from__gt=start).order_by("valid_from").first()
    before = own.on(start).first()
    own.on(start).update(valid_to=start)
    row = PolicyParameter(
        key=key,
        region=region,
        value=clean_value(default, value),
        kind=default.kind,
        unit=default.unit,
        meaning=default.meaning,
        meaning_en=default.meaning_en,
        source_note=source_note,
        verified=verified,
        reason=reason.strip(),
        set_by=by,
        valid_from=start,
        valid_to=later.valid_from if later else None,
        refining=below.refining,
        least=below.least,
        most=below.most,
    )
    row.full_clean(exclude=["value"])
    _check_allowed(row)
    row.save()
    row.clauses.set(default.clauses.all())
    _tell(row, before, by)
    _tell_outside(row)
    return row


def _check_allowed(row: PolicyParameter) -> None:
    """Refuse what a region above does not allow (AK-1.3.1)."""
    for limit in limits_above(row):
        if breaks(row, limit):
            told = _("%(words)s（AK-1.3.1）") % {"words": limit_words(limit)}
            raise ValidationError({"value": told})
    if row.refining == Refining.RANGE and breaks(row, row):
        raise ValidationError({"value": _("本级取值应在允许下级的范围之内")})


def limits_above(row: PolicyParameter) -> list[PolicyParameter]:
    """Return the values of regions above that narrow this one on some of its days."""
    if row.region is None:
        return []
    above = [pk for pk in row.region.lineage if pk != row.region_id]
    rows = PolicyParameter.objects.during(row.valid_from, row.valid_to)
    rows = rows.filter(key=row.key, region__in=above).exclude(refining=Refining.FREE)
    return list(rows.select_related("region").order_by("region__path", "valid_from"))


def breaks(row: PolicyParameter, limit: PolicyParameter) -> bool:
    """Tell whether a value goes beyond what another leaves to regions below."""
    if limit.refining == Refining.FIXED:
        return True
    low, high = limit.least, limit.most
    value = row.typed
    return (low is not None and value < low) or (high is not None and value > high)


def limit_words(limit: PolicyParameter) -> str:
    """Say what a region leaves to those below it."""
    if limit.refining == Refining.FIXED:
        return _("%(region)s规定下级不得另行设定") % {"region": limit.region}
    words: dict[str, Any] = {"region": limit.region}
    if limit.most is None:
        words["least"] = plain(limit.least)
        return _("%(region)s规定下级不得低于 %(least)s") % words
    words["most"] = plain(limit.most)
    if limit.least is None:
        return _("%(region)s规定下级不得高于 %(most)s") % words
    words["least"] = plain(limit.least)
    return _("%(region)s规定下级只能在 %(least)s 到 %(most)s 之间设定") % words


def plain(number: Any) -> str:
    """Return a decimal without needless noughts."""
    return f"{Decimal(number).normalize():f}"


def outside(key: str, region: Region, day: date | None = None) -> list[PolicyParameter]:
    """Return the values below a region that are not allowed on the day."""
    rows = PolicyParameter.objects.outside(day).filter(
        key=key, region__path__startswith=region.path
    )
    return list(rows.select_related("region").order_by("region__path"))


def _tell_outside(row: PolicyParameter) -> None:
    """Tell the bureaus below whose values the new one no longer allows."""
    if row.region is None or row.refining == Refining.FREE:
        return
    day = max(row.valid_from, today())
    found = {one.region for one in outside(row.key, row.region, day) if one.region}
    for region in found:
        grants = RoleGrant.objects.holding("bureau.change_policyparameter")
        users = [g.user for g in grants.for_scope(region).select_related("user")]
        title = _("政策参数超出上级允许范围：%s") % row.meaning
        notify(users, title, url=row.get_absolute_url(), body=limit_words(row))


@transaction.atomic
def confirm_parameter(
    row: PolicyParameter, *, by: Any, source_note: str, reason: str = ""
) -> PolicyParameter:
    """Confirm a value from its source; raises MoveRefused or ValidationError."""
    locked: PolicyParameter = (
        PolicyParameter.objects.select_for_update(of=("self",), no_key=True)
        .select_related("region")
        .get(pk=row.pk)
    )
    verdict = can_confirm_parameter(by, locked)
    if isinstance(verdict, Denied):
        raise MoveRefused(verdict)
    note = source_note.strip()
    if not note:
        raise ValidationError({"source_note": _("请写明依据的文件或会议")})
    locked.verified, locked.verified_note = True, note
    locked.verified_by, locked.verified_at = by, timezone.now()
    locked.save(
        update_fields=["verified", "verified_note", "verified_by", "verified_at"]
    )
    told = {"key": locked.key, "value": locked.value, "note": note}
    record("bureau.confirm_parameter", locked, by=by, reason=reason, data=told)
    return locked


def _default_of(key: str) -> PolicyParameter:
    default: PolicyParameter | None = (
        PolicyParameter.objects.shipped().filter(key=key).last()
    )
    if default is None:
        raise ValidationError({"key": _("没有参数“%(key)s”") % {"key": key}})
    return default


def _check_day_free(own: Any, start: date) -> None:
    if own.filter(valid_from=start).exists():
        raise ValidationError(
            {"valid_from": _("该地区已有从这一天起的取值，请另选生效日期")}
        )


def _tell(row: PolicyParameter, before: PolicyParameter | None, by: Any) -> None:
    record(
        "bureau.set_parameter",
        row,
        by=by,
        reason=row.reason,
        data={
            "key": row.key,
            "region": row.region.code if row.region else "",
            "from": before.value if before else None,
            "to": row.value,
            "valid_from": row.valid_from,
            "below": row.refining,
            "least": plain(row.least) if row.least is not None else None,
            "most": plain(row.most) if row.most is not None else None,
        },
    )
