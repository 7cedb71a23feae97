"""The data of a cycle: locked, computed, kept in snapshots, worked out again."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.metrics import MetricValue
from core.registries import metrics
from evaluation.computing import compute_scores
from evaluation.effects import of_locking
from evaluation.freezing import is_reproducible, replay
from evaluation.models import Result, Score
from evaluation.services import lock_data, open_cycle, unlock_data
from tests.evaluation.factories import World


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


def test_locking_names_the_schools_whose_return_is_missing(world: World) -> None:
    world.schools[1].returns.all().delete()
    cycle = open_cycle(world.cycle(), by=world.bureau)

    (level, text) = of_locking(world.bureau, cycle).warnings[0]

    assert level == "amber"
    assert "示范甲二小学" in text
