"""The results of a cycle: points, grades and their limits, notice and publication."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from bureau.models import PolicyParameter
from core.models import Notification, Publicity
from core.transitions import MoveRefused
from evaluation.models import Cycle, Result
from evaluation.services import (
    back_to_review,
    confirm_assessment,
    consolidate,
    exempt_assessment,
    finish_scoring,
    publicise,
    publish_cycle,
    reopen_assessment,
    set_veto,
    withdraw_publicity,
)
from tests.bureau.factories import AcademicYearFactory
from tests.evaluation.factories import (
    World,
    framework_of,
    leaf,
    score_all,
    score_one,
    small_tree,
)
from tests.schools.factories import FullReturnFactory

DAYS = {"publicity_from": date(2025, 10, 9), "publicity_to": date(2025, 10, 20)}


@pytest.mark.clause("BN-4.3.3")
def test_scores_are_those_worked_out_by_hand(world: World) -> None:
    world.consolidated()

    first, second = Result.objects.order_by("rank")
    # 甲: fit 440/880, (0.5 − 0.30)/0.25 × 40 = 32.00; kept 149/150,
    # (0.993333 − 0.95)/0.05 × 20 = 17.33; by hand 8 + 8 + 16
    assert (first.raw, first.score, first.grade) == (
        Decimal("81.33"),
        Decimal("81.33"),
        "B",
    )
    # 乙: fit 310/880, (0.352273 − 0.30)/0.25 × 40 = 8.36; kept 145/150,
    # (0.966667 − 0.95)/0.05 × 20 = 6.67; by hand 32
    assert (second.score, second.grade) == (Decimal("47.03"), "D")
    assert [d["score"] for d in first.dimensions] == ["82.22", "80.00", "80.00"]


@pytest.mark.clause("BN-4.3.1")
def test_groups_and_member_schools_are_appraised_by_their_own_leaves(
    world: World,
) -> None:
    only_groups = leaf("T-C1.1", 20, subject="GROUP")
    tree = small_tree()
    tree[2]["children"][0]["children"] = [only_groups]
    framework = framework_of(world.region, tree)

    cycle = world.consolidated(framework=framework, targets=["GROUP", "SCHOOL"])

    of_schools = Result.objects.of_schools().select_related("assessment")
    assert cycle.assessments.of_groups().count() == 2
    assert {r.assessment.label for r in of_schools} == {s.name for s in world.schools}
    assert {(r.full_weight, r.of) for r in of_schools} == {(80, 4)}


def test_results_wait_until_every_subject_is_confirmed(world: World) -> None:
    cycle = world.reviewing()
    first = cycle.assessments.get(label="甲集团")
    score_all(first, by=world.bureau)
    confirm_assessment(finish_scoring(first, by=world.bureau), by=world.bureau)

    with pytest.raises(MoveRefused, match="还有 1 个考核对象未确认（乙集团）"):
        consolidate(cycle, by=world.bureau)
    exempt_assessment(
        cycle.assessments.get(label="乙集团"), by=world.bureau, reason="停办整改"
    )
    consolidate(cycle, by=world.bureau)

    assert Result.objects.get().of == 1


def raise_figures(world: World) -> None:
    """Give every school full marks in the computed leaves."""
    for school in world.schools:
        school.returns.update(fitness_exc_good=440, retained=75)


@pytest.mark.clause("BN-4.3.3")
def test_the_quota_of_the_county_limits_grade_a(world: World) -> None:
    raise_figures(world)
    world.schools[2].returns.update(retained=74)

    world.consolidated()
    Result.objects.all().delete()
    cycle = Cycle.objects.get()
    cycle = back_to_review(cycle, by=world.bureau, reason="重评")
    for assessment in cycle.assessments.all():
        assessment = reopen_assessment(assessment, by=world.bureau, reason="重评")
        for score in assessment.scores.exclude(how="AUTO").with_leaf():
            score_one(score, by=world.bureau, level="A", share="1")
        confirm_assessment(finish_scoring(assessment, by=world.bureau), by=world.bureau)
    consolidate(cycle, by=world.bureau)

    first, second = Result.objects.order_by("rank")
    assert (first.grade, first.limited_by) == ("A", "")
    assert (second.band, second.grade, second.limited_by) == ("A", "B", "QUOTA")


@pytest.mark.clause("BN-2.2")
def test_a_group_whose_member_fell_three_points_is_not_excellent(
    world: World,
) -> None:
    raise_figures(world)
    targets = ["GROUP", "SCHOOL"]
    before = _all_best(world, targets=targets)
    assert (
        Result.objects.get(
            assessment__cycle=before, assessment__group=world.groups[0]
        ).grade
        == "A"
    )
    world.year = AcademicYearFactory(first=2025)
    for school in world.schools:
        # 73 of 75 kept: 0.973333, 9.33 of 20 points, 10.67 points down
        kept = 73 if school == world.schools[1] else 75
        FullReturnFactory(
            school=school, year=world.year, fitness_exc_good=440, retained=kept
        )

    after = _all_best(world, targets=targets, reference_day=date(2025, 9, 1))

    result = Result.objects.get(
        assessment__cycle=after, assessment__group=world.groups[0]
    )
    assert (result.band, result.grade, result.limited_by) == ("A", "B", "MEMBER")
    assert result.fallen_members == ["示范甲二小学 100.00 → 89.33"]
    assert result.previous_score == 100


@pytest.mark.clause("BN-2.2")
def test_a_county_may_switch_the_rule_about_members_off(world: World) -> None:
    PolicyParameter.objects.filter(key="no_member_left_behind").update(value=False)
    raise_figures(world)
    targets = ["GROUP", "SCHOOL"]
    _all_best(world, targets=targets)
    world.year = AcademicYearFactory(first=2025)
    for school in world.schools:
        kept = 73 if school == world.schools[1] else 75
        FullReturnFactory(
            school=school, year=world.year, fitness_exc_good=440, retained=kept
        )

    after = _all_best(world, targets=targets, reference_day=date(2025, 9, 1))

    result = Result.objects.get(
        assessment__cycle=after, assessment__group=world.groups[0]
    )
    assert result.limited_by in {"", "QUOTA"}


def _all_best(world: World, **changes: Any) -> Cycle:
    """Publish a cycle in which every leaf by hand gets full marks."""
    cycle = world.reviewing(**changes)
    for assessment in cycle.assessments.all():
        score_all(assessment, by=world.bureau, level="A", share="1")
        confirm_assessment(finish_scoring(assessment, by=world.bureau), by=world.bureau)
    cycle = publicise(consolidate(cycle, by=world.bureau), by=world.bureau, **DAYS)
    return publish_cycle(cycle, by=world.leading)


def test_a_veto_limits_the_grade_and_is_frozen_with_the_result(world: World) -> None:
    cycle = world.reviewing()
    target = cycle.assessments.get(label="甲集团")
    set_veto(
        target,
        by=world.bureau,
        kind="FORGED_DATA",
        decision="示督〔2025〕1号",
        files=[("决定.txt", "认定".encode())],
    )
    for assessment in cycle.assessments.all():
        score_all(assessment, by=world.bureau)
        confirm_assessment(finish_scoring(assessment, by=world.bureau), by=world.bureau)
    consolidate(cycle, by=world.bureau)

    result = Result.objects.get(assessment=target)
    assert (result.band, result.grade, result.limited_by) == ("B", "C", "VETO")
    assert result.frozen["veto"] == {"kind": "FORGED_DATA", "cap": "C"}


def test_results_are_shown_for_five_working_days_and_then_published_by_another(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    cycle = world.consolidated()

    with pytest.raises(ValidationError, match="5 个工作日"):
        # 1–8 October 2025 are holidays
        publicise(
            cycle,
            by=world.bureau,
            publicity_from=date(2025, 10, 1),
            publicity_to=date(2025, 10, 10),
        )
    cycle = publicise(cycle, by=world.bureau, **DAYS)
    notice = Publicity.objects.get()
    with pytest.raises(MoveRefused):
        publish_cycle(cycle, by=world.bureau)
    with django_capture_on_commit_callbacks(execute=True):
        publish_cycle(cycle, by=world.leading)

    assert notice.body.splitlines()[0].startswith("1. 甲集团")
    assert Notification.objects.filter(user=world.member_principal).exists()


def test_results_are_not_published_before_the_notice_ends(world: World) -> None:
    cycle = publicise(
        world.consolidated(),
        by=world.bureau,
        publicity_from=date(2025, 10, 9),
        publicity_to=timezone.localdate().replace(year=timezone.localdate().year + 1),
    )

    with pytest.raises(MoveRefused, match="才结束"):
        publish_cycle(cycle, by=world.leading)


def test_a_notice_can_be_withdrawn(world: World) -> None:
    cycle = publicise(world.consolidated(), by=world.bureau, **DAYS)

    cycle = withdraw_publicity(cycle, by=world.bureau, reason="异议成立")

    assert cycle.state == "CONSOLIDATION"
    assert Publicity.objects.get().withdrawn_at is not None
    assert set(Result.objects.values_list("state", flat=True)) == {"DRAFT"}


def test_going_back_to_scoring_drops_the_draft_results(world: World) -> None:
    cycle = back_to_review(world.consolidated(), by=world.bureau, reason="更正")

    assert cycle.state == "REVIEW"
    assert not Result.objects.exists()
