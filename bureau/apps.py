"""Application config of bureau."""

from django.apps import AppConfig


class BureauConfig(AppConfig):
    """Regions, departments, calendar, policies and parameters."""

    name = "bureau"
    verbose_name = "行政与政策"

    def ready(self) -> None:
        """Say how events are called and who runs what a bureau above only reads."""
        from bureau import verbs  # noqa: F401 - registers the words
        from bureau.authority import run_below
        from core import access

        access.register_authority(run_below)
