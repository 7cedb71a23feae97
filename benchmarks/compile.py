"""Compile one annual cycle of a city to frozen results, against SQL alone and a loop.

The generated city: 42 leaves each for 100 groups and their schools, 1 000 but for the
few that left. Everything happens in a database of its own that is dropped afterwards.
"""

from __future__ import annotations

import os
import time
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

from benchmarks.ground import opened_cycle, scratch
from benchmarks.harness import Report, run

SIZE, SAMPLE = "city", 12
HAND = """
    UPDATE evaluation_score SET
        score = round(coalesce(auto_score, 0) + 0.8 * (max_score
            - coalesce((SELECT sum((p->>'share')::numeric) * max_score
                FROM jsonb_array_elements(snapshot->'parts') p
                WHERE (p->>'automatic')::boolean), 0)), 2),
        scored_at = now(),
        snapshot = jsonb_set(snapshot, '{hand}',
            CASE WHEN snapshot @? '$.parts[*] ? (@.automatic == false
                && @.function == "RUBRIC")' THEN '{"level": "B"}'::jsonb
            ELSE jsonb_build_object('points', round(0.8 * max_score, 2)::text) END)
    WHERE score IS NULL AND NOT is_na
"""
"""What experts would do: every leaf by hand gets level B, or 80 per cent."""


def clocked(work: Any, *values: Any) -> float:
    """Return the seconds of one run."""
    began = time.perf_counter()
    work(*values)
    return time.perf_counter() - began


def score_by_hand() -> None:
    """Score what waits for people, in one statement."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(HAND)


def compile_cycle(cycle: Any) -> tuple[float, float]:
    """Return the seconds of computing scores and of working out results."""
    from evaluation.computing import compute_scores
    from evaluation.models import Assessment
    from evaluation.services.results import work_out_results

    scoring = clocked(compute_scores, cycle)
    score_by_hand()
    Assessment.objects.filter(cycle=cycle).update(state="CONFIRMED")
    return scoring, clocked(work_out_results, cycle)


def sql_alone(cycle: Any) -> float:
    """Return the seconds of the metric statements for all subjects."""
    from evaluation.computing import gather
    from evaluation.models import Assessment

    rows = list(Assessment.objects.filter(cycle=cycle))
    return sorted(clocked(gather, cycle, rows) for _ in range(3))[1]


def loop(cycle: Any) -> float:
    """Return the seconds of a loop over subjects and leaves, as an ORM invites to.

    Each leaf asks its figures for one subject and saves one row; a few subjects are
    timed and counted for all.
    """
    from evaluation.computing import plans_for
    from evaluation.models import Assessment, Score

    rows = list(Assessment.objects.filter(cycle=cycle).order_by("pk"))
    leaves = list(cycle.framework.indicators.leaves())
    plans = plans_for(leaves, {(a.target, a.variant) for a in rows})
    sample = rows[:: max(1, len(rows) // SAMPLE)]
    Score.objects.filter(assessment__in=sample).delete()

    def one_by_one() -> None:
        for a in sample:
            for plan in plans[a.target, a.variant]:
                save_one(cycle, a, plan)

    return clocked(one_by_one) * len(rows) / len(sample)


def save_one(cycle: Any, assessment: Any, plan: Any) -> None:
    """Score one leaf of one subject and save it."""
    from core.metrics import compute
    from evaluation.computing import (
        Inputs,
        _parameters,
        _period_data,
        figures_of,
        fixed_part,
        own_part,
    )
    from evaluation.models import Score
    from evaluation.scoring.leaf import score_leaf

    subject = assessment.subject_id
    inputs = Inputs(
        figures={
            (m, plan.target): compute(
                m, plan.target, [subject], cycle.period, cycle.region
            )
            for m in plan.wanted
        },
        parameters=_parameters(cycle, plan.wanted),
        period=_period_data(cycle),
    )
    found = figures_of(plan, assessment, inputs)
    fixed = fixed_part(plan, assessment.variant, inputs)
    snapshot = {**fixed, **own_part(assessment, found)}
    scored = score_leaf(snapshot)
    Score.objects.create(
        assessment=assessment,
        indicator=plan.leaf,
        framework_id=cycle.framework_id,
        max_score=plan.leaf.weight,
        how=plan.how,
        is_na=scored.is_na,
        score=scored.score,
        snapshot=snapshot,
    )


def bench(report: Report) -> None:
    """Compile the cycle of a whole city; ``benchmarks.growth`` compares sizes."""
    with scratch():
        cycle = opened_cycle(SIZE)
        scoring, results = compile_cycle(cycle)
        sql, naive = sql_alone(cycle), loop(cycle)
        report.add("groups and schools assessed", cycle.assessments.count(), "")
    total = scoring + results
    report.seconds("metric SQL alone", sql)
    report.seconds("scores of all subjects, written", scoring)
    report.seconds("totals, grades, frozen results", results)
    report.seconds(
        "compile a cycle to frozen results",
        total,
        at_most=20,
        ratio=total / sql,
        ratio_at_most=3,
    )
    report.seconds(
        "a loop over subjects and leaves",
        naive,
        ratio=naive / scoring,
        ratio_at_least=20,
    )


if __name__ == "__main__":
    run(bench, dataset=SIZE)
