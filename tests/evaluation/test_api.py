"""Appraisal over the API: the pages' rows, filters and verbs."""

from collections.abc import Callable
from typing import Any

import pytest

from evaluation.models import Cycle, PeriodicReport, Score
from evaluation.reports import compile_now
from tests.accounts.factories import user_with
from tests.bureau.factories import CountyFactory
from tests.evaluation.factories import World

SignIn = Callable[[Any], Any]
LISTS = {
    "frameworks": 1,
    "cycles": 1,
    "assessments": 2,
    "scores": 10,
    "results": 2,
    "periodic-reports": 2,
    "report-runs": 3,
}


@pytest.mark.parametrize("name", sorted(LISTS))
def test_lists_hold_what_is_visible(name: str, world: World, signed_in: SignIn) -> None:
    compile_now(world.published())
    stranger = user_with("DISTRICT_EDU", CountyFactory())

    mine = signed_in(world.bureau).get(f"/api/v1/{name}/").json()
    theirs = signed_in(stranger).get(f"/api/v1/{name}/").json()

    assert mine["count"] == LISTS[name]
    assert theirs["count"] == 0


def test_a_framework_brings_its_tree(world: World, signed_in: SignIn) -> None:
    told = (
        signed_in(world.bureau).get(f"/api/v1/frameworks/{world.framework.pk}/").json()
    )

    assert len(told["indicators"]) == 11
    assert told["indicators"][0]["code"] == "T-A"


def test_a_move_is_made_and_a_refused_one_says_why(
    world: World, signed_in: SignIn
) -> None:
    cycle = world.cycle()
    url = f"/api/v1/cycles/{cycle.pk}/open/"

    refused = signed_in(world.leading).post(url, {}, content_type="application/json")
    made = signed_in(world.bureau).post(url, {}, content_type="application/json")

    assert refused.status_code == 403
    assert "BN-5.1d" in refused.content.decode()
    assert (made.status_code, made.json()["state"]) == (200, "OPEN")


def test_a_notice_takes_its_days(world: World, signed_in: SignIn) -> None:
    cycle = world.consolidated()
    client = signed_in(world.bureau)
    url = f"/api/v1/cycles/{cycle.pk}/publicise/"

    bare = client.post(url, {}, content_type="application/json")
    done = client.post(
        url,
        {"publicity_from": "2025-10-09", "publicity_to": "2025-10-20"},
        content_type="application/json",
    )

    assert (bare.status_code, done.status_code) == (400, 200)
    assert Cycle.objects.get().state == "PUBLICITY"


def test_a_leaf_is_scored_by_hand(world: World, signed_in: SignIn) -> None:
    world.reviewing()
    score = Score.objects.filter(indicator__code="T-C1.1").first()
    url = f"/api/v1/scores/{score.pk}/give/"
    client = signed_in(world.bureau)

    wrong = client.post(url, {"level": "Z"}, content_type="application/json")
    done = client.post(
        url, {"level": "A", "comment": "齐全"}, content_type="application/json"
    )

    assert wrong.status_code == 400
    assert (done.json()["score"], done.json()["how"]) == ("20.00", "BY_HAND")


def test_what_examinations_say_never_leaves_by_the_api(
    world: World, signed_in: SignIn
) -> None:
    world.consolidated()
    name = "schools.quality_value_added"
    score = Score.objects.filter(indicator__code="T-A1.1").first()
    snapshot = score.snapshot
    snapshot["rows"][name] = [{"school": "x", "z": "0.7311"}]
    snapshot["figures"][name] = {"numerator": "0.7311", "denominator": "1"}
    snapshot["known"][name] = "0.7311"
    snapshot["parts"][0]["metric"] = name
    score.auto_numerator = score.auto_value = "0.7311"
    score.save(update_fields=["snapshot", "auto_numerator", "auto_value"])

    client = signed_in(world.bureau)
    one = client.get(f"/api/v1/scores/{score.pk}/")
    every = client.get("/api/v1/scores/?page_size=500")

    told = one.json()
    assert list(told["snapshot"]["rows"]) == ["schools.fitness_good_rate"]
    assert (told["auto_numerator"], told["auto_value"]) == (None, None)
    assert told["score"] == str(score.score)
    for answer in (one, every):
        assert "0.731" not in answer.content.decode()


def test_a_report_is_written_on_the_revision_that_was_read(
    world: World, signed_in: SignIn
) -> None:
    world.self_evaluating()
    report = PeriodicReport.objects.get(assessment__label="甲集团")
    url = f"/api/v1/periodic-reports/{report.pk}/sections/"
    client = signed_in(world.principal)
    body = {"sections": {"T-A": {"text": "一"}}, "revision": 0}

    first = client.put(url, body, content_type="application/json")
    second = client.put(url, body, content_type="application/json")

    assert (first.status_code, first.json()["revision"]) == (200, 1)
    assert second.status_code == 400
    assert "另一个窗口" in second.content.decode()


def test_a_report_of_another_group_is_not_found(
    world: World, signed_in: SignIn
) -> None:
    world.self_evaluating()
    report = PeriodicReport.objects.get(assessment__label="甲集团")

    told = signed_in(world.other_principal).get(
        f"/api/v1/periodic-reports/{report.pk}/"
    )

    assert told.status_code == 404
