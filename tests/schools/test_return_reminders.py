"""Reminding the schools picked on the board, once a day for each return."""

from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.urls import reverse

from audit.models import Event
from core.models import Notification
from core.transitions import MoveRefused
from schools.models import ReturnReminder, SchoolReturn, SchoolStage
from schools.services import remind_returns
from tests.schools.factories import FullReturnFactory, SchoolFactory

pytestmark = pytest.mark.django_db


def stages(*schools: Any) -> Any:
    return SchoolStage.objects.filter(school__in=schools).select_related("school")


@pytest.fixture
def remind(world: Any, django_capture_on_commit_callbacks: Any) -> Any:
    def run(*schools: Any, by: Any = None) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            by = by or world.here.bureau
            return remind_returns(stages(*schools), world.year, by=by)

    return run


def test_clerk_and_principal_are_told_once_a_day(world: Any, remind: Any) -> None:
    here = world.here
    row = FullReturnFactory(school=here.school, year=world.year, state="DRAFT")

    first, second = remind(here.school), remind(here.school)

    told = Notification.objects.order_by("user")
    assert {n.user for n in told} == {here.clerk, here.principal}
    assert {(n.url, n.level) for n in told} == {(row.get_absolute_url(), "LATE")}
    assert (first.sent, second.sent, second.done_today) == (1, 0, 1)
    kept = ReturnReminder.objects.get()
    assert (kept.school_return, kept.sent_by) == (row, here.bureau)
    event = Event.objects.about(row).get(verb="schools.schoolreturn.remind")
    assert set(event.data["told"]) == {here.clerk.pk, here.principal.pk}


def test_return_not_begun_is_opened_so_that_the_message_leads_to_it(
    world: Any, remind: Any
) -> None:
    remind(world.here.school)

    row = SchoolReturn.objects.get()
    assert (row.school, row.state) == (world.here.school, "DRAFT")
    assert Notification.objects.filter(url=row.get_absolute_url()).count() == 2


def test_confirmed_returns_and_schools_without_accounts_are_counted_apart(
    world: Any, remind: Any
) -> None:
    FullReturnFactory(school=world.here.school, year=world.year)
    nobody = SchoolFactory(region=world.here.county)

    done = remind(world.here.school, nobody)

    assert (done.sent, done.confirmed, done.nobody) == (0, 1, 1)
    assert not Notification.objects.exists() and not ReturnReminder.objects.exists()


def test_only_the_bureau_of_the_school_reminds(world: Any, remind: Any) -> None:
    for person in (world.there.bureau, world.here.clerk, world.city_bureau):
        with pytest.raises(MoveRefused, match="提醒报送"):
            remind(world.here.school, by=person)

    assert not SchoolReturn.objects.exists()


def test_database_keeps_one_reminder_a_day_and_changes_none(
    world: Any, remind: Any
) -> None:
    remind(world.here.school)
    kept = ReturnReminder.objects.get()

    again = ReturnReminder(school_return=kept.school_return, sent_by=world.here.bureau)
    with (
        pytest.raises(IntegrityError, match="reminded_once_a_day"),
        transaction.atomic(),
    ):
        again.save()
    with (
        pytest.raises(InternalError, match="Cannot update"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE schools_returnreminder SET sent_on = '2020-01-01'")


def test_bureau_picks_late_rows_on_the_board(
    world: Any, signed_in: Any, django_capture_on_commit_callbacks: Any
) -> None:
    done = SchoolFactory(region=world.here.county, name="云洲已报小学")
    FullReturnFactory(school=done, year=world.year)
    (late,), (fine,) = stages(world.here.school), stages(done)
    (outside,) = stages(world.there.school)
    client = signed_in(world.here.bureau)
    board, post = reverse("schools:return-list"), reverse("schools:returns-remind")

    html = client.get(board, {"year": world.year.pk}).content.decode()
    only = client.get(board, {"year": world.year.pk, "state": "UNCONFIRMED"})
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(
            post, {"year": world.year.pk, "picked": [late.pk, outside.pk]}, follow=True
        )

    assert f'name="picked" value="{late.pk}"' in html
    assert f'name="picked" value="{fine.pk}"' not in html
    assert "云洲已报小学" not in only.content.decode()
    assert "已提醒 1 份报表" in answer.content.decode()
    assert ReturnReminder.objects.get().school_return.school == world.here.school


def test_board_of_the_city_and_of_a_school_offers_no_reminding(
    world: Any, signed_in: Any
) -> None:
    for person, answer in ((world.city_bureau, 404), (world.here.clerk, 403)):
        client = signed_in(person)
        html = client.get(
            reverse("schools:return-list"), {"year": world.year.pk}
        ).content.decode()
        posted = client.post(reverse("schools:returns-remind"), {"picked": 1})
        assert 'name="picked"' not in html and posted.status_code == answer


def test_nothing_picked_is_said(world: Any, signed_in: Any) -> None:
    answer = signed_in(world.here.bureau).post(
        reverse("schools:returns-remind"), {"year": world.year.pk}, follow=True
    )

    assert "请先勾选" in answer.content.decode()


def test_what_has_not_come_stands_first_and_is_counted(
    world: Any, signed_in: Any
) -> None:
    names = {"ACCEPTED": "甲一校", "SUBMITTED": "乙二校", "DRAFT": "丙三校"}
    for state, name in names.items():
        school = SchoolFactory(region=world.here.county, name=name)
        FullReturnFactory(school=school, year=world.year, state=state)

    html = (
        signed_in(world.here.bureau)
        .get(reverse("schools:return-list"), {"year": world.year.pk})
        .content.decode()
    )

    order = [world.here.school.name, "丙三校", "乙二校", "甲一校"]
    places = [html.index(f">{name}</a>") for name in order]
    assert places == sorted(places)
    assert "学校已确认 1 / 4 份" in html
