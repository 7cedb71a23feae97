"""Pages and API lists of the frame take a fixed number of queries."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from bureau.models import AreaMember, PolicyParameter, PriorityArea, Region, Target
from tests.accounts.factories import user_with
from tests.bureau.factories import (
    AcademicYearFactory,
    CityFactory,
    CountyFactory,
    PolicyClauseFactory,
    PolicyDocumentFactory,
    PolicyParameterFactory,
)
from tests.query_counts import DETAIL, assert_fixed

pytestmark = pytest.mark.django_db
SINCE = date(2024, 9, 1)
Fill = Callable[[Any, int], str | None]


@pytest.fixture
def county(db: None) -> Region:
    AcademicYearFactory()
    PolicyParameterFactory()
    found: Region = CountyFactory(parent=CityFactory())
    return found


def add_area(county: Region, number: int) -> None:
    """Add an area that the county leads, with a neighbour in it."""
    area = PriorityArea.objects.create(
        name=f"片区{number}", lead_region=county, valid_from=SINCE
    )
    for region in (county, CountyFactory(parent=county.parent)):
        AreaMember.objects.create(area=area, region=region, valid_from=SINCE)


def add_target(county: Region, number: int) -> None:
    """Add a target with a clause."""
    Target.objects.create(
        region=county,
        metric="schools.large_class_count",
        value=Decimal(0),
        title=f"大班额{number}",
        direction="AT_MOST",
        due_on=date(2030, 1, 1 + number),
        clause=PolicyClauseFactory(),
    )


def add_parameter(county: Region, number: int) -> None:
    """Add a value of the county with a clause."""
    row = PolicyParameterFactory(key=f"test.p{number}", region=county)
    row.clauses.add(PolicyClauseFactory())


def add_clause(county: Region, number: int) -> None:
    """Add a clause of a document of its own."""
    PolicyClauseFactory(document=PolicyDocumentFactory(region=county))


def add_region(county: Region, number: int) -> None:
    """Add a region below."""
    CountyFactory(parent=county)


def add_year(county: Region, number: int) -> None:
    """Add a school year."""
    AcademicYearFactory(first=1990 + number)


PAGES: dict[str, Fill] = {"area-list": add_area, "target-list": add_target}
API: dict[str, Fill] = {
    "regions": add_region,
    "academic-years": add_year,
    "policy-documents": add_clause,
    "policy-clauses": add_clause,
    "policy-parameters": add_parameter,
    "targets": add_target,
    "priority-areas": add_area,
}


@pytest.mark.parametrize("name", PAGES)
def test_a_list_takes_a_fixed_number_of_queries(
    name: str, county: Region, signed_in: Any
) -> None:
    client = signed_in(user_with("DISTRICT_EDU", county))

    assert_fixed(
        client, reverse(f"bureau:{name}"), lambda number: PAGES[name](county, number)
    )


@pytest.mark.parametrize("name", API)
def test_a_list_over_the_api_takes_a_fixed_number_of_queries(
    name: str, county: Region, signed_in: Any
) -> None:
    client = signed_in(user_with("DISTRICT_EDU", county))

    assert_fixed(client, f"/api/v1/{name}/", lambda number: API[name](county, number))


def test_an_area_with_many_regions_takes_a_fixed_number_of_queries(
    county: Region, signed_in: Any
) -> None:
    area = PriorityArea.objects.create(
        name="片区", lead_region=county, valid_from=SINCE
    )
    AreaMember.objects.create(area=area, region=county, valid_from=SINCE)

    def fill(number: int) -> str:
        other = CountyFactory(parent=county.parent, name=f"成员{number}县")
        AreaMember.objects.create(area=area, region=other, valid_from=SINCE)
        return str(other.name)

    client = signed_in(user_with("DISTRICT_EDU", county))
    assert_fixed(client, area.get_absolute_url(), fill, DETAIL)


def test_a_parameter_with_many_local_values_takes_a_fixed_number_of_queries(
    county: Region, signed_in: Any
) -> None:
    shipped = PolicyParameter.objects.get(region=None)

    def fill(number: int) -> str:
        other = CountyFactory(parent=county.parent, name=f"取值{number}县")
        PolicyParameterFactory(region=other, value=str(40 + number))
        return str(other.name)

    client = signed_in(user_with("CITY_EDU", county.parent))
    assert_fixed(client, shipped.get_absolute_url(), fill, DETAIL)
