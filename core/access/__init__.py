"""Who may know of a row (reach) and who may act on it (permission names)."""

from core.access.reach import (
    Grant,
    grants_of,
    holds,
    reach_condition,
    reaches,
    register_grant_source,
    register_permission_table,
    scope_ids,
)

__all__ = [
    "Grant",
    "grants_of",
    "holds",
    "reach_condition",
    "reaches",
    "register_grant_source",
    "register_permission_table",
    "scope_ids",
]
