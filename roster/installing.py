"""What the roster room loads when an installation is set up."""

from typing import Any

from core.registries import setup_steps
from core.schedule import daily


def load(region: Any) -> int:
    """Schedule the clearing of what is kept for some time only."""
    daily(0, 20, "清理名册移除记录", "roster.clear_tombstones")
    daily(0, 25, "清理接口重试答复", "roster.forget_keys")
    daily(0, 30, "清理同步逐行结果", "roster.forget_rows")
    return 0


setup_steps.register("roster", load)
