"""Metrics of schools, classes and returns (``core.metrics``), all set-based."""

from schools.metrics import classes, counts, kinder, quality, rates, resources, seats
from schools.metrics.subjects import school_joining, subject_schools

__all__ = [
    "classes",
    "counts",
    "kinder",
    "quality",
    "rates",
    "resources",
    "school_joining",
    "seats",
    "subject_schools",
]
