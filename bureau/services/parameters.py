"""Set the value of a parameter in a region from a day on."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from bureau.choices import ValueKind
from bureau.models import PolicyParameter, Region
from bureau.permissions import can_set_parameter
from core.days import today
from core.verdict import ALLOWED, Denied


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
) -> PolicyParameter:
    """Set a region's own value from a day on (today when not given).

    The value in force until then ends on that day; a later value set before stays.
    ``by`` None is the system itself. Raises PermissionDenied, or ValidationError for
    an unknown key, a missing reason, an unfit value or a day that is already taken.
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
    )
    row.full_clean(exclude=["value"])
    row.save()
    row.clauses.set(default.clauses.all())
    _tell(row, before, by)
    return row


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
        },
    )
