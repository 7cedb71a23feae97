"""Writing beyond the rows of one model: every write is journalled and taken back."""

from collections.abc import Iterator
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from bureau.models import Department
from core.imports import Batch, ImportRefused, Row, UndoBlocked, run_import, undo_import
from core.imports.engine import apply_run, stage, sweep
from core.imports.intake import set_mapping, take_in
from core.imports.readers import Source
from core.models import ImportEffect, ImportRow, ImportRun, StagingRow
from core.registries import import_kinds
from tests.bureau.factories import CountyFactory, DepartmentFactory
from tests.core.import_kinds import KEY, DepartmentImport
from tests.core.workbooks import HEADS, csv_of

ROWS = [
    {"name": "教育局", "kind": "教育行政部门"},
    {"name": "财政局", "kind": "财政部门"},
]


@pytest.fixture
def county(db: None) -> Any:
    return CountyFactory()


@pytest.fixture
def kind() -> Iterator[type[DepartmentImport]]:
    """A kind of the test's own, whose methods the test may replace."""

    class Own(DepartmentImport):
        key = "tests.own"
        duplicates = "reject"

    import_kinds.register(Own.key, Own())
    yield Own
    del import_kinds._entries[Own.key]


def test_inserted_changed_and_removed_rows_of_other_tables_come_back(
    county: Any, kind: Any
) -> None:
    kept = DepartmentFactory(region=county, name="旧局", source="旧")
    gone = DepartmentFactory(region=county, name="撤并局", source="旧")

    def apply(self: Any, batch: Batch) -> None:
        batch.upsert()
        batch.insert(
            "bureau.Department",
            "SELECT row_number, %(scope)s AS region_id, 'HR' AS kind,"
            " data->>'name' || %(tail)s AS name FROM applied WHERE verdict = 'CREATED'",
            tail="下属中心",
        )
        batch.update(
            "bureau.Department",
            "SELECT 2 AS row_number, id, '新' AS source FROM bureau_department"
            " WHERE name = '旧局'",
        )
        batch.delete(
            "bureau.Department",
            "SELECT 2 AS row_number, id FROM bureau_department WHERE name = '撤并局'",
        )

    kind.apply = apply
    before = list(Department.objects.order_by("pk").values())

    summary = run_import(kind.key, ROWS, scope=county)

    names = set(Department.objects.values_list("name", flat=True))
    assert names == {"教育局", "财政局", "教育局下属中心", "财政局下属中心", "旧局"}
    assert Department.objects.get(pk=kept.pk).source == "新"
    actions = list(ImportEffect.objects.values_list("action", flat=True))
    assert sorted(actions) == ["D", "I", "I", "I", "I", "U"]

    undone = undo_import(summary.run_id)

    assert (undone.removed, undone.restored, undone.returned) == (4, 1, 1)
    after = list(Department.objects.order_by("pk").values())
    for row in (*before, *after):
        row.pop("changed_at")
    assert after == before
    assert Department.objects.filter(pk=gone.pk).exists()


def test_what_services_write_one_by_one_is_journalled_too(
    county: Any, kind: Any
) -> None:
    old = DepartmentFactory(region=county, name="财政局", kind="FINANCE", source="旧")

    def apply(self: Any, batch: Batch) -> None:
        for row in batch.rows():
            made = DepartmentFactory(region=batch.scope, name=f"{row.data['name']}新")
            batch.created(row.number, made)
        batch.changed(2, old, {"source": old.source})
        Department.objects.filter(pk=old.pk).update(source="新")

    kind.apply = apply
    kind.checks = kind.questions = lambda self, run: ()
    kind.model, kind.natural_keys = "", ()

    summary = run_import(kind.key, ROWS, scope=county)

    assert summary.created == 2
    targets = ImportRow.objects.order_by("number").values_list("target_id", flat=True)
    assert list(targets) == list(
        Department.objects.filter(name__endswith="新")
        .order_by("pk")
        .values_list("pk", flat=True)
    )

    undo_import(summary.run_id)

    assert list(Department.objects.values_list("name", "source")) == [("财政局", "旧")]


def test_a_failure_half_way_leaves_the_register_as_it_was(
    county: Any, kind: Any
) -> None:
    def apply(self: Any, batch: Batch) -> None:
        batch.upsert()
        raise RuntimeError("power cut")

    kind.apply = apply

    with pytest.raises(RuntimeError):
        run_import(kind.key, ROWS, scope=county)

    assert not Department.objects.exists()
    assert not ImportRun.objects.exists()


def test_what_the_model_cannot_hold_is_rejected_by_row(county: Any, kind: Any) -> None:
    def prepare(self: Any, row: Row, context: Any) -> None:
        row.values.update(region_id=context, sourced_id="长" * 121)

    kind.prepare = prepare

    summary = run_import(kind.key, ROWS[:1], scope=county)

    assert (summary.rejected, summary.rows[0]["code"]) == (1, "too_long")


def test_a_value_out_of_range_is_told_and_nothing_is_written(
    county: Any, kind: Any
) -> None:
    def prepare(self: Any, row: Row, context: Any) -> None:
        row.values.update(region_id=10**30)

    kind.prepare = prepare

    with pytest.raises(ImportRefused) as refused:
        run_import(kind.key, ROWS, scope=county)

    assert refused.value.code == "out_of_range"
    assert not ImportRun.objects.exists()


def test_duplicates_in_one_file_are_rejected_where_the_kind_says_so(
    county: Any, kind: Any
) -> None:
    rows = [*ROWS, {"name": "教育局", "kind": "财政部门"}]

    summary = run_import(kind.key, rows, scope=county)

    assert (summary.created, summary.rejected) == (2, 1)
    assert summary.rows[0]["message"] == "与第 1 行重复，请删除其中一行"


def test_several_matches_are_asked_about_with_all_candidates(county: Any) -> None:
    one = DepartmentFactory(region=county, name="教育局", kind="EDU")
    two = DepartmentFactory(region=county, name="教育局", kind="HR")

    summary = run_import(KEY, ROWS[:1], scope=county)

    assert summary.asked == 1
    assert [c["id"] for c in summary.questions[0]["candidates"]] == [one.pk, two.pk]


def test_a_kind_may_name_its_own_obstacles_to_undo(county: Any, kind: Any) -> None:
    summary = run_import(kind.key, ROWS, scope=county)
    kind.undo_blocks = lambda self, run: ["已上报市局"]

    with pytest.raises(UndoBlocked, match="已上报市局"):
        undo_import(summary.run_id)


def test_another_run_that_changed_the_row_stands_in_the_way(county: Any) -> None:
    first = run_import(KEY, ROWS, scope=county)
    second = run_import(KEY, [{**ROWS[0], "source": "新"}], scope=county)

    with pytest.raises(UndoBlocked, match="第 1 行：部门“教育局”导入后又有改动"):
        undo_import(first.run_id)

    undo_import(second.run_id)
    undo_import(first.run_id)
    assert not Department.objects.exists()


def test_the_staging_table_is_not_logged(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relpersistence FROM pg_class WHERE relname = 'core_stagingrow'"
        )
        assert cursor.fetchone() == ("u",)


def test_forgotten_runs_are_given_up(county: Any) -> None:
    run = staged(county, ROWS)

    assert sweep(days=1) == 0
    assert sweep(days=-1) == 1

    run.refresh_from_db()
    assert run.state == "DISCARDED"
    assert not StagingRow.objects.exists()
    with pytest.raises(ImportRefused, match="不在待确认状态"):
        apply_run(run)


def staged(county: Any, rows: list[dict[str, Any]]) -> ImportRun:
    content = csv_of(HEADS, *[(r["name"], r["kind"], "", "") for r in rows])
    kind = import_kinds.get(KEY)
    run = take_in(kind, Source("a.csv", content), scope=county)
    set_mapping(run, run.mapping)
    stage(run)
    return run


@pytest.mark.django_db(transaction=True)
def test_the_same_run_applied_by_many_at_once_is_written_once() -> None:
    county = CountyFactory()
    run = staged(county, ROWS)
    errors = race([lambda: apply_run(ImportRun.objects.get(pk=run.pk))] * 8)

    assert errors == []
    assert Department.objects.count() == 2
    assert ImportEffect.objects.filter(run=run, action="I").count() == 2


@pytest.mark.django_db
def test_a_run_that_was_applied_meanwhile_is_told_as_applied() -> None:
    run = staged(CountyFactory(), ROWS)
    seen_before = ImportRun.objects.get(pk=run.pk)
    apply_run(run)

    again = apply_run(seen_before)

    assert again.state == "APPLIED"
    assert Department.objects.count() == 2
    assert not StagingRow.objects.filter(run_id=run.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_two_previews_of_the_same_rows_never_write_them_twice() -> None:
    county = CountyFactory()
    runs = [staged(county, ROWS) for _each in range(4)]
    errors = race(
        [lambda pk=run.pk: apply_run(ImportRun.objects.get(pk=pk)) for run in runs]
    )

    assert [error.code for error in errors] == ["stale_preview"] * 3
    assert Department.objects.count() == 2
    states = sorted(ImportRun.objects.values_list("state", flat=True))
    assert states == ["APPLIED", "PREVIEWED", "PREVIEWED", "PREVIEWED"]


def race(calls: list[Any]) -> list[Any]:
    """Run the calls at once, one connection each; return what they raised."""
    gate, errors = Barrier(len(calls)), []

    def one(call: Any) -> None:
        try:
            gate.wait()
            call()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [Thread(target=one, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors
