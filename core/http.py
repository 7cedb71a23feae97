"""The request as pages see it, with what the middleware has put on it."""

from datetime import date
from typing import Any

from django.http import HttpRequest


class PageRequest(HttpRequest):
    """A request that looks at a day; pages are closed, so ``user`` is signed in."""

    user: Any
    htmx: Any
    as_of: date
    is_past: bool
    is_today: bool
