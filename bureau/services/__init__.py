"""Verbs that write the administrative frame."""

from bureau.services.calendar import change_term, ensure_year, ensure_years
from bureau.services.clients import create_client, pause_client, rotate_secret
from bureau.services.parameters import Below, confirm_parameter, set_parameter
from bureau.services.policies import (
    add_clause,
    change_clause,
    change_document,
    register_document,
)
from bureau.services.regions import create_region, rename_region
from bureau.services.setup import Setup, set_up
from bureau.services.targets import (
    end_area,
    form_area,
    join_area,
    leave_area,
    set_target,
)

__all__ = [
    "Below",
    "Setup",
    "add_clause",
    "change_clause",
    "change_document",
    "change_term",
    "confirm_parameter",
    "create_client",
    "create_region",
    "end_area",
    "ensure_year",
    "ensure_years",
    "form_area",
    "join_area",
    "leave_area",
    "pause_client",
    "register_document",
    "rename_region",
    "rotate_secret",
    "set_parameter",
    "set_target",
    "set_up",
]
