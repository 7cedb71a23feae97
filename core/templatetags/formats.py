"""Filters that write numbers, money, days and sizes as the house writes them."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.days import today

register = template.Library()
Number = int | float | Decimal | str | None


def _decimal(value: Any) -> Decimal | None:
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def missing() -> SafeString:
    """Return what stands where a value has not been filled in."""
    return format_html('<span class="missing">{}</span>', _("未填"))


@register.filter
def money(value: Number) -> str:
    """1234.5 → ``1,234.50``; missing → 未填."""
    number = _decimal(value)
    return missing() if number is None else f"{number:,.2f}"


@register.filter
def num(value: Number, places: int = 0) -> str:
    """1234 → ``1,234``; a second argument keeps that many decimals."""
    number = _decimal(value)
    return missing() if number is None else f"{number:,.{int(places)}f}"


@register.filter
def percent(value: Number, places: int = 1) -> str:
    """A ratio of one: 0.123 → ``12.3 %``."""
    number = _decimal(value)
    if number is None:
        return missing()
    return f"{number * 100:.{int(places)}f}\N{NO-BREAK SPACE}%"


@register.filter
def filled(value: Any) -> Any:
    """The value itself, or 未填 when there is none."""
    return missing() if value is None or value == "" else value


@register.filter
def day(value: date | datetime | None) -> str:
    """A day as a table writes it: ``2025-09-01``."""
    return f"{_as_date(value):%Y-%m-%d}" if value else missing()


@register.filter
def long_day(value: date | datetime | None) -> str:
    """A day in words: ``2025 年 9 月 1 日``."""
    return date_format(_as_date(value), "DATE_FORMAT") if value else missing()


@register.filter
def moment(value: datetime | None) -> str:
    """A moment on the clock of the installation: ``2025-09-01 10:32``."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else missing()


@register.filter
def clock(value: datetime | None) -> str:
    """The time of day only: ``10:32``."""
    return f"{timezone.localtime(value):%H:%M}" if value else ""


def _as_date(value: date | datetime) -> date:
    if isinstance(value, datetime):
        return (
            timezone.localtime(value).date()
            if timezone.is_aware(value)
            else value.date()
        )
    return value


def due_words(value: date, now: date | None = None) -> str:
    """Relative and absolute: ``还剩 3 天（11 月 25 日）``."""
    now = now or today()
    left = (value - now).days
    when = _month_day(value, now)
    if left < 0:
        return _("已逾期 %(days)d 天（%(when)s）") % {"days": -left, "when": when}
    if left == 0:
        return _("今天截止（%(when)s）") % {"when": when}
    return _("还剩 %(days)d 天（%(when)s）") % {"days": left, "when": when}


def _month_day(value: date, now: date) -> str:
    if value.year != now.year:
        return date_format(value, "DATE_FORMAT")
    return _("%(month)d 月 %(day)d 日") % {"month": value.month, "day": value.day}


def due_tone(value: date, now: date | None = None, soon: int = 7) -> str:
    """Red when past, amber when near, grey otherwise."""
    left = (value - (now or today())).days
    if left < 0:
        return "red"
    return "amber" if left <= soon else "grey"


@register.filter
def due(value: date | datetime | None) -> str:
    """A deadline in words, coloured when it is near or past."""
    if not value:
        return ""
    when = _as_date(value)
    return format_html(
        '<span class="ink-tone tone-{} digits">{}</span>',
        due_tone(when),
        due_words(when),
    )


@register.filter
def span(obj: Any) -> str:
    """The days a dated row holds: from the first, up to but not with the last."""
    start, end = day(obj.valid_from), obj.valid_to
    if not end:
        return _("%s 起") % start
    return _("%(start)s 至 %(end)s（不含）") % {"start": start, "end": day(end)}


@register.filter
def filesize(value: int | None) -> str:
    """1536 → ``1.5 KB``."""
    if value is None:
        return ""
    size = float(value)
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1024 or unit == "GB":
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return ""


@register.filter
def seconds_left(value: float | int | None) -> str:
    """Time left in words, rounded as a person would say it."""
    if value is None:
        return _("正在估算剩余时间")
    if value < 60:
        return _("约剩 %d 秒") % max(int(value), 1)
    if value < 3600:
        return _("约剩 %d 分钟") % round(value / 60)
    return _("约剩 %.1f 小时") % (value / 3600)
