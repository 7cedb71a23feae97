"""The seven balance indicators: met or not by a school, how far apart many are.

National method of 2017 (BN-4.1.2, AK-1.2.1): each compulsory school meets at least six
of the seven lines and 85 per cent of the others; the coefficient of variation between
schools, weighed by pupils, is at most 0.50 in primary and 0.45 in junior stages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from bureau.parameters import parameters
from core.metrics import SCHOOL, Period
from schools.choices import Stage
from schools.metrics.engine import base_params, fetch
from schools.metrics.resources import CV_LINES, INDICATORS, LINES, SHARES, variations
from schools.metrics.subjects import pairs_sql
from schools.models import School

CLAUSE = "BN-4.1.2"
WORDS: dict[str, tuple[Any, Any]] = {
    "above_degree": (_("高于规定学历教师"), _("人/百名学生")),
    "backbone": (_("县级及以上骨干教师"), _("人/百名学生")),
    "pe_arts": (_("体育、艺术专任教师"), _("人/百名学生")),
    "teaching_area": (_("教学及辅助用房面积"), _("平方米/生")),
    "sports_area": (_("体育运动场馆面积"), _("平方米/生")),
    "equipment_value": (_("教学仪器设备值"), _("元/生")),
    "multimedia": (_("网络多媒体教室"), _("间/百名学生")),
}
VALUES = """
WITH pairs AS MATERIALIZED ({pairs}), {shares}
SELECT stage, indicator, x FROM shares ORDER BY stage DESC, indicator
"""


@dataclass(frozen=True)
class Measured:
    """One indicator of one stage against its line; ``value`` None is not reported."""

    name: Any
    unit: Any
    value: Decimal | None
    line: Decimal

    @property
    def is_met(self) -> bool | None:
        """Tell whether the line is reached; None while the figure is missing."""
        return None if self.value is None else self.value >= self.line


@dataclass(frozen=True)
class Standing:
    """The seven indicators of one stage of a school and what they come to."""

    stage: Any
    rows: list[Measured]
    wanted: int
    floor: Decimal

    @property
    def met(self) -> int:
        """Return how many lines are reached."""
        return sum(1 for row in self.rows if row.is_met)

    @property
    def missing(self) -> int:
        """Return how many figures are not reported."""
        return sum(1 for row in self.rows if row.value is None)

    @property
    def is_met(self) -> bool:
        """Tell whether the school meets the standard in this stage."""
        rest_holds = all(
            row.value is not None and row.value >= row.line * self.floor
            for row in self.rows
        )
        return self.met >= self.wanted and rest_holds


@dataclass(frozen=True)
class Variation:
    """How far apart schools are in one indicator of one stage."""

    stage: Any
    name: Any
    unit: Any
    schools: int
    reported: int
    mean: Decimal | None
    cv: Decimal | None
    line: Decimal

    @property
    def is_met(self) -> bool | None:
        """Tell whether the CV keeps to the line; None while figures are missing."""
        if self.schools != self.reported:
            return None
        return self.cv is None or self.cv <= self.line


def standings(school: School, period: Period) -> list[Standing]:
    """Return the compulsory stages of a school with their seven indicators."""
    keys = [*LINES, "balance.min_met", "balance.rest_floor"]
    limits = parameters(keys, school.administered_by, period.day)
    sql = VALUES.format(pairs=pairs_sql(SCHOOL), shares=SHARES.strip())
    values: dict[str, dict[str, Decimal | None]] = {}
    for stage, indicator, value in fetch(sql, base_params([school.pk], period)):
        values.setdefault(stage, {})[indicator] = value
    return [
        Standing(
            Stage(stage).label,
            [
                Measured(
                    *WORDS[name],
                    value=found.get(name),
                    line=limits[f"balance.{stage.lower()}.{name}"],
                )
                for name in INDICATORS
            ],
            wanted=int(limits["balance.min_met"]),
            floor=limits["balance.rest_floor"],
        )
        for stage, found in values.items()
    ]


def variations_of(
    kind: str, subject: int, period: Period, region: Any
) -> Sequence[Variation]:
    """Return how far apart the schools of a group or region are, by stage."""
    limits = parameters(CV_LINES, region, period.day)
    return [
        Variation(
            Stage(row["stage"]).label,
            *WORDS[row["indicator"]],
            schools=row["schools"],
            reported=row["reported"],
            mean=row["mean"],
            cv=row["cv"],
            line=limits[f"balance.cv_max.{row['stage'].lower()}"],
        )
        for row in variations(kind, [subject], period).get(subject, [])
    ]
