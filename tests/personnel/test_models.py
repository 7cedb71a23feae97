"""What the register of teachers refuses, also from below."""

from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction

from core.constraints import explain
from personnel import identity
from personnel.choices import LeaveReason, TeacherStatus
from personnel.models import Teacher
from schools.models import School
from tests.bureau.factories import CountyFactory
from tests.personnel.factories import (
    TeacherFactory,
    identity_number,
    tables_holding,
)
from tests.schools.factories import SchoolFactory

pytestmark = pytest.mark.django_db


def run(sql: str, *params: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def refused(column: str, value: Any, **teacher: Any) -> str:
    """Write one column from below and return the rule that refuses it."""
    row = TeacherFactory(**teacher)
    with pytest.raises(DatabaseError) as caught:
        run(f"UPDATE personnel_teacher SET {column} = %s WHERE id = %s", value, row.pk)
    return str(getattr(caught.value.__cause__.diag, "constraint_name", "") or "")  # type: ignore[union-attr]


def test_no_teacher_stands_without_an_employing_school() -> None:
    row = TeacherFactory()

    with pytest.raises(IntegrityError):
        run("UPDATE personnel_teacher SET school_id = NULL WHERE id = %s", row.pk)
    with pytest.raises(IntegrityError):
        run("DELETE FROM schools_school WHERE id = %s", row.school_id)
    with pytest.raises(ValidationError) as caught:
        Teacher(name="测试教师").full_clean()
    assert "school" in caught.value.message_dict


def test_region_of_a_teacher_is_that_of_the_school_and_follows_it() -> None:
    row, other = TeacherFactory(), CountyFactory()

    assert row.region_id == row.school.administered_by_id
    with pytest.raises(IntegrityError):
        run(
            "UPDATE personnel_teacher SET region_id = %s WHERE id = %s",
            other.pk,
            row.pk,
        )
    School.objects.filter(pk=row.school_id).update(administered_by=other)
    row.refresh_from_db()
    assert row.region_id == other.pk


def test_staff_number_is_used_once_in_a_region() -> None:
    first = TeacherFactory(staff_no="T001")
    neighbour = SchoolFactory(region=first.school.region)

    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        TeacherFactory(staff_no="T001", school=neighbour)

    assert "工号" in explain(caught.value).messages[0]
    assert TeacherFactory(staff_no="T001").pk
    TeacherFactory(school=neighbour)
    assert TeacherFactory(school=neighbour).staff_no == ""


def test_staff_numbers_of_two_regions_meet_when_a_school_changes_hands() -> None:
    one, other = TeacherFactory(staff_no="T001"), TeacherFactory(staff_no="T001")

    with pytest.raises(IntegrityError), transaction.atomic():
        School.objects.filter(pk=one.school_id).update(administered_by=other.region)


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("name", "  ", "teacher_name_given"),
        ("staff_no", " ", "teacher_staff_no_given"),
        ("employment", "FRIEND", "teacher_employment_known"),
        ("subject", "MAGIC", "teacher_words_known"),
        ("stage", "MAGIC", "teacher_words_known"),
        ("sex", "X", "teacher_words_known"),
        ("degree", "MAGIC", "teacher_words_known"),
        ("birth_year", 1066, "teacher_born_in_range"),
        ("status", "LEFT", "teacher_status_dates"),
        ("left_on", date(2026, 1, 1), "teacher_status_dates"),
        ("leave_reason", "RETIRED", "teacher_status_dates"),
        ("identity_hash", "0" * 64, "teacher_identity_whole"),
        ("identity_sealed", "1:abc", "teacher_identity_whole"),
        ("identity_sealed", "990113198506140010", "teacher_identity_whole"),
    ],
)
def test_the_database_refuses_what_no_record_may_hold(
    column: str, value: Any, rule: str
) -> None:
    assert refused(column, value) == rule


def test_the_database_refuses_a_plain_number_beside_a_hash() -> None:
    number = identity_number()

    rule = refused("identity_sealed", number, identity_number=number)

    assert rule == "teacher_identity_whole"


def test_an_employment_ends_after_it_began() -> None:
    row = TeacherFactory(entered_on=date(2020, 9, 1))

    with pytest.raises(IntegrityError) as caught:
        run(
            "UPDATE personnel_teacher SET status = 'LEFT', leave_reason = 'OTHER',"
            " left_on = '2020-09-01' WHERE id = %s",
            row.pk,
        )

    assert "晚于入职日期" in explain(caught.value).messages[0]


def test_one_identity_number_stands_once_in_the_whole_register() -> None:
    number = identity_number()
    TeacherFactory(identity_number=number)

    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        TeacherFactory(identity_number=number)

    assert "身份证号已登记" in explain(caught.value).messages[0]


def test_name_is_spelt_for_search_and_order() -> None:
    row = TeacherFactory(name="测试甲")

    assert (row.pinyin, row.initials) == ("ceshijia", "csj")
    row.name = "测试乙"
    row.save(update_fields=["name"])
    row.refresh_from_db()
    assert row.initials == "csy"


def test_teacher_does_not_enter_before_being_born() -> None:
    with pytest.raises(ValidationError) as caught:
        Teacher(name="测试甲", birth_year=1990, entered_on=date(1990, 9, 1)).clean()

    assert "entered_on" in caught.value.message_dict


# --- identity ---------------------------------------------------------------------


def test_identity_number_is_nowhere_in_the_database() -> None:
    number = identity_number()
    row = TeacherFactory(identity_number=number)
    row.name = "测试更名"
    row.save()
    row.delete()
    TeacherFactory(identity_number=number)

    assert tables_holding(number) == []
    assert tables_holding(identity.digest(number)) == ["personnel_teacher"]


def test_history_keeps_every_version_but_nothing_of_the_identity() -> None:
    number = identity_number()
    row = TeacherFactory(name="测试甲", identity_number=number)
    row.name = "测试乙"
    row.save()
    row.delete()

    events = apps.get_model("personnel.TeacherEvent")
    names = [f.name for f in events._meta.get_fields()]
    assert [e.name for e in events.objects.order_by("pgh_id")] == ["测试甲", "测试乙"]
    assert not [name for name in names if "identity" in name]
    with connection.cursor() as cursor:
        cursor.execute("SELECT e::text FROM personnel_teacherevent e")
        kept = str(cursor.fetchall())
    assert identity.digest(number) not in kept
    assert identity.seal(number) not in kept


def test_number_is_sealed_under_the_installation_s_key(settings: Any) -> None:
    number = identity_number()
    row = TeacherFactory(identity_number=number)
    sealed, digest = row.identity_sealed, row.identity_hash

    assert number not in sealed and number not in digest
    assert identity.unseal(sealed) == number
    settings.FIELD_KEY = "another key"
    assert identity.seal(number) != sealed
    assert identity.digest(number) != digest
    with pytest.raises(identity.Unreadable):
        identity.unseal(sealed)
    assert "密钥" in row.masked_identity


def test_changed_seal_is_not_read() -> None:
    sealed = identity.seal(identity_number())
    changed = sealed[:-3] + ("AA=" if sealed[-3:] != "AA=" else "BB=")

    with pytest.raises(identity.Unreadable):
        identity.unseal(changed)


def test_mask_shows_three_and_two_signs() -> None:
    row = TeacherFactory(identity_number=identity_number("19850614", 12))

    number = identity.unseal(row.identity_sealed)
    assert row.masked_identity == f"990*************{number[-2:]}"
    assert TeacherFactory().masked_identity == ""


@pytest.mark.parametrize("wrong", ["", "12345", "9901131985061400", "A" * 18])
def test_number_of_a_wrong_shape_is_refused_without_being_quoted(wrong: str) -> None:
    with pytest.raises(ValidationError) as caught:
        identity.clean(wrong)

    assert caught.value.code == "identity_shape"
    assert not wrong or wrong not in str(caught.value)


def test_every_single_wrong_digit_is_found() -> None:
    number = identity_number("19850614", 12)

    for place in range(17):
        for digit in "0123456789":
            if digit == number[place]:
                continue
            wrong = number[:place] + digit + number[place + 1 :]
            with pytest.raises(ValidationError) as caught:
                identity.clean(wrong)
            assert wrong not in str(caught.value)


def test_number_known_from_the_standard_is_accepted_in_any_width() -> None:
    standard = "11010519491231002X"

    assert identity.clean(" 11010519491231002x ") == standard
    assert identity.clean("１１０１０５１９４９１２３１００２Ｘ") == standard
    assert (identity.birth_year(standard), identity.sex(standard)) == (1949, "F")


@pytest.mark.parametrize("born", ["18991231", "20250230", "20991231"])
def test_day_of_birth_that_never_was_is_refused(born: str) -> None:
    with pytest.raises(ValidationError) as caught:
        identity.clean(identity_number(born))

    assert caught.value.code == "identity_born"


def test_number_fills_birth_year_and_sex_and_contradicts_others() -> None:
    row = Teacher(name="测试甲")
    row.set_identity(identity_number("19850614", 12))

    assert (row.birth_year, row.sex) == (1985, "F")
    with pytest.raises(ValidationError) as caught:
        Teacher(name="测试甲", birth_year=1990).set_identity(
            identity_number("19850614")
        )
    assert list(caught.value.message_dict) == ["birth_year"]


def test_day_decides_who_is_employed() -> None:
    row = TeacherFactory(
        entered_on=date(2020, 9, 1),
        left_on=date(2025, 9, 1),
        status=TeacherStatus.LEFT,
        leave_reason=LeaveReason.MOVED,
    )

    def there(day: date) -> bool:
        return row in Teacher.objects.employed(day)

    assert [there(date(*d)) for d in ((2020, 8, 31), (2020, 9, 1))] == [False, True]
    assert [there(date(*d)) for d in ((2025, 8, 31), (2025, 9, 1))] == [True, False]
