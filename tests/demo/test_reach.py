"""What a loaded row says of its reach is what the database says."""

from typing import Any

import pytest
from django.apps import apps
from django.db.models import Q

from accounts.roles import REGION, SCHOOL
from bureau.models import Region
from core.registries import Reach, reach
from schools.models import School
from tests.demo.conftest import Loaded

pytestmark = pytest.mark.django_db
BY_ROW = [
    pytest.param(*key, entry, id=f"{key[0]}-{key[1]}")
    for key, entry in reach.items()
    if entry.of is not None
]
ROWS = 30


def scopes(kind: str) -> list[list[int]]:
    """Return single scopes of a kind, and two together."""
    found: Any = {
        REGION: Region.objects.all()[:20],
        SCHOOL: School.objects.all()[:8],
    }[kind]
    ids = [row.pk for row in found]
    return [*([pk] for pk in ids), ids[:2]]


@pytest.mark.parametrize(("kind", "label", "entry"), BY_ROW)
def test_a_row_answers_for_its_reach_as_the_database_does(
    demo: Loaded, kind: str, label: str, entry: Reach
) -> None:
    model = apps.get_model(label)
    pks = list(model._default_manager.order_by("pk").values_list("pk", flat=True))
    here = Q(pk__in=pks[:: max(1, len(pks) // ROWS)])
    rows = list(model._default_manager.filter(here))

    for ids in scopes(kind):
        for is_own, condition in ((False, entry.today), (True, entry.own)):
            if condition is None or entry.of is None:
                continue
            seen = model._default_manager.filter(condition(ids) & here)
            reached = set(seen.values_list("pk", flat=True))
            for row in rows:
                told = entry.of(row, ids, is_own)
                assert told in {None, row.pk in reached}, (row, ids, is_own)
                assert told is not None or not is_own


def test_most_rows_of_a_region_answer_for_themselves() -> None:
    assert len(BY_ROW) > 25
