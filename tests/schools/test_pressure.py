"""Seats, intake and large classes: findings, since when, and plans to do away."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from freezegun import freeze_time

from bureau.models import AcademicYear, Term
from bureau.services import set_parameter
from core.days import today
from core.transitions import MoveRefused
from schools.models import ClassReductionPlan, ReductionStep, School
from schools.pressure import large_since, progress, remarks_of
from schools.services import (
    approve_plan,
    change_plan,
    close_plan,
    plan_reduction,
    send_back_plan,
    submit_plan,
)
from schools.tables import PressureTable
from tests.accounts.factories import user_with
from tests.bureau.factories import AcademicYearFactory, PolicyParameterFactory
from tests.schools.factories import (
    ClassSectionFactory,
    FullReturnFactory,
    SchoolFactory,
)

pytestmark = pytest.mark.django_db
LINES = {
    "class.large_min": "56",
    "class.oversize_min": "66",
    "pressure.seat_use_max": "1",
    "pressure.out_of_zone_max": "0.10",
}


@pytest.fixture
def year(world: Any) -> AcademicYear:
    """The school year of today, with its terms and the one before."""
    first = today().year if today().month > 8 else today().year - 1
    for key, value in LINES.items():
        PolicyParameterFactory(key=key, value=value)
    AcademicYearFactory(first=first - 1)
    year = AcademicYearFactory(first=first)
    after = AcademicYearFactory(first=first + 1)
    for one in (year, after):
        start = one.starts_on
        spring = date(start.year + 1, 2, 20)
        Term.objects.create(
            year=one, number=1, starts_on=start, ends_on=date(start.year + 1, 1, 20)
        )
        Term.objects.create(
            year=one, number=2, starts_on=spring, ends_on=one.ends_on - timedelta(50)
        )
    return year


def classes(school: Any, year: Any, *sizes: int) -> None:
    for number, size in enumerate(sizes, start=1):
        ClassSectionFactory(school=school, year=year, number=number, headcount=size)


def pressed(school: Any, year: Any) -> Any:
    return School.objects.filter(pk=school.pk).with_pressure(year, today()).get()


@pytest.mark.clause("AK-1.2.1")
def test_findings_say_what_stands_out(world: Any, year: Any) -> None:
    school = world.here.school
    classes(school, year, 45, 56, 66)
    FullReturnFactory(
        school=school,
        year=year,
        students=600,
        seats=540,
        new_intake=100,
        in_zone=80,
        out_of_zone=20,
    )

    row = pressed(school, year)
    found = remarks_of(row, {school.pk: "2025-2026"})

    assert (row.large, row.oversize, row.classes_told) == (2, 1, 3)
    assert [one.code for one in found] == ["OVERSIZE", "LARGE", "FULL", "CHOSEN"]
    assert found[0].since == "2025-2026"
    assert found[3].text == "片区外入学 20.0 %"


def test_a_school_is_judged_by_the_lines_of_its_own_county(
    world: Any, year: Any
) -> None:
    for corner in (world.here, world.there):
        classes(corner.school, year, 52)
    set_parameter("class.large_min", world.here.county, "50", by=None, reason="从严")

    assert pressed(world.here.school, year).large == 1
    assert pressed(world.there.school, year).large == 0


def test_figures_that_nobody_stands_by_do_not_count(world: Any, year: Any) -> None:
    FullReturnFactory(school=world.here.school, year=year, state="DRAFT")

    row = pressed(world.here.school, year)

    assert (row.students, row.seats) == (None, None)
    assert remarks_of(row, {}) == []


def test_since_when_counts_unbroken_years(world: Any, year: Any) -> None:
    before = AcademicYear.objects.get(starts_on__year=year.starts_on.year - 1)
    classes(world.here.school, before, 60)
    classes(world.here.school, year, 60)
    classes(world.there.school, before, 60)

    found = large_since([world.here.school.pk, world.there.school.pk], year, today())

    assert found == {world.here.school.pk: before.code}


def test_the_list_finds_by_finding_and_shows_only_what_is_reached(
    world: Any, year: Any, signed_in: Any
) -> None:
    classes(world.here.school, year, 60)
    classes(world.there.school, year, 60)
    quiet = SchoolFactory(region=world.here.county, name="清静小学")
    client = signed_in(world.here.bureau)
    url = reverse("schools:pressure-list")

    page = client.get(url, {"finding": "LARGE"}).content.decode()

    assert world.here.school.name in page
    assert world.there.school.name not in page
    assert quiet.name not in page
    assert "大班额 1 个班" in page
    assert quiet.name in client.get(url).content.decode()
    for code in ("ANY", "OVERSIZE", "FULL", "CHOSEN"):
        assert client.get(url, {"finding": code}).status_code == 200
    file = client.get(url, {"finding": "LARGE", "export": "csv"})
    text = b"".join(file.streaming_content).decode("utf-8-sig")
    assert "大班额 1 个班" in text


@pytest.mark.parametrize("rows", [3, 30])
def test_the_list_takes_the_same_queries_however_long(
    world: Any, year: Any, signed_in: Any, django_assert_num_queries: Any, rows: int
) -> None:
    for _number in range(rows):
        classes(SchoolFactory(region=world.here.county), year, 60)
    client = signed_in(world.here.bureau)
    url = reverse("schools:pressure-list")
    client.get(url)

    with django_assert_num_queries(LIST_QUERIES):
        client.get(url)


LIST_QUERIES = 15


def test_panels_show_the_years_and_the_findings(
    world: Any, year: Any, signed_in: Any
) -> None:
    classes(world.here.school, year, 70)
    client = signed_in(world.here.bureau)

    school = client.get(
        reverse("core:panel", args=["schools.school", world.here.school.pk, "pressure"])
    ).content.decode()
    region = client.get(
        reverse("core:panel", args=["bureau.region", world.here.county.pk, "pressure"])
    ).content.decode()

    assert "超大班额 1 个班" in school
    assert "制订消除大班额计划" in school
    assert world.here.school.name in region


# --- plans ------------------------------------------------------------------------


@pytest.fixture
def large(world: Any, year: Any) -> Any:
    """A school with three large classes, one of them over-size."""
    classes(world.here.school, year, 45, 58, 60, 70)
    return world.here.school


def terms() -> list[Term]:
    return list(Term.objects.filter(ends_on__gte=today()).order_by("starts_on"))


def drafted(world: Any, school: Any) -> ClassReductionPlan:
    return plan_reduction(
        school,
        stage="PRIMARY",
        measures="起始年级控制班额",
        steps=[(terms()[0], 2, 0), (terms()[1], 0, 0)],
        by=world.here.clerk,
    )


@pytest.mark.clause("AK-1.2.1")
def test_a_plan_goes_from_school_to_bureau_and_is_judged_by_classes(
    world: Any, large: Any, year: Any
) -> None:
    with freeze_time(f"{year.starts_on} 10:00:00+08:00"):
        plan = drafted(world, large)
        assert (plan.base_large, plan.base_oversize) == (3, 1)

        plan = submit_plan(plan, by=world.here.clerk)
        plan = approve_plan(plan, by=world.here.bureau)

    assert plan.state == "ACTIVE"
    assert progress(plan, year.starts_on)[0].is_met is False
    large.classes.filter(headcount__gt=57).update(headcount=50)
    assert progress(plan, year.starts_on)[0].is_met is True
    assert close_plan(plan, by=world.here.bureau, reason="已消除").state == "CLOSED"


def test_targets_never_rise_and_stay_below_the_start(world: Any, large: Any) -> None:
    first, second, *_rest = terms()
    for steps in (
        [],
        [(first, 4, 0)],
        [(first, 1, 0), (second, 2, 0)],
        [(first, 1, 2)],
    ):
        with pytest.raises(ValidationError):
            plan_reduction(
                large,
                stage="PRIMARY",
                measures="措施",
                steps=steps,
                by=world.here.clerk,
            )
    assert not ClassReductionPlan.objects.exists()


def test_a_school_without_large_classes_needs_no_plan(world: Any, year: Any) -> None:
    with pytest.raises(ValidationError, match="没有大班额"):
        drafted(world, world.here.school)


def test_the_database_keeps_one_standing_plan_with_settled_targets(
    world: Any, large: Any
) -> None:
    plan = drafted(world, large)
    with pytest.raises(ValidationError, match="已有未结束"):
        drafted(world, large)
    rows = ClassReductionPlan.objects.filter(pk=plan.pk)
    with (
        pytest.raises(IntegrityError, match="active_was_approved"),
        transaction.atomic(),
    ):
        rows.update(state="ACTIVE")
    submit_plan(plan, by=world.here.clerk)

    with (
        pytest.raises(IntegrityError, match="targets of this plan are settled"),
        transaction.atomic(),
    ):
        ReductionStep.objects.filter(plan=plan).update(large_most=3)
    with (
        pytest.raises(IntegrityError, match="approver_is_another"),
        transaction.atomic(),
    ):
        rows.update(state="ACTIVE", approved_by=world.here.clerk)


def test_a_plan_without_targets_goes_nowhere(world: Any, large: Any) -> None:
    plan = drafted(world, large)
    plan.steps.all().delete()

    with pytest.raises(MoveRefused, match="没有学期目标"):
        submit_plan(plan, by=world.here.clerk)
    with pytest.raises(IntegrityError, match="goes nowhere"), transaction.atomic():
        ClassReductionPlan.objects.filter(pk=plan.pk).update(state="SUBMITTED")


def test_the_bureau_sends_back_and_the_school_changes(world: Any, large: Any) -> None:
    plan = submit_plan(drafted(world, large), by=world.here.clerk)

    with pytest.raises(MoveRefused, match="只有"):
        approve_plan(plan, by=world.here.principal)
    with pytest.raises(MoveRefused, match="未能修改计划"):
        change_plan(
            plan, measures="新", steps=[(terms()[0], 1, 0)], by=world.here.clerk
        )
    plan = send_back_plan(plan, by=world.here.bureau, reason="目标偏低")
    plan = change_plan(
        plan, measures="新", steps=[(terms()[0], 1, 0)], by=world.here.clerk
    )

    assert plan.measures == "新"
    assert [s.large_most for s in plan.steps.all()] == [1]


def test_a_plan_is_drafted_moved_and_read_on_its_pages(
    world: Any, large: Any, signed_in: Any
) -> None:
    client = signed_in(world.here.clerk)
    first, second, *_rest = terms()
    url = reverse("schools:plan-create", args=[large.pk])
    given = {
        "stage": "PRIMARY",
        "measures": "扩建校舍",
        f"large_{first.pk}": "2",
        f"oversize_{first.pk}": "0",
        f"large_{second.pk}": "0",
    }

    assert client.get(url).status_code == 200
    empty = client.post(url, {"stage": "PRIMARY", "measures": "扩建校舍"})
    assert "至少填写一个学期" in empty.content.decode()
    answer = client.post(url, given)

    plan = ClassReductionPlan.objects.get()
    assert answer.status_code == 302
    assert answer.url == plan.get_absolute_url()
    page = client.get(answer.url).content.decode()
    assert "扩建校舍" in page
    assert "报送" in page
    assert client.get(f"{answer.url}edit/").status_code == 200
    assert client.post(f"{answer.url}submit/").status_code == 302
    stranger = signed_in(user_with("DISTRICT_EDU", world.there.county))
    assert stranger.get(answer.url).status_code == 404
    reader = signed_in(world.here.bureau)
    (row,) = reader.get("/api/v1/class-reduction-plans/").json()["results"]
    assert row["steps"][0]["large_most"] == 2
    assert reader.post(f"/api/v1/class-reduction-plans/{plan.pk}/approve/").json()[
        "state"
    ] == ("ACTIVE")


def test_a_planned_stage_leads_to_the_plan_that_stands(
    world: Any, large: Any, signed_in: Any
) -> None:
    plan = drafted(world, large)

    answer = signed_in(world.here.clerk).get(
        reverse("schools:plan-create", args=[large.pk])
    )

    assert (answer.status_code, answer.url) == (302, plan.get_absolute_url())


def test_the_plan_begins_with_how_many_classes_are_large_now(
    world: Any, large: Any, signed_in: Any
) -> None:
    url = reverse("schools:plan-create", args=[large.pk])

    page = signed_in(world.here.clerk).get(url).content.decode()

    assert re.search(r"现有大班额 \d 个，其中超大班额 \d 个", page)


def test_a_term_to_come_is_not_due_whatever_the_classes_say(
    world: Any, large: Any, signed_in: Any
) -> None:
    plan = drafted(world, large)

    page = signed_in(world.here.clerk).get(plan.get_absolute_url()).content.decode()

    assert "未到期" in page
    assert "未到期或未填班级" not in page


def test_a_school_that_has_not_returned_owes_its_zone_figures(
    world: Any, year: Any, signed_in: Any
) -> None:
    nursery = SchoolFactory(region=world.here.county, type="KINDERGARTEN")
    FullReturnFactory(school=nursery, year=year, stage="KINDERGARTEN", in_zone=None)
    rows = School.objects.with_pressure(year, today())
    table = PressureTable(rows)
    (told,) = (r for r in rows if r.pk == nursery.pk)
    (owes,) = (r for r in rows if r.pk == world.here.school.pk)

    assert table.render_in_zone(told, told.in_zone) == "—"
    assert table.render_in_zone(owes, owes.in_zone) == "未填"


def test_a_school_shows_no_years_from_before_it_opened(
    world: Any, year: Any, signed_in: Any
) -> None:
    school = SchoolFactory(region=world.here.county, opened_on=year.starts_on)
    url = reverse("core:panel", args=["schools.school", school.pk, "pressure"])

    page = signed_in(world.here.bureau).get(url).content.decode()

    assert year.code in page
    assert AcademicYear.objects.order_by("starts_on")[0].code not in page
