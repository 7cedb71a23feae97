"""Periodic work of the machinery."""

from typing import Any

from core.registries import setup_steps
from core.schedule import daily, every


def schedule_machinery(region: Any) -> int:
    """Schedule sealing, resuming, reminding and clearing; return how many."""
    every(60, "封存业务事件", "audit.tasks.seal_waiting_events")
    every(30, "续接中断的任务", "core.resend_silent_jobs")
    daily(7, 30, "到期提醒", "core.remind_of_deadlines")
    daily(3, 10, "清理过期令牌", "core.clear_expired")
    return 4


setup_steps.register("periodic", schedule_machinery)
