"""Figures asked for one school or region, and the lines they are held against."""

from datetime import date
from decimal import Decimal
from typing import Any

from core.metrics import SCHOOL, MetricValue, Period, compute

LINES = {
    "above_degree": ("4.2", "5.3"),
    "backbone": ("1", "1"),
    "pe_arts": ("0.9", "0.9"),
    "teaching_area": ("4.5", "5.8"),
    "sports_area": ("7.5", "10.2"),
    "equipment_value": ("2000", "2500"),
    "multimedia": ("2.3", "2.4"),
}
VALUES = {
    "class.large_min": "56",
    "class.oversize_min": "66",
    "class.kinder.small": "25",
    "class.kinder.middle": "30",
    "class.kinder.big": "35",
    "class.kinder_tolerance": "1",
    "balance.min_met": "6",
    "balance.rest_floor": "0.85",
    "balance.cv_max.primary": "0.50",
    "balance.cv_max.junior": "0.45",
    "kinder.indoor_area_per_child": "4",
    "kinder.play_area_per_child": "4",
    "staff.ratio_kinder.max": "7",
    "score.min_membership_years": "1",
    "quality.missing_delta": "-0.10",
}


def period(year: Any, day: date | None = None) -> Period:
    return Period(year.code, year.starts_on, year.until, day or date(2025, 10, 1))


def figure(key: str, subject: Any, year: Any, kind: str = SCHOOL) -> MetricValue:
    pk = getattr(subject, "pk", subject)
    return compute(f"schools.{key}", kind, [pk], period(year), None)[pk]


def rounded(value: Decimal | None, places: int = 4) -> float | None:
    return None if value is None else round(float(value), places)
