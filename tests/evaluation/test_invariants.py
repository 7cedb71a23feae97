"""Attacks from below: raw SQL and bulk_create against every rule of the database."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError

from evaluation.models import (
    Assessment,
    Cycle,
    PeriodicReport,
    Result,
    Score,
)
from evaluation.services import open_cycle, publicise
from tests.bureau.factories import AcademicYearFactory
from tests.evaluation.attacks import refused, sql
from tests.evaluation.factories import (
    World,
    framework_of,
    leaf,
    score_all,
    small_tree,
)


@pytest.mark.clause("BN-4.3.1")
@pytest.mark.parametrize("both", [True, False])
def test_an_assessment_is_of_a_group_or_of_a_school(both: bool, world: World) -> None:
    cycle = world.cycle()
    subject = {"group": world.groups[0], "school": world.schools[0]} if both else {}

    with refused("assessment_group_xor_school"):
        Assessment.objects.bulk_create(
            [
                Assessment(
                    cycle=cycle,
                    framework=world.framework,
                    county=world.region,
                    label="x",
                    opened_on=date(2025, 9, 1),
                    **subject,
                )
            ]
        )


@pytest.mark.clause("BN-4.3.1")
@pytest.mark.parametrize(
    ("kind", "name"),
    [("group", "assessment_once_per_group"), ("school", "assessment_once_per_school")],
)
def test_a_subject_has_one_assessment_a_cycle(
    kind: str, name: str, world: World
) -> None:
    cycle = world.reviewing(targets=["GROUP", "SCHOOL"])
    held = cycle.assessments.filter(**{f"{kind}__isnull": False}).first()
    held.pk = None

    with refused(name):
        Assessment.objects.bulk_create([held])


def test_an_assessment_carries_its_cycles_framework(world: World) -> None:
    cycle = open_cycle(world.cycle(), by=world.bureau)
    other = framework_of(world.region)

    with refused("assessment_carries_framework"):
        cycle.assessments.update(framework=other)


def test_an_assessment_with_scores_keeps_the_framework_of_its_leaves(
    world: World,
) -> None:
    cycle = world.reviewing()
    other = framework_of(world.region)

    with refused("score_carries_weight"):
        cycle.assessments.update(framework=other)


def test_an_assessment_goes_with_its_scores_or_not_at_all(world: World) -> None:
    cycle = world.reviewing()
    found = cycle.assessments.first()
    assert found is not None
    found.reports.all().delete()

    with refused("score_carries_framework"):
        sql("DELETE FROM evaluation_assessment WHERE id = %s", found.pk)


def test_a_cycle_stands_once_a_year(world: World) -> None:
    cycle = world.cycle()
    cycle.pk = None

    with refused("cycle_once"):
        Cycle.objects.bulk_create([cycle])


@pytest.mark.parametrize("score", ["-0.01", "20.01"])
def test_a_score_lies_between_nothing_and_the_weight(score: str, world: World) -> None:
    world.reviewing()

    with refused("score_within_weight"):
        Score.objects.filter(indicator__code="T-C1.1").update(
            score=Decimal(score), scored_at="2025-10-01T00:00:00Z"
        )


def test_a_score_cannot_lie_about_its_weight(world: World) -> None:
    world.reviewing()

    with refused("score_carries_weight"):
        Score.objects.filter(indicator__code="T-C1.1").update(max_score=99)


def test_a_computed_score_takes_no_hand(world: World) -> None:
    world.reviewing()

    with refused("score_auto_has_no_hand"):
        Score.objects.filter(indicator__code="T-A1.1").update(manual_score=1)


def test_a_leaf_that_does_not_apply_has_no_points(world: World) -> None:
    world.reviewing()

    with refused("score_na_has_no_points"):
        Score.objects.filter(indicator__code="T-A1.1").update(is_na=True)


def test_a_leaf_is_scored_once(world: World) -> None:
    world.reviewing()
    held = Score.objects.first()
    held.pk = None

    with refused("score_once_per_leaf"):
        Score.objects.bulk_create([held])


def test_a_leaf_of_another_framework_cannot_be_scored(world: World) -> None:
    world.reviewing()
    foreign = framework_of(world.region).indicators.get(code="T-C1.1")

    with refused("score_carries_weight"):
        Score.objects.filter(indicator__code="T-C1.1").update(indicator=foreign)


@pytest.mark.clause("BN-4.3.3")
@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"band": "A"}, "result_band_matches_score"),
        ({"grade": "A"}, "result_grade_matches_band"),
        ({"grade": "C"}, "result_grade_matches_band"),
        (
            {"grade": "C", "limited_by": "VETO", "band": "C"},
            "result_band_matches_score",
        ),
        ({"score": 101}, "result_band_matches_score"),
        ({"raw": 101}, "result_raw_within_applicable"),
        ({"rank": 9}, "result_rank_within_field"),
        ({"state": "PUBLISHED"}, "result_published_has_day"),
    ],
)
def test_a_result_matches_its_bands(
    change: dict[str, Any], name: str, world: World
) -> None:
    world.consolidated()

    with refused(name):
        Result.objects.filter(assessment__label="甲集团").update(**change)


def test_a_veto_never_leaves_a_better_grade_than_c(world: World) -> None:
    world.consolidated()
    lines = {"a_min": 81, "b_min": 70, "band": "A", "grade": "B"}

    with refused("result_veto_limits_grade"):
        Result.objects.filter(assessment__label="甲集团").update(
            limited_by="VETO", **lines
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE evaluation_result SET rank = 2",
        "UPDATE evaluation_result SET state = 'DRAFT'",
        "DELETE FROM evaluation_result",
    ],
)
def test_a_published_result_is_frozen(statement: str, world: World) -> None:
    world.published()

    with refused("result_frozen"):
        sql(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE evaluation_score SET comment = '改'",
        "DELETE FROM evaluation_score",
        "UPDATE evaluation_score SET assessment_id = assessment_id",
    ],
)
def test_the_scores_behind_a_published_result_are_frozen(
    statement: str, world: World
) -> None:
    world.published()

    with refused("score_frozen"):
        sql(statement)


def test_no_score_is_added_to_a_published_result(world: World) -> None:
    tree = small_tree()
    tree[2]["children"][0]["children"] = [leaf("T-C1.1", 20, subject="GROUP")]
    cycle = world.published(
        framework=framework_of(world.region, tree), targets=["GROUP", "SCHOOL"]
    )
    added = Score.objects.filter(indicator__code="T-C1.1").first()
    added.pk, added.assessment = None, cycle.assessments.of_schools().first()

    with refused("score_frozen"):
        Score.objects.bulk_create([added])


def test_the_one_who_sent_the_notice_cannot_publish(world: World) -> None:
    cycle = publicise(
        world.consolidated(),
        by=world.bureau,
        publicity_from=date(2025, 10, 9),
        publicity_to=date(2025, 10, 20),
    )

    with refused("cycle_publisher_is_not_submitter"):
        Cycle.objects.filter(pk=cycle.pk).update(published_by=world.bureau)


@pytest.mark.parametrize("state", ["PUBLICITY", "PUBLISHED", "ARCHIVED"])
def test_nothing_is_published_without_a_notice(state: str, world: World) -> None:
    cycle = world.consolidated()

    with refused("cycle_publicity_before_publication"):
        Cycle.objects.filter(pk=cycle.pk).update(
            state=state, published_on=date(2025, 10, 20)
        )


def test_a_veto_names_kind_cap_and_decision(world: World) -> None:
    world.reviewing()

    with refused("assessment_veto_is_decided"):
        Assessment.objects.update(veto_kind="FORGED_DATA", veto_cap="C")


def test_a_group_has_one_self_evaluation_a_cycle(world: World) -> None:
    world.self_evaluating()
    held = PeriodicReport.objects.first()
    held.pk = None

    with refused("periodic_report_once"):
        PeriodicReport.objects.bulk_create([held])


def test_nobody_accepts_the_own_report(world: World) -> None:
    world.self_evaluating()

    with refused("periodic_report_accepter_is_not_submitter"):
        PeriodicReport.objects.update(
            submitted_by=world.principal, accepted_by=world.principal
        )


def test_a_refusal_reads_as_the_rule_says_it(world: World) -> None:
    world.reviewing()
    score_all(Assessment.objects.first(), by=world.bureau)

    with pytest.raises(IntegrityError, match="score_within_weight"):
        Score.objects.filter(indicator__code="T-C1.1", score__isnull=False).update(
            score=21
        )


def test_two_years_are_two_cycles(world: World) -> None:
    first = world.cycle()
    second = world.cycle(
        year=AcademicYearFactory(first=2025), reference_day=date(2025, 9, 1)
    )

    assert first.pk != second.pk
