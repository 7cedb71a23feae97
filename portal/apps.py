"""Application config of portal."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Pages that need several subjects."""

    name = "portal"
    verbose_name = "门户"
