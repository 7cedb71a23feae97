"""Pages and results of roster exchange take a fixed number of queries."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import ImpactAssessment
from roster.models import PupilRoster, SyncRow, SyncRun
from tests.accounts.factories import UserFactory, user_with
from tests.bureau.factories import CountyFactory
from tests.query_counts import DETAIL, assert_fixed
from tests.roster.inbound.factories import make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> SimpleNamespace:
    made = make_world()
    made.source = made.sender.source
    made.run = SyncRun.objects.create(
        source=made.source,
        kind="BUNDLE",
        state="DONE",
        counts={"users": {"received": 30, "rejected": 30}},
    )
    return made


def reject(run: SyncRun, number: int) -> str:
    """Add a rejected row with two reasons."""
    name = f"u-{number}-x"
    errors = [
        {"field": field, "code": "required", "message": "未填"}
        for field in ("familyName", "roles.role")
    ]
    SyncRow.objects.create(
        run=run,
        collection="users",
        number=number,
        sourced_id=name,
        result="rejected",
        errors=errors,
    )
    return name


def test_a_delivery_with_many_rows_takes_a_fixed_number_of_queries(
    world: Any, signed_in: Any
) -> None:
    client = signed_in(user_with("DISTRICT_EDU", world.here))

    assert_fixed(
        client, world.run.get_absolute_url(), lambda n: reject(world.run, n), DETAIL
    )


def test_the_file_of_a_delivery_takes_a_fixed_number_of_queries(
    world: Any, signed_in: Any
) -> None:
    client = signed_in(user_with("DISTRICT_EDU", world.here))
    url = reverse("roster:run-results", args=[world.run.pk])
    counted = []
    for numbers in (range(3), range(3, 30)):
        names = [reject(world.run, n) for n in numbers]
        with CaptureQueriesContext(connection) as asked:
            file = client.get(url, {"export": "csv"})
            text = b"".join(file.streaming_content).decode("utf-8-sig")
        assert all(name in text for name in names)
        counted.append(len(asked))

    assert counted[0] == counted[1] <= DETAIL


def test_the_results_a_program_reads_take_a_fixed_number_of_queries(world: Any) -> None:
    url = f"/api/sync/v1/bundles/{world.run.pk}/results"
    counted = []
    for numbers in (range(3), range(3, 30)):
        names = [reject(world.run, n) for n in numbers]
        with CaptureQueriesContext(connection) as asked:
            answer = Client().get(url, headers=world.sender.headers)
            text = b"".join(answer).decode()
        assert answer.status_code == 200
        assert all(name in text for name in names)
        counted.append(len(asked))

    assert counted[0] == counted[1] <= DETAIL


def test_a_source_with_many_deliveries_takes_a_fixed_number_of_queries(
    world: Any, signed_in: Any
) -> None:
    def fill(number: int) -> str:
        run = SyncRun.objects.create(
            source=world.source,
            kind="BUNDLE",
            state="DONE",
            file_name=f"名册-{number}-号.zip",
            file_sha256=f"{number:064d}",
        )
        return str(run)

    client = signed_in(user_with("DISTRICT_EDU", world.here))
    assert_fixed(client, world.source.get_absolute_url(), fill, DETAIL)


def test_the_decisions_about_pupils_take_a_fixed_number_of_queries(
    world: Any, signed_in: Any
) -> None:
    def fill(number: int) -> str:
        person = UserFactory()
        since = date(2025, 9, 1) + timedelta(days=number)
        made = ImpactAssessment.objects.create(
            title=f"评估{number}号",
            conclusion="可行",
            decided_on=since,
            decided_by=person,
        )
        PupilRoster.objects.create(
            region=CountyFactory(parent=world.city, name=f"开启{number}县"),
            assessment=made,
            switched_on_by=person,
            valid_from=since,
        )
        return f"开启{number}县"

    client = signed_in(user_with("CITY_EDU", world.city))
    assert_fixed(client, reverse("roster:pupils"), fill, DETAIL)
