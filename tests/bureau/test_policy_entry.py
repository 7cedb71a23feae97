"""A bureau enters its own policy documents and clauses; what is above it reads."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from audit.models import Event
from bureau.models import PolicyClause, PolicyDocument
from bureau.models.policy import shipped_documents
from bureau.services import change_document, register_document
from core.transitions import MoveRefused
from tests.accounts.factories import user_with
from tests.bureau.factories import CountyFactory, PolicyDocumentFactory

pytestmark = pytest.mark.django_db
GIVEN = {
    "doc_no": "示教发〔2026〕9号",
    "title": "关于推进集团化办学的实施细则",
    "issuer": "示范县教育局",
    "clause_prefix": "SFX",
    "issued_on": "2026-03-01",
    "effective_on": "2026-04-01",
    "reason": "局长办公会通过",
}
CLAUSE = {
    "number": "2.1",
    "area": "groups",
    "priority": "M",
    "summary": "每个集团应有章程。",
    "reason": "随文件登记",
}


@pytest.fixture
def county(db: None) -> Any:
    return CountyFactory()


@pytest.fixture
def bureau(county: Any) -> Any:
    return user_with("DISTRICT_EDU", county)


def entered(county: Any, bureau: Any, **more: Any) -> PolicyDocument:
    days = {"issued_on": date(2026, 3, 1), "effective_on": date(2026, 4, 1)}
    given = {**GIVEN, **days, **more}
    return register_document(by=bureau, region=county, **given)


def test_a_bureau_enters_a_document_and_its_clauses(
    county: Any, bureau: Any, signed_in: Any
) -> None:
    client = signed_in(bureau)
    listed = reverse("bureau:policydocument-list")

    empty = client.get(listed).content.decode()
    client.post(reverse("bureau:policydocument-create"), {**GIVEN, "region": county.pk})
    document = PolicyDocument.objects.get()
    client.post(reverse("bureau:clause-create", args=[document.pk]), CLAUSE)
    clause = PolicyClause.objects.get()
    page = client.get(document.get_absolute_url()).content.decode()

    assert "登记本地区发布的文件" in empty
    assert (document.region, document.level) == (county, "COUNTY")
    assert document.issued_year == 2026
    assert (clause.clause_id, clause.position) == ("SFX-2.1", 1)
    assert "每个集团应有章程" in page and "登记条款" in page
    told = {e.verb: e.reason for e in Event.objects.filter(verb__startswith="bureau.")}
    assert told["bureau.register_document"] == "局长办公会通过"
    assert told["bureau.add_clause"] == "随文件登记"


def test_a_change_needs_a_reason_and_keeps_what_stood_before(
    county: Any, bureau: Any, signed_in: Any
) -> None:
    document = entered(county, bureau)
    client = signed_in(bureau)
    client.post(reverse("bureau:clause-create", args=[document.pk]), CLAUSE)
    url = reverse("bureau:clause-update", args=["SFX-2.1"])
    given = {**CLAUSE, "summary": "每个集团应有章程和规划。"}

    client.post(url, {**given, "reason": " "})
    before = PolicyClause.objects.get().summary
    client.post(url, {**given, "reason": "补充规划"})
    page = client.get(reverse("bureau:clause-detail", args=["SFX-2.1"]))

    assert before == CLAUSE["summary"]
    assert PolicyClause.objects.get().summary == given["summary"]
    event = Event.objects.get(verb="bureau.change_clause")
    assert event.data["summary"] == [CLAUSE["summary"], given["summary"]]
    assert "修改条款" in page.content.decode()
    assert "补充规划" in page.content.decode()


def test_a_document_counts_from_its_day_until_it_is_repealed(
    county: Any, bureau: Any, signed_in: Any
) -> None:
    document = entered(county, bureau)
    change_document(
        document, by=bureau, reason="新文件替代", repealed_on=date(2026, 6, 1)
    )
    client = signed_in(bureau)

    def word(day: str) -> str:
        url = reverse("bureau:policydocument-list")
        answer = client.get(url, {"on": day})
        return next(iter(answer.context["table"].rows)).get_cell_value("standing")

    assert [word(d) for d in ("2026-03-15", "2026-04-01", "2026-06-01")] == [
        "尚未施行",
        "依据",
        "已废止",
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyDocument.objects.update(repealed_on=date(2026, 4, 1))


@pytest.mark.clause("AK-1.3.1")
def test_what_another_region_issued_is_only_read(
    county: Any, bureau: Any, signed_in: Any
) -> None:
    city = user_with("CITY_EDU", county.parent)
    of_city = entered(county.parent, city, doc_no="市1号", clause_prefix="SHI")
    of_county = entered(county, bureau)
    of_next = CountyFactory(parent=county.parent)
    neighbour = user_with("DISTRICT_EDU", of_next)

    def answer(user: Any, document: PolicyDocument) -> tuple[int, str]:
        url = reverse("bureau:policydocument-update", args=[document.pk])
        found = signed_in(user).get(url)
        return found.status_code, found.content.decode()

    assert answer(bureau, of_county)[0] == answer(city, of_city)[0] == 200
    for user, document in (
        (bureau, of_city),
        (city, of_county),
        (neighbour, of_county),
    ):
        status, said = answer(user, document)
        assert status == 403 and "AK-1.3.1" in said
        with pytest.raises(MoveRefused):
            change_document(document, by=user, reason="改", title="改")
    page = signed_in(bureau).get(of_city.get_absolute_url()).content.decode()
    assert "修改文件" not in page
    assert f"由{county.name}教育行政部门自行管理" in answer(city, of_county)[1]


def test_what_the_product_brings_stays_as_it_is(county: Any, signed_in: Any) -> None:
    shipped = sorted(shipped_documents())[0]
    document = PolicyDocumentFactory(doc_no=shipped, region=county)
    keeper = user_with("DISTRICT_EDU", county)

    answer = signed_in(keeper).get(reverse("bureau:clause-create", args=[document.pk]))

    assert answer.status_code == 403
    assert "随系统提供" in answer.content.decode()


def test_a_prefix_with_clauses_and_a_number_in_use_stand(
    county: Any, bureau: Any, signed_in: Any
) -> None:
    document = entered(county, bureau)
    client = signed_in(bureau)
    add = reverse("bureau:clause-create", args=[document.pk])
    client.post(add, CLAUSE)

    again = client.post(add, CLAUSE)
    prefix = client.post(
        reverse("bureau:policydocument-update", args=[document.pk]),
        {**GIVEN, "clause_prefix": "ABC"},
    )

    assert again.status_code == prefix.status_code == 200
    assert PolicyClause.objects.count() == 1
    document.refresh_from_db()
    assert document.clause_prefix == "SFX"


def test_roles_without_the_right_find_no_way_to_enter(
    county: Any, signed_in: Any
) -> None:
    client = signed_in(user_with("LEADING_GROUP", county))

    assert client.get(reverse("bureau:policydocument-create")).status_code == 403
    page = client.get(reverse("bureau:policydocument-list")).content.decode()
    assert "登记政策文件" not in page
