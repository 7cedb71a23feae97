"""What the roster room loads when an installation is set up."""

from typing import Any

from core.registries import setup_steps
from core.schedule import daily


def load(region: Any) -> int:
    """Schedule the clearing of removal records and of answers kept for retries."""
    daily(0, 20, "清理名册移除记录", "roster.clear_tombstones")
    daily(0, 25, "清理接口重试答复", "roster.forget_keys")
    return 0


setup_steps.register("roster", load)
