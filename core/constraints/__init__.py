"""Declared constraints over dated rows, carried keys, and their plain messages."""

from core.constraints.carried import CarriedKey
from core.constraints.explain import explain, refusals, violated_name
from core.constraints.over_range import OverRange
from core.constraints.overlap import Days, NoOverlap, Single
from core.constraints.unlogged import Unlogged

__all__ = [
    "CarriedKey",
    "Days",
    "NoOverlap",
    "OverRange",
    "Single",
    "Unlogged",
    "explain",
    "refusals",
    "violated_name",
]
