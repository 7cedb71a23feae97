"""Declared constraints over dated rows, carried keys, and their plain messages."""

from core.constraints.carried import CarriedKey
from core.constraints.carried_bulk import BulkCarriedKey
from core.constraints.explain import (
    check_deferred,
    explain,
    refusals,
    violated_name,
)
from core.constraints.over_range import OverRange
from core.constraints.overlap import Days, NoOverlap, Single
from core.constraints.unlogged import Unlogged
from core.constraints.within import EndsWithParent

__all__ = [
    "BulkCarriedKey",
    "CarriedKey",
    "Days",
    "EndsWithParent",
    "NoOverlap",
    "OverRange",
    "Single",
    "Unlogged",
    "check_deferred",
    "explain",
    "refusals",
    "violated_name",
]
