"""Verbs that write the administrative frame."""

from bureau.services.calendar import change_term, ensure_year, ensure_years
from bureau.services.clients import create_client, pause_client, rotate_secret
from bureau.services.parameters import set_parameter
from bureau.services.regions import create_region, rename_region
from bureau.services.setup import Setup, set_up

__all__ = [
    "Setup",
    "change_term",
    "create_client",
    "create_region",
    "ensure_year",
    "ensure_years",
    "pause_client",
    "rename_region",
    "rotate_secret",
    "set_parameter",
    "set_up",
]
