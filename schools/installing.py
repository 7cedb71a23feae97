"""What the schools room loads when an installation is set up."""

from typing import Any

from core.registries import setup_steps
from core.schedule import daily


def load(region: Any) -> int:
    """Schedule the closing of lock exceptions."""
    daily(0, 10, "关闭到期的报表解锁", "schools.close_overdue_unlocks")
    return 0


setup_steps.register("schools", load)
