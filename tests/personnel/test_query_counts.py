"""The lists of teachers take a fixed number of queries."""

from typing import Any

import pytest
from django.urls import reverse

from tests.personnel.factories import TeacherFactory
from tests.query_counts import assert_fixed
from tests.schools.factories import SchoolFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("url", ["personnel:teacher-list", "/api/v1/teachers/"])
def test_a_list_takes_a_fixed_number_of_queries(
    url: str, world: Any, signed_in: Any
) -> None:
    def fill(number: int) -> None:
        TeacherFactory(school=SchoolFactory(region=world.here.county))

    address = url if url.startswith("/") else reverse(url)
    assert_fixed(signed_in(world.here.bureau), address, fill)
