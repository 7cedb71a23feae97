"""Application config of audit."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Business events and the seals that chain them."""

    name = "audit"
    verbose_name = "审计"
