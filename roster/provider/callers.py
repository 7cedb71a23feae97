"""Who calls: the program behind a bearer token, known for half a minute."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from oauth2_provider.models import get_access_token_model

from bureau.models import ApiClient, Region
from roster.provider.declaring import VERSIONS
from roster.provider.problems import Problem

KNOWN_FOR = 30
"""Seconds in which a withdrawn token, a paused client or a moved region still works."""

MOST_KNOWN = 10_000
WRITTEN_EVERY = timedelta(minutes=1)
"""How often at most the last use of a program is written down."""
CHALLENGE = 'Bearer realm="oneroster"'
CORE, FULL, PEOPLE = (
    "roster-core.readonly",
    "roster.readonly",
    "roster-demographics.readonly",
)


@dataclass(frozen=True)
class Caller:
    """A program, what it may read, and the regions it reaches."""

    client: int
    scopes: frozenset[str]
    regions: tuple[int, ...]
    until: float

    def may(self, *names: str) -> bool:
        """Tell whether one of the scopes was granted, of either version."""
        return any(v.scopes + name in self.scopes for v in VERSIONS for name in names)


_known: dict[str, Caller] = {}


def caller_of(header: str) -> Caller:
    """Return the program whose token stands in an Authorization header.

    Raises a Problem when there is none, or it is no longer good.
    """
    kind, _gap, token = header.partition(" ")
    token = token.strip()
    if kind.lower() != "bearer" or not token:
        raise Problem(401, _("请求未带访问令牌"), WWW_Authenticate=CHALLENGE)
    checksum = hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
    caller = _known.get(checksum)
    if caller is None or caller.until <= time.monotonic():
        caller = _look_up(checksum)
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        _known[checksum] = caller
    return caller


def forget() -> None:
    """Forget every known token, so that the next request asks the database."""
    _known.clear()


def _look_up(checksum: str) -> Caller:
    _known.pop(checksum, None)
    token = (
        get_access_token_model()
        .objects.select_related("application")
        .filter(token_checksum=checksum)
        .first()
    )
    client = token.application if token else None
    if token is None or client is None or token.is_expired():
        problem = f'{CHALLENGE}, error="invalid_token"'
        raise Problem(401, _("访问令牌无效或已过期"), WWW_Authenticate=problem)
    if client.paused_at is not None:
        raise Problem(401, _("该客户端已停用"), WWW_Authenticate=CHALLENGE)
    _note_use(client.pk)
    left = (token.expires - timezone.now()).total_seconds()
    below = Region.objects.filter(lineage__contains=[client.region_id])
    return Caller(
        client.pk,
        frozenset(token.scope.split()),
        tuple(sorted(below.values_list("pk", flat=True))),
        time.monotonic() + min(KNOWN_FOR, left),
    )


def _note_use(client: int) -> None:
    """Keep when a program last asked; written once a minute at most."""
    now = timezone.now()
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - WRITTEN_EVERY)
    ApiClient.objects.filter(stale, pk=client).update(last_used_at=now)
