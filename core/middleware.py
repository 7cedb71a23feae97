"""The day a request looks at, and the headers that keep private pages private."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from core.days import today
from core.http import PageRequest

GetResponse = Callable[[PageRequest], HttpResponse]
FIRST_DAY = date(1949, 10, 1)
LAST_DAY = date(2100, 1, 1)


def day_asked(text: str) -> date | None:
    """Read ``?on=``; None when it is no day the register can hold."""
    try:
        day = parse_date(text.strip())
    except ValueError:
        return None
    return day if day and FIRST_DAY <= day < LAST_DAY else None


class AsOfDayMiddleware:
    """Set ``as_of``, ``is_past`` and ``is_today`` on the request from ``?on=``."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: PageRequest) -> HttpResponse:
        now = today()
        text = request.GET.get("on", "")
        day = day_asked(text) if text else now
        if day is None:
            messages.warning(request, _("“%s”不是有效日期，已按今天显示。") % text[:20])
            day = now
        request.as_of = day
        request.is_past = day < now
        request.is_today = day == now
        response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response
