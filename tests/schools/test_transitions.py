"""The moves of an annual return, by whom and from which state (SM18)."""

import re
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from audit.models import Event
from core.models import Notification
from core.registries import inbox, transition_tables
from core.transitions import MoveRefused, available_moves
from schools.choices import ReturnState
from schools.models import SchoolReturn
from schools.services import MOVES
from tests.accounts.factories import user_with
from tests.groups.factories import GroupFactory, join
from tests.schools.factories import FullReturnFactory, SchoolReturnFactory

pytestmark = pytest.mark.django_db
VERBS = MOVES["schools.schoolreturn"]
TABLE = transition_tables.get("schools.schoolreturn")


def test_return_goes_from_draft_to_locked_through_other_hands(world: Any) -> None:
    here = world.here
    row = FullReturnFactory(school=here.school, year=world.year, state="DRAFT")

    row = VERBS["submit"](row, by=here.clerk)
    row = VERBS["confirm"](row, by=here.principal)
    row = VERBS["accept"](row, by=here.bureau)
    row = VERBS["lock"](row, by=here.bureau)

    assert row.state == ReturnState.LOCKED
    assert (row.submitted_by, row.confirmed_by) == (here.clerk, here.principal)
    verbs = list(Event.objects.about(row).order_by("pk").values_list("verb", flat=True))
    assert verbs == [
        f"schools.schoolreturn.{v}" for v in ("submit", "confirm", "accept", "lock")
    ]


@pytest.mark.parametrize("state", ReturnState.values)
@pytest.mark.parametrize("name", list(VERBS))
def test_move_is_legal_from_its_states_only(world: Any, name: str, state: str) -> None:
    here = world.here
    row = FullReturnFactory(school=here.school, year=world.year, state=state)
    actor = {
        "submit": here.clerk,
        "confirm": here.principal,
        "check": user_with("DISTRICT_EDU", here.county),
    }.get(name, here.bureau)

    if state in TABLE[name].from_states and name != "check":
        assert VERBS[name](row, by=actor, reason="核对有误").state == TABLE[name].to
    else:
        with pytest.raises(MoveRefused):
            VERBS[name](row, by=actor, reason="核对有误")
        row.refresh_from_db()
        assert row.state == state


def test_the_group_checks_a_return_that_others_handed_in(world: Any) -> None:
    here = world.here
    group = GroupFactory(region=here.county)
    join(group, here.school)
    office = user_with("GROUP_OFFICE", group)
    row = FullReturnFactory(
        school=here.school, year=world.year, confirmed_by=here.principal
    )

    checked = VERBS["check"](row, by=office)
    accepted = VERBS["accept"](checked, by=here.bureau)

    assert (checked.state, accepted.state) == ("GROUP_CHECKED", "ACCEPTED")


def confirmed_in_a_group(world: Any, **span: Any) -> Any:
    here = world.here
    join(GroupFactory(region=here.county, name="云洲教育集团"), here.school, **span)
    return FullReturnFactory(school=here.school, year=world.year, state="CONFIRMED")


@pytest.mark.clause("BN-4.3.4")
def test_the_group_s_check_is_passed_over_with_a_reason_only(world: Any) -> None:
    row = confirmed_in_a_group(world)

    with pytest.raises(MoveRefused) as refusal:
        VERBS["accept"](row, by=world.here.bureau)
    told = refusal.value.verdict
    done = VERBS["accept"](row, by=world.here.bureau, reason="集团办公室换届，逾期未核")

    assert "未能验收" in told.reason and "云洲教育集团还没有核对" in told.reason
    assert told.clause == "BN-4.3.4" and "请等集团办公室核对" in told.remedy
    assert done.state == "ACCEPTED"
    event = Event.objects.get(verb="schools.schoolreturn.accept")
    assert event.reason == "集团办公室换届，逾期未核"
    assert "云洲教育集团" in event.data["passed_over"]


def test_who_may_not_accept_is_told_so_and_not_about_the_group(world: Any) -> None:
    row = confirmed_in_a_group(world)

    with pytest.raises(MoveRefused) as refusal:
        VERBS["accept"](row, by=world.here.clerk)

    assert "权限" in refusal.value.verdict.reason


def test_a_membership_that_ended_before_the_reference_day_asks_for_no_check(
    world: Any,
) -> None:
    day = world.year.reference_day
    row = confirmed_in_a_group(
        world, start=day - timedelta(days=400), end=day, ended_because="退出"
    )

    assert VERBS["accept"](row, by=world.here.bureau).state == "ACCEPTED"


def test_the_page_asks_for_the_reason_before_passing_over_the_group(
    world: Any, signed_in: Any
) -> None:
    row = confirmed_in_a_group(world)
    client = signed_in(world.here.bureau)
    url = reverse("schools:return-move", args=[row.pk, "accept"])

    page = client.get(url).content.decode()
    client.post(url, {"reason": ""})
    row.refresh_from_db()
    before = row.state
    client.post(url, {"reason": "逾期未核"})
    row.refresh_from_db()

    assert "云洲教育集团还没有核对" in page and 'name="reason"' in page
    assert (before, row.state) == ("CONFIRMED", "ACCEPTED")


@pytest.mark.parametrize("hand", ["submitted_by", "confirmed_by"])
def test_who_handed_a_return_in_does_not_check_it_for_the_group(
    world: Any, hand: str
) -> None:
    here = world.here
    group = GroupFactory(region=here.county)
    join(group, here.school)
    office = user_with("GROUP_OFFICE", group)
    row = FullReturnFactory(school=here.school, year=world.year, **{hand: office})

    with pytest.raises(MoveRefused, match="自己报送"):
        VERBS["check"](row, by=office)
    row.refresh_from_db()
    assert row.state == ReturnState.CONFIRMED


def test_incomplete_return_is_refused_with_what_is_missing(world: Any) -> None:
    row = SchoolReturnFactory(school=world.here.school, year=world.year)

    with pytest.raises(MoveRefused, match="在校生数"):
        VERBS["submit"](row, by=world.here.clerk)


def test_submitter_does_not_confirm_the_own_return(world: Any) -> None:
    row = FullReturnFactory(school=world.here.school, year=world.year, state="DRAFT")
    row = VERBS["submit"](row, by=world.here.principal)

    with pytest.raises(MoveRefused, match="自己报送"):
        VERBS["confirm"](row, by=world.here.principal)


def test_sending_back_needs_a_reason_and_clears_the_hands(world: Any) -> None:
    here = world.here
    row = FullReturnFactory(
        school=here.school,
        year=world.year,
        submitted_by=here.clerk,
        confirmed_by=here.principal,
    )

    with pytest.raises(MoveRefused, match="事由"):
        VERBS["send_back"](row, by=here.bureau, reason=" ")
    row = VERBS["send_back"](row, by=here.bureau, reason="班级数有误")

    assert row.state == ReturnState.RETURNED
    assert row.submitted_by is None and row.confirmed_by is None


def test_principal_sends_back_only_before_confirming(world: Any) -> None:
    here = world.here
    row = FullReturnFactory(
        school=here.school, year=world.year, state="SUBMITTED", submitted_by=here.clerk
    )
    confirmed = FullReturnFactory(
        school=here.school, year=world.last_year, confirmed_by=here.principal
    )

    assert VERBS["send_back"](row, by=here.principal, reason="漏填").state == "RETURNED"
    with pytest.raises(MoveRefused):
        VERBS["send_back"](confirmed, by=here.principal, reason="漏填")


def test_moves_offered_carry_their_answer(world: Any) -> None:
    row = FullReturnFactory(school=world.here.school, year=world.year, state="DRAFT")

    offered = {o.name: bool(o.verdict) for o in available_moves(world.here.clerk, row)}
    outside = {o.name: bool(o.verdict) for o in available_moves(world.there.clerk, row)}

    assert offered == {"submit": True}
    assert outside == {"submit": False}


def test_next_hand_is_told_after_the_commit(
    world: Any, django_capture_on_commit_callbacks: Any
) -> None:
    row = FullReturnFactory(school=world.here.school, year=world.year, state="DRAFT")

    with django_capture_on_commit_callbacks(execute=True):
        VERBS["submit"](row, by=world.here.clerk)

    told = Notification.objects.get()
    assert told.user == world.here.principal
    assert told.url == row.get_absolute_url()


@pytest.mark.django_db(transaction=True)
def test_sixteen_people_press_at_once_and_one_wins(world: Any) -> None:
    row = FullReturnFactory(
        school=world.here.school,
        year=world.year,
        state="SUBMITTED",
        submitted_by=world.here.clerk,
    )
    actors = [user_with("SCHOOL_PRINCIPAL", world.here.school) for _n in range(16)]
    start, won, lost = Barrier(16), [], []

    def press(actor: Any) -> None:
        try:
            start.wait()
            VERBS["confirm"](SchoolReturn.objects.get(pk=row.pk), by=actor)
            won.append(actor)
        except MoveRefused:
            lost.append(actor)
        finally:
            connection.close()

    threads = [Thread(target=press, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(won), len(lost)) == (1, 15)
    assert SchoolReturn.objects.get(pk=row.pk).confirmed_by == won[0]


def test_the_clerk_reads_on_top_why_a_return_came_back(
    world: Any, signed_in: Any
) -> None:
    here = world.here
    row = FullReturnFactory(
        school=here.school, year=world.year, submitted_by=here.clerk
    )
    VERBS["send_back"](row, by=here.bureau, reason="班级数有误")
    client = signed_in(here.clerk)

    for url in (row.get_absolute_url(), f"{row.get_absolute_url()}edit/"):
        main = client.get(url).content.decode().partition("<main")[2]
        assert main.index("已退回修改") < main.index("在校生数")
        assert main.index("班级数有误") < main.index("在校生数")


def test_a_return_with_gaps_leads_to_its_figures_first(
    world: Any, signed_in: Any
) -> None:
    row = SchoolReturnFactory(
        school=world.here.school, year=world.year, state="DRAFT", students=None
    )
    whole = FullReturnFactory(
        school=world.here.school, year=world.last_year, state="DRAFT"
    )
    client = signed_in(world.here.clerk)

    def primary(return_: Any) -> str:
        html = client.get(return_.get_absolute_url()).content.decode()
        return re.search(r'btn btn-primary" href="([^"]+)"', html)[1]

    assert primary(row) == f"{row.get_absolute_url()}edit/"
    assert primary(whole) == f"{whole.get_absolute_url()}submit/"
    (item, *_rest) = inbox.get("schools").waiting(world.here.clerk)
    assert item.url.endswith("/edit/")
