"""The pages of groups, their documents and modes, and the lists."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from groups.choices import DocumentState, GroupState
from groups.models import Document, EducationGroup, Membership
from groups.services import approve_case, start_pilot, switch_mode
from tests.groups.factories import (
    FIRST_DAY,
    Bureau,
    famous_draft,
    join,
    papers_on_file,
    standing_group,
    text_of,
    today,
    under_review,
)

GROUP_TABS = ("overview", "members", "documents", "history", "cases")


def test_the_list_shows_the_groups_of_the_day(bureau: Bureau, signed_in: Any) -> None:
    group = standing_group(bureau.county, members=2)
    client = signed_in(bureau.person("DISTRICT_EDU"))

    now = text_of(client.get(reverse("groups:group-list")))
    before = text_of(client.get(reverse("groups:group-list"), {"on": "2020-01-01"}))

    assert group.name in now
    assert group.name not in before


@pytest.mark.parametrize("rows", [3, 30])
def test_the_lists_ask_the_same_number_of_queries(
    bureau: Bureau, signed_in: Any, django_assert_max_num_queries: Any, rows: int
) -> None:
    for _n in range(rows):
        standing_group(bureau.county)
    client = signed_in(bureau.person("DISTRICT_EDU"))
    client.get(reverse("groups:group-list"))

    with django_assert_max_num_queries(16) as captured:
        client.get(reverse("groups:group-list"))

    assert len(captured) == _queries_once(captured)


_seen: dict[str, int] = {}


def _queries_once(captured: Any) -> int:
    return _seen.setdefault("groups", len(captured))


@pytest.mark.parametrize("rows", [3, 30])
def test_the_case_list_asks_the_same_number_of_queries(
    bureau: Bureau, signed_in: Any, django_assert_max_num_queries: Any, rows: int
) -> None:
    for _n in range(rows):
        famous_draft(bureau, members=1)
    client = signed_in(bureau.person("DISTRICT_EDU"))
    client.get(reverse("groups:case-list"))

    with django_assert_max_num_queries(16) as captured:
        client.get(reverse("groups:case-list"))

    assert len(captured) == _seen.setdefault("cases", len(captured))


@pytest.mark.parametrize("tab", GROUP_TABS)
def test_a_group_opens_on_every_tab(bureau: Bureau, signed_in: Any, tab: str) -> None:
    group = standing_group(bureau.county, members=2)
    papers_on_file(bureau, group)
    client = signed_in(bureau.person("DISTRICT_EDU"))

    assert group.name in text_of(client.get(group.get_absolute_url(), {"tab": tab}))


def test_a_group_shows_the_members_of_any_day(bureau: Bureau, signed_in: Any) -> None:
    group = standing_group(bureau.county, members=0)
    left = bureau.school()
    join(group, left, end=date(2023, 9, 1), ended_because="成长退出")
    later = bureau.school()
    join(group, later, start=today() + timedelta(30))
    client = signed_in(bureau.person("DISTRICT_EDU"))
    url = group.get_absolute_url()

    now = text_of(client.get(url, {"tab": "members"}))
    then = text_of(client.get(url, {"tab": "members", "on": "2022-12-01"}))

    assert now.index("已退出") < now.index(left.name)
    assert now.index("即将加入") < now.index(later.name) < now.index("已退出")
    assert then.index("当前成员") < then.index(left.name) < then.index("即将加入")


def test_the_bureau_registers_a_standing_group_on_a_page(
    bureau: Bureau, signed_in: Any
) -> None:
    lead, member = bureau.school("FAMOUS"), bureau.school()
    client = signed_in(bureau.person("DISTRICT_EDU"))
    url = reverse("groups:group-register")
    text_of(client.get(url))

    response = client.post(
        url,
        {
            "name": "老牌教育集团",
            "founding_document": "示教发〔2019〕3号",
            "founded_on": "2019-09-01",
            "state": "ACTIVE",
            "lead": lead.pk,
            "members": [member.pk],
            "group_type": "FAMOUS_SCHOOL_GROUP",
            "primary_mode": "BN_FAMOUS_NEW",
            "closeness": "TIGHT",
            "formation_basis": "ADMIN_LED",
        },
    )

    group = EducationGroup.objects.get()
    assert response.url == group.get_absolute_url()
    assert group.is_registered and group.founded_on == date(2019, 9, 1)

    left = bureau.school()
    response = client.post(
        reverse("groups:membership-register", args=[group.pk]),
        {
            "school": left.pk,
            "role": "MEMBER",
            "mode": "BN_FAMOUS_NEW",
            "valid_from": "2020-09-01",
            "valid_to": "2022-09-01",
            "ended_because": "成长退出",
        },
    )
    assert response.status_code == 302
    assert Membership.objects.get(school=left).valid_to == date(2022, 9, 1)


def test_an_overlapping_member_is_refused_in_words(
    bureau: Bureau, signed_in: Any
) -> None:
    group = standing_group(bureau.county, is_registered=True)
    other = standing_group(bureau.county)
    school = other.memberships.get(role="MEMBER").school
    client = signed_in(bureau.person("DISTRICT_EDU"))

    response = client.post(
        reverse("groups:membership-register", args=[group.pk]),
        {"school": school.pk, "role": "MEMBER", "valid_from": "2023-09-01"},
    )

    assert "该校在此期间已是另一集团的成员" in text_of(response)


def test_a_charter_is_drafted_submitted_and_filed_through_the_pages(
    bureau: Bureau, signed_in: Any
) -> None:
    group = standing_group(bureau.county)
    client = signed_in(bureau.person("GROUP_OFFICE", group))
    url = reverse("groups:document-create", args=[group.pk, "CHARTER"])
    assert "成员单位的权利" in text_of(client.get(url))

    client.post(url, {"title": "章程", "section_vision": "共同发展"})
    charter = Document.objects.get()
    assert "共同发展" in text_of(client.get(charter.get_absolute_url()))
    change = reverse("groups:document-change", args=[charter.pk])
    assert "共同发展" in text_of(client.get(change))
    client.post(change, {"title": "集团章程", "section_vision": "共同愿景"})
    client.post(reverse("groups:document-move", args=[charter.pk, "submit"]))

    client = signed_in(bureau.person("DISTRICT_EDU"))
    client.post(reverse("groups:document-move", args=[charter.pk, "file"]))

    charter.refresh_from_db()
    assert charter.title == "集团章程"
    assert charter.state == DocumentState.EFFECTIVE


@pytest.mark.clause("AK-1.3.2")
def test_a_county_switches_a_mode_off(bureau: Bureau, signed_in: Any) -> None:
    client = signed_in(bureau.person("DISTRICT_EDU"))
    assert "名校+新校" in text_of(client.get(reverse("groups:mode-list")))
    url = reverse("groups:mode-switch", args=["BN_FAMOUS_NEW"])
    text_of(client.get(url))

    client.post(
        url,
        {
            "region": bureau.county.pk,
            "is_enabled": "0",
            "valid_from": today().isoformat(),
            "reason": "本县暂不采用",
        },
    )

    from groups.validation import validate_formation

    [first, *_rest] = validate_formation(famous_draft(bureau))
    assert (first.level, first.clause) == ("red", "AK-1.3.2")
    assert "停用" in text_of(client.get(reverse("groups:mode-list")))


def test_the_city_files_a_group_on_a_page(bureau: Bureau, signed_in: Any) -> None:
    group = standing_group(bureau.county)
    client = signed_in(bureau.person("CITY_EDU"))
    url = reverse("groups:group-file", args=[group.pk])
    text_of(client.get(url))

    client.post(url)

    group.refresh_from_db()
    assert group.city_filed_on == today()


def test_a_group_is_moved_on_its_page(bureau: Bureau, signed_in: Any) -> None:
    group = standing_group(bureau.county)
    client = signed_in(bureau.person("DISTRICT_EDU"))

    client.post(
        reverse("groups:group-move", args=[group.pk, "suspend"]), {"reason": "整顿"}
    )

    group.refresh_from_db()
    assert group.state == GroupState.SUSPENDED


def test_moves_are_not_made_while_looking_at_another_day(
    bureau: Bureau, signed_in: Any
) -> None:
    group = standing_group(bureau.county)
    client = signed_in(bureau.person("DISTRICT_EDU"))

    response = client.post(
        reverse("groups:group-move", args=[group.pk, "suspend"]) + "?on=2024-01-01",
        {"reason": "整顿"},
    )

    assert response.status_code == 403


def test_a_work_plan_is_due_until_it_is_filed(bureau: Bureau) -> None:
    from core.registries import deadlines

    group = standing_group(bureau.county)
    office = bureau.person("GROUP_OFFICE", group)

    [item] = deadlines.get("groups.work_plans")(office)

    assert (item.due.month, item.due.day, item.clause) == (9, 30, "BN-4.2.4")


def test_a_schools_page_shows_its_groups(bureau: Bureau, signed_in: Any) -> None:
    group = standing_group(bureau.county)
    school = group.memberships.get(role="MEMBER").school
    client = signed_in(bureau.person("DISTRICT_EDU"))

    response = client.get(
        reverse("core:panel", args=["schools.school", school.pk, "groups"])
    )

    assert group.name in text_of(response)


def test_search_finds_visible_groups_only(bureau: Bureau) -> None:
    from core.registries import search

    group = standing_group(bureau.county)
    find = search.get("groups.groups")

    assert [h.title for h in find(bureau.person("DISTRICT_EDU"), group.name)]
    stranger = bureau.person("SCHOOL_PRINCIPAL", bureau.school())
    assert find(stranger, group.name) == []


def test_pilot_groups_show_what_is_missing(bureau: Bureau, signed_in: Any) -> None:
    case = approve_case(
        under_review(bureau),
        by=bureau.person("LEADING_GROUP"),
        document_number="8号",
        effective_on=today(),
    )
    group = start_pilot(case.group, by=bureau.person("DISTRICT_EDU"))
    client = signed_in(bureau.person("DISTRICT_EDU"))

    page = text_of(client.get(group.get_absolute_url()))

    assert "集团章程、发展规划尚未备案生效" in page
    assert today() > FIRST_DAY


def test_switching_twice_keeps_one_answer_a_day(bureau: Bureau) -> None:
    from groups.models import GroupMode, ModeAvailability

    mode = GroupMode.objects.get(pk="AK_CORE_NEW")
    officer = bureau.person("DISTRICT_EDU")
    for on in (False, True):
        switch_mode(
            mode,
            bureau.county,
            by=officer,
            is_enabled=on,
            valid_from=today(),
            reason="试行",
        )

    assert ModeAvailability.objects.get().is_enabled
    enabled = GroupMode.objects.enabled_in(bureau.county)
    assert mode in enabled
