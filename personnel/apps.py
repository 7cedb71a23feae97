"""Application config of personnel."""

from django.apps import AppConfig


class PersonnelConfig(AppConfig):
    """Teachers and where they work."""

    name = "personnel"
    verbose_name = "人员"
