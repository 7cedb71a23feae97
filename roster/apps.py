"""Application config of roster."""

from django.apps import AppConfig


class RosterConfig(AppConfig):
    """Roster exchange with other systems."""

    name = "roster"
    verbose_name = "名册"
