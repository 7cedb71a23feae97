"""What waits for whom in the inbox, and which schools the search finds."""

from typing import Any

import pytest
from django.urls import reverse

from core.registries import inbox, search
from tests.schools.factories import (
    FullReturnFactory,
    SchoolFactory,
    SchoolReturnFactory,
    UnclearSchoolFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("class_lines")]


def test_many_returns_to_accept_are_one_item_that_leads_to_their_list(
    world: Any,
) -> None:
    here = world.here
    for _number in range(6):
        school = SchoolFactory(region=here.county)
        FullReturnFactory(school=school, year=world.year, state="CONFIRMED")

    (item, *_others) = inbox.get("schools").waiting(here.bureau)

    assert item.title == "6 份年度报表待验收"
    assert item.url == f"{reverse('schools:return-list')}?state=CONFIRMED"


def test_inbox_holds_what_waits_for_each_hand(world: Any) -> None:
    here = world.here
    FullReturnFactory(
        school=here.school, year=world.year, state="SUBMITTED", submitted_by=here.clerk
    )
    FullReturnFactory(school=here.school, year=world.last_year)
    UnclearSchoolFactory(region=here.county)
    source = inbox.get("schools")

    assert [i.action for i in source.waiting(here.principal)] == ["确认"]
    assert [i.action for i in source.waiting(here.bureau)] == ["验收", "确认"]
    assert source.waiting(world.there.bureau) == []
    assert [i.waiting_on for i in source.sent(here.clerk)] == ["校（园）长"]


def test_draft_waits_for_the_clerk(world: Any) -> None:
    SchoolReturnFactory(school=world.here.school, year=world.year)

    items = inbox.get("schools").waiting(world.here.clerk)

    assert [i.action for i in items] == ["填写"]


def test_search_finds_within_reach_only(world: Any) -> None:
    find = search.get("schools")

    assert [h.title for h in find(world.here.bureau, "云洲")] == [
        world.here.school.name
    ]
    assert [h.title for h in find(world.here.bureau, "yunz")] == [
        world.here.school.name
    ]
    assert find(world.here.bureau, "彼岸") == []
    assert find(world.here.bureau, " ") == []
