"""Filters, cells and navigation by themselves; the refusals of forms and moves."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import django_filters
import django_tables2
import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.test import RequestFactory

from core import demo_accounts, navigation, standing
from core.filters import FilterSet
from core.forms import Form
from core.models import Installation, Job, SavedView
from core.tables import Column, NameColumn, NumberColumn, Table, YesNoColumn
from core.transitions import Effects, MoveRefused
from core.verdict import Denied
from core.views.moves import MovePage, verb_of
from core.views.own import MAX_VIEWS
from core.views.page import permission_words
from core.views.styleguide import StyleGuide
from schools import services
from tests.accounts.factories import UserFactory, user_with
from tests.bureau.factories import CountyFactory
from tests.core import ui_urls
from tests.schools.factories import FullReturnFactory, SchoolFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.ui_urls")]


class JobFilter(FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=Job.State.choices, label="状态")
    by = django_filters.ModelChoiceFilter(
        queryset=lambda request: type(request.user).objects.all(), label="发起人"
    )
    created_at = django_filters.DateFromToRangeFilter(label="日期")
    total = django_filters.RangeFilter(label="总数")
    is_cancellable = django_filters.BooleanFilter(label="可取消")
    kind = django_filters.CharFilter(label="类别")

    class Meta:
        model = Job
        fields: list[str] = []
        open_fields = ("kind",)


def filtered(query: str, user: Any) -> JobFilter:
    request = RequestFactory().get(f"/?{query}")
    request.user = user
    return JobFilter(QueryDict(query), queryset=Job.objects.all(), request=request)


class TestFilters:
    def test_every_kind_of_filter_says_in_words_what_it_keeps(self):
        user = UserFactory(full_name="陈敏", post_title="科长")
        query = (
            f"state=DONE&state=FAILED&by={user.pk}&created_at_after=2025-09-01"
            "&total_min=3&is_cancellable=false&kind=report"
        )

        chips = {c.label: c.text for c in filtered(query, user).chips()}

        assert chips["状态"] == "已完成、未完成"
        assert chips["发起人"] == "陈敏（科长）"
        assert chips["日期"].startswith("2025-09-01")
        assert chips["总数"] == "3 ~ …"
        assert chips["可取消"] == "否"
        assert chips["类别"] == "report"

    def test_lifting_a_range_lifts_both_ends(self):
        user = UserFactory()
        found = filtered(
            "created_at_after=2025-09-01&created_at_before=2025-10-01&kind=a", user
        )

        lifted = {c.label: c.lift for c in found.chips()}

        assert lifted["日期"] == "kind=a"

    def test_filters_behind_the_fold_are_unfolded_when_set(self):
        user = UserFactory()

        assert filtered("is_cancellable=true", user).more_in_force()
        assert not filtered("kind=a", user).more_in_force()

    def test_what_cannot_be_read_keeps_everything_and_shows_no_chip(self):
        found = filtered("total_min=abc", UserFactory())

        assert found.chips() == []

    def test_days_have_date_boxes_and_yes_no_has_no_unknown(self):
        form = filtered("", UserFactory()).form

        assert str(form["created_at"]).count('type="date"') == 2
        assert "未知" not in str(form["is_cancellable"])
        assert "不限" in str(form["is_cancellable"])


class LetterTable(Table):
    name = NameColumn(linkify=lambda record: record["url"], sub="short")
    marked = NameColumn(
        accessor="name",
        linkify=lambda record: "/m/",
        attrs={"a": {"class": "quiet"}},
    )
    whole = Column(accessor="name")
    shown = Column(accessor="name")
    counted = NumberColumn(accessor="n", verbose_name="数")
    is_new = YesNoColumn()
    plain = django_tables2.Column(accessor="name")
    called = Column(accessor="call")

    def render_whole(self, value: str, bound_row: Any) -> str:
        return f"{value}/{bound_row.record['n']}"

    def render_shown(self, value: str) -> str:
        return f"〔{value}〕"

    def value_plain(self, value: str) -> str:
        return value.upper()


ROW = {
    "name": "ab",
    "url": "/x/",
    "short": "",
    "n": 1234,
    "is_new": True,
    "call": lambda: "c",
}


class TestCells:
    def test_each_way_of_drawing_a_cell(self):
        [(_record, cells)] = LetterTable([ROW]).lines()

        drawn = [str(cell.html) for cell in cells]

        assert drawn[0] == '<a href="/x/">ab</a>'
        assert 'class="quiet"' in drawn[1]
        assert drawn[2:] == ["ab/1234", "〔ab〕", "1,234", "是", "ab", "c"]

    def test_what_is_exported_is_typed_or_read_as_shown(self):
        columns = {c.label: c.get(ROW) for c in LetterTable([ROW]).export_columns()}

        assert columns["数"] == 1234
        assert "〔ab〕" in columns.values()
        assert "AB" in columns.values()

    def test_a_gap_is_said_and_has_no_link(self):
        table = LetterTable([{**ROW, "name": None, "n": None, "is_new": None}])

        [(_record, cells)] = table.lines()

        assert "未填" in str(cells[0].html)
        assert "href" not in str(cells[0].html)
        assert {c.label: c.get(table.data.data[0]) for c in table.export_columns()}[
            "数"
        ] is None

    def test_no_address_means_no_link(self):
        [(_record, cells)] = LetterTable([{**ROW, "url": ""}]).lines()

        assert str(cells[0].html) == "ab"

    def test_text_of_rows_is_escaped(self):
        html = LetterTable([{**ROW, "name": "<b>"}]).body()

        assert "<b>" not in html


class TestNavigation:
    def test_an_unknown_section_or_a_second_entry_is_refused(self):
        item = navigation.NavItem("today", "首页", "home", "portal:home")

        with pytest.raises(ValueError, match="twice"):
            navigation.register(item)
        with pytest.raises(ValueError, match="no section"):
            navigation.register(navigation.NavItem("nowhere", "x", "home", "x:y"))

    def test_entries_need_their_permission_and_the_nearest_is_current(
        self, monkeypatch
    ):
        items = {
            "core:job-list": navigation.NavItem(
                "data", "任务", "activity", "core:job-list"
            ),
            "portal:home": navigation.NavItem("today", "首页", "home", "portal:home"),
            "none:none": navigation.NavItem("data", "无", "x", "none:none"),
            "t-schools": navigation.NavItem(
                "data", "学校", "school", "t-schools", "a.view_b"
            ),
        }
        monkeypatch.setattr(navigation, "_items", items)

        sections = navigation.sections_for(UserFactory(), "/jobs/5/")

        links = [(str(k.label), k.is_current) for s in sections for k in s.links]
        assert links == [("首页", False), ("任务", True)]


class TestRefusals:
    @pytest.fixture
    def officer(self, signed_in) -> Any:
        self.school = SchoolFactory(region=CountyFactory())
        return signed_in(user_with("DISTRICT_EDU", self.school.region))

    @pytest.mark.parametrize(
        ("error", "words"),
        [
            (ValidationError("区县已撤销"), "区县已撤销"),
            (ValidationError({"name": ["已有同名学校"]}), "已有同名学校"),
            (ValidationError({"other": ["别处的错误"]}), "别处的错误"),
            (MoveRefused(Denied("未能修改", "BN-0.3", "请联系主管部门")), "BN-0.3"),
        ],
    )
    def test_what_a_service_refuses_is_shown_in_the_form(
        self, officer, monkeypatch, error, words
    ):
        def refuse(*args: Any, **kwargs: Any) -> None:
            raise error

        monkeypatch.setattr(ui_urls.SchoolEditPage, "service", staticmethod(refuse))
        data = {
            "name": "实验小学",
            "region": self.school.region_id,
            "ownership": "PUBLIC",
        }

        response = officer.post(f"/t/schools/{self.school.pk}/edit/", data)

        assert words in response.text
        assert 'value="实验小学"' in response.text

    def test_a_service_receives_what_was_typed_and_who_typed_it(
        self, officer, monkeypatch
    ):
        seen: dict[str, Any] = {}

        def create(*subject: Any, by: Any, **data: Any) -> Any:
            seen.update(subject=subject, by=by, **data)
            return self.school

        monkeypatch.setattr(ui_urls.SchoolEditPage, "service", staticmethod(create))
        data = {
            "name": "实验小学",
            "region": self.school.region_id,
            "ownership": "PUBLIC",
        }

        officer.post("/t/schools/new/", data)

        assert seen["subject"] == ()
        assert seen["name"] == "实验小学"
        assert seen["by"].pk

    def test_a_move_with_a_form_hands_its_data_to_the_verb(self, officer, monkeypatch):
        class Count(Form):
            count = forms.IntegerField(label="人数")

        row = FullReturnFactory(school=self.school, state="CONFIRMED")
        seen: dict[str, Any] = {}
        monkeypatch.setattr(ui_urls.ReturnMovePage, "form_classes", {"accept": Count})
        monkeypatch.setattr(
            MovePage, "get_verb", lambda page: lambda obj, by, **data: seen.update(data)
        )
        url = f"/t/returns/{row.pk}/move/accept/"

        assert "请填写" in officer.post(url, {"count": ""}).text
        officer.post(url, {"count": "7"})

        assert seen == {"count": 7}

    @pytest.mark.parametrize(
        ("error", "words", "status"),
        [
            (ValidationError(["文号重复"]), "文号重复", 200),
            (MoveRefused(Denied("已被他人办理", "", "请刷新")), "已被他人办理", 403),
        ],
    )
    def test_a_verb_that_refuses_is_told_and_nothing_is_lost(
        self, officer, monkeypatch, error, words, status
    ):
        def refuse(obj: Any, by: Any, **data: Any) -> None:
            raise error

        row = FullReturnFactory(school=self.school, state="CONFIRMED")
        monkeypatch.setattr(MovePage, "get_verb", lambda page: refuse)

        response = officer.post(f"/t/returns/{row.pk}/move/accept/")

        assert response.status_code == status
        assert words in response.text

    def test_a_red_warning_asks_for_a_written_reason(self, officer, monkeypatch):
        row = FullReturnFactory(school=self.school, state="CONFIRMED")
        red = Effects(warnings=[("red", "骨干教师占比低于下限")])
        monkeypatch.setattr(MovePage, "effects", lambda page: red)

        page = officer.get(f"/t/returns/{row.pk}/move/accept/").text

        assert 'name="reason"' in page
        assert "骨干教师占比低于下限" in page

    def test_the_verb_of_a_move_is_the_service_of_its_room(self):
        row = FullReturnFactory()

        assert (
            verb_of(row, "accept") is services.MOVES["schools.schoolreturn"]["accept"]
        )

    def test_no_more_views_than_fit(self, officer):
        user = officer.get("/t/schools/").context["user"]
        for n in range(MAX_VIEWS):
            SavedView.objects.create(
                user=user, page="t-schools", name=f"{n}", query="q=a"
            )

        form = {
            "name": "再一个",
            "page": "t-schools",
            "query": "q=a",
            "back": "/t/schools/",
        }

        assert "最多保存" in officer.post("/views/", form, follow=True).text


class TestDemo:
    @pytest.fixture
    def accounts(self, monkeypatch) -> None:
        account = demo_accounts.DemoAccount(
            "demo", "word-1", "区县教育行政部门", "东江区"
        )
        monkeypatch.setattr(demo_accounts, "_source", lambda: [account])

    def test_a_demo_offers_its_accounts_at_the_door_and_says_that_it_is_one(
        self, client, accounts, signed_in
    ):
        Installation.objects.create(region_code="500113", is_demo=True)

        page = client.get("/accounts/login/").text
        assert "word-1" in page
        assert "区县教育行政部门" in page

        client = signed_in(user_with("DISTRICT_EDU", CountyFactory()))
        assert "演示数据，与真实单位无关" in client.get("/t/schools/").text

    def test_a_real_installation_never_shows_accounts(self, client, accounts):
        Installation.objects.create(region_code="500113", is_demo=False)

        assert "word-1" not in client.get("/accounts/login/").text


def test_all_pieces_can_be_drawn_together(signed_in):
    client = signed_in(UserFactory())

    for url in ("/styleguide/", "/styleguide/?errors=1&sort=-name"):
        assert client.get(url).status_code == 200
    assert StyleGuide.permission


def test_permissions_are_said_in_words():
    assert permission_words("schools.view_school") == "查看学校"
    assert permission_words("nowhere.view_thing") == "view_thing"


def test_a_standing_not_ones_own_falls_back_to_the_first():
    places = [SimpleNamespace(key="a"), SimpleNamespace(key="b")]

    assert standing.chosen(places, "b").key == "b"
    assert standing.chosen(places, "z").key == "a"
    assert standing.chosen([], "z") is None


def test_days_of_a_school_year_follow_the_calendar(rf):
    from core.context_processors import Shell

    shell = Shell(rf.get("/"))
    shell.today = date(2026, 3, 1)

    assert shell.year_start == date(2025, 9, 1)
    assert shell.last_year_start == date(2024, 9, 1)
