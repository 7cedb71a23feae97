"""Filters and searches of groups, cases and documents, on pages and in the API."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from core.registries import search
from groups.models import Document, GroupMode, Membership, Obligation
from groups.services import give_city_opinion, open_obligation, switch_mode
from tests.accounts.factories import UserFactory, grant, user_with
from tests.bureau.factories import CountyFactory
from tests.groups.factories import (
    FIRST_DAY,
    Bureau,
    draft,
    famous_draft,
    join,
    papers_on_file,
    standing_group,
    today,
    under_review,
)


def codes(client: Any, **query: str) -> set[str]:
    found = client.get(reverse("api:group-list"), query).json()["results"]
    return {row["code"] for row in found}


def test_groups_are_filtered_by_region_state_mode_and_words(
    bureau: Bureau, signed_in: Any
) -> None:
    here = standing_group(bureau.county, primary_mode_id="BN_FAMOUS_NEW")
    away = standing_group(CountyFactory(parent=bureau.city))
    member = here.memberships.members().get().school
    client = signed_in(bureau.person("CITY_EDU"))

    assert codes(client) == {here.code, away.code}
    assert codes(client, region=str(bureau.county.pk)) == {here.code}
    assert codes(client, state="ACTIVE") == {here.code, away.code}
    assert codes(client, state="PILOT") == set()
    assert codes(client, primary_mode="BN_FAMOUS_NEW") == {here.code}
    assert codes(client, q=member.name) == {here.code}


def test_cases_and_documents_are_filtered(bureau: Bureau, signed_in: Any) -> None:
    case = famous_draft(bureau)
    group = standing_group(bureau.county)
    papers_on_file(bureau, group)
    client = signed_in(bureau.person("DISTRICT_EDU"))
    school = case.lines.first().school

    def count(name: str, **query: str) -> int:
        return client.get(reverse(f"api:{name}-list"), query).json()["count"]

    assert count("group-case", q=school.name) == 1
    assert count("group-case", q="没有这个词") == 0
    assert count("group-case", region=str(bureau.county.pk)) == 1
    assert count("group-document", kind="CHARTER") == 1
    page = client.get(reverse("groups:document-list"), {"kind": "CHARTER"})
    assert page.status_code == 200


def test_search_finds_cases(bureau: Bureau) -> None:
    case = famous_draft(bureau)
    find = search.get("groups.cases")

    [hit] = find(bureau.person("DISTRICT_EDU"), case.name)
    assert hit.url == case.get_absolute_url()
    assert find(bureau.person("DEPT_TAX"), case.name) == []


def test_the_city_speaks_on_its_page(bureau: Bureau, signed_in: Any) -> None:
    far = bureau.school("NEW", region=CountyFactory(parent=bureau.city))
    lead = bureau.school("FAMOUS")
    case = under_review(
        bureau, draft(bureau, [{"school": lead, "role": "LEAD"}, {"school": far}])
    )
    client = signed_in(bureau.person("CITY_EDU"))
    url = reverse("groups:case-city-opinion", args=[case.pk])
    assert client.get(url).status_code == 200

    response = client.post(url, {"verdict": "AGREE", "decided_on": today().isoformat()})

    assert response.status_code == 302
    shown = client.get(case.get_absolute_url(), {"tab": "opinions"}).content.decode()
    assert "市级意见" in shown and bureau.city.name in shown
    give_city_opinion(
        case,
        by=bureau.person("CITY_EDU"),
        verdict="CONDITIONAL",
        text="先行试点",
        decided_on=today(),
    )
    page = signed_in(bureau.person("LEADING_GROUP")).get(
        reverse("groups:case-move", args=[case.pk, "approve"])
    )
    assert "有条件同意：先行试点" in page.content.decode()


def test_pages_of_things_that_are_not_there_are_404(
    bureau: Bureau, signed_in: Any
) -> None:
    case = under_review(bureau)
    client = signed_in(bureau.person("DISTRICT_EDU"))
    group = standing_group(bureau.county)

    for url in (
        reverse("groups:document-create", args=[group.pk, "NOVEL"]),
        reverse("groups:document-create", args=[0, "CHARTER"]),
        reverse("groups:case-document-create", args=[0, "FORMATION_PLAN"]),
        reverse("groups:mode-switch", args=["NO_MODE"]),
    ):
        assert client.get(url).status_code == 404, url
    officer = signed_in(bureau.person("DEPT_HR"))
    stranger = officer.get(reverse("groups:case-opinion", args=[case.pk, 0]))
    assert stranger.status_code == 404


def test_a_bad_form_names_every_fault(bureau: Bureau, signed_in: Any) -> None:
    lead = bureau.school("FAMOUS")
    client = signed_in(bureau.person("SCHOOL_PRINCIPAL", lead))

    page = client.post(
        reverse("groups:case-create"),
        {
            "formation_basis": "VOLUNTARY",
            "name": "",
            "lead": lead.pk,
            "members": [lead.pk],
            "group_type": "SCHOOL_COMMUNITY",
            "primary_mode": "BN_FAMOUS_NEW",
            "closeness": "TIGHT",
            "ownership": "PUBLIC",
            "grounds": "理由",
        },
    ).content.decode()

    for words in ("请填写", "该模式不适用于所选的集团类型", "龙头学校不必再选"):
        assert words in page


def test_a_bad_registration_names_every_fault(bureau: Bureau, signed_in: Any) -> None:
    lead = bureau.school("FAMOUS")
    client = signed_in(bureau.person("DISTRICT_EDU"))

    page = client.post(
        reverse("groups:group-register"),
        {
            "name": "集团",
            "founding_document": "3号",
            "founded_on": "2099-01-01",
            "state": "ACTIVE",
            "lead": lead.pk,
            "members": [lead.pk],
            "group_type": "SCHOOL_COMMUNITY",
            "primary_mode": "BN_FAMOUS_NEW",
            "closeness": "TIGHT",
            "formation_basis": "ADMIN_LED",
        },
    ).content.decode()

    for words in (
        "成立日期不能晚于今天",
        "该模式不适用于所选的集团类型",
        "龙头学校不必再选",
    ):
        assert words in page


def test_the_profile_of_a_draft_is_changed_on_its_page(
    bureau: Bureau, signed_in: Any
) -> None:
    case = famous_draft(bureau)
    client = signed_in(case.opened_by)
    url = reverse("groups:case-change", args=[case.pk])
    assert case.name in client.get(url).content.decode()
    lines = {line.role: line.school_id for line in case.lines.all()}

    response = client.post(
        url,
        {
            "formation_basis": "VOLUNTARY",
            "name": "新名称集团",
            "lead": lines["LEAD"],
            "members": [lines["MEMBER"]],
            "group_type": case.group_type,
            "primary_mode": case.primary_mode_id,
            "closeness": "LOOSE",
            "ownership": "PUBLIC",
            "grounds": "理由",
        },
    )

    case.refresh_from_db()
    assert response.status_code == 302
    assert (case.name, case.lines.count()) == ("新名称集团", 2)


@pytest.mark.clause("AK-1.3.2")
def test_another_region_does_not_switch_a_mode(bureau: Bureau) -> None:
    with pytest.raises(PermissionDenied, match=r"AK-1\.3\.2"):
        switch_mode(
            GroupMode.objects.get(pk="AK_CORE_NEW"),
            CountyFactory(),
            by=bureau.person("DISTRICT_EDU"),
            is_enabled=False,
            valid_from=today(),
            reason="停用",
        )


@pytest.mark.clause("AK-1.3.2")
def test_a_county_outweighs_its_city(bureau: Bureau) -> None:
    mode = GroupMode.objects.get(pk="AK_CORE_NEW")
    for person, region, is_on in (
        (user_with("DISTRICT_EDU", bureau.city), bureau.city, False),
        (bureau.person("DISTRICT_EDU"), bureau.county, True),
    ):
        switch_mode(
            mode,
            region,
            by=person,
            is_enabled=is_on,
            valid_from=FIRST_DAY,
            reason="调整",
        )

    assert mode in GroupMode.objects.enabled_in(bureau.county)
    assert mode not in GroupMode.objects.enabled_in(bureau.city)
    assert mode in GroupMode.objects.enabled_in(
        bureau.city, day=FIRST_DAY.replace(2020)
    )


def test_papers_tasks_and_obligations_follow_their_group(bureau: Bureau) -> None:
    group = standing_group(bureau.county)
    papers_on_file(bureau, group)
    open_obligation(group, kind="POST", label="兼任", key="post:1")
    case = famous_draft(bureau)
    member = group.memberships.members().get().school
    office = bureau.person("GROUP_OFFICE", group)
    principal = bureau.person("SCHOOL_PRINCIPAL", member)
    officer = bureau.person("DISTRICT_EDU")

    assert Document.objects.visible_to(principal).count() == 2
    assert Document.objects.visible_to(office).count() == 2
    assert Obligation.objects.visible_to(office).count() == 1
    assert Obligation.objects.visible_to(officer).count() == 1
    tasks = type(case.tasks.first()).objects
    assert tasks.visible_to(officer).count() == case.tasks.count()
    assert tasks.visible_to(case.opened_by).count() == case.tasks.count()
    assert tasks.visible_to(office).count() == 0


def test_a_former_member_reads_the_papers_of_its_time(bureau: Bureau) -> None:
    group = standing_group(bureau.county)
    for title, start, end in (
        ("旧章程", "2022-09-01", "2023-09-01"),
        ("新章程", "2025-09-01", None),
    ):
        Document.objects.create(
            group=group,
            kind="CHARTER",
            title=title,
            state="SUPERSEDED" if end else "EFFECTIVE",
            valid_from=start,
            valid_to=end,
        )
    school = bureau.school()
    join(group, school, end=FIRST_DAY.replace(2023))
    person = UserFactory()
    grant(person, "SCHOOL_CLERK", school, FIRST_DAY, FIRST_DAY.replace(2024))

    assert [d.title for d in Document.objects.visible_to(person)] == ["旧章程"]
    assert Membership.objects.visible_to(person).exists()
