"""Metrics: one registered function computes one figure for all subjects at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from core.registries import metrics

GROUP, SCHOOL, REGION = "GROUP", "SCHOOL", "REGION"


@dataclass(frozen=True)
class Period:
    """The span a figure is about and the day on which membership is read.

    ``start`` and ``end`` are half-open; ``day`` is the reference date inside them.
    """

    code: str
    start: date
    end: date
    day: date


@dataclass(frozen=True)
class MetricValue:
    """One subject's figure with what it was computed from.

    ``value`` is None when there is no figure; ``detail`` holds the rows behind it in
    JSON-serialisable form, for the drill-down.
    """

    subject_id: int
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    detail: list[dict[str, Any]] = field(default_factory=list)


class MetricFunction(Protocol):
    """Compute one metric for all ``ids`` of one kind of subject, set-based."""

    def __call__(
        self, kind: str, ids: Sequence[int], period: Period, region: Any
    ) -> list[MetricValue]: ...


@dataclass(frozen=True)
class Metric:
    """A catalogue entry with its function."""

    key: str
    title: Any
    unit: str
    subjects: frozenset[str]
    function: MetricFunction
    parameters: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    numerator: Any = ""
    denominator: Any = ""


def metric(
    key: str,
    *,
    title: Any,
    unit: str,
    subjects: Sequence[str],
    parameters: Sequence[str] = (),
    clauses: Sequence[str] = (),
    numerator: Any = "",
    denominator: Any = "",
) -> Callable[[MetricFunction], MetricFunction]:
    """Register a set-based function as the metric ``key``.

    The function takes the kind of subject, the subject ids, the period and the region
    whose parameters apply, and returns a value for every id it was given.
    """

    def enter(function: MetricFunction) -> MetricFunction:
        entry = Metric(
            key,
            title,
            unit,
            frozenset(subjects),
            function,
            tuple(parameters),
            tuple(clauses),
            numerator,
            denominator,
        )
        metrics.register(key, entry)
        return function

    return enter


def compute(
    key: str, kind: str, ids: Sequence[int], period: Period, region: Any
) -> dict[int, MetricValue]:
    """Return the metric's value for every id; KeyError for an unknown metric.

    A subject the function left out gets a value of None, never no row.
    """
    entry: Metric = metrics.get(key)
    if kind not in entry.subjects:
        raise ValueError(f"{key} is not defined for {kind}")
    found = {v.subject_id: v for v in entry.function(kind, ids, period, region)}
    return {pk: found.get(pk, MetricValue(pk, None, None, None)) for pk in ids}
