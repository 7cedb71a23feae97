"""The verdicts of a run read as one list, wherever they are kept."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from core.imports.lane import STAGING, run, shared_staging
from roster.choices import RowResult, RunKind, RunState
from roster.models import Source, SyncBlock, SyncRow, SyncRun
from roster.tasks import forget_old_rows
from roster.verdicts import Verdicts, forget_verdicts, verdict_counts
from tests.roster.inbound.factories import make_world

pytestmark = pytest.mark.django_db
BLOCKS = ([3, 2, 4], [5, 9], [7])


@pytest.fixture
def source() -> Source:
    """A source of a county."""
    made: Source = make_world().sender.source
    return made


@pytest.fixture
def told(source: Source) -> SyncRun:
    """A run with two rows to tell of and six that came in new, in three blocks."""
    made = SyncRun.objects.create(source=source, kind=RunKind.BUNDLE)
    rows = ((6, RowResult.REJECTED), (8, RowResult.UPDATED))
    for number, result in rows:
        SyncRow.objects.create(
            run=made,
            collection="users",
            number=number,
            sourced_id=f"u{number}",
            result=result,
        )
    for numbers in BLOCKS:
        SyncBlock.objects.create(
            run=made,
            collection="users",
            numbers=numbers,
            sourced_ids=[f"u{number}" for number in numbers],
        )
    return made


ORDER = [6, 8, 2, 3, 4, 5, 9, 7]


def numbers(rows: Any) -> list[int]:
    """Return the line numbers of verdicts, each with the identifier of its line."""
    found = list(rows)
    assert all(row.sourced_id == f"u{row.number}" for row in found)
    return [row.number for row in found]


def test_rows_with_something_to_say_come_first(told: SyncRun) -> None:
    assert numbers(Verdicts(told)) == ORDER
    assert numbers(Verdicts(told, RowResult.CREATED)) == ORDER[2:]
    assert numbers(Verdicts(told, RowResult.REJECTED)) == [6]
    assert {row.result for row in Verdicts(told, "created")} == {RowResult.CREATED}


@pytest.mark.parametrize("result", ["", "created", "updated", "deleted"])
def test_every_page_is_the_piece_of_the_whole_list(told: SyncRun, result: str) -> None:
    whole = numbers(Verdicts(told, result))

    for start in range(len(whole) + 2):
        for count in range(1, len(whole) + 3):
            page = Verdicts(told, result).page(start, count)
            assert numbers(page) == whole[start : start + count], (start, count)


def test_a_page_costs_the_same_however_far_down(
    told: SyncRun, django_assert_max_num_queries: Any
) -> None:
    for start in range(len(ORDER)):
        with django_assert_max_num_queries(4):
            Verdicts(told).page(start, 3)


def test_counts_hold_both_kinds(told: SyncRun) -> None:
    assert verdict_counts(told) == {"rejected": 1, "updated": 1, "created": 6}


def test_forgotten_verdicts_are_gone_whatever_their_kind(told: SyncRun) -> None:
    assert forget_verdicts([told.pk]) == 8
    assert (numbers(Verdicts(told)), verdict_counts(told)) == ([], {})


def test_a_block_of_unequal_lists_is_refused_from_below(told: SyncRun) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        SyncBlock.objects.filter(run=told).update(sourced_ids=["u1"])


def schemas() -> list[str]:
    """Return the schemas of staged rows that stand."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname LIKE %s ORDER BY 1",
            [f"{STAGING}%"],
        )
        return [name for (name,) in cursor.fetchall()]


def test_staged_rows_stand_apart_and_go_with_the_work() -> None:
    with shared_staging(12):
        run("CREATE TABLE left_over (a int)")
        assert schemas() == ["staging_12"]
    with shared_staging(12), connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        assert cursor.fetchone() == ('staging_12, "$user", public',)

    assert schemas() == []
    with connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        assert cursor.fetchone() == ('"$user", public',)


def test_the_night_drops_what_a_killed_worker_left_but_no_work_under_way(
    source: Source,
) -> None:
    open_run, ended = (
        SyncRun.objects.create(source=source, kind=RunKind.BUNDLE, state=state)
        for state in (RunState.VALIDATING, RunState.FAILED)
    )
    for each in (open_run, ended):
        run(f"CREATE SCHEMA {STAGING}{each.pk}")
    run("CREATE SCHEMA staging_area")

    forget_old_rows()

    assert schemas() == sorted(["staging_area", f"{STAGING}{open_run.pk}"])


def test_work_that_fails_leaves_no_staged_rows() -> None:
    with pytest.raises(ZeroDivisionError), shared_staging(13):
        raise ZeroDivisionError

    assert schemas() == []
