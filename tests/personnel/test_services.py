"""Entering, correcting, ending and unmasking, with what each refuses and records."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AccessLog
from audit.models import Event
from core.days import today
from core.transitions import MoveRefused
from personnel import identity
from personnel.choices import LeaveReason, TeacherStatus
from personnel.models import Teacher
from personnel.services import (
    change_teacher,
    find_duplicates,
    leave_school,
    register_teacher,
    return_to_work,
    unmask_identity,
)
from tests.personnel.factories import (
    TeacherFactory,
    identity_number,
    tables_holding,
)
from tests.schools.factories import SchoolFactory

pytestmark = pytest.mark.django_db


def enter(world: Any, **fields: Any) -> Teacher:
    """Register a teacher in the school of ``here`` by its clerk."""
    given = {
        "by": world.here.clerk,
        "school": world.here.school,
        "name": "测试甲",
        "employment": "CONTRACT",
    }
    return register_teacher(**{**given, **fields})


def messages(caught: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = caught.value.message_dict
    return found


def events(teacher: Teacher) -> list[str]:
    return list(Event.objects.about(teacher).values_list("verb", flat=True))


def test_school_registers_its_teacher_and_the_event_says_so(world: Any) -> None:
    number = identity_number("19850614", 12)

    row = enter(world, identity_number=number, staff_no="T1", subject="MATHS")

    row.refresh_from_db()
    assert (row.birth_year, row.sex, row.region) == (1985, "F", world.here.county)
    assert identity.unseal(row.identity_sealed) == number
    assert events(row) == ["personnel.teacher.register"]
    assert tables_holding(number) == []
    assert tables_holding(identity.digest(number)) == ["personnel_teacher"]


def test_nobody_registers_for_a_school_of_another_county(world: Any) -> None:
    for user in (world.there.bureau, world.there.clerk):
        with pytest.raises(MoveRefused, match="您不负责"):
            enter(world, by=user)

    assert not Teacher.objects.exists()


def test_registered_identity_number_is_refused_with_where_to_who_may_see_it(
    world: Any,
) -> None:
    number = identity_number()
    other = SchoolFactory(region=world.here.county, name="东篱小学")
    TeacherFactory(school=other, identity_number=number)

    with pytest.raises(ValidationError) as caught:
        enter(world, by=world.here.bureau, identity_number=number.lower())

    said = messages(caught)["identity_number"][0]
    assert other.name in said and world.here.county.name in said
    assert number not in said


@pytest.mark.parametrize("who", ["bureau", "clerk"])
def test_a_number_registered_in_another_county_is_refused_without_saying_where(
    world: Any, who: str
) -> None:
    number = identity_number()
    TeacherFactory(school=world.there.school, identity_number=number)

    with pytest.raises(ValidationError) as caught:
        enter(world, by=getattr(world.here, who), identity_number=number)

    said = messages(caught)["identity_number"][0]
    assert world.there.school.name not in said
    assert world.there.county.name not in said
    assert f"请联系{world.city.name}教育行政部门" in said


def test_wrong_identity_number_is_told_on_its_field(world: Any) -> None:
    number = identity_number()
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")

    with pytest.raises(ValidationError) as caught:
        enter(world, identity_number=wrong)

    assert "校验码" in messages(caught)["identity_number"][0]


@pytest.mark.parametrize(
    "alike", [{"birth_year": 1985}, {"subject": "MATHS"}], ids=["year", "subject"]
)
def test_namesake_of_the_region_is_asked_about_before_creation(
    world: Any, alike: dict[str, Any]
) -> None:
    elsewhere = SchoolFactory(region=world.here.county, name="东篱小学")
    TeacherFactory(name="测试甲", school=elsewhere, staff_no="T9", **alike)

    with pytest.raises(ValidationError) as caught:
        enter(world, **alike)

    assert "东篱小学，T9" in messages(caught)["not_same"][0]
    row = enter(world, **alike, not_same=True)
    told = Event.objects.about(row).get().data
    assert told["not_same"] == [Teacher.objects.get(school=elsewhere).pk]


def test_namesake_that_cannot_be_the_same_is_not_asked_about(world: Any) -> None:
    facts = {"name": "测试甲", "birth_year": 1985, "subject": "MATHS"}
    TeacherFactory(school=world.there.school, **facts)
    TeacherFactory(
        school=world.here.school,
        identity_number=identity_number("19850101", 11),
        **facts,
    )
    TeacherFactory(school=world.here.school, name="测试甲", birth_year=1960)

    row = enter(world, **facts, identity_number=identity_number("19850202", 13))

    assert row.pk


def test_duplicates_tell_certain_from_likely(world: Any) -> None:
    number = identity_number()
    same = TeacherFactory(school=world.there.school, identity_number=number)
    alike = TeacherFactory(school=world.here.school, name="测试甲", subject="ART")

    found = find_duplicates(
        school=world.here.school, name="测试甲", subject="ART", identity_number=number
    )

    assert (found.same, list(found.alike)) == (same, [alike])
    assert not find_duplicates(school=world.here.school, name="测试甲")


def test_name_padded_with_blanks_is_the_same_name(world: Any) -> None:
    enter(world, name="测　试 甲 ", subject="ART")

    assert Teacher.objects.get().name == "测试甲"
    with pytest.raises(ValidationError) as caught:
        enter(world, name="测试 甲", subject="ART")
    assert list(messages(caught)) == ["not_same"]


def test_used_staff_number_is_told_in_words(world: Any) -> None:
    TeacherFactory(school=world.here.school, staff_no="T1")

    with pytest.raises(ValidationError) as caught:
        enter(world, staff_no="T1")

    assert "工号" in str(caught.value)


def test_change_is_recorded_without_the_identity(world: Any) -> None:
    row, number = enter(world), identity_number("19900505", 15)

    change_teacher(row, by=world.here.clerk, subject="ART", identity_number=number)

    row.refresh_from_db()
    assert (row.subject, row.birth_year, row.sex) == ("ART", 1990, "M")
    changed = Event.objects.about(row).first().data["changed"]  # type: ignore[union-attr]
    assert changed == {"subject": ["", "ART"], "identity": []}
    assert tables_holding(number) == []
    assert tables_holding(row.identity_hash) == ["personnel_teacher"]


def test_change_without_a_number_keeps_the_one_there_is(world: Any) -> None:
    row = enter(world, identity_number=identity_number())
    before = row.identity_hash

    change_teacher(row, by=world.here.clerk, subject="ART", identity_number="")

    row.refresh_from_db()
    assert row.identity_hash == before


def test_number_of_somebody_else_is_refused_on_change(world: Any) -> None:
    number = identity_number()
    TeacherFactory(school=world.there.school, identity_number=number)
    row = enter(world)

    with pytest.raises(ValidationError) as caught:
        change_teacher(row, by=world.here.clerk, identity_number=number)

    said = messages(caught)["identity_number"][0]
    assert "不能重复登记" in said and world.there.school.name not in said


def test_move_to_another_school_needs_the_right_over_both(world: Any) -> None:
    row, other = enter(world), SchoolFactory(region=world.here.county)

    with pytest.raises(MoveRefused):
        change_teacher(row, by=world.here.clerk, school=other)
    with pytest.raises(MoveRefused):
        change_teacher(row, by=world.here.bureau, school=world.there.school)

    change_teacher(row, by=world.here.bureau, school=other)
    row.refresh_from_db()
    assert row.school == other


def test_employment_ends_with_date_and_reason_and_only_once(world: Any) -> None:
    row = enter(world, entered_on=date(2020, 9, 1))

    leave_school(
        row, by=world.here.clerk, left_on=today(), reason="RETIRED", note="到龄"
    )

    row.refresh_from_db()
    assert (row.status, row.left_on) == (TeacherStatus.LEFT, today())
    assert row.leave_reason == LeaveReason.RETIRED
    assert row not in Teacher.objects.employed()
    last = Event.objects.about(row).first()
    assert (last.verb, last.reason) == ("personnel.teacher.leave", "到龄")  # type: ignore[union-attr]
    with pytest.raises(MoveRefused, match="已离职"):
        leave_school(row, by=world.here.clerk, left_on=today(), reason="OTHER")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"left_on": date(2999, 1, 1)}, "left_on"),
        ({"left_on": date(2020, 9, 1)}, "left_on"),
        ({"reason": "BORED"}, "reason"),
    ],
)
def test_employment_does_not_end_on_a_wrong_day_or_without_reason(
    world: Any, given: dict[str, Any], field: str
) -> None:
    row = enter(world, entered_on=date(2020, 9, 1))
    right = {"left_on": date(2024, 9, 1), "reason": "RETIRED"}

    with pytest.raises(ValidationError) as caught:
        leave_school(row, by=world.here.clerk, **{**right, **given})

    assert list(messages(caught)) == [field]
    row.refresh_from_db()
    assert row.status == TeacherStatus.ACTIVE


def test_teacher_comes_back_and_the_history_stays(world: Any) -> None:
    row, other = enter(world), SchoolFactory(region=world.here.county)
    left = {"left_on": date(2025, 9, 1), "reason": "MOVED"}
    leave_school(row, by=world.here.bureau, **left)

    with pytest.raises(MoveRefused):
        return_to_work(row, by=world.here.clerk, school=other, entered_on=today())
    return_to_work(row, by=world.here.bureau, school=other, entered_on=today())

    row.refresh_from_db()
    assert (row.status, row.school, row.left_on) == ("ACTIVE", other, None)
    assert "personnel.teacher.leave" in events(row)
    with pytest.raises(MoveRefused, match="在职"):
        return_to_work(row, by=world.here.bureau, school=other, entered_on=today())


@pytest.mark.parametrize("who", ["bureau", "principal"])
def test_unmasking_is_recorded_with_the_reason(world: Any, who: str) -> None:
    number = identity_number()
    row = TeacherFactory(school=world.here.school, identity_number=number)
    user = getattr(world.here, who)

    assert unmask_identity(row, by=user, reason=" 职称评审 ") == number

    log = AccessLog.objects.get()
    assert (log.user, log.reason, log.count) == (user, "职称评审", 1)
    assert row.name in log.subject
    assert tables_holding(number) == []


def test_nothing_is_unmasked_without_right_or_reason(world: Any) -> None:
    row = TeacherFactory(school=world.here.school, identity_number=identity_number())

    for user in (world.here.clerk, world.there.principal, world.city_bureau):
        with pytest.raises(MoveRefused):
            unmask_identity(row, by=user, reason="职称评审")
    with pytest.raises(ValidationError):
        unmask_identity(row, by=world.here.principal, reason="  ")

    assert not AccessLog.objects.exists()


def test_number_of_another_key_is_not_read(world: Any, settings: Any) -> None:
    row = TeacherFactory(school=world.here.school, identity_number=identity_number())
    settings.FIELD_KEY = "another key"

    with pytest.raises(ValidationError, match="密钥"):
        unmask_identity(row, by=world.here.principal, reason="职称评审")
