"""A locked return opens only through an exception somebody else approved."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import Event
from core.days import today
from core.models import Notification
from core.registries import inbox
from core.transitions import MoveRefused
from schools.models import ReturnUnlock, SchoolReturn
from schools.services import (
    approve_unlock,
    ask_unlock,
    close_overdue_unlocks,
    lock_return,
    refuse_unlock,
    save_figures,
    withdraw_unlock,
)
from tests.accounts.factories import grant, user_with
from tests.schools.factories import FullReturnFactory, SchoolFactory
from tests.schools.unlocks import VERBS, WHY, let_pass, opened

pytestmark = pytest.mark.django_db


def verbs_about(row: Any) -> list[str]:
    found = Event.objects.about(row).order_by("pk").values_list("verb", flat=True)
    return [verb.rpartition(".")[2] for verb in found]


# --- the way ------------------------------------------------------------------------


def test_locked_return_is_corrected_under_an_exception_and_locked_again(
    world: Any, locked: SchoolReturn
) -> None:
    here = world.here
    unlock = opened(world, locked)

    row = save_figures(locked, by=here.clerk, students=451)
    row = VERBS["submit"](row, by=here.clerk)
    row = VERBS["confirm"](row, by=here.principal)
    row = VERBS["accept"](row, by=here.bureau)
    row = lock_return(row, by=here.bureau)

    unlock.refresh_from_db()
    assert (row.state, row.students, unlock.state) == ("LOCKED", 451, "CLOSED")
    assert verbs_about(row)[4:] == [
        *("ask_unlock", "unlock", "submit", "confirm", "accept", "lock"),
    ]
    assert verbs_about(unlock) == ["ask", "approve", "close"]


def test_exception_lasts_seven_days_unless_said_otherwise(
    world: Any, signed_in: Any, locked: SchoolReturn
) -> None:
    asked = ask_unlock(locked, by=world.here.clerk, reason=WHY)

    html = signed_in(world.here.bureau).get(
        reverse("schools:unlock-move", args=[asked.pk, "approve"])
    )

    assert (today() + timedelta(days=7)).isoformat() in html.content.decode()
    assert WHY in html.content.decode()


@pytest.mark.parametrize("days", [-1, 31])
def test_exception_ends_today_at_the_earliest_and_in_thirty_days_at_the_latest(
    world: Any, signed_in: Any, locked: SchoolReturn, days: int
) -> None:
    asked = ask_unlock(locked, by=world.here.clerk, reason=WHY)
    until = today() + timedelta(days=days)

    with pytest.raises(ValidationError, match="最长 30 天"):
        approve_unlock(asked, by=world.here.bureau, expires_on=until)
    answer = signed_in(world.here.bureau).post(
        reverse("schools:unlock-move", args=[asked.pk, "approve"]),
        {"expires_on": until.isoformat()},
    )

    locked.refresh_from_db()
    assert "30 天以内" in answer.content.decode()
    assert locked.state == "LOCKED"


def test_bureau_of_another_county_and_the_asker_do_not_approve(
    world: Any, locked: SchoolReturn
) -> None:
    until = today()
    asked = ask_unlock(locked, by=world.here.clerk, reason=WHY)
    city = user_with("DISTRICT_EDU", world.city)
    both = user_with("DISTRICT_EDU", world.here.county)
    own = ask_again(world, locked, asked, both)

    for person in (world.there.bureau, city, world.here.principal, both):
        with pytest.raises(MoveRefused, match="未能办理解锁申请"):
            approve_unlock(own, by=person, expires_on=until)

    assert approve_unlock(own, by=world.here.bureau, expires_on=until).is_open


def ask_again(world: Any, row: Any, asked: Any, person: Any) -> ReturnUnlock:
    withdraw_unlock(asked, by=world.here.clerk)
    grant(person, "SCHOOL_CLERK", world.here.school)
    return ask_unlock(row, by=person, reason=WHY)


def test_nobody_else_asks_and_nobody_asks_twice_or_before_the_lock(
    world: Any, locked: SchoolReturn
) -> None:
    draft = FullReturnFactory(school=world.here.school, year=world.last_year)

    for person in (world.there.clerk, world.here.bureau):
        with pytest.raises(MoveRefused, match="没有这项权限"):
            ask_unlock(locked, by=person, reason=WHY)
    with pytest.raises(MoveRefused, match="没有锁定"):
        ask_unlock(draft, by=world.here.clerk, reason=WHY)
    ask_unlock(locked, by=world.here.clerk, reason=WHY)
    with pytest.raises(MoveRefused, match="上一次申请"):
        ask_unlock(locked, by=world.here.principal, reason=WHY)


def test_refused_request_leaves_the_lock_and_tells_the_asker(
    world: Any, locked: SchoolReturn, django_capture_on_commit_callbacks: Any
) -> None:
    asked = ask_unlock(locked, by=world.here.clerk, reason=WHY)

    with pytest.raises(MoveRefused, match="事由"):
        refuse_unlock(asked, by=world.here.bureau)
    with django_capture_on_commit_callbacks(execute=True):
        refuse_unlock(asked, by=world.here.bureau, reason="证据不足")

    locked.refresh_from_db()
    assert locked.state == "LOCKED"
    told = Notification.objects.get(user=world.here.clerk)
    assert told.title.startswith("未批准解锁")
    assert verbs_about(locked)[-1] == "refuse_unlock"


# --- the end of the days ------------------------------------------------------------


def test_unchanged_return_is_locked_again_as_it_was(
    world: Any, locked: SchoolReturn
) -> None:
    unlock = opened(world, locked)
    let_pass(unlock)

    assert close_overdue_unlocks() == 1
    assert close_overdue_unlocks() == 0

    unlock.refresh_from_db()
    again = SchoolReturn.objects.get(pk=locked.pk)
    hands = ("submitted_by", "confirmed_by", "accepted_by", "accepted_at")
    assert (again.state, unlock.state) == ("LOCKED", "CLOSED")
    assert [getattr(again, n) for n in hands] == [getattr(locked, n) for n in hands]
    assert verbs_about(again)[-2:] == ["close_unlock", "relock"]


def test_exception_still_standing_is_left_alone(
    world: Any, locked: SchoolReturn
) -> None:
    opened(world, locked, days=0)

    assert close_overdue_unlocks() == 0
    assert SchoolReturn.objects.get(pk=locked.pk).state == "RETURNED"


def test_day_counts_before_the_task_has_run(world: Any, locked: SchoolReturn) -> None:
    unlock = opened(world, locked)
    save_figures(locked, by=world.here.clerk, students=451)
    let_pass(unlock)

    with pytest.raises(MoveRefused, match="解锁期限已过"):
        save_figures(locked, by=world.here.clerk, students=452)


def test_changed_return_goes_on_the_usual_way_after_the_last_day(
    world: Any, locked: SchoolReturn
) -> None:
    here, unlock = world.here, opened(world, locked)
    row = save_figures(locked, by=here.clerk, students=451)
    let_pass(unlock)
    close_overdue_unlocks()

    row.refresh_from_db()
    assert row.state == "RETURNED"
    with pytest.raises(MoveRefused, match="解锁期限已过"):
        save_figures(row, by=here.clerk, students=452)
    row = VERBS["submit"](row, by=here.clerk)
    row = VERBS["confirm"](row, by=here.principal)
    row = VERBS["accept"](row, by=here.bureau)
    assert lock_return(row, by=here.bureau).students == 451


def test_second_exception_prolongs_the_first_and_keeps_what_was_locked(
    world: Any, locked: SchoolReturn
) -> None:
    unlock = opened(world, locked)
    save_figures(locked, by=world.here.clerk, students=451)
    let_pass(unlock)
    close_overdue_unlocks()

    more = opened(world, locked)
    row = save_figures(locked, by=world.here.clerk, students=450)
    let_pass(more)
    close_overdue_unlocks()

    row.refresh_from_db()
    assert (row.state, row.students) == ("LOCKED", 450)
    assert row.confirmed_by == world.here.principal
    assert "extend_unlock" in verbs_about(row)


# --- pages --------------------------------------------------------------------------


def test_page_says_why_it_is_locked_and_who_can_unlock_it(
    world: Any, signed_in: Any, locked: SchoolReturn
) -> None:
    here = world.here
    here.bureau.post_title = "基础教育科科长"
    here.bureau.save()

    html = signed_in(here.clerk).get(locked.get_absolute_url()).content.decode()

    event = Event.objects.about(locked).get(verb="schools.schoolreturn.lock")
    assert f"由{event.actor}锁定" in html
    assert "验收后锁定" in html
    assert f"{here.county.name}教育行政部门批准" in html
    assert f"{here.bureau.full_name}（基础教育科科长，" in html
    assert world.there.bureau.full_name not in html
    assert reverse("schools:return-unlock", args=[locked.pk]) in html


def test_clerk_asks_and_bureau_approves_on_pages(
    world: Any, signed_in: Any, locked: SchoolReturn
) -> None:
    here, ask = world.here, reverse("schools:return-unlock", args=[locked.pk])
    client = signed_in(here.clerk)
    assert "报表保持锁定" in client.get(ask).content.decode()
    client.post(ask, {"reason": WHY})
    unlock = ReturnUnlock.objects.get()
    assert client.get(ask).status_code == 302

    (item, *_others) = inbox.get("schools").waiting(here.bureau)
    client = signed_in(here.bureau)
    shown = client.get(item.url).content.decode()
    approve = reverse("schools:unlock-move", args=[unlock.pk, "approve"])
    client.post(approve, {"expires_on": today().isoformat()})

    locked.refresh_from_db()
    after = client.get(item.url).content.decode()
    assert item.action == "审批" and approve in shown and WHY in shown
    assert locked.state == "RETURNED"
    assert "开放至" in after and "解锁" in after


def test_asker_withdraws_and_others_see_the_request_of_their_reach_only(
    world: Any, signed_in: Any, locked: SchoolReturn
) -> None:
    unlock = ask_unlock(locked, by=world.here.clerk, reason=WHY)
    withdraw = reverse("schools:unlock-move", args=[unlock.pk, "withdraw"])

    assert signed_in(world.there.clerk).post(withdraw).status_code == 404
    assert signed_in(world.here.principal).post(withdraw).status_code == 403
    assert inbox.get("schools").waiting(world.there.bureau) == []
    sent = inbox.get("schools").sent(world.here.clerk)
    signed_in(world.here.clerk).post(withdraw)

    unlock.refresh_from_db()
    assert [i.waiting_on for i in sent] == ["主管部门"]
    assert unlock.state == "WITHDRAWN"


# --- api ----------------------------------------------------------------------------

API, KIND = "/api/v1/", "application/json"


def test_lock_is_opened_over_the_api(
    world: Any, signed_in: Any, locked: SchoolReturn
) -> None:
    here, until = world.here, (today() + timedelta(days=3)).isoformat()
    ask = f"{API}school-returns/{locked.pk}/ask-unlock/"
    asked = signed_in(here.clerk).post(ask, {"reason": WHY}, content_type=KIND)
    (row,) = signed_in(here.bureau).get(f"{API}return-unlocks/").json()["results"]
    approve = f"{API}return-unlocks/{row['id']}/approve/"

    client = signed_in(here.clerk)
    refused = client.post(approve, {"expires_on": until}, content_type=KIND)
    client = signed_in(here.bureau)
    wrong = client.post(approve, {"expires_on": "2031-01-01"}, content_type=KIND)
    done = client.post(approve, {"expires_on": until}, content_type=KIND)

    locked.refresh_from_db()
    assert (asked.status_code, row["state"]) == (200, "ASKED")
    assert (refused.status_code, wrong.status_code) == (403, 400)
    assert (done.json()["state"], done.json()["expires_on"]) == ("OPEN", until)
    assert locked.state == "RETURNED"


def test_api_lists_the_requests_of_the_reach_with_a_fixed_number_of_queries(
    world: Any, signed_in: Any
) -> None:
    def count(more: int) -> int:
        for _n in range(more):
            school = SchoolFactory(region=world.here.county)
            row = FullReturnFactory(school=school, year=world.year, state="LOCKED")
            ReturnUnlock.objects.create(
                school_return=row, reason=WHY, asked_by=world.here.clerk
            )
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"{API}return-unlocks/").status_code == 200
        return len(queries)

    client = signed_in(world.here.bureau)
    count(0)
    assert count(3) == count(27)
    other = signed_in(world.there.bureau).get(f"{API}return-unlocks/").json()
    assert other["results"] == []
