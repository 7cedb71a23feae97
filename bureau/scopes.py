"""The scopes a machine client may ask for: those it was registered with."""

from typing import Any

from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.scopes import SettingsScopes, get_scopes_backend


def brief(scope: str) -> str:
    """Return a scope as people can read it: addresses by their last two parts."""
    version, _name, name = scope.split("/")[-3:] if "//" in scope else ("", "", scope)
    return f"{version} {name}".strip()


class ClientScopes(SettingsScopes):
    """Limits every client to its own scopes."""

    def get_available_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        """Return what the client may ask for."""
        known: list[str] = super().get_available_scopes(application, request)
        if application is None:
            return known
        return [scope for scope in known if scope in application.scopes]

    def get_default_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        """Return what a client gets that names no scope: all it may have."""
        return self.get_available_scopes(application, request)


class GrantingValidator(OAuth2Validator):
    """Grants of the scopes asked for those the client may have, and says which."""

    def validate_scopes(
        self,
        client_id: str,
        scopes: list[str],
        client: Any,
        request: Any,
        *args: Any,
        **kwargs: Any,
    ) -> bool:
        """Leave out what the client may not have; nothing left is a refusal."""
        open_to = get_scopes_backend().get_available_scopes(
            application=client, request=request
        )
        request.scopes = [scope for scope in scopes if scope in open_to]
        return bool(request.scopes)
