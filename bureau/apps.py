"""Application config of bureau."""

from django.apps import AppConfig


class BureauConfig(AppConfig):
    """Regions, departments, calendar, policies and parameters."""

    name = "bureau"
    verbose_name = "行政与政策"

    def ready(self) -> None:
        """Say how the events of this room are called."""
        from bureau import verbs  # noqa: F401 - registers the words
