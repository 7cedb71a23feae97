"""Programs as callers: a token stands for one region and its scopes."""

from typing import Any

from oauth2_provider.contrib.rest_framework import OAuth2Authentication
from rest_framework.request import Request

from accounts.roles import CLIENT_SCOPES, REGION, own_of
from core.access import Grant
from core.days import today


class ClientCaller:
    """The caller behind a client-credentials token; has grants, no account."""

    is_active = True
    is_authenticated = True
    is_anonymous = False
    pk = None

    def __init__(self, client: Any, scopes: list[str]) -> None:
        self.client = client
        names = frozenset().union(*(CLIENT_SCOPES.get(s, frozenset()) for s in scopes))
        self._grants = [
            Grant(
                "API_CLIENT",
                names,
                REGION,
                client.region_id,
                today(),
                None,
                own_of(REGION, names),
            )
        ]

    def __str__(self) -> str:
        return f"API {self.client.name}"


class ClientTokenAuthentication(OAuth2Authentication):
    """Bearer tokens of machine clients; a paused client's token is refused."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Return the calling program and its token, or None without a token."""
        found = super().authenticate(request)
        if found is None:
            return None
        token = found[1]
        client = token.application
        if client.paused_at is not None:
            return None
        return ClientCaller(client, token.scope.split()), token
