"""Scoring by hand in a cycle, from the start of the review to confirmed scores."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from audit.models import Event
from core.transitions import MoveRefused
from evaluation.effects import without_evidence
from evaluation.models import Score
from evaluation.progress import CycleProgress
from evaluation.services import (
    confirm_assessment,
    exempt_assessment,
    finish_scoring,
    reopen_assessment,
    score_by_hand,
    set_veto,
    start_review,
)
from tests.evaluation.factories import (
    World,
    framework_of,
    hand_in,
    leaf,
    score_all,
    score_one,
    small_tree,
    system,
)


def test_the_review_starts_without_the_late_ones(world: World) -> None:
    cycle = world.self_evaluating()
    hand_in(cycle.assessments.get(label="甲集团"), by=world.principal)

    assert CycleProgress(cycle).not_submitted() == ["乙集团"]
    cycle = start_review(cycle, by=world.bureau)

    assert {a.state for a in cycle.assessments.all()} == {"UNDER_REVIEW"}


def test_only_the_bureau_scores_and_only_what_waits_for_a_person(
    world: World,
) -> None:
    world.reviewing()
    hand = Score.objects.get(assessment__label="甲集团", indicator__code="T-C1.1")
    auto = Score.objects.get(assessment__label="甲集团", indicator__code="T-A1.1")

    with pytest.raises(MoveRefused):
        score_one(hand, by=world.principal)
    with pytest.raises(MoveRefused, match="由系统计算"):
        score_by_hand(auto, by=world.bureau, points=Decimal(1), comment="x")

    scored = score_one(hand, by=world.bureau)
    assert (scored.score, scored.scored_by) == (16, world.bureau)
    assert Event.objects.filter(verb="evaluation.score.by_hand").count() == 1


def test_a_survey_without_a_sample_may_be_left_out_with_its_reason(
    world: World,
) -> None:
    world.reviewing()
    survey = Score.objects.get(assessment__label="甲集团", indicator__code="T-B1.2")

    done = score_by_hand(survey, by=world.bureau, na_reason="有效样本不足 30 份")

    assert (done.is_na, done.score, done.comment) == (True, None, "有效样本不足 30 份")


def test_scoring_ends_when_no_leaf_waits(world: World) -> None:
    cycle = world.reviewing()
    assessment = cycle.assessments.get(label="甲集团")

    with pytest.raises(MoveRefused, match="还有 3 项指标没有得分"):
        finish_scoring(assessment, by=world.bureau)
    score_all(assessment, by=world.bureau)

    assert finish_scoring(assessment, by=world.bureau).state == "SCORED"


def test_too_little_applicable_weight_cannot_be_scored_and_may_be_exempted(
    world: World,
) -> None:
    rule = {"kind": "SURVEY", "when": "evaluation.survey_sample_x < 1"}
    tree = small_tree()
    tree[2]["children"][0]["children"] = [
        leaf(
            "T-C1.1",
            20,
            method="SURVEY",
            parts=system("evaluation.sat", "SAT", "SURVEY", low="0.7", high="0.9"),
            rubric=None,
            na_rule=rule,
        )
    ]
    cycle = world.reviewing(framework=framework_of(world.region, tree))
    assessment = cycle.assessments.get(label="甲集团")
    for score in assessment.scores.missing():
        if score.snapshot["na"]:
            score_by_hand(score, by=world.bureau, na_reason="样本不足")
        else:
            score_one(score, by=world.bureau)

    with pytest.raises(MoveRefused, match=r"适用权重 70.00，不足全部权重 100.00"):
        finish_scoring(assessment, by=world.bureau)
    left_out = exempt_assessment(assessment, by=world.bureau, reason="样本不足")

    assert left_out.state == "EXEMPT"


def test_confirmed_scores_can_be_opened_again_with_a_reason(world: World) -> None:
    cycle = world.reviewing()
    first = cycle.assessments.get(label="甲集团")
    score_all(first, by=world.bureau)
    first = confirm_assessment(finish_scoring(first, by=world.bureau), by=world.bureau)

    with pytest.raises(MoveRefused, match="事由"):
        reopen_assessment(first, by=world.bureau, reason=" ")

    assert reopen_assessment(first, by=world.bureau, reason="漏看材料").state == (
        "UNDER_REVIEW"
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "OTHER"}, "请选择一票否决情形"),
        ({"decision": " "}, "请写明决定文号"),
        ({"files": []}, "请上传认定一票否决的依据文件"),
    ],
)
def test_a_veto_needs_kind_decision_and_evidence(
    change: dict[str, Any], words: str, world: World
) -> None:
    cycle = world.reviewing()
    given = {
        "kind": "FORGED_DATA",
        "decision": "示督〔2025〕1号",
        "files": [("决定.txt", "认定".encode())],
        **change,
    }

    with pytest.raises(ValidationError, match=words):
        set_veto(cycle.assessments.first(), by=world.bureau, **given)


def test_hand_leaves_without_evidence_are_named(world: World) -> None:
    cycle = world.reviewing()
    assessment = cycle.assessments.get(label="甲集团")

    assert without_evidence(assessment) == ["B1.1", "B1.2", "C1.1"]
