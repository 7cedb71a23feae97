"""The board of returns, and the pages on which one is filled in and moved on."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from schools.models import SchoolReturn
from schools.services import close_school
from tests.schools.factories import (
    FullReturnFactory,
    SchoolFactory,
    SchoolReturnFactory,
    complete_figures,
)
from tests.schools.pages import page, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("class_lines")]


def test_board_shows_who_has_returned_and_who_has_not(
    world: Any, signed_in: Any
) -> None:
    late = SchoolFactory(region=world.here.county, name="迟报小学")
    FullReturnFactory(school=world.here.school, year=world.year)
    client = signed_in(world.here.bureau)

    html = page(client, url("return-list"), year=world.year.pk)
    missing = page(client, url("return-list"), year=world.year.pk, state="NONE")

    assert "学校已确认" in html and "未开始" in html and late.name in html
    assert world.there.school.name not in html
    assert late.name in missing and f">{world.here.school.name}<" not in missing


def test_board_of_a_past_year_keeps_a_school_that_closed_since(
    world: Any, signed_in: Any
) -> None:
    gone = SchoolFactory(region=world.here.county, name="旧街小学")
    FullReturnFactory(school=gone, year=world.last_year)
    day = world.last_year.until
    close_school(gone, by=world.here.bureau, day=day, reason="撤并")
    client = signed_in(world.here.bureau)

    assert gone.name in page(client, url("return-list"), year=world.last_year.pk)
    assert gone.name not in page(client, url("return-list"), year=world.year.pk)


def test_board_needs_a_fixed_number_of_queries(world: Any, signed_in: Any) -> None:
    client = signed_in(world.here.bureau)

    def count(more: int) -> int:
        for _n in range(more):
            school = SchoolFactory(region=world.here.county)
            FullReturnFactory(school=school, year=world.year)
        with CaptureQueriesContext(connection) as queries:
            client.get(url("return-list"), {"year": world.year.pk})
        return len(queries)

    count(0)
    assert count(3) == count(27)


def test_bureau_calls_for_returns(world: Any, signed_in: Any) -> None:
    client = signed_in(world.here.bureau)
    assert page(client, url("returns-open"))

    client.post(
        url("returns-open"), {"year": world.year.pk, "region": world.here.county.pk}
    )

    assert SchoolReturn.objects.get().school == world.here.school


def test_clerk_fills_a_return_and_submits_it(world: Any, signed_in: Any) -> None:
    client, school = signed_in(world.here.clerk), world.here.school
    FullReturnFactory(school=school, year=world.last_year, students=431)
    client.post(
        url("return-create", school.pk), {"year": world.year.code, "stage": "PRIMARY"}
    )
    row = SchoolReturn.objects.get(year=world.year)

    html = page(client, url("return-update", row.pk))
    client.post(url("return-update", row.pk), complete_figures())
    shown = page(client, row.get_absolute_url())
    confirm = page(client, url("return-move", row.pk, "submit"))
    client.post(url("return-move", row.pk, "submit"))

    row.refresh_from_db()
    assert "上年：431" in html and "户外活动场地" not in html
    assert "450" in shown and "报送" in shown
    assert "校长确认" in confirm
    assert (row.state, row.submitted_by) == ("SUBMITTED", world.here.clerk)


def test_contradicting_figures_come_back_beside_their_field(
    world: Any, signed_in: Any
) -> None:
    row = SchoolReturnFactory(school=world.here.school, year=world.year)

    answer = signed_in(world.here.clerk).post(
        url("return-update", row.pk), complete_figures(retained=76)
    )

    row.refresh_from_db()
    assert answer.status_code == 200
    assert "不能大于" in answer.content.decode()
    assert row.students is None


def test_submitted_return_sends_the_clerk_back_with_the_reason(
    world: Any, signed_in: Any
) -> None:
    row = FullReturnFactory(
        school=world.here.school, year=world.year, state="SUBMITTED"
    )

    answer = signed_in(world.here.clerk).get(url("return-update", row.pk), follow=True)

    assert "当前状态是“待校长确认”" in answer.content.decode()


def test_return_of_another_school_is_not_found(world: Any, signed_in: Any) -> None:
    row = FullReturnFactory(school=world.there.school, year=world.year)
    client = signed_in(world.here.clerk)

    for address in (
        url("return-detail", row.pk),
        url("return-update", row.pk),
        url("return-move", row.pk, "submit"),
    ):
        assert client.get(address).status_code == 404
    assert (
        client.post(
            url("return-create", world.there.school.pk),
            {"year": world.year.code, "stage": "PRIMARY"},
        ).status_code
        == 404
    )


def test_bureau_sends_back_with_a_reason(world: Any, signed_in: Any) -> None:
    row = FullReturnFactory(school=world.here.school, year=world.year)
    client = signed_in(world.here.bureau)

    refused = client.post(url("return-move", row.pk, "send_back"), {"reason": ""})
    client.post(url("return-move", row.pk, "send_back"), {"reason": "班级数有误"})

    row.refresh_from_db()
    assert refused.status_code == 200
    assert row.state == "RETURNED"
