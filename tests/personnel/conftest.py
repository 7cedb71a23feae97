"""Two counties, each with a school and its people."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.accounts.factories import user_with
from tests.bureau.factories import AcademicYearFactory, CityFactory, CountyFactory
from tests.schools.factories import SchoolFactory


def _corner(city: Any, name: str) -> SimpleNamespace:
    county = CountyFactory(parent=city, name=name)
    school = SchoolFactory(region=county, name=f"{name[:2]}实验小学")
    return SimpleNamespace(
        county=county,
        school=school,
        bureau=user_with("DISTRICT_EDU", county),
        principal=user_with("SCHOOL_PRINCIPAL", school),
        clerk=user_with("SCHOOL_CLERK", school),
    )


@pytest.fixture
def world(db: None) -> SimpleNamespace:
    """A city with the counties ``here`` and ``there``, and the school year."""
    city = CityFactory()
    return SimpleNamespace(
        city=city,
        city_bureau=user_with("CITY_EDU", city),
        here=_corner(city, "云洲区"),
        there=_corner(city, "彼岸区"),
        year=AcademicYearFactory(first=2026),
        last_year=AcademicYearFactory(first=2025),
    )
