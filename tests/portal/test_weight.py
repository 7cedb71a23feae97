"""How much a browser is sent on a first visit."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.accounts.factories import user_with
from tests.bureau.factories import CountyFactory
from tests.schools.factories import SchoolFactory

pytestmark = pytest.mark.django_db
KIB = 1024
PARTS = re.compile(r'(?:href|src|data-pick|data-pick-css)="(/static/[^"#]+)')


def parts_of(page: str) -> Iterator[str]:
    """Yield the files a page brings along, the icons and the choosers included."""
    yield from dict.fromkeys([*PARTS.findall(page), "/static/vendor/icons.svg"])


def sent(client: Client, path: str) -> bytes:
    """Return what goes over the wire for a browser that takes compressed files."""
    answer = client.get(path, headers={"accept-encoding": "gzip, br"})
    assert answer.status_code == 200, path
    return answer.getvalue()


@pytest.mark.parametrize("view", ["portal:home", "schools:school-list"])
def test_a_first_visit_brings_no_more_than_250_kib(
    view: str, signed_in: Callable[[Any], Client]
) -> None:
    county = CountyFactory()
    SchoolFactory.create_batch(50, region=county)
    client = signed_in(user_with("DISTRICT_EDU", county))
    page = sent(client, reverse(view))

    weights = {path: len(sent(client, path)) for path in parts_of(page.decode())}

    assert len(weights) >= 5
    assert len(page) <= 120 * KIB
    assert len(page) + sum(weights.values()) <= 250 * KIB, weights
