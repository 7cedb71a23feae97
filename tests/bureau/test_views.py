"""Pages: what each role sees, and what each clause shows."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.urls import reverse

from audit.models import Event
from bureau.data import rows
from bureau.models import ApiClient, PolicyClause, PolicyParameter
from bureau.parameters import parameter
from bureau.services import create_client, ensure_year, set_parameter
from tests.accounts.factories import user_with
from tests.bureau.factories import (
    ApiClientFactory,
    CountyFactory,
    DepartmentFactory,
    PolicyClauseFactory,
    PolicyDocumentFactory,
    PolicyParameterFactory,
)
from tests.groups.factories import GroupFactory
from tests.schools.factories import SchoolFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def county() -> Any:
    """A county of the fictional city."""
    return CountyFactory(name="临江县")


@pytest.fixture
def bureau(signed_in: Any, county: Any) -> Any:
    """A browser in which the county's bureau is signed in."""
    return signed_in(user_with("DISTRICT_EDU", county))


def text_of(response: Any) -> str:
    """Return the page, which must be there."""
    assert response.status_code == 200, response
    return response.content.decode()


@pytest.mark.usefixtures("shipped")
class TestShippedClauses:
    """The clauses that come with the product."""

    @pytest.mark.clause("BN-0.1")
    @pytest.mark.clause("AK-0.1")
    def test_every_clause_has_a_summary_and_a_page(self, bureau: Any) -> None:
        listed = {row["clause_id"] for row in rows("clauses.csv")}
        assert PolicyClause.objects.count() == len(listed) == 101

        for clause in PolicyClause.objects.select_related("document"):
            page = text_of(bureau.get(clause.get_absolute_url()))
            assert clause.summary in page.replace("&quot;", '"')
            assert clause.document.doc_no in page
            assert len(clause.summary) >= 15

    def test_clause_page_names_what_rests_on_it(self, bureau: Any) -> None:
        page = text_of(bureau.get(reverse("bureau:clause-detail", args=["AK-3.6.3"])))

        assert "公用经费统筹比例上限" in page
        assert reverse("bureau:parameter-detail", args=["pool.ratio_cap"]) in page
        assert "AK-3.6.2" in page
        assert "AK-3.6.4" in page

    def test_clauses_are_found_by_words(self, bureau: Any) -> None:
        page = text_of(bureau.get(reverse("bureau:clause-list"), {"q": "理事会"}))

        assert "AK-3.3.1" in page
        assert "BN-5.3a" not in page


def test_an_unknown_clause_is_not_found(bureau: Any) -> None:
    assert bureau.get("/bureau/clauses/XX-1/").status_code == 404


@pytest.mark.clause("AK-0.1")
def test_a_document_is_a_basis_at_home_and_a_template_elsewhere(
    bureau: Any, county: Any
) -> None:
    PolicyDocumentFactory(region=county.parent, doc_no="本市文件", issued_year=2018)
    PolicyDocumentFactory(doc_no="外县文件")

    page = text_of(bureau.get(reverse("bureau:policydocument-list")))

    own, foreign = page.split("外县文件")
    assert "依据</span>" in own
    assert "参考模板</span>" in foreign


def test_parameter_list_shows_the_value_that_counts_here(
    bureau: Any, county: Any
) -> None:
    shipped = PolicyParameterFactory()
    shipped.clauses.add(PolicyClauseFactory(clause_id="T-1.1"))
    set_parameter("class.large_min", county, 50, by=None, reason="收紧")

    page = text_of(bureau.get(reverse("bureau:parameter-list")))

    assert "50 人" in page
    assert "56 人" not in page
    assert "临江县" in page
    assert "已核实" in page
    assert "T-1.1" in page


def test_parameter_list_shows_the_value_of_the_day(bureau: Any, county: Any) -> None:
    PolicyParameterFactory()
    set_parameter(
        "class.large_min", county, 50, by=None, reason="x", valid_from=date(2025, 9, 1)
    )

    page = text_of(bureau.get(reverse("bureau:parameter-list"), {"on": "2025-08-31"}))

    assert "56 人" in page
    assert "系统默认" in page


def test_unconfirmed_values_are_marked(bureau: Any) -> None:
    PolicyParameterFactory(verified=False)

    assert "未核实" in text_of(bureau.get(reverse("bureau:parameter-list")))
    detail = reverse("bureau:parameter-detail", args=["class.large_min"])
    assert "现行取值尚未核实" in text_of(bureau.get(detail))


def test_values_of_another_county_are_not_shown(bureau: Any, county: Any) -> None:
    PolicyParameterFactory()
    set_parameter("class.large_min", CountyFactory(), 43, by=None, reason="别县")
    set_parameter("class.large_min", county.parent, 52, by=None, reason="本市")

    detail = reverse("bureau:parameter-detail", args=["class.large_min"])
    page = text_of(bureau.get(detail))

    assert "52 人" in page
    assert "43 人" not in page


@pytest.mark.clause("AK-1.3.1")
def test_a_county_sets_its_own_value_on_the_page(bureau: Any, county: Any) -> None:
    PolicyParameterFactory().clauses.add(PolicyClauseFactory())
    url = reverse("bureau:parameter-set", args=["class.large_min"])
    assert "自生效日期起" in text_of(bureau.get(url))

    answer = bureau.post(
        url,
        {
            "region": county.pk,
            "value": "50",
            "valid_from": "2026-09-01",
            "reason": "县教育局会议决定",
            "source_note": "县教发〔2026〕1号",
        },
    )

    assert answer.status_code == 302
    assert parameter("class.large_min", county, date(2026, 9, 1)) == 50


@pytest.mark.parametrize("role", ["SCHOOL_CLERK", "GROUP_HEAD"])
def test_schools_and_groups_read_the_values_of_their_county(
    role: str, signed_in: Any, county: Any
) -> None:
    PolicyParameterFactory()
    set_parameter("class.large_min", county, 50, by=None, reason="x")
    unit = SchoolFactory if role == "SCHOOL_CLERK" else GroupFactory
    browser = signed_in(user_with(role, unit(region=county)))

    assert "50 人" in text_of(browser.get(reverse("bureau:parameter-list")))


def test_the_page_offers_no_other_region_and_keeps_what_was_typed(
    bureau: Any, county: Any
) -> None:
    PolicyParameterFactory()
    url = reverse("bureau:parameter-set", args=["class.large_min"])

    answer = bureau.post(
        url,
        {
            "region": county.parent.pk,
            "value": "许多",
            "valid_from": "2026-09-01",
            "reason": "试一试",
        },
    )

    assert "试一试" in text_of(answer)
    assert not PolicyParameter.objects.filter(region__isnull=False).exists()


@pytest.mark.parametrize(
    ("key", "kind", "unit", "stored", "typed", "expected"),
    [
        ("pilot_required", "bool", "bool", True, "false", False),
        ("work_plan_due", "text", "month-day", "09-30", "10-15", "10-15"),
        (
            "score.base_year",
            "text",
            "choice JOIN|PREVIOUS",
            "JOIN",
            "PREVIOUS",
            "PREVIOUS",
        ),
        ("exchange.exempt", "json", "list of categories", ["A"], "A\nB\n", ["A", "B"]),
        ("staff.kinder", "json", "x", [{"a": 1}], '[{"a": 2}]', [{"a": 2}]),
    ],
)
def test_each_kind_of_value_has_a_fitting_box(
    bureau: Any,
    county: Any,
    key: str,
    kind: str,
    unit: str,
    stored: Any,
    typed: str,
    expected: Any,
) -> None:
    PolicyParameterFactory(key=key, kind=kind, unit=unit, value=stored)

    answer = bureau.post(
        reverse("bureau:parameter-set", args=[key]),
        {
            "region": county.pk,
            "value": typed,
            "valid_from": "2026-09-01",
            "reason": "x",
        },
    )

    assert answer.status_code == 302, answer.content.decode()
    assert parameter(key, county, date(2026, 9, 1)) == expected


def test_a_school_clerk_cannot_set_parameters(signed_in: Any, county: Any) -> None:
    PolicyParameterFactory()
    browser = signed_in(user_with("DEPT_TAX", county))

    url = reverse("bureau:parameter-set", args=["class.large_min"])
    assert browser.get(url).status_code == 403
    assert browser.get(reverse("bureau:client-list")).status_code == 403


def test_region_page_shows_place_names_and_departments(
    signed_in: Any, county: Any
) -> None:
    DepartmentFactory(region=county, name="临江县教育局")
    browser = signed_in(user_with("CITY_EDU", county.parent))

    page = text_of(browser.get(county.get_absolute_url()))

    assert "临江县教育局" in page
    assert county.parent.name in page
    listed = text_of(browser.get(reverse("bureau:region-list")))
    assert "临江县" in listed
    assert county.parent.name in listed


def test_a_region_out_of_reach_is_not_found(bureau: Any, county: Any) -> None:
    other = CountyFactory(name="别县")

    assert bureau.get(other.get_absolute_url()).status_code == 404
    assert "别县" not in text_of(bureau.get(reverse("bureau:region-list")))


def test_calendar_shows_terms_and_free_days(bureau: Any) -> None:
    ensure_year(2025)

    page = text_of(bureau.get(reverse("bureau:calendar"), {"year": "2025-2026"}))

    assert "2025-2026 学年" in page
    assert "第二学期" in page
    assert "2025 年 10 月" in page


def test_calendar_without_years_says_what_to_do(bureau: Any) -> None:
    assert "还没有学年" in text_of(bureau.get(reverse("bureau:calendar")))


def test_terms_can_be_moved_on_the_page(bureau: Any) -> None:
    spring = ensure_year(2025).terms.get(number=2)
    url = reverse("bureau:term-update", args=[spring.pk])
    assert bureau.get(url).status_code == 200

    moved = bureau.post(url, {"starts_on": "2026-03-02", "ends_on": "2026-07-10"})
    refused = bureau.post(url, {"starts_on": "2025-12-01", "ends_on": "2026-07-10"})

    assert moved.status_code == 302
    assert "重叠" in text_of(refused)
    spring.refresh_from_db()
    assert spring.starts_on == date(2026, 3, 2)
    assert Event.objects.about(spring).count() == 1


def test_a_clients_secret_is_shown_once(bureau: Any, county: Any) -> None:
    page = bureau.post(
        reverse("bureau:client-create"),
        {"name": "学籍系统", "region": county.pk, "scopes": ["read"], "contact": "张"},
    )

    made = ApiClient.objects.get(name="学籍系统")
    shown = text_of(page)
    assert made.client_id in shown
    assert "仅显示这一次" in shown
    assert page.headers["Cache-Control"] == "no-store"
    detail = text_of(bureau.get(made.get_absolute_url()))
    assert made.client_id in detail
    assert 'class="secret"' not in detail


def test_a_client_without_scope_is_refused_on_the_page(
    bureau: Any, county: Any
) -> None:
    page = bureau.post(
        reverse("bureau:client-create"), {"name": "学籍系统", "region": county.pk}
    )

    assert "没有保存" in text_of(page)
    assert not ApiClient.objects.exists()


def test_a_client_is_paused_and_rekeyed_on_its_page(bureau: Any, county: Any) -> None:
    made = ApiClientFactory(region=county)
    pause = reverse("bureau:client-pause", args=[made.pk])
    rotate = reverse("bureau:client-rotate", args=[made.pk])
    assert "立即无法访问" in text_of(bureau.get(pause))
    assert "立即失效" in text_of(bureau.get(rotate))

    bureau.post(pause, {"reason": "系统停运"})
    made.refresh_from_db()
    assert made.paused_at is not None
    assert "已停用" in text_of(bureau.get(made.get_absolute_url()))
    bureau.post(pause, {"reason": "恢复"})
    former = made.client_secret
    page = bureau.post(rotate, {"reason": "密钥外泄"})
    made.refresh_from_db()

    assert made.paused_at is None
    assert made.client_secret != former
    assert 'class="secret"' in text_of(page)
    assert page.headers["Cache-Control"] == "no-store"
    reasons = Event.objects.about(made).values_list("reason", flat=True)
    assert set(reasons) == {"系统停运", "恢复", "密钥外泄"}


def test_rekeying_without_a_reason_changes_nothing(bureau: Any, county: Any) -> None:
    made = ApiClientFactory(region=county)

    bureau.post(reverse("bureau:client-rotate", args=[made.pk]))

    former = made.client_secret
    made.refresh_from_db()
    assert made.client_secret == former


def test_a_bureau_registers_no_program_for_another_county(county: Any) -> None:
    official = user_with("DISTRICT_EDU", county)

    with pytest.raises(PermissionDenied, match="您不负责"):
        create_client("系统", CountyFactory(), ["read"], by=official)


def test_clients_of_another_county_are_hidden(bureau: Any) -> None:
    foreign = ApiClientFactory(name="别县系统")

    assert "别县系统" not in text_of(bureau.get(reverse("bureau:client-list")))
    assert bureau.get(foreign.get_absolute_url()).status_code == 404
    rotate = reverse("bureau:client-rotate", args=[foreign.pk])
    assert bureau.post(rotate, {"reason": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("name", "query", "found", "hidden"),
    [
        ("parameter-list", {"area": "schools"}, "班额线", "其他项"),
        ("parameter-list", {"clause": "T-7"}, "班额线", "其他项"),
        ("region-list", {"within": "{code}"}, "临江县", "别县"),
    ],
)
def test_lists_are_filtered(
    name: str, query: dict, found: str, hidden: str, signed_in: Any, county: Any
) -> None:
    CountyFactory(parent=county.parent, name="别县")
    clause = PolicyClauseFactory(clause_id="T-7", area="schools")
    PolicyParameterFactory(key="a.b", meaning="班额线").clauses.add(clause)
    PolicyParameterFactory(key="a.c", meaning="其他项")
    browser = signed_in(user_with("CITY_EDU", county.parent))
    given = {k: v.format(code=county.code) for k, v in query.items()}

    page = text_of(browser.get(reverse(f"bureau:{name}"), given))

    assert found in page
    assert hidden not in page


LISTS = ["region-list", "parameter-list", "clause-list", "policydocument-list"]


@pytest.mark.parametrize("name", [*LISTS, "client-list"])
def test_a_list_takes_the_same_queries_for_3_and_30_rows(
    name: str, bureau: Any, county: Any, django_assert_max_num_queries: Any
) -> None:
    def fill(first: int, last: int) -> None:
        for n in range(first, last):
            clause = PolicyClauseFactory(document=PolicyDocumentFactory(region=county))
            PolicyParameterFactory(key=f"test.p{n}").clauses.add(clause)
            ApiClientFactory(region=county)

    url = reverse(f"bureau:{name}")
    fill(0, 3)
    bureau.get(url)
    with django_assert_max_num_queries(15) as few:
        bureau.get(url)
    fill(3, 30)

    with django_assert_max_num_queries(15) as many:
        bureau.get(url)

    assert len(many) == len(few)


@pytest.mark.parametrize("name", [*LISTS, "client-list"])
@pytest.mark.parametrize("fmt", ["xlsx", "csv"])
def test_every_list_can_be_taken_as_a_file(
    name: str, fmt: str, bureau: Any, county: Any
) -> None:
    PolicyParameterFactory().clauses.add(PolicyClauseFactory())
    ApiClientFactory(region=county)

    answer = bureau.get(reverse(f"bureau:{name}"), {"export": fmt})

    assert answer.status_code == 200
    assert len(b"".join(answer.streaming_content)) > 50


def test_pages_work_on_a_freshly_made_installation(signed_in: Any) -> None:
    call_command("init_bureau", "--region", "500113")
    from bureau.regions import find_region

    browser = signed_in(user_with("DISTRICT_EDU", find_region("500113")))

    for name in (*LISTS, "client-list", "calendar"):
        assert browser.get(reverse(f"bureau:{name}")).status_code == 200
    page = text_of(browser.get(reverse("bureau:region-detail", args=["500113"])))
    assert "巴南区教育委员会" in page
