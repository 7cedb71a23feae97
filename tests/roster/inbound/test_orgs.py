"""Schools that come in: what the register would refuse goes back by itself."""

from datetime import date
from typing import Any

import pytest

from roster.bundles.receiving import receive_bundle
from roster.choices import RunState
from roster.models import SyncRow, SyncRun
from schools.models import School
from schools.services import change_profile, close_school
from tests.accounts.factories import user_with
from tests.roster.bundles.factories import bundle, roster
from tests.roster.inbound.factories import codes, org, post, program, ref, results
from tests.schools.factories import SchoolFactory


def code(world: Any, number: int, kind: str = "21") -> str:
    """Return an official code of the world's province."""
    return f"{kind}{world.here.code[:2]}{number:06d}"


def recoded(world: Any) -> School:
    """Return a school of the county that gave up code 1 for code 2."""
    school = SchoolFactory(
        region=world.here,
        name="云洲老校",
        school_code=code(world, 1),
        opened_on=date(2000, 9, 1),
    )
    return change_profile(
        school,
        by=user_with("DISTRICT_EDU", world.here),
        day=date(2020, 9, 1),
        reason="换码",
        school_code=code(world, 2),
    )


def ended(world: Any) -> School:
    """Return a school of the county that is closed and keeps code 3."""
    school = SchoolFactory(
        region=world.here,
        name="云洲停办小学",
        school_code=code(world, 3),
        opened_on=date(2000, 9, 1),
    )
    return close_school(
        school,
        by=user_with("DISTRICT_EDU", world.here),
        day=date(2021, 8, 31),
        reason="撤并",
    )


def test_a_code_that_a_school_gave_up_goes_back_and_the_others_go_in(
    world: Any,
) -> None:
    recoded(world)
    rows = [
        org("n1", "云洲新一小学", identifier=code(world, 1)),
        org("n2", "云洲新二小学", identifier=code(world, 9)),
    ]

    response = post(world, "orgs", rows)

    assert results(response) == ["rejected", "created"]
    assert codes(response) == {"code_retired"}
    said = response.json()["results"][0]["errors"][0]["message"]
    assert said == f"学校标识码“{code(world, 1)}”曾属于另一所学校，停用的代码不能再用"
    assert not School.objects.filter(sourced_id="n1").exists()


def test_an_update_to_a_code_that_a_school_gave_up_goes_back(world: Any) -> None:
    recoded(world)
    assert results(post(world, "orgs", [org("n1", "云洲新一小学")])) == ["created"]

    response = post(
        world, "orgs", [org("n1", "云洲新一小学", identifier=code(world, 1))]
    )

    assert results(response) == ["rejected"]
    assert codes(response) == {"code_retired"}


def test_a_new_school_does_not_become_the_closed_one_of_its_code(world: Any) -> None:
    closed = ended(world)
    rows = [
        org("n1", "云洲新一小学", identifier=closed.school_code),
        org("n2", "云洲停办小学", identifier=closed.school_code),
    ]

    response = post(world, "orgs", rows)

    assert results(response) == ["rejected", "unchanged"]
    assert codes(response) == {"code_retired"}


def test_an_atomic_delivery_with_a_given_up_code_is_refused_with_its_reason(
    world: Any,
) -> None:
    recoded(world)
    rows = [org("n1", identifier=code(world, 1)), org("n2", "云洲新二小学")]

    response = post(world, "orgs", rows, "?mode=atomic")

    assert results(response) == ["rejected", "created"]
    assert response.json()["applied"] is False
    assert not School.objects.filter(sourced_id="n2").exists()


def test_a_bundle_with_a_given_up_code_comes_in_without_that_school(
    world: Any, django_capture_on_commit_callbacks: Any
) -> None:
    recoded(world)
    rows = roster(schools=2)
    rows["orgs"][1]["identifier"] = code(world, 1)

    with django_capture_on_commit_callbacks(execute=True):
        run, _new = receive_bundle(world.sender.source, "名册.zip", bundle(rows))

    run = SyncRun.objects.get(pk=run.pk)
    assert (run.state, run.failure) == (RunState.DONE, "")
    assert (run.counts["orgs"]["rejected"], run.counts["orgs"]["created"]) == (1, 2)
    told = SyncRow.objects.get(run=run, collection="orgs", result="rejected")
    assert (told.sourced_id, told.errors[0]["code"]) == ("s1", "code_retired")
    assert run.counts["users"]["created"] == 3
    assert School.objects.filter(sourced_id="s2").exists()


@pytest.mark.parametrize("pinned", [True, False])
def test_a_pinned_code_is_not_judged(world: Any, pinned: bool) -> None:
    recoded(world)
    assert results(post(world, "orgs", [org("n1", "云洲新一小学")])) == ["created"]
    fields = ["school_code"] if pinned else []
    School.objects.filter(sourced_id="n1").update(pinned=fields)

    response = post(
        world, "orgs", [org("n1", "云洲新名小学", identifier=code(world, 1))]
    )

    assert results(response) == ["updated" if pinned else "rejected"]


def test_a_code_that_does_not_fit_the_type_settled_here_goes_back(world: Any) -> None:
    assert results(post(world, "orgs", [org("n1"), org("n2", "云洲中学")])) == [
        "created",
        "created",
    ]
    typed = School.objects.get(sourced_id="n1")
    typed.type = "PRIMARY"
    typed.save()
    typed.stages.create(stage="PRIMARY", school_type="PRIMARY")

    response = post(
        world,
        "orgs",
        [
            org("n1", identifier=code(world, 7, "31")),
            org("n2", "云洲中学", identifier=code(world, 8, "31")),
        ],
    )

    assert results(response) == ["rejected", "updated"]
    assert codes(response) == {"code_type"}


def test_a_new_name_that_another_school_bears_goes_back(world: Any) -> None:
    SchoolFactory(region=world.here, name="云洲第一小学")
    post(world, "orgs", [org("n1", "云洲甲小学"), org("n2", "云洲乙小学")])

    response = post(world, "orgs", [org("n1", "云洲第一小学"), org("n2", "云洲丙小学")])

    assert results(response) == ["rejected", "updated"]
    assert codes(response) == {"name_taken"}


def test_two_schools_that_change_to_one_name_do_not_both(world: Any) -> None:
    post(world, "orgs", [org("n1", "云洲甲小学"), org("n2", "云洲乙小学")])

    response = post(world, "orgs", [org("n1", "云洲丁小学"), org("n2", "云洲丁小学")])

    assert results(response) == ["updated", "rejected"]
    assert codes(response, 1) == {"duplicate_name"}


def test_a_school_does_not_move_onto_one_of_the_same_identifier(world: Any) -> None:
    world.sender = program(world.city)
    districts = [
        {"sourcedId": f"d{n}", "name": r.name, "type": "district", "identifier": r.code}
        for n, r in enumerate((world.here, world.there))
    ]
    post(world, "orgs", districts)
    post(world, "orgs", [org("n1", "云洲甲小学", parent=ref("d0", "org"))])
    SchoolFactory(region=world.there, name="彼岸小学", source="other", sourced_id="n1")

    response = post(world, "orgs", [org("n1", "云洲甲小学", parent=ref("d1", "org"))])

    assert results(response) == ["rejected"]
    assert codes(response) == {"id_taken"}
