"""Groups, memberships and cases over the API: the same rows, the same verbs."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from groups.choices import CaseState, GroupState
from tests.groups.factories import (
    Bureau,
    famous_draft,
    join,
    papers_on_file,
    standing_group,
    submitted,
    today,
    under_review,
)


def test_groups_are_read_on_any_day(bureau: Bureau, signed_in: Any) -> None:
    group = standing_group(bureau.county, members=2)
    client = signed_in(bureau.person("DISTRICT_EDU"))
    url = reverse("api:group-list")

    now = client.get(url).json()["results"]
    before = client.get(url, {"on": "2021-01-01"}).json()["results"]

    assert [(g["code"], g["member_count"]) for g in now] == [(group.code, 2)]
    assert before == []


def test_one_group_says_which_moves_are_open(bureau: Bureau, signed_in: Any) -> None:
    group = standing_group(bureau.county)
    client = signed_in(bureau.person("DISTRICT_EDU"))

    shown = client.get(reverse("api:group-detail", args=[group.pk])).json()

    moves = {a["move"]: a["allowed"] for a in shown["actions"]}
    assert moves == {"suspend": True, "wind_up": False}


def test_memberships_are_those_of_the_day(bureau: Bureau, signed_in: Any) -> None:
    group = standing_group(bureau.county)
    join(group, bureau.school("WEAK"), end=date(2023, 9, 1), category_at_join=["WEAK"])
    client = signed_in(bureau.person("DISTRICT_EDU"))
    url = reverse("api:membership-list")

    then = client.get(url, {"on": "2022-12-01"}).json()
    now = client.get(url, {"on": today().isoformat()}).json()

    assert (then["count"], now["count"]) == (3, 2)
    office = signed_in(bureau.person("GROUP_OFFICE", group))
    shown = office.get(url, {"on": "2022-12-01"}).json()["results"]
    assert all("WEAK" not in row["category_at_join"] for row in shown)


def test_a_move_is_made_and_a_refusal_names_its_clause(
    bureau: Bureau, signed_in: Any
) -> None:
    case = famous_draft(bureau)
    client = signed_in(case.opened_by)
    url = f"/api/v1/group-cases/{case.pk}/submit/"

    refused = client.post(url, {}, content_type="application/json")

    assert refused.status_code == 403
    assert refused.json()["clause"] == "AK-3.3.2"
    submitted(bureau, case)
    officer = signed_in(bureau.person("DISTRICT_EDU"))
    done = officer.post(
        f"/api/v1/group-cases/{case.pk}/review/", {}, content_type="application/json"
    )
    assert done.json()["state"] == CaseState.UNDER_REVIEW


def test_an_approval_takes_its_fields(bureau: Bureau, signed_in: Any) -> None:
    case = under_review(bureau)
    client = signed_in(bureau.person("LEADING_GROUP"))

    done = client.post(
        f"/api/v1/group-cases/{case.pk}/approve/",
        {
            "document_number": "8号",
            "effective_on": today().isoformat(),
            "conditions": [{"text": "到岗", "due_on": today().isoformat()}],
        },
        content_type="application/json",
    )

    assert done.status_code == 200, done.content
    assert done.json()["decisions"][0]["outcome"] == "WITH_CONDITIONS"


def test_a_group_is_suspended_over_the_api(bureau: Bureau, signed_in: Any) -> None:
    group = standing_group(bureau.county)
    client = signed_in(bureau.person("DISTRICT_EDU"))

    done = client.post(
        f"/api/v1/groups/{group.pk}/suspend/",
        {"reason": "整顿"},
        content_type="application/json",
    )

    assert done.json()["state"] == GroupState.SUSPENDED


@pytest.mark.parametrize("name", ["group-mode", "group-document", "group-case"])
def test_the_other_lists_answer(bureau: Bureau, signed_in: Any, name: str) -> None:
    group = standing_group(bureau.county)
    papers_on_file(bureau, group)
    famous_draft(bureau)
    client = signed_in(bureau.person("DISTRICT_EDU"))

    response = client.get(reverse(f"api:{name}-list"))

    assert response.status_code == 200
    assert response.json()["count"] >= 1


def test_a_hidden_group_is_not_found(bureau: Bureau, signed_in: Any) -> None:
    group = standing_group(bureau.county)
    stranger = bureau.person("SCHOOL_PRINCIPAL", bureau.school())
    client = signed_in(stranger)

    response = client.get(reverse("api:group-detail", args=[group.pk]))

    assert response.status_code == 404


@pytest.mark.parametrize("rows", [3, 30])
def test_the_list_asks_the_same_number_of_queries(
    bureau: Bureau, signed_in: Any, django_assert_max_num_queries: Any, rows: int
) -> None:
    for _n in range(rows):
        standing_group(bureau.county)
    client = signed_in(bureau.person("DISTRICT_EDU"))
    client.get(reverse("api:group-list"))

    with django_assert_max_num_queries(12) as captured:
        client.get(reverse("api:group-list"))

    assert len(captured) == _seen.setdefault("groups", len(captured))


_seen: dict[str, int] = {}
