"""How the API schema describes the sign-in of programs."""

from typing import Any

from drf_spectacular.contrib.django_oauth_toolkit import DjangoOAuthToolkitScheme


class ClientTokenScheme(DjangoOAuthToolkitScheme):
    """Client credentials, with the scopes of the settings."""

    target_class = "accounts.clients.ClientTokenAuthentication"
    name = "clientCredentials"
    priority = 1

    def get_security_requirement(self, auto_schema: Any) -> dict[str, list[str]]:
        """Name the scope that the view asks for: reading, unless it says another."""
        return {self.name: [getattr(auto_schema.view, "token_scope", "read")]}
