"""Move pages: they tell what will happen, ask for reasons and explain refusals."""

from typing import Any

import pytest

from tests.accounts.factories import user_with
from tests.schools.factories import FullReturnFactory, SchoolReturnFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.ui_urls")]


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
