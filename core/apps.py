"""Application config of core: fills the registries when the apps are ready."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

REGISTERING_MODULES = (
    "transitions",
    "reach",
    "panels",
    "blocking",
    "metrics",
    "known_figures",
    "reports",
    "imports",
    "inbox",
    "search",
    "deadlines",
    "navigation",
    "installing",
)


class CoreConfig(AppConfig):
    """Machinery that every room uses."""

    name = "core"
    verbose_name = "基础"

    def ready(self) -> None:
        """Let every app fill the registries of ``core.registries``."""
        autodiscover_modules(*REGISTERING_MODULES)
