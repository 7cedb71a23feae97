"""Tables of appraisal."""

from evaluation.models.assessment import Assessment, Score
from evaluation.models.cycle import Cycle
from evaluation.models.framework import Framework, Indicator
from evaluation.models.report import PeriodicReport
from evaluation.models.result import Result

__all__ = [
    "Assessment",
    "Cycle",
    "Framework",
    "Indicator",
    "PeriodicReport",
    "Result",
    "Score",
]
