"""Pages and API lists of schools take a fixed number of queries."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from bureau.data import rows
from bureau.loading.policies import read_value
from bureau.models import Term
from schools.comparison import MOST
from schools.models import (
    Campus,
    ClassReductionPlan,
    ConstructionProject,
    Partner,
    ReductionStep,
    ReturnUnlock,
    School,
    SchoolContact,
)
from schools.services import MOVES, lock_return, refuse_unlock
from tests.accounts.factories import UserFactory
from tests.bureau.factories import (
    AcademicYearFactory,
    CountyFactory,
    PolicyParameterFactory,
)
from tests.query_counts import DETAIL, LIST, asked_by, assert_fixed
from tests.schools.factories import (
    ClassSectionFactory,
    FullReturnFactory,
    SchoolFactory,
    SchoolHonourFactory,
    SchoolLabelFactory,
)

pytestmark = pytest.mark.django_db
SINCE = date(2020, 9, 1)
Fill = Callable[[Any, int], str | None]


def school_of(world: Any, number: int) -> School:
    """Return one more school of the county, with what hangs on a school."""
    school: School = SchoolFactory(region=world.here.county, name=f"清单{number}小学")
    SchoolLabelFactory(school=school)
    ClassSectionFactory(school=school, year=world.year, number=1)
    return school


def add_school(world: Any, number: int) -> str:
    """Add a school with a label, a class and a return."""
    school = school_of(world, number)
    FullReturnFactory(school=school, year=world.year)
    return str(school.name)


def add_campus(world: Any, number: int) -> None:
    """Add a school with a campus."""
    Campus.objects.create(
        school=school_of(world, number), name="东校区", valid_from=SINCE
    )


def add_project(world: Any, number: int) -> None:
    """Add a school with something being built."""
    ConstructionProject.objects.create(
        school=school_of(world, number),
        name=f"楼{number}",
        kind="NEW_BUILD",
        programme="OTHER",
    )


def add_partner(world: Any, number: int) -> None:
    """Add a partner of the county."""
    Partner.objects.create(region=world.here.county, kind="OTHER", name=f"单位{number}")


def add_unlock(world: Any, number: int) -> None:
    """Add a school that asks to open its return."""
    row = FullReturnFactory(school=school_of(world, number), year=world.year)
    ReturnUnlock.objects.create(
        school_return=row, reason="更正", asked_by=UserFactory()
    )


def plan_of(world: Any, school: School, base: Any = None) -> ClassReductionPlan:
    """Return a plan of a school to do away with its large classes."""
    return ClassReductionPlan.objects.create(
        school=school,
        stage="PRIMARY",
        base_year=base or world.year,
        base_large=9,
        base_oversize=0,
        measures="扩建校舍",
    )


def add_plan(world: Any, number: int) -> None:
    """Add a school with a plan of one term."""
    term, _made = Term.objects.get_or_create(
        year=world.year,
        number=1,
        defaults={"starts_on": date(2026, 9, 1), "ends_on": date(2027, 1, 20)},
    )
    plan = plan_of(world, school_of(world, number))
    ReductionStep.objects.create(plan=plan, term=term, large_most=1, oversize_most=0)


API: dict[str, Fill] = {
    "schools": add_school,
    "campuses": add_campus,
    "construction-projects": add_project,
    "partners": add_partner,
    "class-sections": add_school,
    "school-returns": add_school,
    "return-unlocks": add_unlock,
    "class-reduction-plans": add_plan,
}


@pytest.mark.parametrize("name", API)
def test_a_list_over_the_api_takes_a_fixed_number_of_queries(
    name: str, world: Any, signed_in: Any
) -> None:
    client = signed_in(world.here.bureau)

    assert_fixed(client, f"/api/v1/{name}/", lambda n: API[name](world, n))


@pytest.fixture
def lines(world: Any) -> None:
    """Ship the lines by which schools are judged."""
    for row in rows("parameters.csv"):
        if row["key"].startswith(("balance.", "class.", "pressure.", "return.")):
            PolicyParameterFactory(
                key=row["key"],
                value=read_value(row["type"], row["default"]),
                kind=row["type"],
            )


LISTS: dict[str, Fill] = {
    "school-list": add_school,
    "pressure-list": add_school,
    "project-list": add_project,
    "partner-list": add_partner,
    "return-list": add_school,
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_takes_a_fixed_number_of_queries(
    name: str, world: Any, lines: None, signed_in: Any
) -> None:
    client = signed_in(world.here.bureau)

    assert_fixed(
        client,
        reverse(f"schools:{name}"),
        lambda number: LISTS[name](world, number),
        LIST,
    )


def test_completeness_by_county_takes_a_fixed_number_of_queries(
    world: Any, signed_in: Any
) -> None:
    def fill(number: int) -> str:
        county = CountyFactory(parent=world.city, name=f"完整{number}县")
        SchoolFactory(region=county)
        return str(county.name)

    client = signed_in(world.city_bureau)
    assert_fixed(client, reverse("schools:completeness"), fill)


def test_a_comparison_takes_a_fixed_number_of_queries(
    world: Any, lines: None, signed_in: Any
) -> None:
    FullReturnFactory(school=world.here.school, year=world.year)
    url = reverse("schools:school-compare", args=[world.here.school.pk])
    beside = [add_school(world, number) for number in range(100, 100 + MOST)]

    def fill(number: int) -> str:
        add_school(world, number)
        return beside[0]

    assert_fixed(signed_in(world.here.bureau), url, fill, DETAIL)


def test_a_school_with_much_about_it_takes_a_fixed_number_of_queries(
    world: Any, signed_in: Any
) -> None:
    school = world.here.school

    def fill(number: int) -> str:
        Campus.objects.create(school=school, name=f"校区{number}号", valid_from=SINCE)
        ConstructionProject.objects.create(
            school=school, name=f"楼{number}", kind="NEW_BUILD", programme="OTHER"
        )
        SchoolContact.objects.create(
            school=school, post="主任", name=f"测试{number}", phone="0915-1234567"
        )
        SchoolHonourFactory(school=school, year=1990 + number)
        SchoolFactory(
            region=world.here.county,
            name=f"分校{number}小学",
            predecessor=school,
            opened_on=date(2021, 9, 1),
        )
        return f"校区{number}号"

    School.objects.filter(pk=school.pk).update(opened_on=date(2000, 9, 1))
    assert_fixed(signed_in(world.here.bureau), school.get_absolute_url(), fill, DETAIL)


@pytest.mark.parametrize("who", ["city_bureau", "principal", "bureau"])
def test_the_page_of_a_school_asks_little_whoever_opens_it(
    world: Any, signed_in: Any, who: str
) -> None:
    person = getattr(world, who, None) or getattr(world.here, who)
    url = world.here.school.get_absolute_url()

    count, _answer = asked_by(signed_in(person), url)

    assert count <= DETAIL


def test_a_plan_of_many_terms_takes_a_fixed_number_of_queries(
    world: Any, lines: None, signed_in: Any
) -> None:
    plan = plan_of(world, world.here.school)

    def fill(number: int) -> str:
        year = AcademicYearFactory(first=2030 + number)
        term = Term.objects.create(
            year=year,
            number=1,
            starts_on=year.starts_on,
            ends_on=date(2031 + number, 1, 20),
        )
        ReductionStep.objects.create(
            plan=plan, term=term, large_most=1, oversize_most=0
        )
        return str(year.code)

    assert_fixed(signed_in(world.here.bureau), plan.get_absolute_url(), fill, DETAIL)


def test_a_return_with_many_requests_to_open_it_takes_a_fixed_number_of_queries(
    world: Any, lines: None, signed_in: Any
) -> None:
    row = FullReturnFactory(school=world.here.school, year=world.year, state="DRAFT")
    row = MOVES["schools.schoolreturn"]["submit"](row, by=world.here.clerk)
    row = MOVES["schools.schoolreturn"]["confirm"](row, by=world.here.principal)
    row = MOVES["schools.schoolreturn"]["accept"](row, by=world.here.bureau)
    row = lock_return(row, by=world.here.bureau)

    def fill(number: int) -> str:
        asked = ReturnUnlock.objects.create(
            school_return=row, reason=f"第{number}次更正", asked_by=UserFactory()
        )
        refuse_unlock(asked, by=world.here.bureau, reason="无须更正")
        return "本报表已锁定"

    assert_fixed(signed_in(world.here.bureau), row.get_absolute_url(), fill, DETAIL)
