"""Detail pages, their panels and files; the shell, the door and refusal pages."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.services import record
from core.files import attach
from core.registries import Panel, panels
from tests.accounts.factories import UserFactory, grant, user_with
from tests.bureau.factories import CountyFactory
from tests.schools.factories import SchoolFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.ui_urls")]


def test_an_object_out_of_reach_is_not_found(officer):
    elsewhere = SchoolFactory()

    response = officer.get(f"/t/schools/{elsewhere.pk}/")

    assert response.status_code == 404
    assert "或您无权查看" in response.text


def test_a_detail_page_shows_facts_timeline_and_files(officer, school):
    record("core.update", school, by=None, reason="更正校名")
    attach(school, "证书.pdf", b"%PDF-1.7\n1 0 obj", kind="EVIDENCE")

    page = officer.get(f"/t/schools/{school.pk}/").text

    for words in ("城南小学", "区县", "未填", "更正校名", "证书.pdf"):
        assert words in page


def test_a_tab_without_permission_is_not_offered(officer, school):
    response = officer.get(f"/t/schools/{school.pk}/?tab=two")

    assert response.context["tab"].slug == "one"
    assert "保密" not in response.text


def test_a_page_without_a_permission_is_a_programming_error(officer):
    with pytest.raises(ImproperlyConfigured):
        officer.get("/t/nameless/")


@pytest.fixture
def panel() -> Any:
    key = ("schools.school", "test-panel")
    panels.register(
        key,
        Panel(
            "测试面板",
            "schools.import_school",
            lambda request, obj: f"<b>{obj.name}的面板</b>",
        ),
    )
    yield "/panels/schools.school/{}/test-panel/"
    panels._entries.pop(key)


def test_a_panel_is_loaded_apart_and_by_its_own_permission(
    officer, school, panel, signed_in
):
    url = panel.format(school.pk)
    assert url in officer.get(f"/t/schools/{school.pk}/").text

    fragment = officer.get(url, HTTP_HX_REQUEST="true").text
    assert fragment.strip() == "<b>城南小学的面板</b>"
    assert "<html" in officer.get(url).text

    clerk = signed_in(user_with("SCHOOL_CLERK", school))
    assert url not in clerk.get(f"/t/schools/{school.pk}/").text
    assert clerk.get(url).status_code == 403


def test_a_panel_of_a_hidden_object_or_an_unknown_panel_is_not_found(
    officer, school, panel
):
    assert officer.get(panel.format(SchoolFactory().pk)).status_code == 404
    assert (
        officer.get(f"/panels/schools.school/{school.pk}/nothing/").status_code == 404
    )
    assert officer.get("/panels/no.model/1/x/").status_code == 404


def test_a_detail_page_asks_few_questions(officer, school):
    for n in range(10):
        record("core.update", school, reason=str(n))
    with CaptureQueriesContext(connection) as queries:
        officer.get(f"/t/schools/{school.pk}/")

    assert len(queries) <= 25


class TestFiles:
    def test_a_file_is_sent_only_to_those_who_may_know_its_subject(
        self, officer, school, signed_in
    ):
        file = attach(school, "证书.pdf", b"%PDF-1.7\n1 0 obj", kind="EVIDENCE")
        url = file.get_absolute_url()

        response = officer.get(url)
        assert response["Content-Disposition"].startswith("attachment")
        assert officer.get(f"{url}?show=1")["Content-Disposition"].startswith("inline")

        stranger = signed_in(user_with("SCHOOL_CLERK", SchoolFactory()))
        assert stranger.get(url).status_code == 404
        assert stranger.get("/files/999999/").status_code == 404

    def test_a_file_runs_nothing(self, officer, school):
        file = attach(school, "图.png", b"\x89PNG\r\n\x1a\n0000", kind="EVIDENCE")

        response = officer.get(f"{file.get_absolute_url()}?show=1")

        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert response["X-Content-Type-Options"] == "nosniff"

    def test_what_is_no_picture_or_pdf_is_never_shown_in_place(self, officer, school):
        file = attach(school, "说明.txt", "内容".encode(), kind="EVIDENCE")

        response = officer.get(f"{file.get_absolute_url()}?show=1")

        assert response["Content-Disposition"].startswith("attachment")


class TestShell:
    def test_another_day_is_announced_and_leads_back(self, officer):
        page = officer.get("/t/schools/?on=2025-09-01&q=x").text

        assert "正在查看 2025 年 9 月 1 日的情况" in page
        assert "回到今天" in page

    @pytest.mark.parametrize("text", ["2025-13-40", "昨天", "0001-01-01", "9999-01-01"])
    def test_a_day_that_is_none_is_said_and_today_is_shown(self, officer, text):
        response = officer.get("/t/schools/", {"on": text})

        assert "不是有效日期" in response.text
        assert response.context["as_of"] == timezone.localdate()

    def test_navigation_shows_what_the_user_may_open(self, officer, signed_in):
        assert 'href="/jobs/"' in officer.get("/t/schools/").text

        stranger = signed_in(UserFactory())
        assert "accounts.view_user" not in stranger.get("/t/schools/").text

    def test_a_user_with_two_standings_can_switch_between_own_ones_only(
        self, officer, school
    ):
        user = officer.get("/t/schools/").context["user"]
        other = CountyFactory(name="示范北县")
        grant(user, "DEPT_HR", other)

        officer.post("/standing/", {"standing": f"DEPT_HR:{other.pk}"})
        assert (
            officer.get("/t/schools/").context["shell"].standing.scope_label
            == "示范北县"
        )

        officer.post("/standing/", {"standing": "CITY_EDU:1"})
        assert officer.get("/t/schools/").context["shell"].standing.role == "DEPT_HR"

    def test_private_pages_are_not_kept_by_caches(self, officer):
        assert "private" in officer.get("/t/schools/")["Cache-Control"]

    def test_the_count_of_the_inbox_comes_apart(self, officer):
        assert officer.get("/inbox/count/").status_code == 200


class TestRefusals:
    def test_an_unknown_address_says_what_to_do(self, officer):
        response = officer.get("/nowhere/")

        assert response.status_code == 404
        assert "回到首页" in response.text

    def test_a_refusal_inside_a_page_is_a_note(self, school, signed_in):
        client = signed_in(UserFactory())

        response = client.get("/t/schools/", HTTP_HX_REQUEST="true")

        assert response.status_code == 403
        assert "<html" not in response.text
        assert "没有“查看学校”的权限" in response.text

    def test_a_stale_form_is_explained(self, school):
        client = Client(enforce_csrf_checks=True)
        client.force_login(
            user_with("DISTRICT_EDU", school.region),
            backend="allauth.account.auth_backends.AuthenticationBackend",
        )

        response = client.post(f"/t/schools/{school.pk}/edit/", {})

        assert response.status_code == 403
        assert "页面停留时间过长" in response.text

    def test_a_failure_of_the_system_is_said_without_a_database(
        self, officer, django_assert_num_queries
    ):
        from django.test import RequestFactory

        from core.views.errors import server_error

        with django_assert_num_queries(0):
            response = server_error(RequestFactory().get("/"))

        assert response.status_code == 500
        assert "系统出错了" in response.text


class TestDoor:
    def test_the_sign_in_page_has_our_words_and_no_accounts_of_a_demo(self, client):
        page = client.get("/accounts/login/").text

        assert "使用本单位管理员为您开通的账号" in page
        assert "演示账号" not in page

    @pytest.mark.parametrize(
        "url",
        [
            "/accounts/password/change/",
            "/accounts/2fa/",
            "/accounts/sessions/",
            "/accounts/logout/",
        ],
    )
    def test_account_pages_stand_in_the_shell(self, officer, url):
        response = officer.get(url, follow=True)

        assert response.status_code == 200
        assert "nav-side" in response.text or "door" in response.text

    def test_there_is_no_registration(self, client):
        response = client.get("/accounts/signup/", follow=True)

        assert "不开放自助注册" in response.text
