"""A city guides and reads all; county, zone and the city itself each run their own."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from accounts.roles import OWN_AUTHORITY
from bureau.choices import Level
from bureau.services import create_region
from core.imports import run_import
from core.registries import reach
from personnel import permissions as people
from personnel.models import Teacher
from roster.models import Source
from roster.permissions import VIEW, can_change_source, can_take_export
from schools import permissions
from schools.choices import ReturnState
from schools.models import School, SchoolReturn
from tests.accounts.factories import user_with
from tests.bureau.factories import PolicyParameterFactory, RegionFactory
from tests.personnel.factories import TeacherFactory
from tests.schools.factories import FullReturnFactory, SchoolFactory

pytestmark = [pytest.mark.django_db, pytest.mark.clause("AK-1.3.1")]

OF_A_REGION = {"bureau.change_policydocument", "evaluation.compile_reportrun"}
"""Rights that are asked about a region, not about a row of the model they name."""
WRITING = (
    *("school-update", "school-change", "school-split", "school-close"),
    *("campus-create", "contact-create", "project-create", "label-create"),
    *("honour-create", "class-update", "plan-create"),
)


@pytest.fixture
def schools(world: Any) -> SimpleNamespace:
    """One school of each authority in the city, all of them lying in ``here``."""
    zone = create_region(
        f"{world.city.code}-GX", "高新区", Level.FUNCTIONAL_ZONE, world.city
    )
    town = RegionFactory(
        code=f"{world.here.county.code}100",
        name="云溪镇",
        level=Level.TOWN,
        parent=world.here.county,
    )

    def run_by(region: Any, name: str) -> School:
        return SchoolFactory(
            region=world.here.county, administered_by=region, name=name
        )

    return SimpleNamespace(
        city=run_by(world.city, "市直小学"),
        here=world.here.school,
        there=world.there.school,
        town=run_by(town, "云溪小学"),
        zone=run_by(zone, "高新小学"),
        zone_bureau=user_with("DISTRICT_EDU", zone),
        city_as_district=user_with("DISTRICT_EDU", world.city),
    )


def bureaus(world: Any, schools: Any) -> dict[str, Any]:
    return {
        "city": world.city_bureau,
        "district role at the city": schools.city_as_district,
        "here": world.here.bureau,
        "there": world.there.bureau,
        "zone": schools.zone_bureau,
    }


RUNS = {
    "city": {"city"},
    "district role at the city": {"city"},
    "here": {"here", "town"},
    "there": {"there"},
    "zone": {"zone"},
}
READS = {**RUNS, "city": {"city", "here", "there", "town", "zone"}}
READS["district role at the city"] = READS["city"]


@pytest.mark.parametrize("who", RUNS)
def test_each_bureau_runs_its_own_schools_and_the_city_reads_the_rest(
    world: Any, schools: Any, who: str
) -> None:
    user, answers = bureaus(world, schools)[who], {}
    for name in READS["city"]:
        school = getattr(schools, name)
        TeacherFactory(school=school)
        row = FullReturnFactory(school=school, year=world.year, state="CONFIRMED")
        answers[name] = [
            permissions.can_change_school(user, school),
            permissions.can_restructure_school(user, school),
            permissions.can_change_campus(user, school),
            permissions.can_change_contact(user, school),
            permissions.can_change_project(user, school),
            permissions.can_change_classes(user, school),
            permissions.can_plan_reduction(user, school),
            permissions.can_label_school(user, school),
            permissions.can_remind_school(user, school),
            permissions.can_accept_return(user, row),
            permissions.can_send_back_return(user, row),
            permissions.can_lock_return(user, row),
            people.can_register_teacher(user, school),
            people.can_change_teacher(user, school.teachers.get()),
        ]

    assert {name for name, told in answers.items() if all(told)} == RUNS[who]
    assert {name for name, told in answers.items() if any(told)} == RUNS[who]
    seen = set(School.objects.visible_to(user))
    assert {n for n in answers if getattr(schools, n) in seen} == READS[who]


@pytest.mark.parametrize("form", WRITING)
def test_a_page_opens_for_who_runs_the_school_and_says_so_to_the_city(
    world: Any, schools: Any, signed_in: Any, form: str
) -> None:
    for key, value in (("class.large_min", "56"), ("class.oversize_min", "66")):
        PolicyParameterFactory(key=key, value=value)
    client = signed_in(world.city_bureau)

    def ask(school: School) -> Any:
        return client.get(reverse(f"schools:{form}", args=[school.pk]))

    own, county, zone = ask(schools.city), ask(schools.here), ask(schools.zone)
    client = signed_in(world.here.bureau)

    assert own.status_code == 200
    for answer, name in ((county, world.here.county.name), (zone, "高新区")):
        said = answer.content.decode()
        assert answer.status_code == 403
        assert f"由{name}教育行政部门自行管理" in said and "AK-1.3.1" in said
    assert [ask(s).status_code for s in (schools.here, schools.town)] == [200, 200]
    hidden = (schools.there, schools.city, schools.zone)
    assert [ask(s).status_code for s in hidden] == [404, 404, 404]


def test_the_school_s_page_offers_the_city_what_it_may_do(
    world: Any, schools: Any, signed_in: Any
) -> None:
    client = signed_in(world.city_bureau)

    def buttons(school: School) -> list[bool]:
        said = client.get(school.get_absolute_url()).content.decode()
        pages = ("school-update", "campus-create", "label-create", "school-close")
        return [reverse(f"schools:{p}", args=[school.pk]) in said for p in pages]

    assert buttons(schools.city) == [True] * 4
    assert buttons(schools.here) == [False] * 4


def test_the_interface_for_programs_gives_the_same_answers(
    world: Any, schools: Any, signed_in: Any
) -> None:
    rows = {
        name: FullReturnFactory(
            school=getattr(schools, name), year=world.year, state=ReturnState.CONFIRMED
        )
        for name in ("city", "here", "zone")
    }
    client = signed_in(world.city_bureau)

    def accepting(name: str) -> Any:
        found = client.get(f"/api/v1/school-returns/{rows[name].pk}/").json()
        return next(a for a in found["actions"] if a["move"] == "accept")

    def accept(name: str) -> int:
        answer = client.post(
            f"/api/v1/school-returns/{rows[name].pk}/accept/",
            {},
            content_type="application/json",
        )
        return int(answer.status_code)

    assert [accepting(n)["allowed"] for n in rows] == [True, False, False]
    assert world.here.county.name in accepting("here")["reason"]
    assert [accept(n) for n in rows] == [200, 403, 403]
    assert SchoolReturn.objects.filter(state=ReturnState.ACCEPTED).count() == 1


def test_the_city_calls_for_the_returns_of_its_own_schools_alone(
    world: Any, schools: Any, signed_in: Any
) -> None:
    client = signed_in(world.city_bureau)
    url = reverse("schools:returns-open")

    client.post(url, {"year": world.year.pk, "region": world.city.pk})
    client.post(url, {"year": world.year.pk, "region": world.here.county.pk})

    assert {row.school for row in SchoolReturn.objects.all()} == {schools.city}


def test_the_board_lets_the_city_remind_its_own_schools_alone(
    world: Any, schools: Any, signed_in: Any
) -> None:
    page = signed_in(world.city_bureau).get(reverse("schools:return-list"))
    said = page.content.decode()

    assert f"选择{schools.city.name}" in said
    for other in (schools.here, schools.there, schools.zone):
        assert other.name in said and f"选择{other.name}" not in said


def test_a_list_imported_by_the_city_changes_none_that_a_county_runs(
    world: Any, schools: Any
) -> None:
    rows = (
        f"{schools.city.name},小学,{world.here.county.name},{world.city.name},甲路",
        f"{schools.here.name},小学,{world.here.county.name},,乙路",
        f"新进小学,小学,{world.here.county.name},,丙路",
    )
    text = "\n".join(("学校名称,办学类型,区县,主管地区,地址", *rows))

    done = run_import(
        "schools.school",
        ("名录.csv", text.encode()),
        scope=world.city,
        by=world.city_bureau,
    )

    assert (done.created, done.updated, done.rejected) == (1, 1, 1)
    assert "AK-1.3.1" in str(done.rows)
    schools.here.refresh_from_db()
    schools.city.refresh_from_db()
    assert (schools.city.address, schools.here.address) == ("甲路", "")


def test_teachers_imported_by_the_city_go_to_its_own_schools(
    world: Any, schools: Any
) -> None:
    rows = [f"教师甲,{schools.city.name},在编", f"教师乙,{schools.here.name},在编"]
    text = "\n".join(("姓名,学校,用工形式", *rows))

    done = run_import(
        "personnel.teacher",
        ("教师.csv", text.encode()),
        scope=world.city,
        by=world.city_bureau,
    )

    assert (done.created, done.rejected) == (1, 1)
    assert Teacher.objects.get().school == schools.city
    assert "AK-1.3.1" in str(done.rows)


def test_classes_imported_by_the_city_go_to_its_own_schools(
    world: Any, schools: Any
) -> None:
    heads = "学校名称,学年,年级,班级,学生数"
    rows = [
        f"{school.name},{world.year.code},一年级,1班,40"
        for school in (schools.city, schools.here)
    ]

    done = run_import(
        "schools.classsection",
        ("班级.csv", "\n".join((heads, *rows)).encode()),
        scope=world.city,
        by=world.city_bureau,
    )

    assert (done.created, done.rejected) == (1, 1)
    assert schools.city.classes.count() == 1
    assert not schools.here.classes.exists()


def test_a_county_keeps_its_sources_and_the_city_may_take_what_it_reads(
    world: Any, schools: Any
) -> None:
    county = world.here.county
    Source.objects.create(name="学籍", code="here", region=county)

    refusal = can_change_source(world.city_bureau, county)

    assert can_change_source(world.city_bureau, world.city)
    assert can_change_source(world.here.bureau, county)
    assert not refusal and refusal.clause == "AK-1.3.1"
    assert Source.objects.visible_to(world.city_bureau, VIEW).exists()
    assert can_take_export(world.city_bureau, county)
    assert not can_take_export(world.there.bureau, county)


@pytest.mark.parametrize("permission", sorted(OWN_AUTHORITY - OF_A_REGION))
def test_what_a_region_does_to_its_own_alone_is_narrowed_by_the_reach(
    permission: str,
) -> None:
    app, codename = permission.split(".")
    model = codename.partition("_")[2]

    assert reach.get(("bureau.region", f"{app}.{model}")).own
