"""The workbook of returns: sent out prefilled, filled in, taken in, taken back."""

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pgtrigger
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.days import today
from core.imports import UndoBlocked, run_import, undo_import
from core.models import ImportRow, ImportRun
from schools.models import ReturnUnlock, SchoolReturn
from schools.models.returns import LABELS
from schools.services import submit_return
from tests.schools.factories import (
    ClassSectionFactory,
    FullReturnFactory,
    SchoolFactory,
    SchoolReturnFactory,
    complete_figures,
)

pytestmark = pytest.mark.django_db
KINDER_ONLY, PUPILS = str(LABELS["zone_admitted"]), str(LABELS["students"])


def downloaded(client: Any, year: Any) -> openpyxl.Workbook:
    answer = client.get(reverse("schools:return-prefill"), {"year": year.pk})
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def lines(book: openpyxl.Workbook) -> list[dict[str, Any]]:
    heads, *rows = book["填报"].iter_rows()
    names = [head.value for head in heads]
    return [dict(zip(names, row, strict=True)) for row in rows]


def bytes_of(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def fill(book: openpyxl.Workbook, line: int = 0, **figures: Any) -> bytes:
    row = lines(book)[line]
    for name, value in figures.items():
        row[str(LABELS[name])].value = value
    return bytes_of(book)


def take_in(world: Any, content: Any, **more: Any) -> Any:
    return run_import(
        "schools.return",
        ("报表.xlsx", content) if isinstance(content, bytes) else content,
        scope=world.here.county,
        by=world.here.bureau,
        **more,
    )


def line(world: Any, **cells: Any) -> list[dict[str, Any]]:
    school = world.here.school
    base = {"学校名称": school.name, "学年": world.year.code, "学段": "小学"}
    named = {str(LABELS.get(name, name)): value for name, value in cells.items()}
    return [{**base, **named}]


def problems(summary: Any) -> list[tuple[str, str]]:
    return [(row["column"], row["code"]) for row in summary.rows]


# --- out ----------------------------------------------------------------------------


def test_prefilled_workbook_holds_what_is_entered_else_classes_else_last_year(
    world: Any, signed_in: Any
) -> None:
    school = world.here.school
    SchoolReturnFactory(school=school, year=world.year, seats=600)
    FullReturnFactory(school=school, year=world.last_year, seats=540, staff=31)
    ClassSectionFactory(school=school, year=world.year, number=1, headcount=45)
    ClassSectionFactory(school=school, year=world.year, number=2, headcount=57)

    book = downloaded(signed_in(world.here.bureau), world.year)

    (row,) = lines(book)
    staff = row[str(LABELS["staff"])]
    assert row["学校名称"].value == school.name
    assert row["学校标识码"].value == school.shown_code
    assert (row["学段"].value, row["状态"].value) == ("小学", "填报中")
    assert row[str(LABELS["seats"])].value == 600
    assert row[PUPILS].value == 102
    assert row[str(LABELS["class_56_65"])].value == 1
    assert (staff.value, staff.comment.text) == (31, f"上年（{world.last_year}）")
    assert row[KINDER_ONLY].value is None
    assert book["上年"]["A2"].value == school.name


def test_return_handed_in_shows_only_what_it_holds(world: Any, signed_in: Any) -> None:
    row = FullReturnFactory(
        school=world.here.school, year=world.year, multimedia_rooms=None
    )
    FullReturnFactory(school=world.here.school, year=world.last_year)

    (shown,) = lines(downloaded(signed_in(world.here.bureau), world.year))

    assert shown[PUPILS].value == row.students
    assert shown[str(LABELS["multimedia_rooms"])].value is None


def test_each_gets_the_rows_of_the_own_reach(world: Any, signed_in: Any) -> None:
    other = SchoolFactory(region=world.here.county, name="云洲另一小学")

    def names(person: Any) -> set[str]:
        book = downloaded(signed_in(person), world.year)
        return {row["学校名称"].value for row in lines(book)}

    assert names(world.here.bureau) == {world.here.school.name, other.name}
    assert names(world.here.clerk) == {world.here.school.name}


def test_workbook_needs_a_fixed_number_of_queries(world: Any, signed_in: Any) -> None:
    client = signed_in(world.here.bureau)

    def count(more: int) -> int:
        for _n in range(more):
            school = SchoolFactory(region=world.here.county)
            FullReturnFactory(school=school, year=world.year)
            FullReturnFactory(school=school, year=world.last_year)
        with CaptureQueriesContext(connection) as queries:
            downloaded(client, world.year)
        return len(queries)

    count(0)
    assert count(3) == count(27)


# --- and back -----------------------------------------------------------------------


def test_workbook_goes_out_and_comes_back_filled(world: Any, signed_in: Any) -> None:
    book = downloaded(signed_in(world.here.bureau), world.year)

    done = take_in(world, fill(book, **complete_figures()))

    row = SchoolReturn.objects.get()
    assert (done.created, done.rejected) == (1, 0)
    assert (row.school, row.year, row.stage) == (
        world.here.school,
        world.year,
        "PRIMARY",
    )
    figures = complete_figures()
    assert {name: getattr(row, name) for name in figures} == figures
    assert (row.state, row.counted_on) == ("DRAFT", world.year.reference_day)
    assert submit_return(row, by=world.here.clerk).state == "SUBMITTED"


def test_same_workbook_again_changes_nothing(world: Any, signed_in: Any) -> None:
    FullReturnFactory(school=world.here.school, year=world.year, state="DRAFT")
    locked = SchoolFactory(region=world.here.county, name="云洲已报小学")
    FullReturnFactory(school=locked, year=world.year, state="LOCKED")

    done = take_in(
        world, bytes_of(downloaded(signed_in(world.here.bureau), world.year))
    )

    assert (done.unchanged, done.rejected) == (2, 0)


def test_clerk_uploads_through_the_wizard_and_undoes(
    world: Any, signed_in: Any
) -> None:
    row = FullReturnFactory(school=world.here.school, year=world.year, state="DRAFT")
    client = signed_in(world.here.clerk)
    board = client.get(reverse("schools:return-list")).content.decode()
    start = reverse("core:import-start", args=["schools.return_own"])
    content = fill(downloaded(client, world.year), students=470, seats="清空")

    answer = client.post(start, {"file": SimpleUploadedFile("报表.xlsx", content)})
    run = ImportRun.objects.get()
    client.post(answer.url, {f"column-{n}": at for n, at in run.mapping.items()})
    preview = reverse("core:import-preview", args=[run.pk])
    html = client.get(preview).content.decode()
    client.post(preview, {"apply": "1"})
    row.refresh_from_db()

    assert start in board and "450" in html and "470" in html
    assert (row.students, row.seats) == (470, None)
    undo_import(run.pk, by=world.here.clerk)
    row.refresh_from_db()
    assert (row.students, row.seats) == (450, 540)


def test_schools_are_known_by_code_by_provisional_number_and_by_name(
    world: Any,
) -> None:
    school = world.here.school
    code = f"21{school.region.province_code}000001"
    coded = SchoolFactory(region=world.here.county, school_code=code)
    base = {"学年": world.year.code, "学段": "小学", PUPILS: "100"}

    done = take_in(
        world,
        [
            {**base, "学校标识码": school.provisional_no, "学校名称": "写错的名"},
            {**base, "学校标识码": code, "学校名称": coded.name},
            {**base, "学校标识码": "", "学校名称": world.there.school.name},
        ],
    )

    assert (done.created, done.rejected) == (2, 1)
    assert ("学校名称", "unknown_school") in problems(done)
    assert not SchoolReturn.objects.filter(school=world.there.school).exists()


def test_closed_school_of_the_same_name_is_not_meant(world: Any) -> None:
    SchoolFactory(
        region=world.here.county,
        name=world.here.school.name,
        distinguisher="老校",
        status="CLOSED",
        closed_on="2025-08-31",
    )

    done = take_in(world, line(world, students="100"))

    assert done.created == 1
    assert SchoolReturn.objects.get().school == world.here.school


@pytest.mark.parametrize("word", ["清空", "Clear"])
def test_blank_leaves_and_clear_removes(world: Any, word: str) -> None:
    row = FullReturnFactory(school=world.here.school, year=world.year, state="DRAFT")

    take_in(world, line(world, students="", seats=word, teaching_area="2100.456"))

    row.refresh_from_db()
    assert (row.students, row.seats) == (450, None)
    assert str(row.teaching_area) == "2100.46"


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"retained": "76"}, "retained", "contradicts"),
        ({"class_46_50": "2"}, "classes", "contradicts"),
        ({"class_ge66": "清空"}, "class_ge66", "contradicts"),
        ({"students": "四百"}, "students", "not_a_number"),
        ({"students": "45.5"}, "students", "not_whole"),
        ({"staff": "-1"}, "staff", "too_small"),
        ({"zone_admitted": "5"}, "zone_admitted", "not_of_stage"),
        ({"学段": "初中", "students": "1"}, "学段", "no_such_stage"),
        ({"学年": "2031-2032", "students": "1"}, "学年", "unknown_year"),
    ],
)
def test_fault_is_told_by_row_and_column_and_nothing_is_written(
    world: Any, cells: dict[str, Any], column: str, code: str
) -> None:
    row = FullReturnFactory(school=world.here.school, year=world.year, state="DRAFT")

    done = take_in(world, line(world, **cells))

    saved = row.saved_at
    row.refresh_from_db()
    assert done.rejected == 1
    assert (str(LABELS.get(column, column)), code) in problems(done)
    assert (row.saved_at, SchoolReturn.objects.count()) == (saved, 1)


@pytest.mark.parametrize(
    ("state", "word"),
    [("SUBMITTED", "待校长确认"), ("ACCEPTED", "已验收"), ("LOCKED", "已锁定")],
)
def test_return_no_longer_editable_is_kept_with_its_state_as_reason(
    world: Any, state: str, word: str
) -> None:
    row = FullReturnFactory(school=world.here.school, year=world.year, state=state)

    done = take_in(world, line(world, students="460"))

    row.refresh_from_db()
    assert (done.rejected, row.students) == (1, 450)
    assert f"当前为“{word}”" in done.rows[0]["message"]


def test_return_whose_exception_is_over_is_kept(world: Any) -> None:
    row = FullReturnFactory(school=world.here.school, year=world.year, state="RETURNED")
    with pgtrigger.ignore("schools.ReturnUnlock:unlock_goes_forward"):
        ReturnUnlock.objects.create(
            school_return=row,
            state="OPEN",
            reason="更正",
            asked_by=world.here.clerk,
            decided_by=world.here.bureau,
            opened_on=today() - timedelta(days=9),
            expires_on=today() - timedelta(days=2),
        )

    done = take_in(world, line(world, students="460"))

    assert problems(done) == [("学段", "unlock_over")]


def test_figure_as_last_year_is_remarked_and_an_empty_line_opens_nothing(
    world: Any,
) -> None:
    FullReturnFactory(school=world.here.school, year=world.last_year)

    empty = take_in(world, line(world))
    same = take_in(world, line(world, seats="540"))

    assert problems(empty) == [("学校名称", "nothing_given")]
    assert same.created == 1
    kept = ImportRow.objects.get(run=same.run_id)
    assert [p["code"] for p in kept.problems] == ["as_last_year"]


def test_undo_waits_until_a_return_handed_in_is_sent_back(world: Any) -> None:
    row = FullReturnFactory(school=world.here.school, year=world.year, state="DRAFT")
    done = take_in(world, line(world, students="460"))
    submit_return(row, by=world.here.clerk)

    with pytest.raises(UndoBlocked, match="待校长确认"):
        undo_import(done.run_id, by=world.here.bureau)

    row.refresh_from_db()
    assert row.students == 460


def test_other_bureau_sees_neither_run_nor_kind_of_the_region(
    world: Any, signed_in: Any
) -> None:
    FullReturnFactory(school=world.here.school, year=world.year, state="DRAFT")
    done = take_in(world, line(world, students="460"))
    page = reverse("core:import-detail", args=[done.run_id])

    assert signed_in(world.there.bureau).get(page).status_code == 404
    assert signed_in(world.here.clerk).get(page).status_code == 404
    assert signed_in(world.here.bureau).get(page).status_code == 200
