"""Application config of funding."""

from django.apps import AppConfig


class FundingConfig(AppConfig):
    """Budgets, subsidies and the ledger."""

    name = "funding"
    verbose_name = "经费"
