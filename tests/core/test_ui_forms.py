"""Form pages: they work without script, keep what is typed and name every error."""

import pytest

from core.models import FormDraft
from tests.accounts.factories import user_with

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.ui_urls")]


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
