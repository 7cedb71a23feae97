"""The pages of cases: who forms a group, consents, gives an opinion, decides."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from groups.choices import CaseState
from groups.models import GroupCase
from groups.services import approve_case
from tests.groups.factories import (
    Bureau,
    famous_draft,
    make_ready,
    submitted,
    text_of,
    today,
    under_review,
)

CASE_TABS = ("lines", "consents", "opinions", "tasks", "papers", "decisions")


@pytest.mark.parametrize("tab", CASE_TABS)
@pytest.mark.parametrize("role", ["DISTRICT_EDU", "LEADING_GROUP", "DEPT_HR"])
def test_a_case_opens_on_every_tab(
    bureau: Bureau, signed_in: Any, tab: str, role: str
) -> None:
    case = under_review(bureau)
    client = signed_in(bureau.person(role))

    assert case.name in text_of(client.get(case.get_absolute_url(), {"tab": tab}))


def test_a_decided_case_is_not_judged_against_the_group_it_made(
    bureau: Bureau, signed_in: Any
) -> None:
    case = under_review(bureau)
    client = signed_in(bureau.person("LEADING_GROUP"))
    url = case.get_absolute_url()
    assert "模式检查" in text_of(client.get(url, {"tab": "lines"}))

    approve_case(
        case,
        by=bureau.person("LEADING_GROUP"),
        document_number="示府发〔2026〕8号",
        effective_on=today(),
    )

    page = text_of(client.get(url, {"tab": "lines"}))
    assert "名单" in page
    assert "模式检查" not in page


def test_a_principal_forms_a_group_through_the_pages(
    bureau: Bureau, signed_in: Any
) -> None:
    lead, new = bureau.school("FAMOUS"), bureau.school("NEW")
    client = signed_in(bureau.person("SCHOOL_PRINCIPAL", lead))
    text_of(client.get(reverse("groups:case-create")))

    response = client.post(
        reverse("groups:case-create"),
        {
            "formation_basis": "VOLUNTARY",
            "name": "示范教育集团",
            "lead": lead.pk,
            "members": [new.pk],
            "group_type": "FAMOUS_SCHOOL_GROUP",
            "primary_mode": "BN_FAMOUS_NEW",
            "closeness": "TIGHT",
            "ownership": "PUBLIC",
            "grounds": "扩大优质资源",
        },
    )
    case = GroupCase.objects.get()
    assert response.url == reverse("groups:case-lines", args=[case.pk])
    text_of(client.get(response.url))
    line = case.lines.get(role="MEMBER")
    response = client.post(
        response.url,
        {
            f"mode_{line.pk}": "BN_FAMOUS_NEW",
            f"form_{line.pk}": "LED_BY",
            f"role_{line.pk}": "MEMBER",
            f"note_{line.pk}": "",
        },
    )

    line.refresh_from_db()
    assert line.join_form == "LED_BY"
    assert response.url == case.get_absolute_url()


def test_a_refused_submission_comes_back_with_reason_and_clause(
    bureau: Bureau, signed_in: Any
) -> None:
    case = famous_draft(bureau)
    client = signed_in(case.opened_by)

    response = client.post(reverse("groups:case-move", args=[case.pk, "submit"]))

    assert response.status_code == 403
    assert "还没有组建方案" in response.content.decode()
    assert "AK-3.3.2" in response.content.decode()


def test_a_member_principal_consents_on_a_page(bureau: Bureau, signed_in: Any) -> None:
    case = famous_draft(bureau)
    school = case.lines.filter(role="MEMBER").first().school
    client = signed_in(bureau.person("SCHOOL_PRINCIPAL", school))
    url = reverse("groups:case-consent", args=[case.pk, school.pk])
    assert case.name in text_of(client.get(url))

    bad = client.post(url, {"verdict": "DISAGREE", "decided_on": today()})
    assert "请写明理由或条件" in bad.content.decode()
    good = client.post(
        url,
        {
            "verdict": "AGREE",
            "decided_on": today().isoformat(),
            "deciding_body": "教职工代表大会",
            "votes_for": 30,
        },
    )

    assert good.status_code == 302
    assert case.opinions.get().votes_for == 30


def test_another_schools_consent_page_is_closed(bureau: Bureau, signed_in: Any) -> None:
    case = famous_draft(bureau)
    first, second = (x.school for x in case.lines.filter(role="MEMBER"))
    client = signed_in(bureau.person("SCHOOL_PRINCIPAL", first))

    response = client.get(reverse("groups:case-consent", args=[case.pk, second.pk]))

    assert response.status_code == 403


def test_a_department_gives_its_opinion_on_a_page(
    bureau: Bureau, signed_in: Any
) -> None:
    from groups.services import review_case

    case = review_case(submitted(bureau), by=bureau.person("DISTRICT_EDU"))
    department = bureau.county.departments.get(kind="HR")
    client = signed_in(bureau.person("DEPT_HR"))
    url = reverse("groups:case-opinion", args=[case.pk, department.pk])
    text_of(client.get(url))

    response = client.post(url, {"verdict": "AGREE", "decided_on": today().isoformat()})

    assert response.status_code == 302
    other = bureau.county.departments.get(kind="FINANCE")
    refused = client.get(reverse("groups:case-opinion", args=[case.pk, other.pk]))
    assert refused.status_code == 403


def test_the_leading_group_approves_with_a_condition_on_a_page(
    bureau: Bureau, signed_in: Any
) -> None:
    case = under_review(bureau)
    refused = case.lines.filter(role="MEMBER").first()
    client = signed_in(bureau.person("LEADING_GROUP"))
    url = reverse("groups:case-move", args=[case.pk, "approve"])
    page = text_of(client.get(url))
    assert "设立“" in page and "前向市级备案" in page

    response = client.post(
        url,
        {
            "document_number": "示府发〔2026〕8号",
            "decided_on": today().isoformat(),
            "effective_on": today().isoformat(),
            "rejected": [refused.pk],
            "condition_0": "派驻管理团队",
            "due_0": (today() + timedelta(60)).isoformat(),
        },
    )

    assert response.status_code == 302, response.content.decode()
    case.refresh_from_db()
    assert case.state == CaseState.APPROVED
    assert case.group.memberships.count() == 2
    assert case.tasks.get(kind="CONDITION").title == "派驻管理团队"


def test_a_condition_without_a_day_is_sent_back(bureau: Bureau, signed_in: Any) -> None:
    case = under_review(bureau)
    client = signed_in(bureau.person("LEADING_GROUP"))

    response = client.post(
        reverse("groups:case-move", args=[case.pk, "approve"]),
        {
            "document_number": "8号",
            "decided_on": today().isoformat(),
            "effective_on": today().isoformat(),
            "condition_0": "派驻管理团队",
        },
    )

    assert "请填写该条件的完成期限" in text_of(response)


def test_the_board_says_for_whom_each_case_waits(
    bureau: Bureau, signed_in: Any
) -> None:
    famous_draft(bureau)
    submitted(bureau)
    client = signed_in(bureau.person("DISTRICT_EDU"))

    page = text_of(client.get(reverse("groups:case-board")))

    assert "等待：3 所学校表达意愿" in page
    assert "等待：教育行政部门受理" in page


def test_the_pages_of_a_case_add_its_formation_plan(
    bureau: Bureau, signed_in: Any
) -> None:
    case = famous_draft(bureau)
    client = signed_in(case.opened_by)
    url = reverse("groups:case-document-create", args=[case.pk, "FORMATION_PLAN"])
    text_of(client.get(url))

    response = client.post(url, {"title": "组建方案", "section_goals": "目标"})

    assert response.url.endswith("?tab=papers")
    assert case.documents.get().sections["goals"] == "目标"


def test_checks_are_passed_on_a_page(bureau: Bureau, signed_in: Any) -> None:
    case = famous_draft(bureau)
    task = case.tasks.first()
    client = signed_in(case.opened_by)
    url = reverse("groups:task-move", args=[task.pk, "pass"])
    text_of(client.get(url))

    client.post(url, {"note": "可派出骨干教师 12 人"})

    task.refresh_from_db()
    assert (task.state, task.note) == ("PASSED", "可派出骨干教师 12 人")


def test_the_inbox_names_what_waits_for_each(bureau: Bureau) -> None:
    from core.registries import inbox

    def waiting(person: Any) -> set[str]:
        person.__dict__.pop("_grants", None)
        return {
            item.title
            for name, source in inbox.items()
            if name.startswith("groups.")
            for item in source.waiting(person)
        }

    case = famous_draft(bureau)
    school = case.lines.filter(role="MEMBER").first().school
    principal = bureau.person("SCHOOL_PRINCIPAL", school)
    assert waiting(principal) == {f"“{case.name}”征求本校意愿"}

    make_ready(bureau, case)
    assert waiting(principal) == set()
    assert waiting(case.opened_by) == {f"“{case.name}”可以提交"}

    from groups.services import review_case, submit_case

    case = submit_case(case, by=case.opened_by)
    officer = bureau.person("DISTRICT_EDU")
    assert waiting(officer) == {f"“{case.name}”组建申请待受理"}
    case = review_case(case, by=officer)
    assert waiting(officer) == {f"“{case.name}”合规审查还有 4 项"}
    assert waiting(bureau.person("DEPT_HR")) == {f"请对“{case.name}”出具部门意见"}
    assert waiting(bureau.person("LEADING_GROUP")) == set()

    from tests.groups.factories import opined

    opined(bureau, case)
    assert waiting(bureau.person("LEADING_GROUP")) == {f"“{case.name}”待领导小组决定"}
    case = approve_case(
        case,
        by=bureau.person("LEADING_GROUP"),
        document_number="8号",
        effective_on=today(),
        conditions=[{"text": "到岗", "due_on": today() + timedelta(10)}],
    )
    assert waiting(officer) == {
        f"“{case.name}”已批准，待开始试点",
        "批准条件：到岗",
    }
    assert waiting(bureau.person("CITY_EDU")) == {f"“{case.name}”待市级备案"}
