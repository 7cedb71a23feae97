"""A school, and an officer of its county who is signed in."""

from typing import Any

import pytest

from tests.accounts.factories import user_with
from tests.bureau.factories import CountyFactory
from tests.schools.factories import SchoolFactory


@pytest.fixture
def school() -> Any:
    return SchoolFactory(name="城南小学", region=CountyFactory())


@pytest.fixture
def officer(school, signed_in) -> Any:
    return signed_in(user_with("DISTRICT_EDU", school.region, full_name="陈敏"))
