"""Score every automatic leaf of a cycle: one set-based call a metric, rows by COPY."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.translation import override

from bureau.parameters import parameter_rows
from core.copying import copy_rows
from core.metrics import MetricValue, compute
from core.registries import metrics
from evaluation.choices import How
from evaluation.models import Assessment, Cycle, Indicator, Score
from evaluation.rules import (
    is_automatic,
    is_computable,
    metrics_of_rule,
    names_of_part,
)
from evaluation.scoring.functions import ZERO
from evaluation.scoring.leaf import LeafScore, score_leaf

PLACES = Decimal("1E-8")
COLUMNS = (
    "assessment_id",
    "indicator_id",
    "framework_id",
    "max_score",
    "how",
    "auto_numerator",
    "auto_denominator",
    "auto_value",
    "auto_score",
    "manual_level",
    "is_na",
    "score",
    "comment",
    "snapshot",
)
UNSCORED = LeafScore(None, ZERO, None, False)


@dataclass(frozen=True)
class LeafPlan:
    """How one leaf is scored for one kind of subject in one sector."""

    leaf: Indicator
    target: str
    name: str
    name_en: str
    parts: list[dict[str, Any]]
    na: dict[str, Any] | None
    wanted: frozenset[str]

    @cached_property
    def how(self) -> str:
        """Return who scores: the system, a person, or both."""
        kinds = {part["automatic"] for part in self.parts}
        if kinds == {True}:
            return How.AUTO
        return How.BY_HAND if kinds == {False} else How.MIXED

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return the figures that the leaf reads, in a fixed order."""
        return tuple(sorted(self.wanted))

    @cached_property
    def main_metric(self) -> str:
        """Return the metric of the first automatic part, or an empty text."""
        return next((p["metric"] for p in self.parts if p["automatic"]), "")


@dataclass
class Inputs:
    """Everything a cycle's scores are computed from."""

    plans: dict[tuple[str, str], list[LeafPlan]] = field(default_factory=dict)
    figures: dict[tuple[str, str], dict[int, MetricValue]] = field(default_factory=dict)
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)
    period: dict[str, str] = field(default_factory=dict)


def plan_leaf(leaf: Indicator, target: str, variant: str) -> LeafPlan:
    """Decide for one leaf which parts the system scores."""
    rule = leaf.rule_for(variant)
    parts = [{**p, "automatic": is_automatic(p, target)} for p in rule["parts"]]
    na = rule["na_rule"]
    if na:
        na = {**na, "automatic": is_computable(metrics_of_rule(na), target)}
    wanted = {n for p in parts if p["automatic"] for n in names_of_part(p)}
    for part in parts:
        wanted |= {n for n in names_of_part(part) if is_computable([n], target)}
    if na and na["automatic"]:
        wanted |= metrics_of_rule(na)
    names = rule["name_zh"], rule["name_en"]
    return LeafPlan(leaf, target, *names, parts, na, frozenset(wanted))


def plans_for(
    leaves: Sequence[Indicator], kinds: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], list[LeafPlan]]:
    """Return the plans of each (target, variant)."""
    return {
        (target, variant): [
            plan_leaf(leaf, target, variant)
            for leaf in leaves
            if leaf.applies_to(target)
        ]
        for target, variant in kinds
    }


def gather(cycle: Cycle, assessments: Sequence[Assessment]) -> Inputs:
    """Compute every metric that some leaf reads, once for all its subjects."""
    leaves = list(cycle.framework.indicators.leaves())
    kinds = sorted({(a.target, a.variant) for a in assessments})
    inputs = Inputs(plans=plans_for(leaves, kinds), period=_period_data(cycle))
    subjects = _subjects_by_metric(inputs.plans, assessments)
    for (metric, target), ids in sorted(subjects.items()):
        inputs.figures[metric, target] = compute(
            metric, target, sorted(ids), cycle.period, cycle.region
        )
    inputs.parameters = _parameters(cycle, {metric for metric, _target in subjects})
    return inputs


def _subjects_by_metric(
    plans: Mapping[tuple[str, str], list[LeafPlan]], assessments: Sequence[Assessment]
) -> dict[tuple[str, str], set[int]]:
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for assessment in assessments:
        subject = assessment.subject_id
        for plan in plans[assessment.target, assessment.variant]:
            for metric in plan.wanted:
                found[metric, assessment.target].add(subject)
    return found


def _parameters(cycle: Cycle, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return for each metric its parameters with the value in force."""
    wanted = {name: metrics.get(name).parameters for name in names}
    keys = {key for listed in wanted.values() for key in listed}
    if not keys:
        return {}
    rows = parameter_rows(keys, cycle.region, cycle.reference_day)
    return {
        name: {key: rows[key].value for key in listed if key in rows}
        for name, listed in wanted.items()
    }


def _period_data(cycle: Cycle) -> dict[str, str]:
    period = cycle.period
    return {
        "code": period.code,
        "start": period.start.isoformat(),
        "end": period.end.isoformat(),
        "day": period.day.isoformat(),
    }


def plain(value: Decimal | None) -> str | None:
    """Write a number exactly, without an exponent."""
    return None if value is None else format(Decimal(value), "f")


def figures_of(
    plan: LeafPlan, assessment: Assessment, inputs: Inputs
) -> dict[str, MetricValue]:
    """Return every figure that one leaf of one subject reads."""
    subject = assessment.subject_id
    return {name: inputs.figures[name, plan.target][subject] for name in plan.names}


def fixed_part(plan: LeafPlan, variant: str, inputs: Inputs) -> dict[str, Any]:
    """Return what the snapshots of one leaf share over all subjects of a sector."""
    return {
        "code": plan.leaf.code,
        "name": plan.name,
        "name_en": plan.name_en,
        "weight": plain(plan.leaf.weight),
        "variant": variant,
        "parts": plan.parts,
        "na": plan.na,
        "parameters": {
            name: inputs.parameters[name]
            for name in plan.names
            if inputs.parameters.get(name)
        },
        "period": inputs.period,
        "hand": None,
    }


def own_part(
    assessment: Assessment, figures: Mapping[str, MetricValue]
) -> dict[str, Any]:
    """Return what the snapshot of one leaf says of one subject."""
    return {
        "facts": assessment.facts,
        "known": {name: plain(v.value) for name, v in figures.items()},
        "figures": {name: _figure(v) for name, v in figures.items()},
        "rows": {name: exact(v.detail) for name, v in figures.items() if v.detail},
    }


def exact(value: Any) -> Any:
    """Return rows as JSON holds them exactly: numbers with a fraction become text."""
    if isinstance(value, Mapping):
        return {str(key): exact(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [exact(item) for item in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    return plain(Decimal(str(value))) if isinstance(value, float) else str(value)


def _figure(value: MetricValue) -> dict[str, str | None]:
    return {
        "numerator": plain(value.numerator),
        "denominator": plain(value.denominator),
    }


class Writer:
    """Makes the rows of one cycle; what leaves share is written as JSON only once."""

    def __init__(self, cycle: Cycle, inputs: Inputs) -> None:
        self.cycle = cycle
        self.inputs = inputs
        self.shared: dict[tuple[int, str, str], tuple[dict[str, Any], str]] = {}
        self.bare: tuple[int, dict[str, Any], str] | None = None

    def rows(self, assessments: Sequence[Assessment]) -> Iterator[list[Any]]:
        """Yield the row of every leaf of every assessment."""
        for assessment in assessments:
            for plan in self.inputs.plans[assessment.target, assessment.variant]:
                yield self.row(plan, assessment)

    def row(self, plan: LeafPlan, assessment: Assessment) -> list[Any]:
        """Return one row in the order of the columns."""
        figures = figures_of(plan, assessment, self.inputs)
        fixed, text = self._fixed(plan, assessment)
        own, own_text = self._own(assessment, figures)
        waits = plan.how == How.BY_HAND and not (plan.na and plan.na["automatic"])
        scored = UNSCORED if waits else score_leaf({**fixed, **own})
        return [
            assessment.pk,
            plan.leaf.pk,
            self.cycle.framework_id,
            plan.leaf.weight,
            plan.how,
            *_kept(figures.get(plan.main_metric)),
            None if plan.how == How.BY_HAND else scored.automatic,
            "",
            scored.is_na,
            scored.score,
            "",
            f"{text[:-1]}, {own_text[1:]}",
        ]

    def _own(
        self, assessment: Assessment, figures: Mapping[str, MetricValue]
    ) -> tuple[dict[str, Any], str]:
        """Return the subject's own part, as data and as JSON.

        Leaves that read no figure have the same one, which most of a sheet are.
        """
        if figures:
            own = own_part(assessment, figures)
            return own, _json(own)
        if self.bare is None or self.bare[0] != assessment.pk:
            own = own_part(assessment, figures)
            self.bare = assessment.pk, own, _json(own)
        return self.bare[1:]

    def _fixed(
        self, plan: LeafPlan, assessment: Assessment
    ) -> tuple[dict[str, Any], str]:
        key = (plan.leaf.pk, plan.target, assessment.variant)
        if key not in self.shared:
            fixed = fixed_part(plan, assessment.variant, self.inputs)
            self.shared[key] = fixed, _json(fixed)
        return self.shared[key]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder)


def _kept(value: MetricValue | None) -> list[Any]:
    if value is None:
        return [None] * 3
    numbers = (value.numerator, value.denominator, value.value)
    return [None if n is None else Decimal(n).quantize(PLACES) for n in numbers]


@transaction.atomic
def compute_scores(cycle: Cycle) -> int:
    """Write a score row for every leaf of every assessment; return their number.

    Leaves whose metric is registered are scored; the others wait for a person. Old
    rows of the cycle go first, so that the work can be done again.
    """
    assessments = list(Assessment.objects.filter(cycle=cycle).order_by("pk"))
    Score.objects.of_cycle(cycle).delete()
    with override("zh-hans"):
        writer = Writer(cycle, gather(cycle, assessments))
        return copy_rows(Score, COLUMNS, writer.rows(assessments))
