"""The seven balance indicators on the pages of a school, a group and a region."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bureau.periods import last_reported
from core.metrics import REGION
from schools.balance import standings, variations_of
from tests.bureau.factories import CountyFactory, PolicyParameterFactory
from tests.schools.factories import FullReturnFactory, SchoolFactory
from tests.schools.metrics.figures import LINES, VALUES

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 2)
RICH = {
    "students": 100,
    "above_degree": 5,
    "backbone": 2,
    "pe_arts": 1,
    "teaching_area": 600,
    "sports_area": 900,
    "equipment_value": 300_000,
    "multimedia_rooms": 3,
}


@pytest.fixture(autouse=True)
def _parameters(db: None) -> None:
    for key, value in VALUES.items():
        PolicyParameterFactory(key=key, value=value)
    for name, pair in LINES.items():
        for stage, line in zip(("primary", "junior"), pair, strict=True):
            PolicyParameterFactory(key=f"balance.{stage}.{name}", value=line)


def returned(world: Any, school: Any = None, **figures: Any) -> Any:
    school = school or SchoolFactory(region=world.here.county, type="PRIMARY")
    FullReturnFactory(
        school=school, year=world.last_year, stage="PRIMARY", **{**RICH, **figures}
    )
    return school


@pytest.mark.clause("BN-4.1.2")
@pytest.mark.clause("AK-1.2.1")
def test_six_lines_and_most_of_the_seventh_are_enough(world: Any) -> None:
    school = returned(world, multimedia_rooms=2)  # 2.0 of 2.3: 87 per cent

    (standing,) = standings(school, last_reported(DAY))

    assert (standing.met, standing.is_met) == (6, True)
    short = [row for row in standing.rows if not row.is_met]
    assert [(row.value, row.line) for row in short] == [(Decimal(2), Decimal("2.3"))]


@pytest.mark.parametrize(
    ("figures", "met"),
    [
        ({"multimedia_rooms": 1}, 6),
        ({"multimedia_rooms": 2, "backbone": 0}, 5),
        ({"multimedia_rooms": None}, 6),
    ],
)
def test_less_is_not_enough(world: Any, figures: dict[str, Any], met: int) -> None:
    (standing,) = standings(returned(world, **figures), last_reported(DAY))

    assert (standing.met, standing.is_met) == (met, False)


def test_a_school_that_returned_nothing_has_seven_missing_figures(world: Any) -> None:
    school = SchoolFactory(region=world.here.county, type="PRIMARY")

    (standing,) = standings(school, last_reported(DAY))

    assert (standing.missing, standing.met, standing.is_met) == (7, 0, False)


def test_a_kindergarten_has_no_balance_standard(world: Any, signed_in: Any) -> None:
    school = SchoolFactory(region=world.here.county, type="KINDERGARTEN")
    client = signed_in(world.here.bureau)

    page = client.get(f"/panels/schools.school/{school.pk}/balance/")

    assert standings(school, last_reported(DAY)) == []
    assert "不适用" in page.content.decode()


@pytest.mark.clause("BN-4.1.2")
def test_variation_is_weighed_by_pupils_and_judged_by_its_line(world: Any) -> None:
    county = CountyFactory()
    for students, rooms in ((100, 2), (300, 12)):
        school = SchoolFactory(region=county, type="PRIMARY")
        returned(world, school, students=students, multimedia_rooms=rooms)

    rows = variations_of(REGION, county.pk, last_reported(DAY), county)

    found = {str(row.name): row for row in rows}["网络多媒体教室"]
    # 2 and 4 rooms per 100 pupils; mean 14/400 = 3.5, CV = 0.8660 / 3.5
    assert (found.schools, found.reported) == (2, 2)
    assert found.mean == Decimal("3.5")
    assert round(found.cv, 4) == Decimal("0.2474")
    assert found.is_met is True


def test_a_school_that_is_missing_leaves_the_variation_open(world: Any) -> None:
    county = CountyFactory()
    returned(world, SchoolFactory(region=county, type="PRIMARY"))
    SchoolFactory(region=county, type="PRIMARY")

    rows = variations_of(REGION, county.pk, last_reported(DAY), county)

    assert {(row.schools, row.reported, row.is_met) for row in rows} == {(2, 1, None)}


@pytest.mark.parametrize("model", ["schools.school", "bureau.region"])
def test_the_panels_open_for_the_bureau_and_only_within_its_reach(
    model: str, world: Any, signed_in: Any
) -> None:
    here, there = returned(world), SchoolFactory(region=world.there.county)
    own = here if model == "schools.school" else world.here.county
    client = signed_in(world.here.bureau)

    page = client.get(f"/panels/{model}/{own.pk}/balance/").content.decode()
    assert "网络多媒体教室" in page or "至少要有两所" in page

    if model == "schools.school":
        assert client.get(f"/panels/{model}/{there.pk}/balance/").status_code == 404
