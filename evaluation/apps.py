"""Application config of evaluation."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    """Frameworks, cycles, scores and results."""

    name = "evaluation"
    verbose_name = "考核评价"
