"""Whatever is sent: no error of the server, nothing half written."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roster.bundles.receiving import receive_bundle
from roster.choices import Collection, RunState
from roster.models import SyncRow, SyncRun
from schools.models import School
from tests.roster.bundles.factories import bundle, csv_of, roster
from tests.roster.inbound.factories import enrollment, org, section, session, user

CALM = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=30),
    st.sampled_from(["2026-02-30", "9999-99-99", "𠮷", "a\0b", "true", "{x}", "%s"]),
    st.lists(st.text(max_size=5), max_size=3),
    st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=3),
)
GOOD = {
    Collection.ORGS: org(identifier="", parent=None, status="active"),
    Collection.SESSIONS: session(status="active"),
    Collection.COURSES: {"sourcedId": "k1", "title": "语文", "org": None},
    Collection.CLASSES: section(classCode="", course=None, metadata={}),
    Collection.USERS: user(identifier="", primaryOrg=None, metadata={}, grades=["01"]),
    Collection.ENROLLMENTS: enrollment("e1", "u1", primary="true", beginDate=""),
}


@st.composite
def damaged(draw: Any) -> tuple[str, Any]:
    """Return a collection and a row of it with some fields replaced."""
    name = draw(st.sampled_from(sorted(GOOD)))
    row = dict(GOOD[Collection(name)])
    for field in draw(
        st.lists(st.sampled_from([*row, "dateLastModified"]), max_size=4)
    ):
        row[field] = draw(ODD)
    return name, draw(st.one_of(st.just(row), ODD))


@CALM
@given(
    sent=st.lists(damaged(), min_size=1, max_size=3),
    query=st.sampled_from(["", "?mode=atomic", "?dryRun=true"]),
)
def test_any_row_gets_a_verdict(world: Any, sent: Any, query: str) -> None:
    for name, row in sent:
        before = School.objects.count()

        answer = Client().post(
            f"/api/sync/v1/{name}:bulk{query}",
            json.dumps({"rows": [row, row]}),
            content_type="application/json",
            headers=world.sender.headers,
        )

        assert answer.status_code in {200, 400, 422}, answer.content
        if answer.status_code == 200:
            assert len(answer.json()["results"]) == 2
            counts = answer.json()["counts"]
            assert counts["received"] == sum(
                v for k, v in counts.items() if k != "received"
            )
        if query == "?dryRun=true":
            assert School.objects.count() == before


@CALM
@given(
    body=st.binary(max_size=200),
    kind=st.sampled_from(["application/json", "application/x-ndjson", "text/plain"]),
)
def test_any_body_is_answered(world: Any, body: bytes, kind: str) -> None:
    for path in ("users:bulk", "bundles"):
        answer = Client().post(
            f"/api/sync/v1/{path}",
            body,
            content_type=kind,
            headers=world.sender.headers,
        )
        assert answer.status_code < 500


@CALM
@given(data=st.data())
def test_any_bundle_comes_to_an_end(
    world: Any, data: Any, django_capture_on_commit_callbacks: Any
) -> None:
    rows = roster()
    for _nth in range(data.draw(st.integers(0, 4))):
        name = data.draw(st.sampled_from(sorted(rows)))
        row = data.draw(st.sampled_from(rows[name]))
        text = st.text(
            st.characters(codec="utf-8", exclude_characters="\0"), max_size=40
        )
        row[data.draw(st.sampled_from(sorted(row)))] = data.draw(text)
    content = csv_of("orgs", rows["orgs"])
    cut = data.draw(st.one_of(st.none(), st.integers(0, len(content))))
    more = {} if cut is None else {"orgs__csv": content[:cut]}

    with django_capture_on_commit_callbacks(execute=True):
        run, _new = receive_bundle(world.source, "名册.zip", bundle(rows, **more))

    run = SyncRun.objects.get(pk=run.pk)
    assert run.state in {RunState.DONE, RunState.FAILED, RunState.HELD}
    if run.state == RunState.FAILED:
        assert run.failure and not SyncRow.objects.filter(run=run).exists()


@pytest.fixture
def world(world: Any) -> Any:
    """Return the world with its source at hand."""
    world.source = world.sender.source
    return world


def test_the_database_keeps_rows_to_their_runs(db: None) -> None:
    with (
        pytest.raises(Exception, match="sync_row_of_a_run"),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO roster_syncrow"
            " (run_id, collection, number, sourced_id, result)"
            " VALUES (0, 'users', 1, 'x', 'created')"
        )
