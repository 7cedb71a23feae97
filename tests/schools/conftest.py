"""Two counties, each with a school and its people; a lone county; the class lines."""

from types import SimpleNamespace
from typing import Any

import pytest

from bureau.calendar import first_calendar_year
from core.days import today
from tests.accounts.factories import user_with
from tests.bureau.factories import (
    AcademicYearFactory,
    CityFactory,
    CountyFactory,
    PolicyParameterFactory,
)
from tests.schools.factories import SchoolFactory
from tests.schools.unlocks import locked_return

CQ = "500113"


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
    """A city with the counties ``here`` and ``there``, and two school years.

    The school year of today is there whenever the tests run.
    """
    city = CityFactory()
    AcademicYearFactory(first=first_calendar_year(today()))
    return SimpleNamespace(
        city=city,
        city_bureau=user_with("CITY_EDU", city),
        here=_corner(city, "云洲区"),
        there=_corner(city, "彼岸区"),
        year=AcademicYearFactory(first=2026),
        last_year=AcademicYearFactory(first=2025),
    )


@pytest.fixture
def county(db: None) -> Any:
    """A county of Chongqing, where the codes of schools name the province 50."""
    return CountyFactory(code=CQ, name="巴南区")


@pytest.fixture
def class_lines(db: None) -> None:
    """The lines from which a class is large or oversize."""
    PolicyParameterFactory(key="class.large_min", value="56")
    PolicyParameterFactory(key="class.oversize_min", value="66")


@pytest.fixture
def locked(world: Any) -> Any:
    """The locked return of the school ``here``."""
    return locked_return(world)
