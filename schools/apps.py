"""Application config of schools."""

from django.apps import AppConfig


class SchoolsConfig(AppConfig):
    """Schools and what they return each year."""

    name = "schools"
    verbose_name = "学校"
