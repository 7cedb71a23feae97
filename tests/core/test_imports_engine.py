"""The import engine: one file in, exact counts, twice the same, back again."""

from typing import Any

import pytest
from django.db import connection

from audit.models import Event
from bureau.models import Department
from core.imports import ImportRefused, UndoBlocked, run_import, undo_import
from core.models import (
    Attachment,
    ImportEffect,
    ImportLayout,
    ImportRow,
    ImportRun,
    StagingRow,
)
from tests.bureau.factories import CountyFactory, DepartmentFactory
from tests.core.import_kinds import KEY
from tests.core.workbooks import HEADS, csv_of, xlsx

pytestmark = pytest.mark.django_db

ROWS = (
    ("示范县各部门名录",),
    (),
    ("序号", "名 称", "类别（编办口径）", "来源", "登记日期"),
    (1, "　教育局 ", "教育行政部门", "编办", "2024年3月1日"),
    (2, "财政局", "财政部门", "编办", 45352),
    (),
    (3, "人社局", None, "编办", None),
    (4, "外地驻县办", "组织部门", "外地", None),
    ("合计", "4个"),
    ("注：本表由编办填报。",),
)


@pytest.fixture
def county() -> Any:
    return CountyFactory()


def run(county: Any, *rows: Any, **kwargs: Any) -> Any:
    return run_import(KEY, ("名录.xlsx", xlsx(*rows)), scope=county, **kwargs)


def counts(summary: Any) -> tuple[int, ...]:
    return (
        summary.created,
        summary.updated,
        summary.unchanged,
        summary.rejected,
        summary.asked,
        summary.skipped,
    )


def test_a_messy_workbook_gives_exact_counts_and_names_each_bad_row(
    county: Any,
) -> None:
    summary = run(county, *ROWS)

    assert counts(summary) == (2, 0, 0, 2, 0, 0)
    assert [(r["row"], r["column"], r["code"]) for r in summary.rows] == [
        (7, "类别（编办口径）", "required"),
        (8, "来源", "out_of_scope"),
    ]
    assert set(Department.objects.values_list("name", flat=True)) == {
        "教育局",
        "财政局",
    }
    assert [r["row"] for r in summary.remarks] == [9, 10]


def test_the_same_file_again_changes_nothing(county: Any) -> None:
    run(county, *ROWS)
    before = list(Department.objects.values())

    again = run(county, *ROWS)

    assert counts(again) == (0, 0, 2, 2, 0, 0)
    assert list(Department.objects.values()) == before
    assert not ImportEffect.objects.filter(run_id=again.run_id).exists()


def test_changed_rows_are_updated_and_only_they(county: Any) -> None:
    run(county, *ROWS)
    kept = Department.objects.get(name="财政局")

    again = run(
        county, HEADS, ("教育局", "教育行政部门", "教育志"), ("财政局", "财政部门")
    )

    assert counts(again) == (0, 1, 1, 0, 0, 0)
    assert Department.objects.get(name="教育局").source == "教育志"
    kept_now = Department.objects.get(name="财政局")
    assert (kept_now.source, kept_now.changed_at) == ("编办", kept.changed_at)


def test_a_pinned_field_is_not_overwritten(county: Any) -> None:
    DepartmentFactory(
        region=county, name="教育局", source="人工更正", pinned=["source"]
    )

    summary = run(county, HEADS, ("教育局", "教育行政部门", "编办"))

    assert counts(summary) == (0, 0, 1, 0, 0, 0)
    assert Department.objects.get().source == "人工更正"


def test_a_set_based_check_rejects_with_its_detail(county: Any) -> None:
    summary = run(county, HEADS, ("教育局2", "教育行政部门"), ("财政局", "财政部门"))

    assert counts(summary) == (1, 0, 0, 1, 0, 0)
    assert summary.rows[0]["message"] == "“教育局2”不是单位全称，请写全称"
    assert summary.rows[0]["column"] == "名称"


def test_a_note_does_not_keep_a_row_out(county: Any) -> None:
    summary = run(county, HEADS, ("教育局", "教育行政部门", "待查"))

    assert counts(summary) == (1, 0, 0, 0, 0, 0)
    assert summary.rows == []
    assert ImportRow.objects.get().problems[0]["code"] == "to_confirm"


def test_a_dry_run_reports_the_same_and_keeps_nothing(county: Any) -> None:
    summary = run(county, *ROWS, dry_run=True)

    assert counts(summary) == (2, 0, 0, 2, 0, 0)
    assert summary.run_id is None
    assert summary.dry_run
    assert not Department.objects.exists()
    assert not ImportRun.objects.exists()
    assert not Attachment.objects.exists()
    assert not StagingRow.objects.exists()


def test_the_file_and_each_row_are_kept_with_the_run(county: Any) -> None:
    summary = run(county, *ROWS)

    kept = ImportRun.objects.get(pk=summary.run_id)
    assert kept.state == "APPLIED"
    assert Attachment.objects.about(kept).get().name == "名录.xlsx"
    verdicts = dict(ImportRow.objects.values_list("number", "verdict"))
    assert verdicts == {4: "CREATED", 5: "CREATED", 7: "REJECTED", 8: "REJECTED"}
    assert (
        ImportRow.objects.get(number=4).target_id
        == Department.objects.get(name="教育局").pk
    )
    assert not StagingRow.objects.exists()
    assert Event.objects.filter(verb="core.import_created").count() == 2


def test_homonyms_elsewhere_are_asked_about_and_left_out_until_answered(
    county: Any,
) -> None:
    elsewhere = DepartmentFactory(name="教育局", kind="EDU")
    rows = (HEADS, ("教育局", "教育行政部门", "编办"))

    asked = run(county, *rows)

    assert counts(asked) == (0, 0, 0, 0, 1, 0)
    assert asked.questions[0]["candidates"] == [{"id": elsewhere.pk, "label": "教育局"}]
    assert Department.objects.count() == 1

    assert ImportRow.objects.get().problems[0]["message"].startswith("别处有同名单位")

    new = run(county, *rows, answers={2: "new"}, dry_run=True)
    skipped = run(county, *rows, answers={2: "skip"}, dry_run=True)
    same = run(county, *rows, answers={2: f"same:{elsewhere.pk}"})

    assert counts(new) == (1, 0, 0, 0, 0, 0)
    assert counts(skipped) == (0, 0, 0, 0, 0, 1)
    assert counts(same) == (0, 1, 0, 0, 0, 0)


def test_an_answer_that_was_not_offered_is_no_answer(county: Any) -> None:
    DepartmentFactory(name="教育局")
    stranger = DepartmentFactory(name="财政局")

    summary = run(
        county,
        HEADS,
        ("教育局", "教育行政部门"),
        answers={2: f"same:{stranger.pk}"},
    )

    assert counts(summary) == (0, 0, 0, 0, 1, 0)


def test_twins_in_one_file_are_asked_about_and_the_answer_is_remembered(
    county: Any,
) -> None:
    file = ("a.csv", csv_of(HEADS, ("教育局", "教育行政部门"), ("教育局", "财政部门")))

    first = run_import(KEY, file, scope=county)
    undo_import(first.run_id)
    answered = run_import(KEY, file, scope=county, answers={3: "new"})
    again = run_import(KEY, file, scope=county)

    assert counts(first) == (1, 0, 0, 0, 1, 0)
    assert counts(answered) == (2, 0, 0, 0, 0, 0)
    assert counts(again) == (0, 0, 2, 0, 0, 0)


def test_undo_removes_exactly_what_was_added(county: Any) -> None:
    stands = DepartmentFactory(region=county, name="旧部门")
    summary = run(county, *ROWS)

    undone = undo_import(summary.run_id)

    assert (undone.removed, undone.restored) == (2, 0)
    assert list(Department.objects.all()) == [stands]
    assert ImportRun.objects.get(pk=summary.run_id).state == "UNDONE"


def test_undo_restores_exactly_what_was_changed(county: Any) -> None:
    old = DepartmentFactory(region=county, name="教育局", source="旧", pinned=["name"])
    summary = run(county, HEADS, ("教育局", "教研机构", "新"))
    assert counts(summary) == (0, 1, 0, 0, 0, 0)

    undone = undo_import(summary.run_id)

    assert (undone.removed, undone.restored) == (0, 1)
    now = Department.objects.get()
    assert (now.pk, now.source, now.kind, now.pinned) == (old.pk, "旧", "EDU", ["name"])


def test_undo_is_blocked_by_a_later_edit_and_names_it(county: Any) -> None:
    summary = run(county, *ROWS)
    Department.objects.filter(name="教育局").update(source="人工")

    with pytest.raises(UndoBlocked) as blocked:
        undo_import(summary.run_id)

    assert blocked.value.blocks == ["第 4 行：部门“教育局”导入后又有改动"]
    assert Department.objects.count() == 2


def test_undo_is_blocked_by_what_was_built_on_a_row(county: Any) -> None:
    from core.files import attach

    summary = run(county, *ROWS)
    department = Department.objects.get(name="教育局")
    attach(department, "三定方案.txt", b"text", kind="DOCUMENT")

    with pytest.raises(UndoBlocked) as blocked:
        undo_import(summary.run_id)

    assert blocked.value.blocks == ["教育局已有附件“三定方案.txt”"]


def test_undo_goes_on_when_a_row_was_already_removed(county: Any) -> None:
    summary = run(county, *ROWS)
    Department.objects.get(name="教育局").delete()

    undone = undo_import(summary.run_id)

    assert undone.removed == 1
    assert not Department.objects.exists()


def test_a_run_is_undone_once(county: Any) -> None:
    summary = run(county, *ROWS)
    undo_import(summary.run_id)

    with pytest.raises(ImportRefused, match="已撤销"):
        undo_import(summary.run_id)


def test_after_undo_the_same_file_creates_again(county: Any) -> None:
    summary = run(county, *ROWS)
    undo_import(summary.run_id)

    assert counts(run(county, *ROWS)) == (2, 0, 0, 2, 0, 0)


def test_the_database_has_the_last_word_and_nothing_is_half_written(
    county: Any,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE bureau_department"
            " ADD CONSTRAINT no_finance CHECK (kind <> 'FINANCE')"
        )

    with pytest.raises(ImportRefused) as refused:
        run(county, *ROWS)

    assert refused.value.code == "no_finance"
    assert not Department.objects.exists()
    assert not ImportRun.objects.exists()


def test_a_file_without_a_required_column_is_refused_with_its_heads(
    county: Any,
) -> None:
    with pytest.raises(ImportRefused, match=r"部门类别.*名称、来源") as refused:
        run(county, ("名称", "来源"), ("教育局", "编办"))

    assert refused.value.code == "missing_column"
    assert not ImportRun.objects.exists()


def test_columns_can_be_named_by_hand(county: Any) -> None:
    summary = run(
        county,
        ("叫什么", "类别"),
        ("教育局", "教育行政部门"),
        mapping={"name": "叫什么"},
    )

    assert counts(summary) == (1, 0, 0, 0, 0, 0)
    with pytest.raises(ImportRefused, match="没有“没有的列”"):
        run(county, HEADS, ("教育局", "教育行政部门"), mapping={"name": "没有的列"})


def test_records_are_imported_without_a_file(county: Any) -> None:
    records = [
        {"name": "教育局", "kind": "教育行政部门"},
        {"name": "", "kind": "财政部门"},
    ]

    summary = run_import(KEY, records, scope=county)

    assert counts(summary) == (1, 0, 0, 1, 0, 0)
    assert summary.rows[0]["row"] == 2
    assert not Attachment.objects.exists()


def test_csv_in_both_encodings_and_the_workbook_give_the_same(county: Any) -> None:
    rows = [["" if c is None else c for c in row] for row in ROWS[2:8]]
    rows[2][4] = "2024-03-02"

    results = [
        counts(run_import(KEY, ("a.csv", content), scope=county, dry_run=True))
        for content in (
            csv_of(*rows),
            csv_of(*rows, encoding="utf-8"),
            csv_of(*rows, encoding="gb18030"),
            csv_of(*rows, encoding="utf-16"),
            xlsx(*rows),
        )
    ]

    assert set(results) == {(2, 0, 0, 2, 0, 0)}


def test_a_person_changes_nothing_outside_the_persons_reach(
    county: Any, user: Any
) -> None:
    DepartmentFactory(region=county, name="教育局", source="旧")

    summary = run(county, HEADS, ("教育局", "教育行政部门", "新"), by=user)

    assert counts(summary) == (0, 0, 0, 1, 0, 0)
    assert summary.rows[0]["code"] == "out_of_reach"
    assert Department.objects.get().source == "旧"


def test_the_layout_of_a_file_is_remembered_only_when_confirmed(county: Any) -> None:
    run(county, *ROWS)

    assert not ImportLayout.objects.exists()
