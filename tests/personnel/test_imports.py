"""Teacher lists through the engine, the pages and the command."""

import io
from datetime import date
from typing import Any

import pytest
import xlsxwriter

from core.imports import UndoBlocked, run_import, undo_import
from core.models import Attachment, ImportRow
from personnel import identity
from personnel.models import Teacher
from personnel.services import change_teacher
from tests.personnel.factories import (
    TeacherFactory,
    identity_number,
    tables_holding,
)
from tests.personnel.lists import HEADS, codes, counts, row, settle, take_in
from tests.schools.factories import SchoolFactory

pytestmark = pytest.mark.django_db


def test_list_comes_in_under_the_schools_it_names(world: Any) -> None:
    number = identity_number("19850614", 12)

    done = take_in(
        world,
        row(world, staff_no="T1", identity=number),
        row(world, "测试乙", school=world.here.school.provisional_no, staff_no="T2"),
    )

    assert counts(done) == (2, 0, 0, 0, 0)
    first = Teacher.objects.get(staff_no="T1")
    assert (first.school, first.region) == (world.here.school, world.here.county)
    assert (first.birth_year, first.sex, first.initials) == (1985, "F", "csj")
    assert (first.employment, first.subject) == ("ESTABLISHMENT", "MATHS")
    assert identity.unseal(first.identity_sealed) == number


def test_applying_the_list_again_changes_nothing(world: Any) -> None:
    rows = (
        row(world, staff_no="T1", identity=identity_number()),
        row(world, "测试乙", identity=identity_number()),
        row(world, "测试丙", staff_no="T3"),
    )
    take_in(world, *rows)

    again = take_in(world, *rows, name="再次.csv")

    assert counts(again) == (0, 0, 3, 0, 0)


@pytest.mark.parametrize("applied", [True, False])
def test_identity_number_stands_nowhere_but_sealed(world: Any, applied: bool) -> None:
    number = identity_number()
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    rows = (
        row(world, staff_no="T1", identity=number),
        row(world, "测试乙", identity=wrong),
    )
    take_in(world, *rows, dry_run=not applied)
    if applied:
        take_in(world, row(world, staff_no="T1", identity=number, subject="语文"))

    for secret in (number, wrong):
        assert tables_holding(secret) == []
    held = ["personnel_teacher"] if applied else []
    assert tables_holding(identity.digest(number)) == held
    assert tables_holding(identity.seal(number)) == held
    assert not Attachment.objects.exists()


def test_row_is_kept_with_the_number_masked(world: Any) -> None:
    number = identity_number()

    take_in(world, row(world, staff_no="T1", identity=number))

    values = ImportRow.objects.get().values
    assert values["identity"] == identity.mask(number)
    assert not {"identity_sealed", "identity_hash"} & set(values)


def test_staff_number_finds_the_teacher_and_changes_what_differs(world: Any) -> None:
    one = TeacherFactory(school=world.here.school, staff_no="T1", name="测试甲")

    done = take_in(world, row(world, staff_no="T1", employment="特岗", subject="美术"))

    one.refresh_from_db()
    assert counts(done) == (0, 1, 0, 0, 0)
    assert (one.employment, one.subject) == ("SPECIAL_POST", "ART")


def test_staff_number_of_another_region_is_another_teacher(world: Any) -> None:
    TeacherFactory(school=world.there.school, staff_no="T1")

    assert take_in(world, row(world, staff_no="T1")).created == 1


def test_identity_finds_the_teacher_who_moved_within_the_region(world: Any) -> None:
    number = identity_number()
    old = SchoolFactory(region=world.here.county)
    one = TeacherFactory(school=old, identity_number=number, name="测试甲")

    done = take_in(world, row(world, staff_no="T7", identity=number))

    one.refresh_from_db()
    assert counts(done) == (0, 1, 0, 0, 0)
    assert (one.school, one.staff_no) == (world.here.school, "T7")


def test_identity_of_another_region_is_refused_without_saying_where(world: Any) -> None:
    number = identity_number()
    TeacherFactory(school=world.there.school, identity_number=number)

    done = take_in(world, row(world, staff_no="T1", identity=number))

    assert (counts(done)[3], codes(done)) == (1, ["identity_elsewhere"])
    assert f"请联系{world.city.name}教育行政部门" in done.rows[0]["message"]
    told = str(done.as_dict())
    for hidden in (number, world.there.school.name, world.there.county.name):
        assert hidden not in told


def test_staff_number_with_another_identity_is_refused(world: Any) -> None:
    known = {"school": world.here.school, "staff_no": "T1"}
    TeacherFactory(identity_number=identity_number(), **known)

    done = take_in(world, row(world, staff_no="T1", identity=identity_number()))

    assert codes(done) == ["identity_differs"]


def test_staff_number_and_identity_of_two_teachers_are_refused(world: Any) -> None:
    number = identity_number()
    TeacherFactory(school=world.here.school, staff_no="T1", name="测试甲")
    TeacherFactory(school=world.here.school, identity_number=number)

    done = take_in(world, row(world, staff_no="T1", identity=number))

    assert codes(done) == ["two_teachers"]


def test_teacher_who_left_is_not_changed_by_a_list(world: Any) -> None:
    TeacherFactory(
        school=world.here.school,
        staff_no="T1",
        status="LEFT",
        left_on=date(2025, 9, 1),
        leave_reason="MOVED",
    )

    assert "has_left" in codes(take_in(world, row(world, staff_no="T1")))


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"school": "没有小学"}, "unknown_school"),
        ({"school": ""}, "required"),
        ({"employment": ""}, "required"),
        ({"identity": "12345"}, "identity_shape"),
        ({"identity": "990113198513140010"}, "identity_born"),
        ({"identity": identity_number("19850614"), "birth_year": 1990}, None),
        ({"birth_year": 1066}, "too_small"),
    ],
)
def test_wrong_cell_is_rejected_with_its_reason(
    world: Any, cells: dict[str, Any], code: str | None
) -> None:
    done = take_in(world, row(world, staff_no="T1", **cells))

    assert (done.created, done.rejected) == (0, 1)
    assert codes(done)[0] == (code or "not_as_identity")
    assert done.rows[0]["row"] == 2


def test_identity_number_in_the_staff_number_column_is_sent_back_and_not_kept(
    world: Any,
) -> None:
    number = identity_number()

    done = take_in(world, row(world, staff_no=number), row(world, "测试乙"))

    assert (codes(done), done.created) == (["looks_like_identity"], 1)
    assert tables_holding(number) == []


def test_identity_typed_as_a_number_is_rejected_and_not_kept(world: Any) -> None:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    page = book.add_worksheet()
    page.write_row(0, 0, HEADS)
    page.write_row(1, 0, row(world, staff_no="T1"))
    page.write_number(1, 3, 990113198506140010)
    book.close()

    done = run_import(
        "personnel.teacher", ("教师.xlsx", stream.getvalue()), scope=world.here.county
    )

    assert codes(done) == ["typed_as_number"] or codes(done) == ["digits_lost"]
    assert tables_holding("99011319850614") == []


def test_school_of_another_county_cannot_be_named(world: Any) -> None:
    done = take_in(world, row(world, school=world.there.school.name))

    assert codes(done) == ["unknown_school"]


def test_county_tells_schools_of_one_name_apart(world: Any) -> None:
    SchoolFactory(region=world.there.county, name=world.here.school.name)
    heads = (*HEADS, "区县")

    vague = take_in(world, (*row(world), ""), heads=heads, scope=world.city)
    clear = take_in(
        world,
        (*row(world, staff_no="T1"), "云洲区"),
        heads=heads,
        scope=world.city,
    )

    assert codes(vague) == ["ambiguous_school"]
    assert clear.created == 1
    assert Teacher.objects.get().school == world.here.school


def test_same_keys_twice_in_one_file_are_rejected(world: Any) -> None:
    number = identity_number()
    done = take_in(
        world,
        row(world, staff_no="T1"),
        row(world, "测试乙", staff_no="T1"),
        row(world, "测试丙", identity=number),
        row(world, "测试丁", identity=number),
    )

    assert counts(done)[0] == 2
    assert codes(done) == ["duplicate_in_file"] * 2


def test_namesake_without_keys_is_asked_about_and_answered(world: Any) -> None:
    one = TeacherFactory(school=world.here.school, name="测试甲", staff_no="T1")

    asked = take_in(world, row(world, subject="美术"))
    same = take_in(
        world,
        row(world, subject="美术"),
        name="同.csv",
        answers={2: f"same:{one.pk}"},
    )
    other = take_in(
        world, row(world, subject="历史"), name="异.csv", answers={2: "new"}
    )

    assert counts(asked) == (0, 0, 0, 0, 1)
    assert "T1" in str(asked.questions)
    assert (same.updated, other.created) == (1, 1)
    one.refresh_from_db()
    assert one.subject == "ART"


def test_namesakes_with_own_keys_are_not_asked_about(world: Any) -> None:
    facts = {"name": "测试甲", "subject": "MATHS", "school": world.here.school}
    TeacherFactory(staff_no="T1", identity_number=identity_number(), **facts)

    done = take_in(
        world,
        row(world, staff_no="T2"),
        row(world, identity=identity_number()),
    )

    assert counts(done) == (2, 0, 0, 0, 0)


def test_namesakes_of_one_file_without_keys_are_asked_about(world: Any) -> None:
    done = take_in(world, row(world), row(world))

    assert counts(done) == (1, 0, 0, 0, 1)


def test_usual_words_are_understood(world: Any) -> None:
    heads = ("姓名", "所在学校", "教职工号", "身份证件号", "用人形式", "出生年月")
    done = take_in(
        world,
        ("测试甲", world.here.school.name, "T1", "", "事业编制", "1985-06"),
        heads=heads,
    )

    assert done.created == 1
    one = Teacher.objects.get()
    assert (one.birth_year, one.employment) == (1985, "ESTABLISHMENT")
    assert "1985-06" not in str(ImportRow.objects.get().values)


def test_name_padded_with_blanks_is_found_again(world: Any) -> None:
    take_in(world, row(world, "测　试甲", staff_no="T1"))

    again = take_in(world, row(world, "测试甲", staff_no="T1"), name="再次.csv")

    assert (again.unchanged, Teacher.objects.get().name) == (1, "测试甲")


def test_undo_takes_back_exactly_what_came_in(world: Any) -> None:
    one = TeacherFactory(
        school=world.here.school, name="测试甲", staff_no="T1", subject="ART"
    )
    before = Teacher.objects.filter(pk=one.pk).values().get()
    done = take_in(
        world,
        row(world, staff_no="T1", identity=identity_number()),
        row(world, "测试乙", staff_no="T2", identity=identity_number()),
    )
    assert counts(done) == (1, 1, 0, 0, 0)

    undo_import(done.run_id, by=None)
    settle()

    after = Teacher.objects.values().get()
    for moment in (before, after):
        del moment["changed_at"]
    assert after == before


def test_undo_is_blocked_where_an_identity_was_entered_since(world: Any) -> None:
    done = take_in(world, row(world, staff_no="T1", birth_year=1985))
    one = Teacher.objects.get()
    change_teacher(
        one, by=world.here.bureau, identity_number=identity_number("19850614")
    )

    with pytest.raises(UndoBlocked, match="身份证号"):
        undo_import(done.run_id, by=None)
