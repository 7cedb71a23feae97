"""The scopes a machine client may ask for: those it was registered with."""

from typing import Any

from oauth2_provider.scopes import SettingsScopes


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
