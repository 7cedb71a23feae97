"""Lists: who may, what is shown, filters, sort, pages, files, saved views."""

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import SavedView
from schools.models import School
from tests.accounts.factories import UserFactory, user_with
from tests.bureau.factories import CountyFactory
from tests.schools.factories import SchoolFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.ui_urls")]
URL = "/t/schools/"
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "rows"}


@pytest.fixture
def county() -> Any:
    return CountyFactory()


@pytest.fixture
def officer(county, signed_in) -> Any:
    """A client signed in as the county's education authority."""
    client = signed_in(user_with("DISTRICT_EDU", county))
    client.county = county
    return client


def make(county: Any, *names: str, **fields: Any) -> list[School]:
    return [SchoolFactory(name=name, region=county, **fields) for name in names]


def test_a_visitor_is_sent_to_the_door(client):
    response = client.get(URL)

    assert response.status_code == 302
    assert "/accounts/login/" in response["Location"]


def test_without_the_permission_the_page_says_why(signed_in):
    response = signed_in(UserFactory()).get(URL)

    assert response.status_code == 403
    assert "没有“查看学校”的权限" in response.text


def test_only_schools_in_reach_are_listed(officer):
    make(officer.county, "城南小学")
    SchoolFactory(name="外县小学")

    page = officer.get(URL).text

    assert "城南小学" in page
    assert "外县小学" not in page


@pytest.mark.parametrize("extra", ["", "?type=PRIMARY&sort=-name&q=小学"])
def test_query_count_is_the_same_with_3_and_with_30_rows(officer, extra):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert officer.get(URL + extra).status_code == 200
        return len(queries)

    make(officer.county, *(f"第{n}小学" for n in range(3)))
    officer.get(URL)
    few = count()
    make(officer.county, *(f"另{n}小学" for n in range(27)))

    assert count() == few
    assert few <= 15


def test_an_empty_list_says_what_would_be_here_and_how_to_begin(officer):
    page = officer.get(URL).text

    assert "还没有学校" in page
    assert "导入名册" in page


def test_no_hit_is_told_apart_from_an_empty_register(officer):
    make(officer.county, "城南小学")

    page = officer.get(URL, {"q": "没有的"}).text

    assert "没有符合条件的结果" in page
    assert "还没有学校" not in page


def test_every_word_searched_must_occur(officer):
    make(officer.county, "城南实验小学", "城南小学", "城北实验小学")

    table = officer.get(URL, {"q": "城南 实验"}).context["table"]

    assert [record.name for record, _cells in table.lines()] == ["城南实验小学"]


def test_filters_in_force_are_chips_that_can_be_lifted(officer):
    make(officer.county, "城南小学")

    response = officer.get(URL, {"type": "PRIMARY", "q": "城", "page": 1})

    chips = response.context["filterset"].chips()
    assert {chip.text for chip in chips} == {"小学", "城"}
    assert all("page" not in chip.lift for chip in chips)
    assert "清除全部" in response.text


def test_a_filter_that_makes_no_sense_is_ignored_and_nothing_breaks(officer):
    make(officer.county, "城南小学")

    response = officer.get(
        URL,
        {"type": "无", "sort": "x;drop", "page": "-5", "size": "9999", "cols": "zz"},
    )

    assert response.status_code == 200


@pytest.mark.parametrize(("page", "number"), [("2", 2), ("999", 2), ("x", 1)])
def test_pages_beyond_the_end_show_the_last(officer, page, number):
    make(officer.county, *(f"第{n}小学" for n in range(21)))

    response = officer.get(URL, {"size": 20, "page": page})

    assert response.context["page"].number == number


def test_sorting_is_total_so_that_pages_never_overlap(officer):
    make(officer.county, *(f"第{n}小学" for n in range(30)))

    seen = [
        record.pk
        for page in (1, 2)
        for record, _cells in officer.get(
            URL, {"size": 20, "page": page, "sort": "type"}
        )
        .context["table"]
        .lines()
    ]

    assert len(set(seen)) == 30


def test_columns_can_be_chosen_and_the_first_stays(officer):
    make(officer.county, "城南小学")

    table = officer.get(URL, {"cols": ["type"]}).context["table"]

    assert [head.name for head in table.heads()] == ["name", "type"]


def test_a_fragment_is_sent_when_only_the_rows_are_asked_for(officer):
    make(officer.county, "城南小学")

    response = officer.get(URL, {"q": "城"}, **HTMX)

    assert "<html" not in response.text
    assert "城南小学" in response.text
    assert 'hx-swap-oob="true"' in response.text
    assert "HX-Request" in response["Vary"]


def test_going_back_in_history_gets_the_whole_page(officer):
    response = officer.get(URL, **HTMX, HTTP_HX_HISTORY_RESTORE_REQUEST="true")

    assert "<html" in response.text


def test_the_file_holds_exactly_the_filtered_rows_of_all_pages(officer):
    make(officer.county, *(f"第{n}小学" for n in range(25)))
    make(officer.county, "城南中学", type="JUNIOR")

    response = officer.get(
        URL, {"type": "PRIMARY", "size": 20, "export": "csv", "cols": "type"}
    )

    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 26
    assert len(rows[0]) == 2
    assert "attachment" in response["Content-Disposition"]


def test_without_the_export_permission_there_is_no_file(county, signed_in):
    school = SchoolFactory(region=county)
    client = signed_in(user_with("SCHOOL_CLERK", school))

    response = client.get(URL, {"export": "csv"})

    assert response["Content-Type"].startswith("text/html")
    assert "导出筛选出的" not in response.text


def test_buttons_are_shown_by_permission(officer, signed_in):
    school = make(officer.county, "城南小学")[0]
    assert "/new/" in officer.get(URL).text

    client = signed_in(user_with("SCHOOL_CLERK", school))

    assert "/new/" not in client.get(URL).text


def test_a_saved_view_becomes_a_tab_of_its_owner_only(officer, signed_in):
    officer.post(
        "/views/",
        {"name": "小学", "page": "t-schools", "query": "q=城", "back": f"{URL}?q=城"},
    )

    tabs = officer.get(URL, {"q": "城"}).context["shown_tabs"]
    assert [(str(t.label), t.is_current) for t in tabs] == [
        ("全部", False),
        ("小学", False),
        ("小学", True),
    ]

    other = signed_in(user_with("DISTRICT_EDU", officer.county))
    assert len(other.get(URL).context["shown_tabs"]) == 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"name": " "}, "请填写名称"),
        ({"query": ""}, "请先设置筛选条件"),
        ({"name": "已有"}, "已有同名视图"),
    ],
)
def test_a_view_that_cannot_be_saved_says_why(officer, data, words):
    form = {"name": "新", "page": "t-schools", "query": "q=a", "back": URL}
    officer.post("/views/", {**form, "name": "已有"})

    response = officer.post("/views/", {**form, **data}, follow=True)

    assert words in response.text


def test_another_persons_view_cannot_be_deleted(officer, signed_in):
    officer.post(
        "/views/", {"name": "我的", "page": "t-schools", "query": "q=a", "back": URL}
    )
    view = SavedView.objects.get()

    assert signed_in(UserFactory()).post(f"/views/{view.pk}/delete/").status_code == 404
    assert SavedView.objects.exists()


def test_a_view_is_deleted_by_post_only_and_never_leads_off_the_site(officer):
    officer.post(
        "/views/", {"name": "我的", "page": "t-schools", "query": "q=a", "back": URL}
    )
    url = f"/views/{SavedView.objects.get().pk}/delete/"

    assert officer.get(url).status_code == 405
    response = officer.post(url, {"back": "https://evil.example/"})

    assert response["Location"] == "/"
    assert not SavedView.objects.exists()


def test_a_page_stays_small(officer):
    make(officer.county, *(f"第{n}小学" for n in range(50)))

    assert len(officer.get(URL).content) < 120 * 1024
