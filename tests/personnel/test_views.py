"""Pages of teachers as their users meet them."""

import io
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.views.debug import SafeExceptionReporterFilter
from python_calamine import CalamineWorkbook

from accounts.models import AccessLog
from core.registries import search
from personnel.models import Teacher
from personnel.views import TeacherCreatePage
from tests.accounts.factories import UserFactory, user_with
from tests.personnel.factories import TeacherFactory, identity_number
from tests.schools.factories import SchoolFactory

pytestmark = pytest.mark.django_db


def url(name: str, *args: Any) -> str:
    return reverse(f"personnel:teacher-{name}", args=args)


def page(client: Any, address: str, **query: Any) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.status_code
    html: str = answer.content.decode()
    return html


def one(world: Any, **fields: Any) -> Teacher:
    fields.setdefault("school", world.here.school)
    teacher: Teacher = TeacherFactory(**fields)
    return teacher


# --- list --------------------------------------------------------------------------


def test_list_shows_the_own_county_only(world: Any, signed_in: Any) -> None:
    here, there = one(world), one(world, school=world.there.school)

    html = page(signed_in(world.here.bureau), url("list"))

    assert here.name in html and there.name not in html


def test_empty_list_offers_the_first_entry_to_those_who_may(
    world: Any, signed_in: Any
) -> None:
    assert url("create") in page(signed_in(world.here.clerk), url("list"))
    reader = user_with("DEPT_HR", world.here.county)
    assert url("create") not in page(signed_in(reader), url("list"))


@pytest.mark.parametrize(
    "query",
    [
        {"q": "测试甲"},
        {"q": "ceshijia"},
        {"q": "csj"},
        {"q": "T001"},
        {"school": "own"},
        {"employment": "CONTRACT"},
        {"subject": "ART"},
        {"stage": "PRIMARY"},
        {"degree": "MASTER"},
    ],
)
def test_list_finds_by_name_pinyin_number_and_facts(
    world: Any, signed_in: Any, query: dict[str, Any]
) -> None:
    one(
        world,
        name="测试甲",
        staff_no="T001",
        employment="CONTRACT",
        subject="ART",
        stage="PRIMARY",
        degree="MASTER",
    )
    other = one(world, name="别人", school=SchoolFactory(region=world.here.county))
    if query.get("school") == "own":
        query = {"school": world.here.school.pk}

    html = page(signed_in(world.here.bureau), url("list"), **query)

    assert "测试甲" in html and other.name not in html


def test_list_is_that_of_the_day_and_those_who_left_stand_apart(
    world: Any, signed_in: Any
) -> None:
    one(
        world,
        name="测试离人",
        status="LEFT",
        left_on=date(2025, 9, 1),
        leave_reason="MOVED",
    )
    client = signed_in(world.here.bureau)

    assert "测试离人" not in page(client, url("list"))
    assert "测试离人" in page(client, url("list"), status="LEFT")
    assert "测试离人" in page(client, url("list"), on="2025-08-31")


def test_list_needs_a_fixed_number_of_queries(world: Any, signed_in: Any) -> None:
    client = signed_in(world.here.bureau)

    def count(more: int) -> int:
        for _n in range(more):
            one(world, school=SchoolFactory(region=world.here.county))
        with CaptureQueriesContext(connection) as queries:
            client.get(url("list"))
        return len([q for q in queries if "SAVEPOINT" not in q["sql"]])

    count(0)
    few, many = count(3), count(27)

    assert few == many <= 15


@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_export_holds_no_identity_and_is_recorded(
    world: Any, signed_in: Any, fmt: str
) -> None:
    number = identity_number()
    row = one(world, identity_number=number, staff_no="T001")
    one(world)

    answer = signed_in(world.here.bureau).get(url("list"), {"export": fmt})

    content = b"".join(answer.streaming_content)
    if fmt == "xlsx":
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        text = str(book.get_sheet_by_index(0).to_python())
    else:
        text = content.decode("utf-8-sig")
    assert row.name in text and "T001" in text
    for secret in (number, row.identity_hash, row.identity_sealed, "身份证"):
        assert secret not in text
    log = AccessLog.objects.get()
    assert (log.user, log.action, log.count) == (world.here.bureau, "导出", 2)


def test_clerk_takes_no_file(world: Any, signed_in: Any) -> None:
    one(world)

    answer = signed_in(world.here.clerk).get(url("list"), {"export": "csv"})

    assert answer["Content-Type"].startswith("text/html")
    assert not AccessLog.objects.exists()


# --- one teacher -------------------------------------------------------------------


def test_page_shows_the_number_masked_only(world: Any, signed_in: Any) -> None:
    number = identity_number()
    row = one(world, identity_number=number)

    for user in (world.here.bureau, world.here.principal, world.here.clerk):
        html = page(signed_in(user), row.get_absolute_url())
        assert row.masked_identity in html
        assert number not in html and row.identity_hash not in html


def test_only_those_who_may_are_led_to_the_number(world: Any, signed_in: Any) -> None:
    row = one(world, identity_number=identity_number())

    for user, may in ((world.here.principal, True), (world.here.clerk, False)):
        html = page(signed_in(user), row.get_absolute_url())
        assert (url("unmask", row.pk) in html) == may


def test_teacher_of_another_county_is_404(world: Any, signed_in: Any) -> None:
    row = one(world, school=world.there.school)
    client = signed_in(world.here.principal)

    for name in ("detail", "update", "leave", "return", "unmask"):
        assert client.get(url(name, row.pk)).status_code == 404


def test_number_is_shown_on_the_answer_to_a_post_with_a_reason_alone(
    world: Any, signed_in: Any
) -> None:
    number = identity_number()
    row = one(world, identity_number=number)
    client, address = signed_in(world.here.principal), url("unmask", row.pk)

    assert number not in page(client, address)
    assert number not in client.post(address, {"reason": " "}).content.decode()
    assert not AccessLog.objects.exists()
    answer = client.post(address, {"reason": "办理职称评审"})

    assert number in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert AccessLog.objects.get().reason == "办理职称评审"
    assert number not in page(client, row.get_absolute_url())


def test_clerk_unmasks_nothing(world: Any, signed_in: Any) -> None:
    row = one(world, identity_number=identity_number())

    answer = signed_in(world.here.clerk).post(
        url("unmask", row.pk), {"reason": "办理职称评审"}
    )

    assert answer.status_code == 403
    assert not AccessLog.objects.exists()


# --- entry -------------------------------------------------------------------------


def filled(world: Any, **fields: Any) -> dict[str, Any]:
    given = {
        "name": "测试甲",
        "school": world.here.school.pk,
        "employment": "ESTABLISHMENT",
        "subject": "MATHS",
    }
    return {**given, **fields}


def test_clerk_enters_a_teacher_of_the_own_school(world: Any, signed_in: Any) -> None:
    client, number = signed_in(world.here.clerk), identity_number()

    html = page(client, url("create"))
    answer = client.post(url("create"), filled(world, identity_number=number))

    row = Teacher.objects.get()
    assert answer.status_code == 302 and answer.url == row.get_absolute_url()
    assert world.there.school.name not in html and "不是同一人" not in html
    assert row.identity_hash and row.school == world.here.school


def test_entry_from_a_school_page_starts_with_the_school(
    world: Any, signed_in: Any
) -> None:
    SchoolFactory(region=world.here.county)
    client = signed_in(world.here.bureau)

    html = page(client, url("create"), school=world.here.school.pk)

    assert f'<option value="{world.here.school.pk}" selected>' in html


def test_number_typed_into_a_form_stays_out_of_error_reports(
    world: Any, rf: Any
) -> None:
    number = identity_number()
    request = rf.post(url("create"), {"name": "测试甲", "identity_number": number})
    request.user = UserFactory()
    with pytest.raises(PermissionDenied):
        TeacherCreatePage.as_view()(request)

    shown = SafeExceptionReporterFilter().get_post_parameters(request)

    assert shown["name"] == "测试甲"
    assert shown["identity_number"] != number


def test_namesake_is_asked_about_on_the_page(world: Any, signed_in: Any) -> None:
    one(world, name="测试甲", subject="MATHS")
    client = signed_in(world.here.clerk)

    html = client.post(url("create"), filled(world)).content.decode()

    assert "已有同名教师" in html and "不是同一人" in html
    assert Teacher.objects.count() == 1
    answer = client.post(url("create"), filled(world, not_same="on"))
    assert answer.status_code == 302
    assert Teacher.objects.count() == 2


def test_registered_number_is_refused_on_the_page_with_whom_to_ask(
    world: Any, signed_in: Any
) -> None:
    number = identity_number()
    one(world, school=world.there.school, identity_number=number)

    html = (
        signed_in(world.here.clerk)
        .post(url("create"), filled(world, identity_number=number))
        .content.decode()
    )

    assert "不能重复登记" in html and f"请联系{world.city.name}" in html
    assert world.there.school.name not in html
    assert Teacher.objects.count() == 1


def test_wrong_entries_come_back_named(world: Any, signed_in: Any) -> None:
    client = signed_in(world.here.clerk)

    html = client.post(
        url("create"), filled(world, name="", identity_number="123")
    ).content.decode()
    foreign = client.post(url("create"), filled(world, school=world.there.school.pk))

    assert "18 位" in html and "请填写" in html
    assert foreign.status_code == 200
    assert not Teacher.objects.exists()


def test_correction_keeps_the_number_and_never_shows_it(
    world: Any, signed_in: Any
) -> None:
    number = identity_number()
    row = one(world, identity_number=number)
    client, address = signed_in(world.here.clerk), url("update", row.pk)

    html = page(client, address)
    answer = client.post(
        address,
        filled(world, name="测试改名", birth_year=row.birth_year, sex=row.sex),
    )

    assert row.masked_identity in html and number not in html
    assert answer.status_code == 302
    before = row.identity_hash
    row.refresh_from_db()
    assert (row.name, row.identity_hash) == ("测试改名", before)


def test_employment_ends_and_goes_on_again_on_the_pages(
    world: Any, signed_in: Any
) -> None:
    row, client = one(world), signed_in(world.here.bureau)

    assert url("leave", row.pk) in page(client, row.get_absolute_url())
    assert "教师人数" in page(client, url("leave", row.pk))
    assert client.post(url("leave", row.pk), {"left_on": "2026-01-01"}).context["form"]
    client.post(url("leave", row.pk), {"left_on": "2025-09-01", "reason": "RETIRED"})
    row.refresh_from_db()
    assert row.has_left

    html = page(client, row.get_absolute_url())
    assert "退休" in html and url("leave", row.pk) not in html
    client.post(
        url("return", row.pk),
        {"school": world.here.school.pk, "entered_on": "2026-02-01"},
    )
    row.refresh_from_db()
    assert not row.has_left


# --- around ------------------------------------------------------------------------


def test_navigation_leads_to_teachers_by_permission(world: Any, signed_in: Any) -> None:
    finance = user_with("DEPT_FINANCE", world.here.county)

    assert url("list") in page(signed_in(world.here.clerk), url("list"))
    assert url("list") not in page(signed_in(finance), reverse("schools:school-list"))


def test_school_page_carries_its_teachers(world: Any, signed_in: Any) -> None:
    for _n in range(10):
        one(world)
    panel = reverse(
        "core:panel", args=["schools.school", world.here.school.pk, "teachers"]
    )
    client = signed_in(world.here.bureau)

    html = page(client, panel)

    assert panel in page(client, world.here.school.get_absolute_url())
    assert "共 10 人" in html
    assert f"{url('list')}?school={world.here.school.pk}" in html


def test_school_without_teachers_offers_the_first(world: Any, signed_in: Any) -> None:
    panel = reverse(
        "core:panel", args=["schools.school", world.here.school.pk, "teachers"]
    )

    html = page(signed_in(world.here.clerk), panel)

    assert f"{url('create')}?school={world.here.school.pk}" in html


def test_search_finds_teachers_within_reach_but_not_by_identity(world: Any) -> None:
    number = identity_number()
    row = one(world, name="测试甲", identity_number=number)
    find = search.get("teachers")

    assert [h.url for h in find(world.here.clerk, "csj")] == [row.get_absolute_url()]
    assert find(world.there.clerk, "csj") == []
    assert find(world.here.clerk, number) == []
    assert find(user_with("DEPT_FINANCE", world.here.county), "csj") == []


def test_without_a_number_nobody_is_asked_why(world: Any, signed_in: Any) -> None:
    row = one(world)

    answer = signed_in(world.here.principal).get(url("unmask", row.pk), follow=True)

    assert answer.redirect_chain == [(row.get_absolute_url(), 302)]
    assert "没有登记身份证号" in answer.content.decode()
