"""Homes, inbox, search, notifications and public notices."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from freezegun import freeze_time

from core.days import today
from core.models import Deadline, Notification, Objection, Publicity
from core.notify import meet_deadline, notify, set_deadline
from core.reminders import remind_of_deadlines
from tests.accounts.factories import UserFactory, user_with
from tests.bureau.factories import (
    AcademicYearFactory,
    CountyFactory,
    PolicyParameterFactory,
)
from tests.schools.factories import FullReturnFactory, SchoolFactory

pytestmark = pytest.mark.django_db
BY_HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _parameters(db: None) -> None:
    PolicyParameterFactory(key="class.large_min", value="56")


@pytest.fixture
def county() -> Any:
    return CountyFactory()


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return response.content.decode()


def figure_of(label: str, page: str) -> str:
    """Return the value on the tile of this label."""
    tile = page.split(f'<div class="label">{label}</div>', 1)[1]
    return re.search(r'<div class="value[^"]*">([^<]*)<', tile)[1]


def due(county: Any, day: date, role: str = "DISTRICT_EDU") -> Deadline:
    return set_deadline(
        county, county, title="报送年度报告", due_on=day, key=f"report-{day}", role=role
    )


def test_an_empty_inbox_says_so_and_shows_the_next_deadline(
    signed_in: Callable[[Any], Any], county: Any
) -> None:
    due(county, today() + timedelta(days=3))
    client = signed_in(user_with("DISTRICT_EDU", county))

    page = text_of(client.get(reverse("portal:inbox")))

    assert "没有待办" in page
    assert "报送年度报告" in page
    assert "还剩 3 天" in page


def test_a_deadline_of_another_county_is_not_shown(
    signed_in: Callable[[Any], Any], county: Any
) -> None:
    due(CountyFactory(), today())
    client = signed_in(user_with("DISTRICT_EDU", county))

    assert "报送年度报告" not in text_of(client.get(reverse("portal:calendar")))


def test_a_met_deadline_leaves_the_calendar(
    signed_in: Callable[[Any], Any], county: Any
) -> None:
    row = due(county, today())
    client = signed_in(user_with("DISTRICT_EDU", county))
    assert "报送年度报告" in text_of(client.get(reverse("portal:calendar")))

    meet_deadline(row.key, at="2026-01-01T00:00:00Z")

    assert "报送年度报告" not in text_of(client.get(reverse("portal:calendar")))


@pytest.mark.parametrize("role", ["DISTRICT_EDU", "CITY_EDU", "DEPT_FINANCE"])
def test_each_home_opens_with_a_fixed_number_of_queries(
    role: str,
    signed_in: Callable[[Any], Any],
    county: Any,
    django_assert_max_num_queries: Any,
) -> None:
    AcademicYearFactory(first=2024)
    AcademicYearFactory(first=2025)
    client = signed_in(user_with(role, county))
    client.get(reverse("portal:home"))
    SchoolFactory.create_batch(5, region=county)

    with django_assert_max_num_queries(30):
        page = text_of(client.get(reverse("portal:home")))
    with django_assert_max_num_queries(30):
        part = text_of(client.get(reverse("portal:figures"), headers=BY_HTMX))

    assert "等我办理" in page
    assert reverse("portal:figures") in page
    assert "集团数" in part
    assert "<html" not in part


def test_without_scripts_the_figures_are_a_page_of_their_own(
    signed_in: Callable[[Any], Any], county: Any
) -> None:
    AcademicYearFactory(first=2025)
    client = signed_in(user_with("DISTRICT_EDU", county))

    page = text_of(client.get(reverse("portal:figures")))

    assert "<html" in page
    assert "集团数" in page


def test_what_no_school_has_reported_is_missing_and_not_nought(
    signed_in: Callable[[Any], Any],
) -> None:
    this_year = AcademicYearFactory(first=2025)
    school = SchoolFactory()
    client = signed_in(user_with("SCHOOL_PRINCIPAL", school))
    url = reverse("portal:figures")
    assert figure_of("在校生数", text_of(client.get(url))) == "未填"

    FullReturnFactory(school=school, year=this_year, students=430)

    assert figure_of("在校生数", text_of(client.get(url))) == "430"


def test_a_school_home_names_where_the_user_stands(
    signed_in: Callable[[Any], Any],
) -> None:
    school = SchoolFactory()
    client = signed_in(user_with("SCHOOL_PRINCIPAL", school))

    assert school.name in text_of(client.get(reverse("portal:home")))


def test_search_finds_what_the_user_may_know_and_nothing_else(
    signed_in: Callable[[Any], Any], county: Any
) -> None:
    SchoolFactory(name="云洲第一小学", region=county)
    SchoolFactory(name="云洲第二小学")
    client = signed_in(user_with("DISTRICT_EDU", county))

    page = text_of(client.get(reverse("portal:search"), {"q": "云洲"}))

    assert "云洲第一小学" in page
    assert "云洲第二小学" not in page


def test_search_without_a_hit_says_what_to_try(
    signed_in: Callable[[Any], Any], county: Any
) -> None:
    client = signed_in(user_with("DISTRICT_EDU", county))

    assert "没有找到" in text_of(client.get(reverse("portal:search"), {"q": "无此校"}))


def test_a_notification_is_told_after_the_commit_and_only_once(
    django_capture_on_commit_callbacks: Any,
) -> None:
    user = UserFactory()

    for _time in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            notify([user], "已办结", key="case-1")

    assert Notification.objects.filter(user=user).count() == 1


def test_opening_a_notification_marks_it_and_leads_to_its_subject(
    signed_in: Callable[[Any], Any],
) -> None:
    user = UserFactory()
    note = Notification.objects.create(user=user, title="已办结", url="/inbox/")
    client = signed_in(user)

    response = client.post(reverse("portal:notification-open", args=[note.pk]))

    note.refresh_from_db()
    assert response.url == "/inbox/"
    assert note.read_at


def test_the_notification_of_somebody_else_is_not_found(
    signed_in: Callable[[Any], Any],
) -> None:
    note = Notification.objects.create(user=UserFactory(), title="密")
    client = signed_in(UserFactory())

    url = reverse("portal:notification-open", args=[note.pk])

    assert client.post(url).status_code == 404


def test_all_notifications_can_be_marked_as_read(
    signed_in: Callable[[Any], Any],
) -> None:
    user = UserFactory()
    Notification.objects.create(user=user, title="一")
    Notification.objects.create(user=user, title="二")
    client = signed_in(user)
    assert "一" in text_of(client.get(reverse("portal:notifications")))

    client.post(reverse("portal:notifications"))

    assert not Notification.objects.filter(user=user, read_at__isnull=True).exists()


@pytest.mark.parametrize(("left", "sent"), [(7, 1), (3, 1), (2, 0), (-1, 1), (-2, 0)])
def test_reminders_go_out_on_their_days_and_once(
    left: int, sent: int, county: Any, django_capture_on_commit_callbacks: Any
) -> None:
    user = user_with("DISTRICT_EDU", county)
    user_with("DEPT_FINANCE", county)
    due(county, today() + timedelta(days=left))

    for _time in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            remind_of_deadlines()

    assert Notification.objects.filter(user=user).count() == sent
    assert Notification.objects.count() == sent


def notice(county: Any) -> Publicity:
    return Publicity.objects.create(
        subject=county,
        title="考核结果公示",
        body="名单",
        starts_on=date(2026, 3, 2),
        ends_on=date(2026, 3, 9),
    )


@pytest.mark.parametrize(
    ("day", "status"),
    [
        ("2026-03-01", 404),
        ("2026-03-02", 200),
        ("2026-03-08", 200),
        ("2026-03-09", 404),
    ],
)
def test_a_notice_shows_itself_and_withdraws_itself(
    client: Any, county: Any, day: str, status: int
) -> None:
    row = notice(county)

    with freeze_time(f"{day} 04:00:00"):
        url = reverse("portal:publicity-detail", args=[row.pk])
        assert client.get(url).status_code == status
        listed = row.title in text_of(client.get(reverse("portal:publicity-list")))

    assert listed == (status == 200)


def test_anybody_can_object_while_a_notice_is_shown(client: Any, county: Any) -> None:
    row = notice(county)
    url = reverse("portal:publicity-detail", args=[row.pk])

    with freeze_time("2026-03-03 04:00:00"):
        client.post(url, {"text": "数据有误", "contact": ""})
    with freeze_time("2026-03-20 04:00:00"):
        late = client.post(url, {"text": "太晚"})

    assert late.status_code == 404
    assert [o.text for o in Objection.objects.all()] == ["数据有误"]


def test_a_visitor_sees_the_notices_and_the_door_but_no_desk(client: Any) -> None:
    page = text_of(client.get(reverse("portal:publicity-list")))

    assert reverse("account_login") in page
    assert reverse("portal:inbox") not in page
    assert "退出登录" not in page
