"""The pages on which suspected double entries are compared and put together."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from schools.models import (
    NotDuplicate,
    School,
)
from tests.schools.factories import (
    ClassSectionFactory,
)
from tests.schools.twins import made, twins

pytestmark = pytest.mark.django_db


def test_work_list_explains_each_pair_in_a_fixed_number_of_queries(
    world: Any, signed_in: Any
) -> None:
    client = signed_in(world.here.bureau)
    address = reverse("schools:duplicate-list")

    def count(pairs: int) -> int:
        for n in range(pairs):
            name = f"{chr(0x4E00 + School.objects.count())}湖小学{n}"
            made(world, name)
            made(world, name, distinguisher="另")
        with CaptureQueriesContext(connection) as queries:
            html = client.get(address).content.decode()
        assert "名称相同" in html or not pairs
        return len([q for q in queries if "SAVEPOINT" not in q["sql"]])

    assert "没有疑似重复登记" in client.get(address).content.decode()
    count(1)
    few, many = count(2), count(20)
    assert few == many <= 15


def test_the_pair_is_shown_side_by_side_and_merged(world: Any, signed_in: Any) -> None:
    kept, other = twins(world)
    ClassSectionFactory(school=other, year=world.year)
    client = signed_in(world.here.bureau)
    address = reverse("schools:duplicate-merge", args=[kept.pk, other.pk])

    html = client.get(address).content.decode()
    no_reason = client.post(address, {"merge": "1"})
    done = client.post(address, {"merge": "1", "reason": "重复导入"})

    assert "文昌路8号" in html and "班级" in html
    assert no_reason.status_code == 200
    assert done.status_code == 302
    assert School.objects.filter(name="东湖小学").count() == 1


def test_a_pair_is_kept_apart_from_its_page(world: Any, signed_in: Any) -> None:
    kept, other = twins(world)
    address = reverse("schools:duplicate-merge", args=[kept.pk, other.pk])

    signed_in(world.here.bureau).post(address, {"apart": "1", "reason": "两所学校"})

    assert NotDuplicate.objects.count() == 1


def test_a_school_of_another_county_is_not_compared(world: Any, signed_in: Any) -> None:
    address = reverse(
        "schools:duplicate-merge", args=[world.here.school.pk, world.there.school.pk]
    )

    assert signed_in(world.here.bureau).get(address).status_code == 404
