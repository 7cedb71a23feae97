"""Application config of groups."""

from django.apps import AppConfig


class GroupsConfig(AppConfig):
    """Education groups and dated membership."""

    name = "groups"
    verbose_name = "教育集团"
