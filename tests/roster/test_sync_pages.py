"""Pages of sources and deliveries."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from freezegun import freeze_time

from accounts.models import AccessLog
from bureau.models import ApiClient
from core.registries import inbox
from personnel.models import Teacher
from roster.bundles.receiving import receive_bundle, refuse_run
from roster.bundles.validating import check_rows, open_bundle
from roster.choices import RunState
from roster.models import Source, SyncRow, SyncRun
from roster.provider import callers
from roster.tables import SyncRunTable
from tests.accounts.factories import user_with
from tests.roster.bundles.factories import bundle, roster
from tests.roster.inbound.factories import (
    SourceFactory,
    make_world,
    org,
    post,
    program,
    user,
)
from tests.roster.provider.factories import token


@pytest.fixture
def world(db: None) -> Any:
    made = make_world()
    made.bureau = user_with("DISTRICT_EDU", made.here)
    made.other = user_with("DISTRICT_EDU", made.here)
    made.neighbour = user_with("DISTRICT_EDU", made.there)
    made.source = made.sender.source
    return made


@pytest.fixture
def capture(django_capture_on_commit_callbacks: Any) -> Any:
    return django_capture_on_commit_callbacks


def send(world: Any, capture: Any, content: bytes, **more: Any) -> SyncRun:
    with capture(execute=True):
        run, _new = receive_bundle(world.source, "名册.zip", content, **more)
    return SyncRun.objects.get(pk=run.pk)


def test_the_list_tells_of_runs_and_another_region_sees_none(
    world: Any, signed_in: Any
) -> None:
    post(world, "orgs", [org(), org("s2", type="wizard")])
    url = reverse("roster:home")

    mine = signed_in(world.bureau).get(url).content.decode()
    theirs = signed_in(world.neighbour).get(url).content.decode()

    assert "写入 1，未变 0，退回 1" in mine
    assert "学籍平台" not in theirs


def test_a_run_shows_counts_reasons_and_files(world: Any, signed_in: Any) -> None:
    post(world, "orgs", [org(), org("s2", type="wizard")])
    run = SyncRun.objects.get()
    client = signed_in(world.bureau)

    page = client.get(run.get_absolute_url()).content.decode()
    only = client.get(run.get_absolute_url() + "?result=created").content.decode()
    file = client.get(reverse("roster:run-results", args=[run.pk]) + "?result=rejected")
    sheet = client.get(reverse("roster:run-results", args=[run.pk]) + "?export=xlsx")

    assert "机构类型“wizard”无效" in page
    assert "机构类型“wizard”无效" not in only
    assert "unknown_type" in b"".join(file).decode()
    assert sheet.status_code == 200
    assert signed_in(world.neighbour).get(run.get_absolute_url()).status_code == 404


def test_a_person_brings_a_bundle_sees_it_first_and_writes_it(
    world: Any, signed_in: Any, capture: Any
) -> None:
    client = signed_in(world.bureau)
    file = SimpleUploadedFile("名册.zip", bundle(roster()), "application/zip")

    with capture(execute=True):
        sent = client.post(
            reverse("roster:bundle-create"), {"source": world.source.pk, "file": file}
        )
    run = SyncRun.objects.get()
    page = client.get(run.get_absolute_url()).content.decode()

    assert sent.status_code == 302
    assert (run.state, "这是预览" in page) == (RunState.PREVIEW, True)
    assert inbox.get("roster").waiting(world.bureau)
    with capture(execute=True):
        client.post(reverse("roster:run-move", args=[run.pk, "apply"]))
    run.refresh_from_db()
    assert run.state == RunState.DONE


def test_a_held_run_waits_in_the_inbox_of_another_person(
    world: Any, signed_in: Any, capture: Any
) -> None:
    send(world, capture, bundle(roster(teachers=5)))
    run = send(world, capture, bundle(roster(teachers=1)), by=world.bureau)
    url = reverse("roster:run-move", args=[run.pk, "approve"])

    assert inbox.get("roster").waiting(world.bureau) == []
    assert len(inbox.get("roster").waiting(world.other)) == 1
    assert signed_in(world.bureau).get(url).status_code == 403
    assert signed_in(world.neighbour).get(url).status_code == 404
    client = signed_in(world.other)
    assert "80.0%" in client.get(url).content.decode()
    with capture(execute=True):
        client.post(url, {"reason": "学校撤并，已核实"})
    run.refresh_from_db()
    assert (run.state, run.decided_by) == (RunState.DONE, world.other)


def test_a_source_is_registered_and_its_secret_shown_once(
    world: Any, signed_in: Any
) -> None:
    client = signed_in(world.bureau)
    fields = {"name": "教务系统", "code": "jiaowu", "region": world.here.pk}

    answer = client.post(reverse("roster:source-create"), fields)

    source = Source.objects.get(code="jiaowu")
    assert source.client.client_id in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    page = client.get(source.get_absolute_url())
    assert source.client.client_id in page.content.decode()
    foreign = {**fields, "code": "other", "region": world.there.pk}
    again = client.post(reverse("roster:source-create"), foreign)
    assert (again.status_code, Source.objects.filter(code="other").exists()) == (
        200,
        False,
    )


def test_a_source_is_paused_and_works_again(world: Any, signed_in: Any) -> None:
    client = signed_in(world.bureau)
    url = reverse("roster:source-pause", args=[world.source.pk])

    client.post(url, {"reason": "数据有误"})
    assert post(world, "orgs", [org()]).status_code == 403
    client.post(url, {"reason": "已更正"})

    assert post(world, "orgs", [org()]).status_code == 200
    hidden = signed_in(world.neighbour).get(url)
    assert hidden.status_code == 404


def test_a_tax_office_does_not_see_the_exchange(world: Any, signed_in: Any) -> None:
    client = signed_in(user_with("DEPT_TAX", world.here))

    assert client.get(reverse("roster:home")).status_code == 403


@pytest.mark.parametrize("name", ["roster:home", "roster:source-list"])
def test_the_lists_take_a_fixed_number_of_queries(
    world: Any, signed_in: Any, name: str, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(world.bureau)
    client.get(reverse(name))
    counted = []
    for more in (3, 27):
        for _nth in range(more):
            source = SourceFactory(region=world.here)
            SyncRun.objects.create(source=source, kind="BULK", state="DONE")
        with django_assert_max_num_queries(15) as queries:
            client.get(reverse(name))
        counted.append(len(queries))

    assert counted[0] == counted[1]


def test_a_program_of_another_region_is_a_source_of_its_own(world: Any) -> None:
    other = program(world.there)

    assert other.source != world.source
    assert Client().get("/roster/").status_code == 302


def test_a_roster_is_taken_out_with_a_reason_that_is_kept(
    world: Any, signed_in: Any
) -> None:
    post(world, "orgs", [org()])
    client = signed_in(world.bureau)
    url = reverse("roster:bundle-export")
    fields = {"region": world.here.pk, "reason": "报送省厅"}

    file = client.post(url, fields)
    bare = client.post(url, {**fields, "reason": ""})
    foreign = client.post(url, {**fields, "region": world.there.pk})

    found = open_bundle("x.zip", io.BytesIO(b"".join(file)))
    assert check_rows(found) == []
    assert AccessLog.objects.get().reason == "报送省厅"
    assert (bare.status_code, foreign.status_code) == (200, 200)


def test_who_approves_sees_by_name_who_would_go(
    world: Any, signed_in: Any, capture: Any
) -> None:
    send(world, capture, bundle(roster(teachers=5)))
    run = send(world, capture, bundle(roster(teachers=1)))
    gone = Teacher.objects.exclude(sourced_id="u1-1")

    page = signed_in(world.other).get(run.get_absolute_url()).content.decode()
    every = signed_in(world.other).get(run.get_absolute_url() + "?result=")

    assert gone.count() == 4
    assert all(f"{one.name}（云洲第1小学）" in page for one in gone)
    assert "尚未完成" in page
    assert "<td>u1-1</td>" not in page
    assert every.context["wanted"] == ""


def test_rows_sent_back_are_looked_at_first(world: Any, signed_in: Any) -> None:
    post(world, "orgs", [org(), org("s2", type="wizard")])
    run = SyncRun.objects.get()
    client = signed_in(world.bureau)

    first = client.get(run.get_absolute_url())
    every = client.get(run.get_absolute_url(), {"result": ""})

    assert [row.result for row, _name in first.context["rows"]] == ["rejected"]
    assert len(every.context["rows"]) == 2


def test_programs_that_read_are_listed_with_their_last_use(
    world: Any, signed_in: Any, client: Any
) -> None:
    callers.forget()
    header = token(client, world.here)
    reader = ApiClient.objects.latest("pk")
    url = reverse("roster:reader-list")

    with freeze_time("2026-11-03T02:00:00Z"):
        client.get("/ims/oneroster/rostering/v1p2/orgs", headers=header)
        callers.forget()
    with freeze_time("2026-11-03T02:00:40Z"):
        client.get("/ims/oneroster/rostering/v1p2/orgs", headers=header)
        callers.forget()
    reader.refresh_from_db()
    first = reader.last_used_at
    with freeze_time("2026-11-03T02:01:01Z"):
        client.get("/ims/oneroster/rostering/v1p2/orgs", headers=header)
        callers.forget()
    reader.refresh_from_db()

    assert first is not None and reader.last_used_at is not None
    assert f"{first:%H:%M:%S}" == "02:00:00"
    assert f"{reader.last_used_at:%H:%M:%S}" == "02:01:01"
    mine = signed_in(world.bureau).get(url).content.decode()
    theirs = signed_in(world.neighbour).get(url).content.decode()
    assert reader.name in mine and "2026-11-03 10:01" in mine
    assert world.sender.client.client_id not in mine
    assert reader.name not in theirs


def test_a_changed_row_tells_each_fact_before_and_after(
    world: Any, signed_in: Any
) -> None:
    post(world, "orgs", [org()])
    post(world, "users", [user(name="测试甲")])
    Teacher.objects.update(changed_at=timezone.now() - timedelta(days=1))
    post(world, "users", [user(name="测试乙")])
    run = SyncRun.objects.latest("pk")
    row = SyncRow.objects.get(run=run, result="updated")
    url = reverse("roster:row-changes", args=[run.pk, row.pk])

    page = signed_in(world.bureau).get(run.get_absolute_url()).content.decode()
    told = signed_in(world.bureau).get(url)

    assert url in page
    assert [(c.before, c.after) for c in told.context["changes"]] == [
        ("测试甲", "测试乙")
    ]
    assert signed_in(world.neighbour).get(url).status_code == 404
    assert signed_in(world.bureau).get(f"{url[:-1]}0/").status_code == 404


def test_a_held_run_says_what_would_be_written_and_a_refused_one_nothing(
    world: Any, signed_in: Any, capture: Any
) -> None:
    send(world, capture, bundle(roster(teachers=5)))
    run = send(world, capture, bundle(roster(teachers=1)))
    table = SyncRunTable([])

    held = table.value_counts(run)
    refused = refuse_run(run, by=world.other, reason="名单不全")

    assert held.startswith("将写入")
    assert table.value_counts(refused) == "没有写入"
