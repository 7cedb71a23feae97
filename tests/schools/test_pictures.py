"""Pictures of schools: the years of one, and where many lie."""

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from schools.pictures import trends
from tests.bureau.factories import PolicyParameterFactory
from tests.schools.factories import FullReturnFactory, SchoolFactory

DAY = "2026-11-20"
"""A day in the school year after the one whose figures are shown."""
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _parameters(db: None) -> None:
    for key, value in (("class.large_min", "56"), ("class.oversize_min", "66")):
        PolicyParameterFactory(key=key, value=value)


def placed(region: Any, **more: Any) -> Any:
    return SchoolFactory(
        region=region, longitude=Decimal("106.5"), latitude=Decimal("29.4"), **more
    )


def chart_of(page: str) -> dict[str, Any]:
    """Return what the browser draws from."""
    text = re.search(r'<script type="application/json">(.*?)</script>', page, re.S)[1]
    return json.loads(text)


def test_a_school_shows_its_years_up_to_the_day(world: Any, signed_in: Any) -> None:
    school = world.here.school
    FullReturnFactory(school=school, year=world.last_year, students=400)
    FullReturnFactory(school=school, year=world.year, students=430)
    client = signed_in(world.here.bureau)
    url = school.get_absolute_url()

    page = client.get(url, {"tab": "trend"}).content.decode()
    before = client.get(url, {"tab": "trend", "on": "2026-03-01"}).content.decode()

    assert "在校生比 2025-2026 学年增加 30 人" in page
    assert "看数据" in page
    assert "还看不出趋势" in before


def test_a_year_that_was_not_confirmed_is_no_point_of_the_trend(world: Any) -> None:
    school = world.here.school
    FullReturnFactory(school=school, year=world.last_year, students=400)
    FullReturnFactory(school=school, year=world.year, state="DRAFT", students=900)

    assert trends(school, date(2026, 11, 1)) == []


def test_the_plot_holds_the_schools_of_ones_own_reach_with_coordinates(
    world: Any, signed_in: Any
) -> None:
    mine = placed(world.here.county, name="云洲一小")
    placed(world.there.county, name="彼岸一小")
    bare = SchoolFactory(region=world.here.county, name="无坐标小学")
    FullReturnFactory(school=mine, year=world.last_year, students=512)
    client = signed_in(world.here.bureau)

    page = client.get(reverse("schools:school-plot")).content.decode()

    (point,) = chart_of(page)["points"]
    assert point["name"] == "云洲一小"
    assert point["at"] == [106.5, 29.4]
    assert point["value"] == 512
    assert point["url"] == mine.get_absolute_url()
    assert bare.name in page
    assert "彼岸一小" not in page


def test_a_school_without_the_figure_has_no_colour(world: Any, signed_in: Any) -> None:
    placed(world.here.county)

    page = signed_in(world.here.bureau).get(reverse("schools:school-plot"))

    (point,) = chart_of(page.content.decode())["points"]
    assert point["value"] is None


def test_a_share_is_shown_in_per_cent_and_filters_narrow_the_plot(
    world: Any, signed_in: Any
) -> None:
    primary = placed(world.here.county, type="PRIMARY")
    placed(world.here.county, type="KINDERGARTEN")
    FullReturnFactory(
        school=primary, year=world.last_year, fitness_tested=200, fitness_exc_good=110
    )
    query = {"metric": "schools.fitness_good_rate", "type": "PRIMARY", "on": DAY}

    page = signed_in(world.here.bureau).get(reverse("schools:school-plot"), query)

    (point,) = chart_of(page.content.decode())["points"]
    assert point["value"] == pytest.approx(55)
    assert chart_of(page.content.decode())["unit"] == "%"


def test_without_coordinates_the_plot_says_where_to_enter_them(
    world: Any, signed_in: Any
) -> None:
    page = signed_in(world.here.bureau).get(reverse("schools:school-plot"))

    assert "还没有填写坐标的学校" in page.content.decode()


def test_the_plot_asks_as_many_queries_for_many_schools_as_for_few(
    world: Any, signed_in: Any
) -> None:
    client = signed_in(world.here.bureau)

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("schools:school-plot")).status_code == 200
        return len(captured)

    for _number in range(3):
        placed(world.here.county)
    few = asked()
    for _number in range(27):
        placed(world.here.county)

    assert asked() == few <= 25


def test_the_plot_says_from_where_to_where_its_figures_go(
    world: Any, signed_in: Any
) -> None:
    for students in (100, 400, 900):
        school = placed(world.here.county)
        FullReturnFactory(school=school, year=world.last_year, students=students)
    placed(world.here.county)

    page = signed_in(world.here.bureau).get(reverse("schools:school-plot"))

    assert (
        "最低 100，中位 400，最高 900（4 所学校，3 所有数据）" in page.content.decode()
    )
