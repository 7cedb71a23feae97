"""The list of schools and the pages of one school as their users meet them."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from schools.choices import Label, Stage
from schools.models import School
from tests.accounts.factories import user_with
from tests.schools.factories import (
    ClassSectionFactory,
    FullReturnFactory,
    SchoolFactory,
    SchoolHonourFactory,
    SchoolLabelFactory,
    UnclearSchoolFactory,
)
from tests.schools.pages import page, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("class_lines")]


# --- list --------------------------------------------------------------------------


def test_list_shows_the_own_county_only(world: Any, signed_in: Any) -> None:
    html = page(signed_in(world.here.bureau), url("school-list"))

    assert world.here.school.name in html
    assert world.there.school.name not in html
    assert world.here.school.provisional_no in html


def test_list_needs_a_fixed_number_of_queries(world: Any, signed_in: Any) -> None:
    client = signed_in(world.here.bureau)

    def count(more: int) -> int:
        for _n in range(more):
            school = SchoolFactory(region=world.here.county)
            SchoolLabelFactory(school=school)
        with CaptureQueriesContext(connection) as queries:
            client.get(url("school-list"))
        return len([q for q in queries if "SAVEPOINT" not in q["sql"]])

    count(0)
    few, many = count(2), count(27)

    assert few == many <= 15


@pytest.mark.parametrize(
    "query",
    [
        {"q": "云洲实验"},
        {"q": "yunzhou"},
        {"q": "yzsy"},
        {"q": "云洲 实验"},
        {"q": "2198"},
        {"stage": "PRIMARY"},
        {"type": "PRIMARY"},
        {"label": "QUALITY"},
        {"has_code": "true"},
        {"stage_to_confirm": "false"},
        {"status": "OPEN"},
    ],
)
def test_list_finds_by_name_pinyin_code_and_facts(
    world: Any, signed_in: Any, query: dict
) -> None:
    school = world.here.school
    code = f"21{world.here.county.code[:2]}000001"
    School.objects.filter(pk=school.pk).update(school_code=code)
    SchoolLabelFactory(school=school)
    other = UnclearSchoolFactory(region=world.here.county, name="东篱中学")

    html = page(signed_in(world.here.bureau), url("school-list"), **query)

    assert school.name in html
    assert (other.name in html) == (query == {"status": "OPEN"})


def test_list_filters_by_county(world: Any, signed_in: Any) -> None:
    html = page(
        signed_in(world.city_bureau), url("school-list"), county=world.there.county.pk
    )

    assert world.there.school.name in html
    assert f">{world.here.school.name}<" not in html


def test_list_of_a_past_day_shows_the_register_of_that_day(
    world: Any, signed_in: Any
) -> None:
    young = SchoolFactory(
        region=world.here.county, name="新生小学", opened_on=date(2026, 9, 1)
    )
    closed = SchoolFactory(
        region=world.here.county,
        name="旧址小学",
        status="CLOSED",
        closed_on=date(2026, 9, 1),
    )
    client = signed_in(world.here.bureau)

    past = page(client, url("school-list"), on="2026-08-31")
    now = page(client, url("school-list"), on="2026-09-01")
    ended = page(client, url("school-list"), status="CLOSED")

    assert (young.name in past, closed.name in past) == (False, True)
    assert (young.name in now, closed.name in now) == (True, False)
    assert closed.name in ended


@pytest.mark.clause("BN-4.1.1a")
def test_export_leaves_out_labels_for_internal_use(world: Any, signed_in: Any) -> None:
    SchoolLabelFactory(school=world.here.school, label=Label.WEAK)
    SchoolLabelFactory(school=world.here.school, label=Label.QUALITY)
    client = signed_in(world.here.bureau)

    answer = client.get(url("school-list"), {"export": "csv"})
    text = b"".join(answer) if answer.streaming else answer.content

    assert "优质学校" in text.decode("utf-8-sig")
    assert "薄弱" not in text.decode("utf-8-sig")
    assert "薄弱" in page(client, url("school-list"))


@pytest.mark.clause("BN-4.1.1a")
@pytest.mark.parametrize("label", [Label.WEAK, Label.POTENTIAL])
@pytest.mark.parametrize("name", ["school-list", "pressure-list"])
def test_a_list_narrowed_to_a_label_for_internal_use_is_no_file(
    world: Any, signed_in: Any, name: str, label: str
) -> None:
    SchoolLabelFactory(school=world.here.school, label=label)
    client = signed_in(world.here.bureau)

    for fmt in ("csv", "xlsx"):
        answer = client.get(url(name), {"label": label, "export": fmt})
        assert answer["Content-Type"].startswith("text/html")
    assert "export=" not in page(client, url(name), label=label)
    whole = client.get(url(name), {"label": Label.QUALITY, "export": "csv"})
    assert whole["Content-Type"].startswith("text/csv")


def test_empty_register_says_how_to_begin(signed_in: Any) -> None:
    from tests.bureau.factories import CountyFactory

    html = page(
        signed_in(user_with("DISTRICT_EDU", CountyFactory())), url("school-list")
    )

    assert "还没有学校" in html


# --- one school --------------------------------------------------------------------


def test_school_of_another_county_is_not_found(world: Any, signed_in: Any) -> None:
    client = signed_in(world.here.bureau)

    for name in ("school-detail", "school-update", "class-update", "label-create"):
        assert client.get(url(name, world.there.school.pk)).status_code == 404


@pytest.mark.parametrize("tab", ["overview", "classes", "returns"])
def test_school_page_shows_each_tab(world: Any, signed_in: Any, tab: str) -> None:
    school = world.here.school
    SchoolLabelFactory(school=school, label=Label.POTENTIAL)
    SchoolHonourFactory(school=school)
    ClassSectionFactory(school=school, year=world.year, headcount=66)
    FullReturnFactory(school=school, year=world.year)

    html = page(
        signed_in(world.here.bureau),
        school.get_absolute_url(),
        tab=tab,
        on="2026-11-20",
    )

    shown = {"overview": "潜质学校", "classes": "超大班额", "returns": "学校已确认"}
    assert shown[tab] in html


def test_school_page_needs_a_fixed_number_of_queries(
    world: Any, signed_in: Any
) -> None:
    client, school = signed_in(world.here.bureau), world.here.school

    def count(tab: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(school.get_absolute_url(), {"tab": tab})
        return len(queries)

    count("overview")
    before = [count(tab) for tab in ("overview", "classes", "returns")]
    for number in range(1, 9):
        ClassSectionFactory(school=school, year=world.year, number=number)
        SchoolHonourFactory(school=school, year=2000 + number)
        SchoolLabelFactory(
            school=school,
            valid_from=date(2000 + number, 1, 1),
            valid_to=date(2000 + number, 2, 1),
        )
    after = [count(tab) for tab in ("overview", "classes", "returns")]

    assert before == after
    assert max(after) <= 25


def test_bureau_registers_a_school(world: Any, signed_in: Any) -> None:
    client = signed_in(world.here.bureau)
    assert page(client, url("school-create"))

    answer = client.post(
        url("school-create"),
        {
            "name": "临江小学",
            "administered_by": world.here.county.pk,
            "type": "PRIMARY",
            "ownership": "PUBLIC",
            "is_legal_person": "on",
        },
    )

    school = School.objects.get(name="临江小学")
    assert answer.headers["Location"] == school.get_absolute_url()
    assert (school.region, school.school_code) == (world.here.county, None)
    assert school.stage_codes == [Stage.PRIMARY]


def test_homonym_comes_back_with_the_reason_and_what_was_typed(
    world: Any, signed_in: Any
) -> None:
    answer = signed_in(world.here.bureau).post(
        url("school-create"),
        {
            "name": world.here.school.name,
            "administered_by": world.here.county.pk,
            "type": "PRIMARY",
        },
    )

    html = answer.content.decode()
    assert "同名区分" in html
    assert f'value="{world.here.school.name}"' in html
    assert School.objects.filter(name=world.here.school.name).count() == 1


def test_school_cannot_be_entered_into_another_county(
    world: Any, signed_in: Any
) -> None:
    answer = signed_in(world.here.bureau).post(
        url("school-create"),
        {
            "name": "越界小学",
            "administered_by": world.there.county.pk,
            "type": "PRIMARY",
        },
    )

    assert answer.status_code == 200
    assert not School.objects.filter(name="越界小学").exists()


def test_bureau_corrects_a_school(world: Any, signed_in: Any) -> None:
    client, school = signed_in(world.here.bureau), world.here.school
    assert "登记" not in page(client, url("school-update", school.pk))[:200]

    client.post(
        url("school-update", school.pk),
        {
            "name": "云洲实验学校",
            "administered_by": world.here.county.pk,
            "type": "NINE_YEAR",
            "stages": ["PRIMARY", "JUNIOR"],
            "opened_on": "2001-09-01",
        },
    )

    school.refresh_from_db()
    assert (school.name, school.type) == ("云洲实验学校", "NINE_YEAR")
    assert school.stage_codes == [Stage.PRIMARY, Stage.JUNIOR]


def test_school_people_do_not_correct_the_register(world: Any, signed_in: Any) -> None:
    client = signed_in(world.here.clerk)

    assert client.get(url("school-update", world.here.school.pk)).status_code == 403
    assert client.get(url("school-create")).status_code == 403
    assert client.get(url("stage-worklist")).status_code == 403
