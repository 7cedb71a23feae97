"""Similar schools side by side, a school before and after joining, complete records."""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from bureau.choices import Level
from bureau.loading import load_parameters, load_policies, load_regions
from bureau.parameters import parameter
from bureau.services import create_region, set_parameter
from core.metrics import SCHOOL
from core.registries import metrics
from schools.api.urls import ROUTES
from schools.choices import INTERNAL_METRICS
from schools.comparison import before_after, similar
from schools.completeness import TOTAL, missing_of
from schools.models import School, SchoolContact
from schools.pictures import plotted
from schools.tables import PressureTable, SchoolTable
from tests.accounts.factories import user_with
from tests.bureau.factories import PolicyParameterFactory
from tests.schools.factories import (
    ClassSectionFactory,
    FullReturnFactory,
    SchoolFactory,
)

DAY = "2026-11-20"
"""A day in the school year after the one whose figures are shown."""
pytestmark = pytest.mark.django_db


def load_defaults() -> None:
    """Bring the shipped parameters."""
    load_regions()
    load_policies()
    load_parameters()


def told(world: Any, name: str, students: int, **more: Any) -> School:
    school = SchoolFactory(region=world.here.county, name=name, **more)
    FullReturnFactory(
        school=school,
        year=world.last_year,
        students=students,
        fitness_tested=students,
        fitness_exc_good=1,
        new_intake=50,
        in_zone=50,
        out_of_zone=0,
    )
    return school


@pytest.fixture
def own(world: Any) -> School:
    """A city school of 450 pupils."""
    school = world.here.school
    school.urban_rural_code = "111"
    school.save()
    FullReturnFactory(school=school, year=world.last_year)
    return school


@pytest.mark.clause("AK-1.2.1")
def test_similar_schools_share_stage_and_place_and_are_nearest_in_size(
    world: Any, own: School
) -> None:
    far = told(world, "远规模小学", 900, urban_rural_code="112")
    near = told(world, "近规模小学", 460, urban_rural_code="112")
    rural = told(world, "乡村小学", 450, urban_rural_code="220")
    told(world, "初级中学", 450, type="JUNIOR")
    schools = School.objects.visible_to(world.here.bureau)

    found = similar(own, schools, "PRIMARY", world.last_year)

    assert found == [near, far, rural]


def test_the_page_compares_and_the_list_is_kept_in_the_address(
    world: Any, own: School, signed_in: Any
) -> None:
    load_defaults()
    near, other = told(world, "近规模小学", 460), told(world, "另一小学", 700)
    FullReturnFactory(school=world.there.school, year=world.last_year)
    client = signed_in(world.here.bureau)
    url = reverse("schools:school-compare", args=[own.pk])

    page = client.get(url, {"on": DAY}).content.decode()
    chosen = client.get(url, {"with": [other.pk, world.there.school.pk], "on": DAY})
    text = chosen.content.decode()

    assert near.name in page
    assert "县级及以上骨干教师" in page
    assert "项达标（各校占标准线的百分比）" in page
    assert f"{other.pk}" in text
    assert chosen.context["schools"] == [own, other]
    file = client.get(url, {"with": [other.pk], "export": "csv"})
    lines = b"".join(file.streaming_content).decode("utf-8-sig")
    assert "在校生" in lines
    assert other.name in lines


def test_a_school_of_another_county_is_not_compared(
    world: Any, own: School, signed_in: Any
) -> None:
    stranger = signed_in(user_with("DISTRICT_EDU", world.there.county))

    answer = stranger.get(reverse("schools:school-compare", args=[own.pk]))

    assert answer.status_code == 404


def test_before_and_after_lists_years_and_change_without_a_cause(
    world: Any, own: School
) -> None:
    FullReturnFactory(school=own, year=world.year, students=500, seats=600)

    (stage,) = before_after(own, date(2026, 3, 1), date(2026, 12, 1))

    assert (stage.years, stage.before) == (["2025-2026", "2026-2027"], 1)
    pupils = stage.lines[0]
    assert [int(v) for v in pupils.values if v is not None] == [450, 500]
    assert pupils.change == 50
    assert before_after(own, date(2030, 1, 1), date(2030, 12, 1)) == []


def test_the_panel_of_joining_says_when_there_is_nothing(
    world: Any, own: School, signed_in: Any
) -> None:
    url = reverse("core:panel", args=["schools.school", own.pk, "joining"])

    page = signed_in(world.here.bureau).get(url).content.decode()

    assert "没有加入教育集团" in page


# --- completeness -----------------------------------------------------------------


def test_completeness_counts_parts_and_links_what_is_missing(
    world: Any, own: School, signed_in: Any
) -> None:
    row = School.objects.filter(pk=own.pk).with_completeness(world.year).get()

    assert row.parts_filled == 2
    names = {part.name for part in missing_of(row)}
    assert names == {"code", "address", "coordinates", "opened"} | {
        *("contact", "classes", "returns")
    }
    url = reverse("core:panel", args=["schools.school", own.pk, "completeness"])
    page = signed_in(world.here.bureau).get(url).content.decode()
    assert "还缺" in page
    assert reverse("schools:class-update", args=[own.pk]) in page


def test_a_whole_record_lacks_nothing(world: Any, own: School) -> None:
    School.objects.filter(pk=own.pk).update(
        school_code=f"21{own.administered_by.code[:2]}000001",
        address="滨江路 1 号",
        longitude=106,
        latitude=29,
        opened_on=date(1990, 9, 1),
    )
    ClassSectionFactory(school=own, year=world.year)
    FullReturnFactory(school=own, year=world.year)
    SchoolContact.objects.create(school=own, post="校长", name="甲", phone="000-001")

    row = School.objects.filter(pk=own.pk).with_completeness(world.year).get()

    assert (row.parts_filled, missing_of(row)) == (TOTAL, [])


def test_list_and_board_show_how_complete_records_are(
    world: Any, own: School, signed_in: Any
) -> None:
    client = signed_in(world.city_bureau)

    listed = client.get(reverse("schools:school-list"), {"incomplete": "true"})
    board = client.get(reverse("schools:completeness")).content.decode()
    mine = signed_in(world.here.bureau).get(reverse("schools:completeness"))

    assert f"/ {TOTAL}" in listed.content.decode()
    assert world.here.county.name in board
    assert world.there.county.name in board
    assert world.there.county.name not in mine.content.decode()


# --- the plot ---------------------------------------------------------------------


def test_the_plot_offers_every_metric_the_user_may_read(world: Any) -> None:
    offered = {one.key for one in plotted(world.here.bureau)}
    wanted = {
        one.key
        for one in metrics.values()
        if SCHOOL in one.subjects and one.key.startswith("schools.")
    }

    assert wanted - INTERNAL_METRICS <= offered
    assert len(offered) > len(wanted - INTERNAL_METRICS)


def test_nobody_colours_schools_by_quality_results(world: Any, signed_in: Any) -> None:
    for user in (world.city_bureau, world.here.bureau, world.here.principal):
        assert not INTERNAL_METRICS & {one.key for one in plotted(user)}
    answer = signed_in(world.here.bureau).get(
        reverse("schools:school-plot"), {"metric": "schools.quality_value_added"}
    )
    assert answer.context["metric"].key == "schools.pupil_count"


def test_who_reads_no_returns_plots_places_only(world: Any, signed_in: Any) -> None:
    assert plotted(user_with("DEPT_TAX", world.here.county)) == []


def test_no_api_list_or_export_holds_quality_results(
    world: Any, own: School, signed_in: Any
) -> None:
    served = {view.queryset.model._meta.label for _n, view, _b in ROUTES}
    assert "schools.QualityResult" not in served
    for table in (SchoolTable, PressureTable):
        assert not {n for n in table.base_columns if "quality" in n or "mean" in n}


@pytest.mark.clause("AK-1.3.1")
def test_a_city_reads_all_and_a_school_run_by_the_city_follows_the_city(
    world: Any,
) -> None:
    direct = SchoolFactory(
        name="市直属中学", region=world.here.county, administered_by=world.city
    )

    assert direct in School.objects.visible_to(world.city_bureau)
    assert direct not in School.objects.visible_to(world.here.bureau)
    assert world.here.school in School.objects.visible_to(world.city_bureau)
    assert world.there.school not in School.objects.visible_to(world.here.bureau)


@pytest.mark.clause("AK-0.1")
def test_a_zone_runs_its_schools_wherever_they_lie_and_reads_the_city_s_values(
    world: Any,
) -> None:
    PolicyParameterFactory()
    zone = create_region(
        f"{world.city.code}-GX", "高新区", Level.FUNCTIONAL_ZONE, world.city
    )
    school = SchoolFactory(
        name="高新小学", region=world.here.county, administered_by=zone
    )
    set_parameter("class.large_min", world.city, "54", by=None, reason="全市从严")

    assert school in School.objects.visible_to(user_with("DISTRICT_EDU", zone))
    assert school not in School.objects.visible_to(world.here.bureau)
    assert parameter("class.large_min", zone) == 54


def test_a_special_school_is_no_like_of_an_ordinary_one(
    world: Any, own: School
) -> None:
    special = told(world, "特殊教育学校", 450, type="SPECIAL", urban_rural_code="111")
    far = told(world, "远规模小学", 1900, urban_rural_code="220")
    schools = School.objects.visible_to(world.here.bureau)

    assert similar(own, schools, "PRIMARY", world.last_year)[:2] == [far, special]


def test_a_school_without_figures_comes_after_those_that_have_them(
    world: Any, own: School
) -> None:
    silent = SchoolFactory(region=world.here.county, urban_rural_code="111")
    rural = told(world, "乡村小学", 450, urban_rural_code="220")
    schools = School.objects.visible_to(world.here.bureau)

    assert similar(own, schools, "PRIMARY", world.last_year) == [rural, silent]


def test_the_picture_says_how_many_lines_the_school_meets(
    world: Any, own: School, signed_in: Any
) -> None:
    load_defaults()
    url = reverse("schools:school-compare", args=[own.pk])

    page = signed_in(world.here.bureau).get(url, {"on": DAY}).content.decode()

    assert re.search(rf"{own.name} 7 项指标有 \d 项达标", page)


def test_panels_of_a_past_day_are_asked_for_that_day(
    world: Any, own: School, signed_in: Any
) -> None:
    url = reverse("core:panel", args=["schools.school", own.pk, "pressure"])
    client = signed_in(world.here.bureau)

    today = client.get(own.get_absolute_url()).content.decode()
    before = client.get(own.get_absolute_url(), {"on": "2025-10-01"}).content.decode()

    assert f'hx-get="{url}"' in today
    assert f'hx-get="{url}?on=2025-10-01"' in before


def test_each_gap_of_the_records_leads_to_the_schools_that_have_it(
    world: Any, own: School, signed_in: Any
) -> None:
    placed = told(world, "有坐标小学", 300, longitude=106, latitude=29)
    client = signed_in(world.here.bureau)
    board = client.get(reverse("schools:completeness")).content.decode()
    url = f"{reverse('schools:school-list')}?county={world.here.county.pk}"

    page = client.get(f"{url}&lacks=coordinates").content.decode()

    assert f"{url}&amp;lacks=coordinates".replace("&amp;", "&") in unescape(board)
    assert own.name in page
    assert placed.name not in page


def test_a_junior_school_that_has_not_returned_is_not_told_that_it_has_no_stage(
    world: Any, own: School, signed_in: Any
) -> None:
    load_defaults()
    silent = SchoolFactory(
        region=world.here.county, type="JUNIOR", opened_on=world.year.starts_on
    )
    nursery = SchoolFactory(region=world.here.county, type="KINDERGARTEN")
    client = signed_in(world.here.bureau)

    def panel(school: School) -> str:
        args = ["schools.school", school.pk, "balance"]
        answer = client.get(reverse("core:panel", args=args), {"on": DAY})
        return answer.content.decode()

    assert "暂不能判断" in panel(silent)
    assert "不适用" in panel(nursery)
