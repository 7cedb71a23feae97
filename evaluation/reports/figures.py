"""What the annual reports read: one result with its leaves, and the whole field."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import get_language

from bureau.choices import DepartmentKind
from bureau.models import Department, Region
from evaluation.models import Cycle, PeriodicReport, Result, Score
from evaluation.reading import Leaf
from evaluation.scoring.functions import half_up


@dataclass(frozen=True)
class Dimension:
    """One dimension's score in per cent of its applicable weight."""

    code: str
    name_zh: str
    name_en: str
    weight: Decimal
    points: Decimal
    score: Decimal | None

    @property
    def name(self) -> str:
        """Return the name in the reader's language."""
        return self.name_en if get_language() == "en" else self.name_zh


def dimensions_of(result: Result) -> list[Dimension]:
    """Return the dimensions of a result in their order."""
    return [
        Dimension(
            row["code"],
            row["name"],
            row["name_en"],
            Decimal(row["weight"]),
            Decimal(row["points"]),
            None if row["score"] is None else Decimal(row["score"]),
        )
        for row in result.dimensions
    ]


def issuer_of(region: Region) -> str:
    """Return the education authority of a region by name."""
    found = Department.objects.filter(region=region, kind=DepartmentKind.EDU).first()
    return found.name if found else f"{region.name}教育行政部门"


class Field:
    """All results of one cycle, without their frozen inputs."""

    def __init__(self, cycle: Cycle) -> None:
        self.cycle = cycle

    @cached_property
    def results(self) -> list[Result]:
        """Return every result, groups first, by place."""
        rows = Result.objects.filter(assessment__cycle=self.cycle).defer("frozen")
        found = rows.select_related("assessment__county").order_by("rank", "pk")
        return sorted(found, key=lambda row: not row.assessment.is_group)

    @property
    def groups(self) -> list[Result]:
        """Return the results of groups by place."""
        return [row for row in self.results if row.assessment.is_group]

    @property
    def schools(self) -> list[Result]:
        """Return the results of schools by place."""
        return [row for row in self.results if not row.assessment.is_group]

    def like(self, result: Result) -> list[Result]:
        """Return the groups of the same mode, or all when it stands alone."""
        mode = result.assessment.facts.get("primary_mode")
        same = [
            r for r in self.groups if r.assessment.facts.get("primary_mode") == mode
        ]
        return same if len(same) > 1 else self.groups

    def by_school(self) -> dict[int, Result]:
        """Return the schools' results by school."""
        return {row.assessment.school_id or 0: row for row in self.schools}


def averages(results: Sequence[Result]) -> dict[str, Decimal]:
    """Return the mean score of each dimension over some results."""
    sums: dict[str, list[Decimal]] = defaultdict(list)
    for result in results:
        for dimension in dimensions_of(result):
            if dimension.score is not None:
                sums[dimension.code].append(dimension.score)
    return {
        code: half_up(sum(values, Decimal(0)) / len(values))
        for code, values in sums.items()
    }


def leaves_of(result: Result) -> list[Leaf]:
    """Return the leaves of a result, whose snapshots are frozen with it."""
    rows = Score.objects.filter(assessment=result.assessment_id).with_leaf()
    return [Leaf.from_score(row) for row in rows]


def self_evaluation_of(result: Result) -> dict[str, Any]:
    """Return the submitted self-evaluation, dimension code → text."""
    report = (
        PeriodicReport.objects.filter(
            assessment=result.assessment_id, submitted_at__isnull=False
        )
        .exclude(state="RETURNED")
        .first()
    )
    if report is None:
        return {}
    return {code: report.section(code)["text"] for code in report.sections}
