"""Targets with their attainment, and areas of several regions under one lead."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from bureau.attainment import Attainment, attainments
from bureau.models import AreaMember, PriorityArea, Target
from bureau.services import end_area, form_area, join_area, leave_area, set_target
from core.days import today
from core.registries import deadlines
from core.transitions import MoveRefused
from tests.accounts.factories import user_with
from tests.bureau.factories import AcademicYearFactory, CountyFactory
from tests.schools.factories import SchoolFactory

pytestmark = pytest.mark.django_db
KEY = "schools.school_count"


@pytest.fixture
def county(db: None) -> Any:
    """A county with two schools, in the school year of today."""
    day = today()
    AcademicYearFactory(first=day.year if day.month > 8 else day.year - 1)
    county = CountyFactory(name="云洲区")
    for _number in range(2):
        SchoolFactory(region=county)
    return county


def target(county: Any, **more: Any) -> Target:
    given = {
        "title": "学校数",
        "metric": KEY,
        "value": Decimal(4),
        "due_on": today() + timedelta(days=365),
        **more,
    }
    return Target.objects.create(region=county, **given)


def standing(row: Target, now: Any, day: date | None = None) -> Attainment:
    value = None if now is None else Decimal(str(now))
    return Attainment(row, None, value, day or today(), "")


@pytest.mark.clause("BN-3.5")
@pytest.mark.parametrize(
    ("now", "passed", "state"),
    [
        (4, 10, "MET"),
        (3, 50, "ON_COURSE"),
        (2.5, 50, "BEHIND"),
        (3, 101, "MISSED"),
        (None, 50, "UNKNOWN"),
    ],
)
def test_where_a_target_stands_is_said_from_baseline_figure_and_time(
    county: Any, now: Any, passed: int, state: str
) -> None:
    base = date(2026, 1, 1)
    row = target(
        county,
        baseline=Decimal(2),
        baseline_on=base,
        due_on=base + timedelta(days=100),
    )

    assert standing(row, now, base + timedelta(days=passed)).state == state


def test_a_target_downwards_is_met_from_below(county: Any) -> None:
    row = target(county, direction="AT_MOST", value=Decimal(1))

    assert standing(row, 1).state == "MET"
    assert standing(row, 2).state == "OPEN"


def test_the_figure_comes_from_the_metric_of_the_region(county: Any) -> None:
    row = target(county, baseline=Decimal(1), baseline_on=today() - timedelta(days=365))

    one = attainments([row], today())[row.pk]

    assert one.now == 2
    assert one.share == pytest.approx(Decimal(1) / 3)
    assert one.state == "BEHIND"
    chart = one.chart()
    assert chart is not None
    assert "进度滞后" in chart.title


def test_only_the_bureau_of_the_region_sets_a_target(county: Any) -> None:
    given = {"title": "学校数", "metric": KEY, "value": 4, "due_on": today()}

    with pytest.raises(MoveRefused, match="不负责"):
        set_target(
            region=county, by=user_with("DISTRICT_EDU", CountyFactory()), **given
        )
    made = set_target(region=county, by=user_with("DISTRICT_EDU", county), **given)

    assert made.pk


def test_a_target_names_a_known_metric_and_a_baseline_before_its_day(
    county: Any,
) -> None:
    by = user_with("DISTRICT_EDU", county)
    given = {"title": "数", "metric": "no.such", "value": 4, "due_on": today()}

    with pytest.raises(ValidationError, match="没有这个指标"):
        set_target(region=county, by=by, **given)
    with pytest.raises(IntegrityError, match="baseline_before_due"):
        target(county, baseline=Decimal(1), baseline_on=today() + timedelta(days=999))


def test_list_and_page_show_figure_goal_and_state(county: Any, signed_in: Any) -> None:
    row = target(county)
    client = signed_in(user_with("DISTRICT_EDU", county))

    listed = client.get(reverse("bureau:target-list")).content.decode()
    page = client.get(row.get_absolute_url()).content.decode()
    panel = client.get(
        reverse("core:panel", args=["bureau.region", county.pk, "targets"])
    ).content.decode()

    for html in (listed, page, panel):
        assert "不低于 4" in html
        assert "未达到，没有基数" in html
    assert client.get(row.get_absolute_url() + "edit/").status_code == 200
    stranger = signed_in(user_with("DISTRICT_EDU", CountyFactory()))
    assert stranger.get(row.get_absolute_url()).status_code == 404


def test_a_target_is_set_on_the_form(county: Any, signed_in: Any) -> None:
    client = signed_in(user_with("DISTRICT_EDU", county))
    given = {
        "region": county.pk,
        "metric": KEY,
        "title": "学校数",
        "direction": "AT_LEAST",
        "value": "4",
        "due_on": "2030-12-31",
    }

    answer = client.post(reverse("bureau:target-create"), given)

    assert answer.status_code == 302
    assert Target.objects.get().region == county


@pytest.mark.parametrize("rows", [3, 30])
def test_the_list_takes_the_same_queries_however_long(
    county: Any, signed_in: Any, django_assert_num_queries: Any, rows: int
) -> None:
    client = signed_in(user_with("DISTRICT_EDU", county))
    for number in range(rows):
        target(county, due_on=date(2030, 1, 1) + timedelta(days=number))
    url = reverse("bureau:target-list")
    client.get(url)

    with django_assert_num_queries(TARGET_QUERIES):
        client.get(url)


TARGET_QUERIES = 13


def test_open_targets_are_deadlines_of_the_region(county: Any) -> None:
    row = target(county)
    target(county, due_on=today() - timedelta(days=1))
    by = user_with("DISTRICT_EDU", county)

    found = deadlines.get("bureau.targets")(by)

    assert [(item.due, item.url) for item in found] == [
        (row.due_on, row.get_absolute_url())
    ]


def test_programs_read_targets_with_figure_and_state(
    county: Any, signed_in: Any
) -> None:
    target(county)
    client = signed_in(user_with("DISTRICT_EDU", county))

    (row,) = client.get("/api/v1/targets/").json()["results"]

    assert (row["now"], row["state"]) == ("2", "OPEN")


# --- areas ------------------------------------------------------------------------


def area_of(county: Any, by: Any, **more: Any) -> PriorityArea:
    sibling = CountyFactory(parent=county.parent, name="彼岸区")
    given = {"name": "江南片区", "valid_from": date(2025, 9, 1), **more}
    return form_area(lead_region=county, regions=[county, sibling], by=by, **given)


@pytest.mark.clause("AK-2.1")
def test_several_regions_stand_under_one_lead(county: Any, signed_in: Any) -> None:
    by = user_with("DISTRICT_EDU", county)
    area = area_of(county, by)
    third = CountyFactory(parent=county.parent, name="三江区")

    join_area(area, region=third, on=date(2026, 3, 1), by=by)
    member = area.members.get(region=county)
    leave_area(member, on=date(2026, 5, 1), by=by, reason="另有安排")

    held = {m.region.name for m in area.members.on(date(2026, 6, 1))}
    assert held == {"彼岸区", "三江区"}
    page = signed_in(by).get(area.get_absolute_url()).content.decode()
    assert "三江区" in page
    assert "不在片区内" in page
    region = signed_in(by).get(county.get_absolute_url() + "?on=2026-02-01")
    assert "江南片区" in region.content.decode()


def test_an_area_keeps_two_regions_on_every_day(county: Any) -> None:
    by = user_with("DISTRICT_EDU", county)
    with pytest.raises(ValidationError, match="两个以上"):
        form_area(
            lead_region=county, regions=[county], by=by, name="甲", valid_from=today()
        )
    area = area_of(county, by)

    with pytest.raises(ValidationError, match="两个以上地区"):
        leave_area(area.members.first(), on=today(), by=by)
    with pytest.raises(IntegrityError, match="several_regions"), transaction.atomic():
        AreaMember.objects.filter(area=area).first().delete()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_an_area_ends_with_its_members(county: Any) -> None:
    by = user_with("DISTRICT_EDU", county)
    area = area_of(county, by)

    ended = end_area(area, by=by, on=date(2026, 9, 1), reason="任务完成")

    assert ended.valid_to == date(2026, 9, 1)
    assert {m.valid_to for m in area.members.all()} == {date(2026, 9, 1)}


def test_a_member_does_not_change_the_area_of_its_lead(
    county: Any, signed_in: Any
) -> None:
    area = area_of(county, user_with("CITY_EDU", county.parent))
    other = area.members.exclude(region=county).get().region
    member = user_with("DISTRICT_EDU", other)

    assert signed_in(member).get(area.get_absolute_url()).status_code == 200
    with pytest.raises(MoveRefused, match="不归您负责"):
        end_area(area, by=member, reason="退出")
    stranger = user_with("DISTRICT_EDU", CountyFactory())
    assert signed_in(stranger).get(area.get_absolute_url()).status_code == 404


def test_an_area_is_formed_on_the_form_and_read_by_programs(
    county: Any, signed_in: Any
) -> None:
    sibling = CountyFactory(parent=county.parent)
    client = signed_in(user_with("DISTRICT_EDU", county))
    given = {
        "name": "江南片区",
        "lead_region": county.pk,
        "regions": [county.pk, sibling.pk],
        "valid_from": "2025-09-01",
    }

    answer = client.post(reverse("bureau:area-create"), given)

    assert answer.status_code == 302
    assert "江南片区" in client.get(reverse("bureau:area-list")).content.decode()
    (row,) = client.get("/api/v1/priority-areas/").json()["results"]
    assert row["lead_region"] == county.code
    assert len(row["members"]) == 2
