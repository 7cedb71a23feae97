"""Detail, form, move, job and refusal pages."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.services import record
from core.files import attach
from core.models import FormDraft, Job
from core.registries import Panel, panels
from tests.accounts.factories import UserFactory, grant, user_with
from tests.bureau.factories import CountyFactory
from tests.schools.factories import (
    FullReturnFactory,
    SchoolFactory,
    SchoolReturnFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.ui_urls")]


@pytest.fixture
def school() -> Any:
    return SchoolFactory(name="城南小学", region=CountyFactory())


@pytest.fixture
def officer(school, signed_in) -> Any:
    return signed_in(user_with("DISTRICT_EDU", school.region, full_name="陈敏"))


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


class TestForms:
    def test_a_form_works_without_any_script(self, officer, school):
        url = f"/t/schools/{school.pk}/edit/"
        page = officer.get(url).text
        assert "校名立即更新" in page
        assert 'method="post"' in page

        data = {
            "name": "城南实验小学",
            "short_name": "",
            "region": school.region_id,
            "ownership": "PUBLIC",
        }
        response = officer.post(url, data, follow=True)

        school.refresh_from_db()
        assert school.name == "城南实验小学"
        assert "已保存" in response.text

    def test_errors_stand_on_top_and_at_the_field_and_nothing_is_lost(
        self, officer, school
    ):
        data = {"name": "某学校", "region": "", "ownership": "PUBLIC"}

        page = officer.post(f"/t/schools/{school.pk}/edit/", data).text

        assert page.count("名称不合规") == 2
        assert 'value="某学校"' in page
        assert "没有保存：请改正 2 处" in page

    def test_changing_needs_the_permission(self, school, signed_in):
        client = signed_in(user_with("SCHOOL_CLERK", school))

        assert client.get(f"/t/schools/{school.pk}/edit/").status_code == 403
        assert client.post(f"/t/schools/{school.pk}/edit/", {}).status_code == 403

    def test_what_is_typed_is_kept_and_comes_back(self, officer, school):
        url = f"/t/schools/{school.pk}/edit/"
        answer = officer.post(
            "/drafts/", {"draft_page": url, "name": "草稿名", "password": "x"}
        )
        assert answer.text.startswith("已保存 ")
        assert "password" not in FormDraft.objects.get().data

        page = officer.get(url).text
        assert "草稿名" in page
        assert "已恢复您" in page

        officer.post(url, {"discard_draft": "1"})
        assert "草稿名" not in officer.get(url).text

    def test_a_draft_is_gone_after_saving(self, officer, school):
        url = f"/t/schools/{school.pk}/edit/"
        officer.post("/drafts/", {"draft_page": url, "name": "草稿名"})
        data = {"name": "定稿小学", "region": school.region_id, "ownership": "PUBLIC"}

        officer.post(url, data)

        assert not FormDraft.objects.exists()

    def test_a_draft_belongs_to_its_writer(self, officer, school, signed_in):
        url = f"/t/schools/{school.pk}/edit/"
        officer.post("/drafts/", {"draft_page": url, "name": "草稿名"})

        other = signed_in(user_with("DISTRICT_EDU", school.region))

        assert "草稿名" not in other.get(url).text

    @pytest.mark.parametrize(
        "data", [{"draft_page": "x"}, {"draft_page": "/a", "t": "长" * 200_001}]
    )
    def test_a_draft_too_long_or_of_no_page_is_refused(self, officer, data):
        assert officer.post("/drafts/", data).status_code == 413


class TestMoves:
    @pytest.fixture
    def full(self, school) -> Any:
        return FullReturnFactory(school=school, state="SUBMITTED")

    @pytest.fixture
    def principal(self, school, signed_in) -> Any:
        return signed_in(user_with("SCHOOL_PRINCIPAL", school))

    def test_the_page_tells_what_will_happen_and_asks_with_the_verb(
        self, principal, full
    ):
        page = principal.get(f"/t/returns/{full.pk}/move/confirm/").text

        assert "立即生效" in page
        assert "数字进入统计" in page
        assert ">确认</button>" in page
        assert "确定" not in page

    def test_opening_the_page_changes_nothing(self, principal, full):
        principal.get(f"/t/returns/{full.pk}/move/confirm/")

        full.refresh_from_db()
        assert full.state == "SUBMITTED"

    def test_posting_makes_the_move(self, principal, full):
        response = principal.post(f"/t/returns/{full.pk}/move/confirm/", follow=True)

        full.refresh_from_db()
        assert full.state == "CONFIRMED"
        assert "已确认" in response.text

    def test_a_refusal_gives_reason_and_remedy_and_changes_nothing(
        self, school, signed_in
    ):
        draft = SchoolReturnFactory(school=school)
        clerk = signed_in(user_with("SCHOOL_CLERK", school))

        for response in (
            clerk.get(f"/t/returns/{draft.pk}/move/submit/"),
            clerk.post(f"/t/returns/{draft.pk}/move/submit/"),
        ):
            assert response.status_code == 403
            assert "未能报送" in response.text
            assert "请补填后再报送" in response.text
        draft.refresh_from_db()
        assert draft.state == "DRAFT"

    def test_the_refused_move_stands_disabled_on_the_object(self, school, signed_in):
        draft = SchoolReturnFactory(school=school)
        clerk = signed_in(user_with("SCHOOL_CLERK", school))

        page = clerk.get(f"/t/returns/{draft.pk}/").text

        assert "未能报送" in page
        assert f"/t/returns/{draft.pk}/move/submit/" not in page

    def test_a_stale_page_is_told_the_present_state(self, principal, full):
        principal.post(f"/t/returns/{full.pk}/move/confirm/")

        response = principal.post(f"/t/returns/{full.pk}/move/confirm/")

        assert response.status_code == 403
        assert "当前状态是" in response.text

    def test_a_reason_is_asked_for_where_one_is_needed(self, principal, full):
        url = f"/t/returns/{full.pk}/move/send_back/"
        assert 'name="reason"' in principal.get(url).text

        assert "请填写" in principal.post(url, {"reason": ""}).text
        principal.post(url, {"reason": "班额填错"})

        full.refresh_from_db()
        assert full.state == "RETURNED"

    def test_no_move_is_made_while_looking_at_another_day(self, principal, full):
        url = f"/t/returns/{full.pk}/move/confirm/?on=2024-09-01"

        response = principal.post(url)

        assert response.status_code == 403
        assert "请先回到今天" in response.text

    def test_an_unknown_move_is_not_found(self, principal, full):
        assert principal.get(f"/t/returns/{full.pk}/move/nothing/").status_code == 404

    def test_a_foreign_object_cannot_be_moved(self, principal):
        foreign = FullReturnFactory(state="SUBMITTED")

        assert (
            principal.post(f"/t/returns/{foreign.pk}/move/confirm/").status_code == 404
        )


class TestJobs:
    @pytest.fixture
    def owner(self, school) -> Any:
        return user_with("SCHOOL_CLERK", school)

    def test_a_running_job_shows_how_far_it_is_and_keeps_asking(self, owner, signed_in):
        job = Job.objects.create(
            kind="x",
            title="编制年度报告",
            by=owner,
            state="RUNNING",
            done=3,
            total=12,
            message="正在编制第 4 册",
            log=["10:00:01 读取数据"],
            started_at=timezone.now() - timedelta(seconds=30),
        )
        client = signed_in(owner)

        page = client.get(job.get_absolute_url()).text
        for words in (
            "编制年度报告",
            "正在编制第 4 册",
            "已完成 3 / 12",
            "约剩",
            "读取数据",
            "取消任务",
            "every 1s",
            "refresh",
        ):
            assert words in page
        assert (
            "<html"
            not in client.get(job.get_absolute_url(), HTTP_HX_REQUEST="true").text
        )

    def test_a_finished_job_offers_its_result_and_stops_asking(self, owner, signed_in):
        job = Job.objects.create(
            kind="x",
            title="导入",
            by=owner,
            state="DONE",
            result_url="/result/",
            finished_at=timezone.now(),
        )

        page = signed_in(owner).get(job.get_absolute_url()).text

        assert 'href="/result/"' in page
        assert "every 1s" not in page

    def test_a_job_of_somebody_else_is_hidden(self, owner, signed_in, school):
        job = Job.objects.create(kind="x", title="导入", by=owner)
        client = signed_in(user_with("SCHOOL_CLERK", school))

        assert client.get(job.get_absolute_url()).status_code == 404
        assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 404
        assert client.get("/jobs/").context["count"] == 0

    def test_a_job_can_be_cancelled_by_its_owner_with_post_only(self, owner, signed_in):
        job = Job.objects.create(kind="x", title="导入", by=owner)
        client = signed_in(owner)

        assert client.get(f"/jobs/{job.pk}/cancel/").status_code == 405
        client.post(f"/jobs/{job.pk}/cancel/")

        job.refresh_from_db()
        assert job.state == "CANCELLED"

    def test_a_job_that_is_over_cannot_be_cancelled(self, owner, signed_in):
        job = Job.objects.create(kind="x", title="导入", by=owner, state="DONE")

        response = signed_in(owner).post(f"/jobs/{job.pk}/cancel/", follow=True)

        assert "已经结束" in response.text

    def test_the_list_of_jobs_has_a_fixed_number_of_queries(self, owner, signed_in):
        client = signed_in(owner)

        def count(rows: int) -> int:
            Job.objects.bulk_create(
                Job(kind="x", title=f"{n}", by=owner) for n in range(rows)
            )
            with CaptureQueriesContext(connection) as queries:
                client.get("/jobs/")
            return len(queries)

        count(1)
        assert count(2) == count(27)


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
