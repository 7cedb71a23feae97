"""A school that a source does not own stays the one it means, whatever it is called."""

from typing import Any

import pytest

from roster.models import Alias
from schools.models import School
from schools.services import merge_duplicate
from tests.accounts.factories import user_with
from tests.roster.inbound.factories import org, post, results, user
from tests.schools.factories import SchoolFactory


def test_a_linked_school_stays_linked_under_another_name_and_without_its_code(
    world: Any,
) -> None:
    code = f"21{world.here.code[:2]}000123"
    held = SchoolFactory(region=world.here, name="云洲老校", school_code=code)
    assert results(post(world, "orgs", [org(name="别名", identifier=code)])) == [
        "unchanged"
    ]

    again = post(world, "orgs", [org(name="全新的名字")])

    assert results(again) == ["unchanged"]
    assert School.objects.get() == held
    assert Alias.objects.get(sourced_id="s1").object_id == held.pk


@pytest.mark.parametrize("is_own", [True, False], ids=["its own", "linked before"])
def test_a_double_entry_put_together_does_not_come_back_with_the_next_delivery(
    world: Any, is_own: bool
) -> None:
    bureau = user_with("DISTRICT_EDU", world.here)
    kept = SchoolFactory(region=world.here, name="云洲实验小学校")
    if not is_own:
        SchoolFactory(region=world.here, name="云洲实验小学")
    assert results(post(world, "orgs", [org()])) == (
        ["created"] if is_own else ["unchanged"]
    )
    other = School.objects.exclude(pk=kept.pk).get()
    merge_duplicate(kept, other, by=bureau, reason="重复登记")

    people = post(world, "users", [user()])
    again = post(world, "orgs", [org()])

    assert results(people) == ["created"]
    assert results(again) == ["unchanged"]
    assert School.objects.get() == kept
    assert Alias.objects.get(sourced_id="s1").object_id == kept.pk
    assert kept.teachers.get().sourced_id == "u1"


def test_a_code_given_up_in_a_merger_still_means_the_school_and_changes_nothing(
    world: Any,
) -> None:
    right, wrong = (f"21{world.here.code[:2]}{n}" for n in ("123456", "124356"))
    kept = SchoolFactory(region=world.here, name="云洲老校", school_code=right)
    other = SchoolFactory(
        region=world.here, name="云洲老校", distinguisher="重", school_code=wrong
    )
    merge_duplicate(
        kept,
        other,
        by=user_with("DISTRICT_EDU", world.here),
        reason="录错",
        takes={"school_code": "kept"},
    )

    answer = post(world, "orgs", [org(name="别的名字", identifier=wrong)])

    assert results(answer) == ["unchanged"]
    assert School.objects.get().school_code == right
