"""What the evaluation room loads when an installation is set up."""

from typing import Any

from core.registries import setup_steps
from core.schedule import daily
from evaluation.loading import load_frameworks


def load(region: Any) -> int:
    """Load and publish the shipped frameworks and schedule the yearly reports."""
    counts = load_frameworks(region, publish=True)
    daily(2, 0, "编制到期的年度报告", "evaluation.compile_due_reports")
    return sum(counts.values())


setup_steps.register("frameworks", load)
