"""How many requests a program may send in a minute."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from roster.provider.callers import Caller
from roster.provider.problems import Problem

STEPS = 100
MOST_KNOWN = 1000


@dataclass
class Count:
    """The requests of one program in one minute: here, and told by all processes."""

    minute: int
    here: int = 0
    told: int = 0


_counts: dict[int, Count] = {}


def slow_down(caller: Caller) -> None:
    """Count the request; Problem when a program has sent too many this minute.

    The processes add up in steps of a hundredth of the limit, so that most requests
    ask nobody.
    """
    limit = settings.ONEROSTER_PER_MINUTE
    if not limit:
        return
    now = time.time()
    minute = int(now // 60)
    count = _counts.get(caller.client)
    if count is None or count.minute != minute:
        if len(_counts) >= MOST_KNOWN:
            _counts.clear()
        count = _counts[caller.client] = Count(minute)
    count.here += 1
    if count.here >= max(1, limit // STEPS):
        count.told = _add(f"oneroster:{caller.client}:{minute}", count.here)
        count.here = 0
    if count.told + count.here > limit:
        wait = str(60 - int(now % 60))
        raise Problem(429, _("请求过于频繁，请稍后再试"), Retry_After=wait)


def _add(key: str, number: int) -> int:
    if cache.add(key, number, timeout=120):
        return number
    return int(cache.incr(key, number))
