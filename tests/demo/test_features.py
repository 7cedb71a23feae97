"""Each page of the schools and the rosters has something to look at in the demo."""

import pytest

from bureau.models import ApiClient, PolicyParameter
from core.days import today
from personnel import identity
from personnel.models import Teacher
from roster.choices import RowResult, RunState
from roster.models import PupilRoster, Source, SyncRow, SyncRun
from schools.choices import UnlockState
from schools.comparison import before_after, joined_on
from schools.models import ReturnUnlock, School

pytestmark = pytest.mark.usefixtures("demo")


def test_a_bundle_waits_for_approval_and_one_was_refused() -> None:
    states = dict(SyncRun.objects.values_list("file_name", "state"))
    held = SyncRun.objects.get(state=RunState.HELD)
    gone = SyncRow.objects.filter(run=held, result=RowResult.DELETED)

    assert states["学籍系统名册_2026年9月.zip"] == RunState.DONE
    assert states["学籍系统名册_2026年10月.zip"] == RunState.FAILED
    assert held.attachment is not None
    assert gone.count() > 3
    assert Teacher.objects.filter(
        source=held.source.code, sourced_id__in=gone.values("sourced_id")
    ).exists()


def test_rows_were_sent_back_with_their_reasons() -> None:
    rejected = SyncRow.objects.filter(result=RowResult.REJECTED)

    assert {row.run.kind for row in rejected.select_related("run")} == {
        "BULK",
        "BUNDLE",
    }
    assert all(row.errors for row in rejected)


def test_programs_send_read_and_rest() -> None:
    clients = ApiClient.objects.all()

    assert Source.objects.filter(client__isnull=False).exists()
    assert {client.paused_at is None for client in clients} == {True, False}


def test_a_school_asked_for_a_locked_return_and_another_was_refused() -> None:
    states = set(ReturnUnlock.objects.values_list("state", flat=True))

    assert states == {UnlockState.ASKED, UnlockState.REFUSED}


def test_identity_numbers_are_sealed_and_belong_to_no_place() -> None:
    rows = Teacher.objects.exclude(identity_sealed="")
    numbers = [identity.unseal(row.identity_sealed) for row in rows]

    assert len(numbers) > 10
    assert {number[:6] for number in numbers} == {"990000"}
    assert all(identity.clean(number) == number for number in numbers)


def test_teachers_left_and_one_came_back() -> None:
    left = Teacher.objects.filter(status="LEFT")
    moved = School.objects.get(name="云岭新区小学").teachers.filter(staff_no="014P01")

    assert left.count() == 2
    assert moved.get().entered_on.year == 2026


def test_a_roster_of_pupils_was_kept_for_a_while_and_none_is_now() -> None:
    row = PupilRoster.objects.get()

    assert row.valid_to is not None and row.valid_to < today()
    assert not PupilRoster.objects.on().exists()


def test_a_county_value_lies_outside_what_the_city_allows_since() -> None:
    (row,) = PolicyParameter.objects.outside(today())

    assert (row.key, row.region.code) == ("return.jump_ratio", "990121")


def test_a_school_has_figures_from_before_and_after_it_joined() -> None:
    school = School.objects.get(name="石滩小学")
    day = joined_on(school, today())
    assert day is not None

    (stage,) = before_after(school, day, today())

    assert (stage.before, len(stage.years)) == (2, 4)
    assert any(line.change for line in stage.lines)


def test_most_records_have_an_address_and_some_lack_it() -> None:
    rows = School.objects.filter(administered_by__code="990113")

    assert 0 < rows.filter(address="").count() < rows.count() / 4
