"""Compile one annual cycle of a city to frozen results, against SQL alone and a loop.

A city: 100 groups of ten schools, 42 leaves each for 100 groups and 1 000 schools.
Everything happens in one transaction that is rolled back.
"""

from __future__ import annotations

import os
import time
from datetime import date
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

from benchmarks.harness import Report, run

GROUPS, SIZE, SAMPLE = 100, 10, 12
YEARS = (2022, 2023, 2024)
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


def city(groups: int) -> Any:
    """Return an open cycle over so many groups of ten schools."""
    from bureau.loading import load_parameters, load_policies, load_regions
    from bureau.models import AcademicYear, Region
    from evaluation.loading import load_frameworks
    from evaluation.models import Cycle, Framework

    if not Region.objects.exists():
        load_regions()
        load_policies()
        load_parameters()
    region = Region.objects.get(code="500113")
    years = [
        AcademicYear.objects.get_or_create(
            code=f"{y}-{y + 1}",
            defaults={"starts_on": date(y, 9, 1), "ends_on": date(y + 1, 8, 31)},
        )[0]
        for y in YEARS
    ]
    load_frameworks(region, codes=["BN-5D"], publish=True)
    fill(region, years, groups)
    return Cycle.objects.create(
        framework=Framework.objects.get(region=region, code="BN-5D"),
        region=region,
        year=years[-1],
        name="bench",
        targets=["GROUP", "SCHOOL"],
        reference_day=years[-1].starts_on,
        self_due_on=date(2025, 9, 30),
        review_due_on=date(2025, 10, 31),
        state="OPEN",
    )


def fill(region: Any, years: list[Any], groups: int) -> None:
    """Write schools, returns, classes, groups and memberships by bulk."""
    from groups.models import EducationGroup, GroupPhase, Membership
    from schools.models import ClassSection, School, SchoolReturn, SchoolStage

    count = groups * SIZE
    schools = School.objects.bulk_create(
        School(
            name=f"评测第{n}小学",
            region=region,
            administered_by=region,
            type="PRIMARY",
            ownership="PUBLIC",
            pinyin=f"pingce {n:05}",
        )
        for n in range(count)
    )
    SchoolStage.objects.bulk_create(
        SchoolStage(school=s, stage="PRIMARY", school_type="PRIMARY") for s in schools
    )
    for turn, year in enumerate(years):
        SchoolReturn.objects.bulk_create(
            SchoolReturn(
                school=s,
                year=year,
                stage="PRIMARY",
                state="CONFIRMED",
                counted_on=year.starts_on,
                **figures(n, turn),
            )
            for n, s in enumerate(schools)
        )
        ClassSection.objects.bulk_create(
            (
                ClassSection(
                    school=s,
                    year=year,
                    stage="PRIMARY",
                    grade=g,
                    number=1,
                    headcount=38 + (n * 7 + g * 5 + turn) % 20,
                    counted_on=year.starts_on,
                )
                for n, s in enumerate(schools)
                for g in range(1, 7)
            ),
            batch_size=5000,
        )
    first = years[0].starts_on
    made = EducationGroup.objects.bulk_create(
        EducationGroup(
            code=f"BENCH-{n}",
            name=f"评测{n}集团",
            region=region,
            group_type="SCHOOL_COMMUNITY",
            founded_on=first,
            operating_from=first,
        )
        for n in range(groups)
    )
    Membership.objects.bulk_create(
        (
            Membership(
                group=made[n // SIZE],
                group_type="SCHOOL_COMMUNITY",
                school=s,
                school_ownership="PUBLIC",
                role="MEMBER" if n % SIZE else "LEAD",
                valid_from=first,
            )
            for n, s in enumerate(schools)
        ),
        batch_size=2000,
    )
    GroupPhase.objects.bulk_create(
        GroupPhase(group=g, state="ACTIVE", valid_from=first) for g in made
    )


def figures(n: int, turn: int) -> dict[str, Any]:
    """Return a school's figures, each school and year a little different."""
    students = 300 + n % 700
    return {
        "students": students,
        "classes": 6,
        "seats": students + 40,
        "new_intake": 60,
        "in_zone": 60 - n % 7,
        "out_of_zone": n % 7,
        "cohort": 60,
        "retained": 58 + (n + turn) % 3,
        "staff": 20 + n % 30,
        "full_time": 18 + n % 30,
        "above_degree": 12 + n % 6,
        "backbone": n % 6,
        "pe_arts": 2 + n % 4,
        "teaching_area": 1500 + n,
        "sports_area": 2500 + n,
        "equipment_value": 400_000 + 1000 * (n % 900),
        "multimedia_rooms": 6 + n % 8,
        "fitness_tested": students - 5,
        "fitness_exc_good": int(students * (30 + (n + turn) % 30) / 100),
    }


def open_up(cycle: Any) -> None:
    """Make the assessments as opening does."""
    from evaluation.services.opening import make_assessments

    make_assessments(cycle)


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


def measure(groups: int) -> dict[str, float]:
    """Build a place, compile its cycle, and take everything back."""
    from django.core.management import call_command
    from django.db import connection, transaction

    call_command("migrate", verbosity=0)
    with transaction.atomic():
        cycle = city(groups)
        open_up(cycle)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        scoring, results = compile_cycle(cycle)
        sql, naive = sql_alone(cycle), loop(cycle)
        transaction.set_rollback(True)
    return {"scoring": scoring, "results": results, "sql": sql, "loop": naive}


def bench(report: Report) -> None:
    """Compile a quarter of a city and a whole one."""
    quarter = measure(GROUPS // 4)
    whole = measure(GROUPS)
    total = whole["scoring"] + whole["results"]
    smaller = quarter["scoring"] + quarter["results"]
    report.seconds("metric SQL alone", whole["sql"])
    report.seconds(
        "scores of all subjects, written",
        whole["scoring"],
        ratio=whole["scoring"] / whole["sql"],
        ratio_at_most=3,
    )
    report.seconds("totals, grades, frozen results", whole["results"])
    report.seconds("compile a cycle to frozen results", total, at_most=20)
    report.add("the whole compile over the metric SQL", total / whole["sql"], "×")
    report.seconds(
        "a loop over subjects and leaves",
        whole["loop"],
        ratio=whole["loop"] / whole["scoring"],
        ratio_at_least=20,
    )
    report.add("growth from a quarter to the whole", total / smaller, "×", at_most=5)


if __name__ == "__main__":
    run(bench, dataset=f"city: {GROUPS} groups, {GROUPS * SIZE} schools")
