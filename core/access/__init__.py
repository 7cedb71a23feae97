"""Who may know of a row (reach) and who may act on it (permission names)."""

from core.access.reach import (
    Grant,
    grants_of,
    guided,
    guided_condition,
    holds,
    reach_condition,
    reaches,
    refusal,
    register_authority,
    register_grant_source,
    register_permission_table,
    scope_ids,
)

__all__ = [
    "Grant",
    "grants_of",
    "guided",
    "guided_condition",
    "holds",
    "reach_condition",
    "reaches",
    "refusal",
    "register_authority",
    "register_grant_source",
    "register_permission_table",
    "scope_ids",
]
