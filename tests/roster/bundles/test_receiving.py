"""Bundles coming in: all or nothing, held when much would go, refused by name."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from audit.models import Event
from core.models import Attachment
from core.transitions import MoveRefused
from personnel.models import Teacher
from roster.bundles.receiving import (
    apply_run,
    approve_run,
    receive_bundle,
    refuse_run,
)
from roster.choices import RunState
from roster.models import Enrolment, Pupil, SyncRow
from roster.verdicts import Verdicts
from schools.models import ClassSection, School
from tests.roster.bundles.factories import (
    add_user,
    bundle,
    csv_of,
    roster,
    send,
)
from tests.roster.inbound.factories import keep_pupils


def test_a_whole_bundle_comes_in_at_once(world: Any, capture: Any) -> None:
    run = send(world, bundle(roster(schools=2)), capture)

    assert (run.state, run.failure) == (RunState.DONE, "")
    assert (School.objects.count(), ClassSection.objects.count()) == (2, 2)
    assert (Teacher.objects.count(), Enrolment.objects.count()) == (6, 6)
    assert run.counts["users"] == {
        "received": 6,
        "created": 6,
        "updated": 0,
        "unchanged": 0,
        "deleted": 0,
        "rejected": 0,
    }
    assert not Attachment.objects.exists()
    assert Event.objects.filter(verb="roster.syncrun.finish").count() == 1


def test_the_same_content_again_returns_the_first_run(world: Any, capture: Any) -> None:
    content = bundle(roster())
    first = send(world, content, capture)

    again, is_new = receive_bundle(world.source, "另名.zip", content)

    assert (again.pk, is_new) == (first.pk, False)


def test_the_same_rows_in_another_zip_change_nothing(world: Any, capture: Any) -> None:
    send(world, bundle(roster()), capture)
    before = list(Teacher.objects.order_by("pk").values_list("changed_at"))

    run = send(world, _again(), capture)

    assert run.state == RunState.DONE
    kept = {name: c["unchanged"] for name, c in run.counts.items()}
    assert kept == {name: counts["received"] for name, counts in run.counts.items()}
    assert list(Teacher.objects.order_by("pk").values_list("changed_at")) == before
    assert SyncRow.objects.filter(run=run).exclude(errors=None).count() == 0


def _again() -> bytes:
    rows = roster()
    return bundle({name: rows[name] for name in reversed(rows)})


def test_what_a_bulk_file_lacks_is_removed_within_its_reach(
    world: Any, capture: Any
) -> None:
    send(world, bundle(roster(teachers=30, schools=2)), capture)
    rows = roster(teachers=30, schools=2)
    for name in ("users", "roles", "enrollments"):
        rows[name] = rows[name][1:]

    run = send(world, bundle(rows), capture)

    assert run.state == RunState.DONE
    assert (run.counts["users"]["deleted"], run.counts["enrollments"]["deleted"]) == (
        1,
        1,
    )
    assert Teacher.objects.get(sourced_id="u1-1").removed_at is not None
    told = SyncRow.objects.filter(run=run, result="deleted")
    assert {row.sourced_id for row in told} == {"u1-1", "e1-1"}


def test_a_school_that_a_bundle_does_not_name_keeps_its_people(
    world: Any, capture: Any
) -> None:
    send(world, bundle(roster(schools=2)), capture)

    run = send(world, bundle(roster(schools=1)), capture)

    assert run.state == RunState.DONE
    assert Teacher.objects.filter(removed_at=None).count() == 6


def test_a_bundle_that_would_remove_much_waits_for_another_person(
    world: Any, capture: Any
) -> None:
    send(world, bundle(roster(teachers=5)), capture)

    run = send(world, bundle(roster(teachers=4)), capture, by=world.bureau)

    assert run.state == RunState.HELD
    assert "20.0%" in "".join(run.held_for)
    assert Teacher.objects.filter(removed_at=None).count() == 5
    assert SyncRow.objects.filter(run=run, result="deleted").count() == 2
    with pytest.raises(MoveRefused, match="上传人"):
        approve_run(run, by=world.bureau, reason="核实")
    with capture(execute=True):
        approve_run(run, by=world.other, reason="核实无误")
    run.refresh_from_db()
    assert (run.state, run.decided_by) == (RunState.DONE, world.other)
    assert Teacher.objects.filter(removed_at=None).count() == 4


def test_a_delta_that_asks_to_remove_much_waits_as_well(
    world: Any, capture: Any
) -> None:
    send(world, bundle(roster(teachers=9)), capture)
    gone = {"status": "tobedeleted", "dateLastModified": "2026-11-20T08:00:00.000Z"}
    users = [{"sourcedId": f"u1-{n}", **gone} for n in range(1, 10)]

    run = send(world, bundle({"users": users}, mode="delta"), capture, by=world.bureau)

    assert (run.state, run.counts["users"]["deleted"]) == (RunState.HELD, 9)
    assert "100.0%" in "".join(run.held_for)
    assert Teacher.objects.filter(removed_at=None).count() == 9
    with capture(execute=True):
        approve_run(run, by=world.other, reason="核实无误")
    assert not Teacher.objects.filter(removed_at=None).exists()


def test_new_rows_of_a_bundle_do_not_hide_how_much_it_removes(
    world: Any, capture: Any
) -> None:
    send(world, bundle(roster(teachers=5)), capture)
    rows = roster(teachers=4)
    for number in range(20):
        add_user(rows, f"n{number}", "s1")

    run = send(world, bundle(rows), capture, by=world.bureau)

    assert (run.state, run.counts["users"]["created"]) == (RunState.HELD, 20)
    assert "现有 5 条" in "".join(run.held_for)


def test_a_held_bundle_may_be_refused(world: Any, capture: Any) -> None:
    send(world, bundle(roster(teachers=5)), capture)
    run = send(world, bundle(roster(teachers=1)), capture)

    refuse_run(run, by=world.bureau, reason="漏报")

    run.refresh_from_db()
    assert (run.state, run.attachment) == (RunState.DISCARDED, None)
    assert Teacher.objects.filter(removed_at=None).count() == 5


def test_the_database_itself_refuses_an_uploader_who_decides(
    world: Any, capture: Any
) -> None:
    send(world, bundle(roster(teachers=5)), capture)
    run = send(world, bundle(roster(teachers=1)), capture, by=world.bureau)

    with (
        pytest.raises(Exception, match="sync_run_approved_by_another"),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE roster_syncrun SET decided_by_id = sent_by_id WHERE id = %s",
            [run.pk],
        )


def test_a_preview_shows_all_and_writes_nothing_until_it_is_told(
    world: Any, capture: Any
) -> None:
    run = send(world, bundle(roster()), capture, by=world.bureau, preview=True)

    assert run.state == RunState.PREVIEW
    assert run.counts["users"]["created"] == 3
    assert School.objects.count() == 0
    with capture(execute=True):
        apply_run(run, by=world.bureau)
    run.refresh_from_db()
    assert run.state == RunState.DONE
    assert Teacher.objects.count() == 3


def test_an_atomic_bundle_with_a_bad_row_fails_as_a_whole(
    world: Any, capture: Any
) -> None:
    rows = roster()
    rows["users"][0]["familyName"] = rows["users"][0]["givenName"] = ""

    run = send(world, bundle(rows), capture, atomic=True)

    assert run.state == RunState.FAILED
    assert "退回" in run.failure
    assert School.objects.count() == 0


def test_rows_that_hang_on_a_bad_row_go_back_and_the_rest_comes_in(
    world: Any, capture: Any
) -> None:
    rows = roster()
    rows["users"][0]["familyName"] = rows["users"][0]["givenName"] = ""

    run = send(world, bundle(rows), capture)

    assert run.state == RunState.DONE
    assert (run.counts["users"]["rejected"], run.counts["enrollments"]["rejected"]) == (
        1,
        1,
    )
    told = SyncRow.objects.filter(run=run, result="rejected").order_by("pk")
    assert [(r.collection, r.number) for r in told] == [
        ("users", 2),
        ("enrollments", 2),
    ]
    assert told[0].errors[0]["code"] == "required"


def test_a_delta_changes_and_removes_by_its_status(world: Any, capture: Any) -> None:
    send(world, bundle(roster(teachers=10)), capture)
    stamp = {"dateLastModified": "2026-11-20T08:00:00.000Z"}
    users = [
        {"sourcedId": "u1-1", "status": "tobedeleted", **stamp},
        {
            "sourcedId": "u1-2",
            "status": "active",
            **stamp,
            "enabledUser": "true",
            "givenName": "丁",
            "familyName": "测试",
        },
    ]

    run = send(world, bundle({"users": users}, mode="delta"), capture)

    assert (run.state, run.failure) == (RunState.DONE, "")
    assert run.counts["users"] == {
        "received": 2,
        "created": 0,
        "updated": 1,
        "unchanged": 0,
        "deleted": 1,
        "rejected": 0,
    }
    assert Teacher.objects.get(sourced_id="u1-2").name == "测试丁"


def test_a_delta_without_status_goes_back(world: Any, capture: Any) -> None:
    rows = [{"sourcedId": "d1", "name": "云洲区教育局", "type": "district"}]

    run = send(world, bundle({"orgs": rows}, mode="delta"), capture)

    row = SyncRow.objects.get(run=run)
    assert {e["field"] for e in row.errors} == {"status", "dateLastModified"}


def test_a_bundle_of_the_older_version_is_read(world: Any, capture: Any) -> None:
    rows = roster()
    del rows["roles"]
    for row in rows["users"]:
        row["orgSourcedIds"] = f"d1,{row.pop('primaryOrgSourcedId')}"
        row["role"] = "teacher"

    run = send(world, bundle(rows, version="1.1"), capture)

    assert (run.state, run.failure) == (RunState.DONE, "")
    assert Teacher.objects.count() == 3


def test_pupils_are_counted_into_their_classes_where_no_roster_is_kept(
    world: Any, capture: Any
) -> None:
    rows = roster()
    _add_pupils(rows, 4)

    run = send(world, bundle(rows), capture)

    assert run.state == RunState.DONE
    assert run.counts["users"]["rejected"] == 4
    assert Pupil.objects.count() == 0
    assert ClassSection.objects.get().headcount == 4


def test_pupils_come_in_and_are_counted_where_the_roster_is_kept(
    world: Any, capture: Any
) -> None:
    keep_pupils(world.here)
    rows = roster()
    _add_pupils(rows, 4)

    run = send(world, bundle(rows), capture)

    assert (run.state, run.counts["users"]["created"]) == (RunState.DONE, 7)
    assert (Pupil.objects.count(), ClassSection.objects.get().headcount) == (4, 4)


def _add_pupils(rows: Any, count: int) -> None:
    for nth in range(count):
        add_user(rows, f"p{nth}", "s1", "student")
        rows["enrollments"].append(
            {
                "sourcedId": f"ep{nth}",
                "classSourcedId": "c1",
                "schoolSourcedId": "s1",
                "userSourcedId": f"p{nth}",
                "role": "student",
            }
        )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_files_in_other_encodings_are_read(
    world: Any, capture: Any, encoding: str
) -> None:
    rows = roster()
    text = csv_of("orgs", rows["orgs"]).decode()

    run = send(world, bundle(rows, orgs__csv=text.encode(encoding)), capture)

    assert (run.state, run.failure) == (RunState.DONE, "")
    assert School.objects.get().name == "云洲第1小学"


def test_a_program_sends_a_bundle_and_reads_its_results(
    world: Any, capture: Any
) -> None:
    rows = roster()
    rows["users"][0]["enabledUser"] = "maybe"

    with capture(execute=True):
        sent = Client().post(
            "/api/sync/v1/bundles?name=t1",
            bundle(rows),
            content_type="application/zip",
            headers=world.sender.headers,
        )

    assert sent.status_code == 202
    state = Client().get(sent["Location"], headers=world.sender.headers).json()
    assert (state["state"], state["counts"]["users"]["rejected"]) == ("done", 1)
    told = Client().get(
        f"{state['results']}?result=rejected", headers=world.sender.headers
    )
    assert {r["sourcedId"] for r in told.json()["results"]} == {"u1-1", "e1-1"}
    page = Client().get(f"{state['results']}?limit=2", headers=world.sender.headers)
    assert (len(page.json()["results"]), "after" in page.json()) == (2, True)
    file = Client().get(f"{state['results']}?as=csv", headers=world.sender.headers)
    assert "bad_switch" in b"".join(file).decode()
    again = Client().post(
        "/api/sync/v1/bundles",
        bundle(rows),
        content_type="application/zip",
        headers=world.sender.headers,
    )
    assert again.status_code in {200, 202}


def test_the_runs_of_another_source_are_not_found(world: Any, capture: Any) -> None:
    from tests.roster.inbound.factories import program

    run = send(world, bundle(roster()), capture)
    other = program(world.there)

    answer = Client().get(f"/api/sync/v1/bundles/{run.pk}", headers=other.headers)

    assert answer.status_code == 404


def test_a_body_that_is_no_zip_is_refused(world: Any) -> None:
    answer = Client().post(
        "/api/sync/v1/bundles",
        b"hello",
        content_type="application/zip",
        headers=world.sender.headers,
    )

    assert answer.status_code == 400


def test_of_several_roles_the_primary_one_counts_whatever_their_order(
    world: Any, capture: Any
) -> None:
    def several(first: str, second: str) -> Any:
        rows = roster(teachers=2)
        other = {"sourcedId": "x1", "userSourcedId": "u1-1", "orgSourcedId": "s1"}
        more = [
            {**other, "roleType": "secondary", "role": first},
            {**other, "sourcedId": "x2", "roleType": "secondary", "role": second},
            {**other, "sourcedId": "x3", "roleType": "primary", "role": "teacher"},
        ]
        rows["roles"] = [*more, *rows["roles"]]
        return rows

    run = send(world, bundle(several("counselor", "aide")), capture)
    again = send(world, bundle(several("aide", "counselor")), capture)

    assert (run.state, run.counts["users"]["created"]) == (RunState.DONE, 2)
    assert again.counts["users"]["unchanged"] == 2
    assert [row.collection for row in Verdicts(run)].count("users") == 2
    assert "users" not in {row.collection for row in Verdicts(again)}
    assert Teacher.objects.count() == 2
