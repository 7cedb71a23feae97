"""A whole cycle at service level, from plan to publication."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event
from bureau.models import PolicyParameter
from core.metrics import MetricValue
from core.models import Deadline, Notification, Publicity
from core.registries import metrics
from core.transitions import MoveRefused, available_moves, table_of
from evaluation.computing import compute_scores
from evaluation.effects import of_locking, of_opening, without_evidence
from evaluation.freezing import is_reproducible, replay
from evaluation.models import (
    Assessment,
    Cycle,
    Framework,
    PeriodicReport,
    Result,
    Score,
)
from evaluation.progress import CycleProgress
from evaluation.services import (
    MOVES,
    accept_report,
    back_to_review,
    confirm_assessment,
    consolidate,
    exempt_assessment,
    finish_scoring,
    lock_data,
    open_cycle,
    publicise,
    publish_cycle,
    reopen_assessment,
    return_report,
    save_sections,
    score_by_hand,
    set_veto,
    start_review,
    submit_report,
    unlock_data,
    withdraw_publicity,
)
from tests.accounts.factories import user_with
from tests.bureau.factories import AcademicYearFactory, CountyFactory
from tests.evaluation.factories import (
    World,
    framework_of,
    group_of,
    hand_in,
    leaf,
    score_all,
    score_one,
    small_tree,
    system,
)
from tests.schools.factories import FullReturnFactory, SchoolFactory

DAYS = {"publicity_from": date(2025, 10, 9), "publicity_to": date(2025, 10, 20)}


@pytest.mark.clause("BN-4.3.1")
def test_a_cycle_runs_from_plan_to_published_results(world: World) -> None:
    cycle = world.published()

    results = list(Result.objects.order_by("rank").select_related("assessment"))
    assert cycle.state == "PUBLISHED"
    assert [r.assessment.label for r in results] == ["甲集团", "乙集团"]
    assert all(r.state == "PUBLISHED" and r.published_on for r in results)
    assert {a.state for a in cycle.assessments.all()} == {"FINAL"}


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


def test_an_assessment_keeps_the_members_of_the_reference_day(world: World) -> None:
    membership = world.groups[0].memberships.get(role="MEMBER")
    late = SchoolFactory(name="后来小学", region=world.region)
    world.groups[0].memberships.model.objects.create(
        group=world.groups[0],
        group_type=world.groups[0].group_type,
        school=late,
        school_ownership=late.ownership,
        role="MEMBER",
        mode=membership.mode,
        valid_from=date(2025, 3, 1),
    )

    cycle = open_cycle(world.cycle(), by=world.bureau)
    later = open_cycle(
        world.cycle(
            year=AcademicYearFactory(first=2025), reference_day=date(2025, 9, 1)
        ),
        by=world.bureau,
    )

    then, now = (c.assessments.get(label="甲集团") for c in (cycle, later))
    assert [m["name"] for m in then.members] == ["示范甲一小学", "示范甲二小学"]
    assert "后来小学" in [m["name"] for m in now.members]
    assert then.lead_school == world.schools[0]


def test_groups_that_are_not_active_or_lie_elsewhere_are_left_out(
    world: World,
) -> None:
    elsewhere = CountyFactory()
    group_of(elsewhere, "外县集团", SchoolFactory(region=elsewhere))
    pilot = group_of(world.region, "试点集团", SchoolFactory(region=world.region))
    pilot.phases.update(state="PILOT")

    cycle = open_cycle(world.cycle(), by=world.bureau)

    assert sorted(a.label for a in cycle.assessments.all()) == ["乙集团", "甲集团"]


def test_every_registered_metric_is_asked_once_for_all_subjects(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int]] = []
    entry = metrics.get("schools.fitness_good_rate")

    def spy(kind: str, ids: Any, period: Any, region: Any) -> list[MetricValue]:
        asked.append((kind, len(ids)))
        return entry.function(kind, ids, period, region)

    monkeypatch.setitem(
        metrics._entries, entry.key, type(entry)(**{**vars(entry), "function": spy})
    )
    cycle = open_cycle(world.cycle(targets=["GROUP", "SCHOOL"]), by=world.bureau)

    lock_data(cycle, by=world.bureau)

    assert sorted(asked) == [("GROUP", 2), ("SCHOOL", 4)]


def test_leaves_without_data_in_the_system_are_scored_by_hand_and_say_so(
    world: World,
) -> None:
    world.self_evaluating()

    how = dict(
        Score.objects.filter(assessment__label="甲集团").values_list(
            "indicator__code", "how"
        )
    )
    assert how == {
        "T-A1.1": "AUTO",
        "T-A1.2": "AUTO",
        "T-B1.1": "BY_HAND",
        "T-B1.2": "BY_HAND",
        "T-C1.1": "BY_HAND",
    }
    assert (
        Score.objects.get(
            assessment__label="甲集团", indicator__code="T-B1.1"
        ).get_how_display()
        == "手工评分"
    )


def test_missing_school_data_counts_nothing_and_never_as_not_applicable(
    world: World,
) -> None:
    world.schools[2].returns.all().delete()
    world.schools[3].returns.all().delete()

    world.self_evaluating()

    score = Score.objects.get(assessment__label="乙集团", indicator__code="T-A1.1")
    assert (score.score, score.is_na, score.auto_value) == (0, False, None)


def test_a_snapshot_keeps_function_numbers_parameters_and_rows(world: World) -> None:
    world.self_evaluating()

    score = Score.objects.get(assessment__label="甲集团", indicator__code="T-A1.1")
    held = score.snapshot
    assert held["parts"][0]["function"] == "BAND"
    assert held["parts"][0]["args"] == {"low": "0.30", "high": "0.55"}
    assert held["figures"]["schools.fitness_good_rate"] == {
        "numerator": "440",
        "denominator": "880",
    }
    assert {row["school"] for row in held["rows"]["schools.fitness_good_rate"]} == {
        "示范甲一小学",
        "示范甲二小学",
    }
    assert held["period"]["day"] == "2024-09-01"
    assert (score.auto_numerator, score.auto_denominator) == (440, 880)


def test_a_frozen_result_can_be_worked_out_again_with_the_same_digest(
    world: World,
) -> None:
    world.published(targets=["GROUP", "SCHOOL"])

    results = list(Result.objects.all())

    assert len(results) == 6
    assert all(is_reproducible(result) for result in results)


def test_a_result_with_leaves_worth_nothing_can_be_worked_out_again(
    world: World,
) -> None:
    world.schools[2].returns.all().delete()
    world.schools[3].returns.all().delete()

    world.published()

    result = Result.objects.get(assessment__label="乙集团")
    assert "0.00" in [leaf["score"] for leaf in result.frozen["leaves"]]
    assert is_reproducible(result)


def test_a_changed_snapshot_is_found_when_the_result_is_worked_out_again(
    world: World,
) -> None:
    world.published()
    result = Result.objects.get(assessment__label="甲集团")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE evaluation_score SET snapshot = jsonb_set(snapshot,"
            " '{known,schools.fitness_good_rate}', '\"0.55\"')"
            " WHERE assessment_id = %s",
            [result.assessment_id],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")

    assert replay(result)["totals"]["score"] == "89.33"
    assert not is_reproducible(result)


def test_scores_are_taken_back_without_joining_their_table_to_itself(
    world: World,
) -> None:
    cycle = world.self_evaluating()

    with CaptureQueriesContext(connection) as captured:
        Score.objects.of_cycle(cycle).delete()

    (statement,) = [q["sql"] for q in captured if "DELETE" in q["sql"]]
    assert "SELECT" not in statement.partition("DELETE")[2]
    assert not Score.objects.exists()


def test_data_can_be_unlocked_put_right_and_locked_again(world: World) -> None:
    cycle = lock_data(open_cycle(world.cycle(), by=world.bureau), by=world.bureau)
    before = Score.objects.get(
        assessment__label="甲集团", indicator__code="T-A1.1"
    ).score

    cycle = unlock_data(cycle, by=world.bureau, reason="报表有误")
    assert not Score.objects.exists()
    world.schools[0].returns.update(fitness_exc_good=420)
    lock_data(cycle, by=world.bureau)

    after = Score.objects.get(
        assessment__label="甲集团", indicator__code="T-A1.1"
    ).score
    assert (before, after) == (32, 40)


def test_computing_twice_doubles_nothing(world: World) -> None:
    cycle = lock_data(open_cycle(world.cycle(), by=world.bureau), by=world.bureau)

    assert compute_scores(cycle) == 10
    assert Score.objects.count() == 10


@pytest.mark.clause("BN-5.1d")
def test_only_the_own_bureau_leads_its_cycle(world: World) -> None:
    cycle = world.cycle()
    stranger = user_with("DISTRICT_EDU", CountyFactory())

    for user in (stranger, world.principal, world.leading):
        with pytest.raises(MoveRefused) as refusal:
            open_cycle(cycle, by=user)
        assert refusal.value.verdict.clause == "BN-5.1d"
    assert open_cycle(cycle, by=world.bureau).state == "OPEN"


def test_a_cycle_needs_a_published_framework(world: World) -> None:
    cycle = world.cycle(framework=framework_of(world.region, publish=False))

    with pytest.raises(MoveRefused, match="尚未发布"):
        open_cycle(cycle, by=world.bureau)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reference_day": date(2026, 1, 1)}, "数据基准日必须在本学年内"),
        ({"review_due_on": date(2025, 9, 1)}, "评分截止日不能早于自评截止日"),
    ],
)
def test_a_plan_that_does_not_fit_is_refused(
    change: dict[str, Any], words: str, world: World
) -> None:
    with pytest.raises(ValidationError, match=words):
        world.cycle(**change)


def test_a_framework_of_another_county_cannot_be_used(world: World) -> None:
    with pytest.raises(ValidationError, match="不属于本地区"):
        world.cycle(framework=framework_of(CountyFactory()))


def test_opening_tells_how_many_and_warns_when_there_is_nobody(world: World) -> None:
    told = of_opening(world.bureau, world.cycle())
    nobody = of_opening(
        world.bureau,
        Cycle(
            region=CountyFactory(),
            targets=["GROUP"],
            reference_day=date(2024, 9, 1),
        ),
    )

    assert "2 个正式运行的集团" in told.immediately[0]
    assert nobody.warnings[0][0] == "amber"


def test_locking_names_the_schools_whose_return_is_missing(world: World) -> None:
    world.schools[1].returns.all().delete()
    cycle = open_cycle(world.cycle(), by=world.bureau)

    (level, text) = of_locking(world.bureau, cycle).warnings[0]

    assert level == "amber"
    assert "示范甲二小学" in text


def test_principals_get_a_deadline_and_a_message(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        cycle = world.self_evaluating()

    due = Deadline.objects.filter(scope_id=world.schools[0].pk).get()
    told = Notification.objects.filter(user=world.principal)
    assert due.due_on == cycle.self_due_on
    assert {"已启动" in n.title or "请提交" in n.title for n in told} == {True}
    assert not Notification.objects.filter(user=world.member_principal).exists()


@pytest.mark.clause("BN-4.3.1")
def test_the_lead_principal_submits_and_the_bureau_accepts_or_returns(
    world: World,
) -> None:
    world.self_evaluating()
    report = PeriodicReport.objects.get(assessment__label="甲集团")

    report = hand_in(report.assessment, by=world.principal)
    report = return_report(report, by=world.bureau, reason="缺少说明")
    report.assessment.refresh_from_db()
    assert (report.state, report.assessment.state) == ("RETURNED", "PENDING")
    report = submit_report(report, by=world.principal)
    report = accept_report(report, by=world.bureau)

    report.assessment.refresh_from_db()
    assert (report.state, report.assessment.state) == ("ACCEPTED", "SELF_SUBMITTED")
    assert Deadline.objects.get(subject_id=report.pk).met_at is not None


def test_others_cannot_submit_for_the_group(world: World) -> None:
    world.self_evaluating()
    report = PeriodicReport.objects.get(assessment__label="甲集团")

    for user in (world.other_principal, world.member_principal, world.bureau):
        with pytest.raises(MoveRefused, match="只有龙头学校校长"):
            save_sections(report, by=user, sections={"T-A": {"text": "x"}})


def test_the_group_head_may_submit_and_the_office_may_only_write(
    world: World,
) -> None:
    world.self_evaluating()
    report = PeriodicReport.objects.get(assessment__label="甲集团")
    head = user_with("GROUP_HEAD", world.groups[0])
    office = user_with("GROUP_OFFICE", world.groups[0])
    sections = {code: {"text": "自评"} for code in ("T-A", "T-B", "T-C")}

    report = save_sections(report, by=office, sections=sections)
    with pytest.raises(MoveRefused):
        submit_report(report, by=office)

    assert submit_report(report, by=head).state == "SUBMITTED"


def test_an_incomplete_report_names_what_is_missing(world: World) -> None:
    world.self_evaluating()
    report = PeriodicReport.objects.get(assessment__label="甲集团")
    report = save_sections(report, by=world.principal, sections={"T-A": {"text": "有"}})

    with pytest.raises(MoveRefused, match=r"领域T-B.*领域T-C"):
        submit_report(report, by=world.principal)


def test_a_report_waits_for_its_step(world: World) -> None:
    open_cycle(world.cycle(), by=world.bureau)
    report = PeriodicReport.objects.get(assessment__label="甲集团")
    sections = {code: {"text": "自评"} for code in ("T-A", "T-B", "T-C")}
    report = save_sections(report, by=world.principal, sections=sections)

    with pytest.raises(MoveRefused, match="不在自评填报阶段"):
        submit_report(report, by=world.principal)


def test_two_windows_do_not_overwrite_each_other(world: World) -> None:
    world.self_evaluating()
    report = PeriodicReport.objects.get(assessment__label="甲集团")
    save_sections(
        report, by=world.principal, sections={"T-A": {"text": "一"}}, revision=0
    )

    with pytest.raises(ValidationError, match="另一个窗口"):
        save_sections(
            report, by=world.principal, sections={"T-A": {"text": "二"}}, revision=0
        )


def test_a_submitted_report_can_no_longer_be_written(world: World) -> None:
    world.self_evaluating()
    report = PeriodicReport.objects.get(assessment__label="甲集团")
    report = hand_in(report.assessment, by=world.principal)

    with pytest.raises(MoveRefused, match="不能修改"):
        save_sections(report, by=world.principal, sections={"T-A": {"text": "改"}})


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


@pytest.mark.parametrize(
    "model", ["framework", "cycle", "assessment", "periodicreport"]
)
def test_every_move_has_its_verb(model: str) -> None:
    label = f"evaluation.{model}"
    table = table_of({m._meta.label_lower: m for m in _models()}[label])

    own = {name for name, move in table.moves.items() if not move.by_system}

    assert own == set(MOVES[label])


def _models() -> list[Any]:
    return [Framework, Cycle, Assessment, PeriodicReport]


def test_a_refused_move_is_offered_with_its_reason(world: World) -> None:
    cycle = world.reviewing()

    (option,) = [
        o for o in available_moves(world.bureau, cycle) if o.name == "consolidate"
    ]

    assert not option.verdict
    assert "还有 2 个考核对象未确认" in option.verdict.message


def test_hand_leaves_without_evidence_are_named(world: World) -> None:
    cycle = world.reviewing()
    assessment = cycle.assessments.get(label="甲集团")

    assert without_evidence(assessment) == ["B1.1", "B1.2", "C1.1"]
