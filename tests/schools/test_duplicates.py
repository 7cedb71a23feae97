"""Schools entered twice are found, compared, and put together or kept apart."""

from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.urls import reverse

from accounts.models import RoleGrant
from audit.models import Event
from core.constraints import check_deferred
from core.files import attach
from core.imports import run_import
from core.models import Attachment
from core.transitions import MoveRefused
from schools.choices import Label
from schools.duplicates import REASONS, suspected
from schools.models import (
    ClassSection,
    MergedRecord,
    NotDuplicate,
    School,
    SchoolLabel,
    SchoolReturn,
)
from schools.references import references
from schools.services import (
    keep_apart,
    merge_duplicate,
    plan_merge,
    rename_school,
)
from tests.accounts.factories import user_with
from tests.groups.factories import GroupFactory, join
from tests.schools.factories import (
    ClassSectionFactory,
    FullReturnFactory,
    SchoolFactory,
    SchoolHonourFactory,
    SchoolLabelFactory,
    SchoolReturnFactory,
)
from tests.schools.refusals import refused
from tests.schools.twins import code, made, twins

pytestmark = pytest.mark.django_db


def reasons(user: Any) -> dict[tuple[int, int], list[str]]:
    return {(one, two): why for one, two, why in suspected(user)}


# --- finding -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "two", "why"),
    [
        (
            {"name": "东湖小学"},
            {"name": "东湖 小学", "distinguisher": "x"},
            "same_name",
        ),
        ({"name": "东湖小学"}, {"name": "云洲区东湖小学"}, "same_core"),
        ({"name": "东湖小学"}, {"name": "东胡小学"}, "same_sound"),
        ({"name": "东湖中心小学"}, {"name": "东湖中心小学校"}, "contains"),
        (
            {"name": "东湖小学", "short_name": "湖小"},
            {"name": "第九小学", "short_name": "湖小"},
            "same_short",
        ),
        (
            {"name": "东湖小学", "address": "文昌路 8 号"},
            {"name": "第九小学", "address": "文昌路8号"},
            "same_address",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_likely_twins_are_found_and_the_reason_named(
    world: Any, one: dict, two: dict, why: str
) -> None:
    first, second = made(world, **one), made(world, **two)

    found = reasons(world.here.bureau)

    assert why in found[(first.pk, second.pk)]
    assert set(found[(first.pk, second.pk)]) <= set(REASONS)


def test_a_former_name_betrays_a_second_entry(world: Any) -> None:
    school = made(world, "东湖小学", opened_on=date(2000, 9, 1))
    rename_school(
        school,
        by=world.here.bureau,
        name="文昌实验学校",
        day=date(2020, 9, 1),
        reason="更名",
    )
    again = made(world, "东湖小学")

    assert "former_name" in reasons(world.here.bureau)[(school.pk, again.pk)]


def test_different_schools_are_left_alone(world: Any) -> None:
    made(world, "东湖小学")
    made(world, "西山小学")
    made(world, "东湖幼儿园", type="KINDERGARTEN")
    SchoolFactory(region=world.there.county, name="东湖小学")
    made(world, "南岸小学", school_code=code(world, 1))
    made(world, "北坡小学", school_code=code(world, 2))
    made(world, "云洲区南岸小学", school_code=code(world, 567))

    assert suspected(world.here.bureau) == []


def test_only_the_bureau_in_charge_is_asked(world: Any) -> None:
    made(world, "东湖小学")
    made(world, "东湖小学", distinguisher="另")

    assert len(suspected(world.here.bureau)) == 1
    assert suspected(world.there.bureau) == suspected(world.here.principal) == []


def test_what_was_kept_apart_is_not_asked_again(world: Any) -> None:
    one, two = made(world, "东湖小学"), made(world, "东湖小学", distinguisher="另")

    keep_apart(two, one, by=world.here.bureau, reason="一在镇东一在镇西")

    assert suspected(world.here.bureau) == []
    row = NotDuplicate.objects.get()
    assert (row.first, row.second) == (one, two)
    refused(
        "not_duplicate_in_order",
        lambda: NotDuplicate.objects.update(first=F("second"), second=F("first")),
    )


# --- putting together ----------------------------------------------------------------


def test_everything_goes_over_and_the_old_number_leads_on(
    world: Any, signed_in: Any
) -> None:
    kept, other = twins(world)
    ClassSectionFactory(school=other, year=world.year)
    FullReturnFactory(school=other, year=world.year)
    SchoolLabelFactory(school=other)
    membership = join(GroupFactory(), other)
    principal = user_with("SCHOOL_PRINCIPAL", other)
    attach(other, "章.txt", b"text", kind=Attachment.Kind.EVIDENCE, by=None)
    number = other.pk

    merge_duplicate(kept, other, by=world.here.bureau, reason="重复导入")

    kept.refresh_from_db()
    membership.refresh_from_db()
    assert not School.objects.filter(pk=number).exists()
    assert ClassSection.objects.get().school == kept
    assert SchoolReturn.objects.get().school == kept
    assert SchoolLabel.objects.get().school == kept
    assert membership.school == kept
    assert RoleGrant.objects.get(user=principal).scope_id == kept.pk
    assert Attachment.objects.about(kept).count() == 1
    assert (kept.school_code, kept.address) == (code(world, 9), "文昌路8号")
    assert MergedRecord.objects.get().former_id == number
    event = Event.objects.about(kept).get(verb="schools.school.merge_duplicate")
    assert event.data["moved"]["年度报表"] == 1
    address = reverse("schools:school-detail", args=[number])
    answer = signed_in(world.here.bureau).get(address)
    assert answer.status_code == 302
    assert answer.url == kept.get_absolute_url()
    assert signed_in(world.there.bureau).get(address).status_code == 404


def test_a_fact_may_be_taken_from_either_entry(world: Any) -> None:
    kept, other = made(world, "东湖小学"), made(world, "东胡小学")
    other_name = other.name

    merge_duplicate(
        kept, other, by=world.here.bureau, reason="重复", takes={"name": "dropped"}
    )

    kept.refresh_from_db()
    assert kept.name == other_name


def test_what_both_say_of_the_school_is_kept_once(world: Any) -> None:
    kept, other = twins(world)
    for school in (kept, other):
        SchoolLabelFactory(school=school, label=Label.QUALITY)
        SchoolHonourFactory(school=school)

    plan = plan_merge(kept, other)
    merge_duplicate(kept, other, by=world.here.bureau, reason="重复")

    assert plan.conflicts == []
    assert {(m.label, m.count, m.same) for m in plan.moved} >= {("学校标签", 0, 1)}
    assert SchoolLabel.objects.count() == kept.honours.count() == 1


def test_two_returns_of_one_year_and_stage_stand_against_it_and_are_named(
    world: Any,
) -> None:
    kept, other = twins(world)
    for school in (kept, other):
        SchoolReturnFactory(school=school, year=world.year)
    before = references(other)

    plan = plan_merge(kept, other)
    with pytest.raises(ValidationError, match="年度报表") as caught:
        merge_duplicate(kept, other, by=world.here.bureau, reason="重复")

    assert "2026" in str(caught.value)
    assert any("年度报表" in text for text in plan.conflicts)
    assert references(other) == before


def test_a_preview_writes_nothing(world: Any) -> None:
    kept, other = twins(world)
    ClassSectionFactory(school=other, year=world.year)
    events = Event.objects.count()

    plan_merge(kept, other)

    other.refresh_from_db()
    kept.refresh_from_db()
    assert ClassSection.objects.get().school == other
    assert kept.school_code is None
    assert Event.objects.count() == events


def test_two_official_codes_of_unlike_schools_are_two_schools(world: Any) -> None:
    kept = made(world, "东湖小学", school_code=code(world, 1))
    other = made(world, "西山小学", school_code=code(world, 567))

    with pytest.raises(ValidationError, match="标识码"):
        merge_duplicate(kept, other, by=world.here.bureau, reason="重复")


@pytest.mark.parametrize(
    ("one", "two", "name"),
    [
        (100_001, 900_567, "东湖小学"),
        (100_001, 100_007, "云洲区东湖小学"),
        (123_456, 124_356, "云洲区东湖小学"),
        (123_456, 126_453, "云洲区东湖小学"),
    ],
    ids=["same name", "one digit", "two neighbours changed", "two changed"],
)
def test_two_codes_of_one_school_are_suspected_of_a_slip(
    world: Any, one: int, two: int, name: str
) -> None:
    first = made(world, "东湖小学", school_code=code(world, one))
    second = made(
        world, name, school_code=code(world, two), distinguisher="另" * (two > 900_000)
    )

    assert "code_slip" in reasons(world.here.bureau)[(first.pk, second.pk)]


def test_the_code_that_stays_is_chosen_and_the_other_never_comes_back(
    world: Any,
) -> None:
    right, wrong = code(world, 123_456), code(world, 124_356)
    kept = made(world, "东湖小学", school_code=wrong)
    other = made(world, "云洲区东湖小学", school_code=right)
    put_together = {"by": world.here.bureau, "reason": "录入时颠倒两位"}

    assert plan_merge(kept, other).conflicts == []
    with pytest.raises(ValidationError, match="请选择保留哪一个"):
        merge_duplicate(kept, other, **put_together)
    merge_duplicate(kept, other, takes={"school_code": "dropped"}, **put_together)

    kept.refresh_from_db()
    assert kept.school_code == right
    assert MergedRecord.objects.get().given_up_code == wrong
    with pytest.raises(IntegrityError), transaction.atomic():
        made(world, "新建小学", school_code=wrong)
        check_deferred()
    School.objects.filter(pk=kept.pk).update(school_code=wrong)
    check_deferred()


def test_the_page_lets_one_code_be_chosen(world: Any, signed_in: Any) -> None:
    right, wrong = code(world, 123_456), code(world, 124_356)
    kept = made(world, "东湖小学", school_code=right)
    other = made(world, "云洲区东湖小学", school_code=wrong)
    client = signed_in(world.here.bureau)
    url = reverse("schools:duplicate-merge", args=[kept.pk, other.pk])

    page = client.get(url).content.decode()
    unsaid = client.post(url, {"reason": "录错", "merge": "1"}).content.decode()
    client.post(url, {"reason": "录错", "merge": "1", "school_code": "kept"})
    after = client.get(kept.get_absolute_url()).content.decode()

    assert "请在上表选定保留哪一个" in page and "请选择保留哪一个" in unsaid
    kept.refresh_from_db()
    assert kept.school_code == right
    assert f"标识码 {wrong} 停用" in after


def test_a_list_with_the_code_given_up_is_told_which_one_stands(world: Any) -> None:
    right, wrong = code(world, 123_456), code(world, 124_356)
    kept = made(world, "东湖小学", school_code=right)
    other = made(world, "云洲区东湖小学", school_code=wrong)
    merge_duplicate(
        kept,
        other,
        by=world.here.bureau,
        reason="录错",
        takes={"school_code": "kept"},
    )

    text = f"学校名称,办学类型,学校标识码\n东湖新校,小学,{wrong}\n"
    done = run_import(
        "schools.school", ("名录.csv", text.encode()), scope=world.here.county
    )

    assert (done.created, done.rejected) == (0, 1)
    assert any(right in row["message"] for row in done.rows)


def test_a_merger_of_fact_is_no_double_entry(world: Any) -> None:
    kept, other = twins(world)
    School.objects.filter(pk=other.pk).update(
        predecessor=kept, opened_on=date(2010, 1, 1)
    )
    other.refresh_from_db()

    with pytest.raises(ValidationError, match="分设或合并关系"):
        merge_duplicate(kept, other, by=world.here.bureau, reason="重复")


def test_another_county_may_not(world: Any) -> None:
    kept, other = twins(world)

    for act in (merge_duplicate, keep_apart):
        with pytest.raises(MoveRefused):
            act(kept, other, by=world.there.bureau, reason="重复")


def test_a_second_merge_leads_the_first_number_on(world: Any) -> None:
    first, second = made(world, "东湖小学"), made(world, "东胡小学")
    third = made(world, "东虎小学")
    numbers = {second.pk, third.pk}
    merge_duplicate(second, third, by=world.here.bureau, reason="重复")

    merge_duplicate(first, second, by=world.here.bureau, reason="重复")

    rows = MergedRecord.objects.filter(school=first)
    assert set(rows.values_list("former_id", flat=True)) == numbers


@pytest.mark.django_db(transaction=True)
def test_two_people_merging_the_same_pair_merge_it_once(world: Any) -> None:
    one, two = twins(world)
    ClassSectionFactory(school=one, year=world.year)
    ClassSectionFactory(school=two, year=world.year)
    start, outcomes = Barrier(2), []

    def run(kept: School, other: School) -> None:
        try:
            start.wait()
            merge_duplicate(kept, other, by=world.here.bureau, reason="重复")
            outcomes.append("merged")
        except ValidationError as error:
            outcomes.append("；".join(error.messages))
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes)[0] == "merged"
    assert "已不存在" in sorted(outcomes)[1]
    assert School.objects.filter(pk__in=[one.pk, two.pk]).count() == 1
    assert ClassSection.objects.count() == 2
