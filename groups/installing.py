"""What a new installation needs of groups: the modes and the checklists."""

from typing import Any

from core.registries import setup_steps
from groups.services import load_modes


def install_modes(region: Any) -> int:
    """Load the shipped modes and checklists; return how many modes there are."""
    return load_modes()


setup_steps.register("modes", install_modes)
