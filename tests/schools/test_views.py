"""Pages of schools, classes and returns as their users meet them."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.registries import inbox, search
from schools.choices import Label, Stage
from schools.models import ClassSection, School, SchoolLabel, SchoolReturn
from tests.accounts.factories import user_with
from tests.bureau.factories import PolicyParameterFactory
from tests.schools.factories import (
    ClassSectionFactory,
    FullReturnFactory,
    SchoolFactory,
    SchoolHonourFactory,
    SchoolLabelFactory,
    SchoolReturnFactory,
    UnclearSchoolFactory,
    complete_figures,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _lines(db: None) -> None:
    PolicyParameterFactory(key="class.large_min", value="56")
    PolicyParameterFactory(key="class.oversize_min", value="66")


def url(name: str, *args: Any) -> str:
    return reverse(f"schools:{name}", args=args)


def page(client: Any, address: str, **query: Any) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


# --- list --------------------------------------------------------------------------


def test_list_shows_the_own_county_only(world: Any, signed_in: Any) -> None:
    html = page(signed_in(world.here.bureau), url("school-list"))

    assert world.here.school.name in html
    assert world.there.school.name not in html
    assert world.here.school.provisional_no in html


def test_list_needs_a_fixed_number_of_queries(world: Any, signed_in: Any) -> None:
    client = signed_in(world.here.bureau)

    def count(more: int) -> int:
        for _n in range(more):
            school = SchoolFactory(region=world.here.county)
            SchoolLabelFactory(school=school)
        with CaptureQueriesContext(connection) as queries:
            client.get(url("school-list"))
        return len([q for q in queries if "SAVEPOINT" not in q["sql"]])

    count(0)
    few, many = count(2), count(27)

    assert few == many <= 15


@pytest.mark.parametrize(
    "query",
    [
        {"q": "云洲实验"},
        {"q": "yunzhou"},
        {"q": "yzsy"},
        {"q": "云洲 实验"},
        {"q": "2198"},
        {"stage": "PRIMARY"},
        {"type": "PRIMARY"},
        {"label": "QUALITY"},
        {"has_code": "true"},
        {"stage_to_confirm": "false"},
        {"status": "OPEN"},
    ],
)
def test_list_finds_by_name_pinyin_code_and_facts(
    world: Any, signed_in: Any, query: dict
) -> None:
    school = world.here.school
    code = f"21{world.here.county.code[:2]}000001"
    School.objects.filter(pk=school.pk).update(school_code=code)
    SchoolLabelFactory(school=school)
    other = UnclearSchoolFactory(region=world.here.county, name="东篱中学")

    html = page(signed_in(world.here.bureau), url("school-list"), **query)

    assert school.name in html
    assert (other.name in html) == (query == {"status": "OPEN"})


def test_list_filters_by_county(world: Any, signed_in: Any) -> None:
    html = page(
        signed_in(world.city_bureau), url("school-list"), county=world.there.county.pk
    )

    assert world.there.school.name in html
    assert f">{world.here.school.name}<" not in html


def test_list_of_a_past_day_shows_the_register_of_that_day(
    world: Any, signed_in: Any
) -> None:
    young = SchoolFactory(
        region=world.here.county, name="新生小学", opened_on=date(2026, 9, 1)
    )
    closed = SchoolFactory(
        region=world.here.county,
        name="旧址小学",
        status="CLOSED",
        closed_on=date(2026, 9, 1),
    )
    client = signed_in(world.here.bureau)

    past = page(client, url("school-list"), on="2026-08-31")
    now = page(client, url("school-list"), on="2026-09-01")
    ended = page(client, url("school-list"), status="CLOSED")

    assert (young.name in past, closed.name in past) == (False, True)
    assert (young.name in now, closed.name in now) == (True, False)
    assert closed.name in ended


@pytest.mark.clause("BN-4.1.1a")
def test_export_leaves_out_labels_for_internal_use(world: Any, signed_in: Any) -> None:
    SchoolLabelFactory(school=world.here.school, label=Label.WEAK)
    SchoolLabelFactory(school=world.here.school, label=Label.QUALITY)
    client = signed_in(world.here.bureau)

    answer = client.get(url("school-list"), {"export": "csv"})
    text = b"".join(answer) if answer.streaming else answer.content

    assert "优质学校" in text.decode("utf-8-sig")
    assert "薄弱" not in text.decode("utf-8-sig")
    assert "薄弱" in page(client, url("school-list"))


@pytest.mark.clause("BN-4.1.1a")
@pytest.mark.parametrize("label", [Label.WEAK, Label.POTENTIAL])
@pytest.mark.parametrize("name", ["school-list", "pressure-list"])
def test_a_list_narrowed_to_a_label_for_internal_use_is_no_file(
    world: Any, signed_in: Any, name: str, label: str
) -> None:
    SchoolLabelFactory(school=world.here.school, label=label)
    client = signed_in(world.here.bureau)

    for fmt in ("csv", "xlsx"):
        answer = client.get(url(name), {"label": label, "export": fmt})
        assert answer["Content-Type"].startswith("text/html")
    assert "export=" not in page(client, url(name), label=label)
    whole = client.get(url(name), {"label": Label.QUALITY, "export": "csv"})
    assert whole["Content-Type"].startswith("text/csv")


def test_empty_register_says_how_to_begin(signed_in: Any) -> None:
    from tests.bureau.factories import CountyFactory

    html = page(
        signed_in(user_with("DISTRICT_EDU", CountyFactory())), url("school-list")
    )

    assert "还没有学校" in html


# --- one school --------------------------------------------------------------------


def test_school_of_another_county_is_not_found(world: Any, signed_in: Any) -> None:
    client = signed_in(world.here.bureau)

    for name in ("school-detail", "school-update", "class-update", "label-create"):
        assert client.get(url(name, world.there.school.pk)).status_code == 404


@pytest.mark.parametrize("tab", ["overview", "classes", "returns"])
def test_school_page_shows_each_tab(world: Any, signed_in: Any, tab: str) -> None:
    school = world.here.school
    SchoolLabelFactory(school=school, label=Label.POTENTIAL)
    SchoolHonourFactory(school=school)
    ClassSectionFactory(school=school, year=world.year, headcount=66)
    FullReturnFactory(school=school, year=world.year)

    html = page(
        signed_in(world.here.bureau),
        school.get_absolute_url(),
        tab=tab,
        on="2026-11-20",
    )

    shown = {"overview": "潜质学校", "classes": "超大班额", "returns": "学校已确认"}
    assert shown[tab] in html


def test_school_page_needs_a_fixed_number_of_queries(
    world: Any, signed_in: Any
) -> None:
    client, school = signed_in(world.here.bureau), world.here.school

    def count(tab: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(school.get_absolute_url(), {"tab": tab})
        return len(queries)

    count("overview")
    before = [count(tab) for tab in ("overview", "classes", "returns")]
    for number in range(1, 9):
        ClassSectionFactory(school=school, year=world.year, number=number)
        SchoolHonourFactory(school=school, year=2000 + number)
        SchoolLabelFactory(
            school=school,
            valid_from=date(2000 + number, 1, 1),
            valid_to=date(2000 + number, 2, 1),
        )
    after = [count(tab) for tab in ("overview", "classes", "returns")]

    assert before == after
    assert max(after) <= 25


def test_bureau_registers_a_school(world: Any, signed_in: Any) -> None:
    client = signed_in(world.here.bureau)
    assert page(client, url("school-create"))

    answer = client.post(
        url("school-create"),
        {
            "name": "临江小学",
            "administered_by": world.here.county.pk,
            "type": "PRIMARY",
            "ownership": "PUBLIC",
            "is_legal_person": "on",
        },
    )

    school = School.objects.get(name="临江小学")
    assert answer.headers["Location"] == school.get_absolute_url()
    assert (school.region, school.school_code) == (world.here.county, None)
    assert school.stage_codes == [Stage.PRIMARY]


def test_homonym_comes_back_with_the_reason_and_what_was_typed(
    world: Any, signed_in: Any
) -> None:
    answer = signed_in(world.here.bureau).post(
        url("school-create"),
        {
            "name": world.here.school.name,
            "administered_by": world.here.county.pk,
            "type": "PRIMARY",
        },
    )

    html = answer.content.decode()
    assert "同名区分" in html
    assert f'value="{world.here.school.name}"' in html
    assert School.objects.filter(name=world.here.school.name).count() == 1


def test_school_cannot_be_entered_into_another_county(
    world: Any, signed_in: Any
) -> None:
    answer = signed_in(world.here.bureau).post(
        url("school-create"),
        {
            "name": "越界小学",
            "administered_by": world.there.county.pk,
            "type": "PRIMARY",
        },
    )

    assert answer.status_code == 200
    assert not School.objects.filter(name="越界小学").exists()


def test_bureau_corrects_a_school(world: Any, signed_in: Any) -> None:
    client, school = signed_in(world.here.bureau), world.here.school
    assert "登记" not in page(client, url("school-update", school.pk))[:200]

    client.post(
        url("school-update", school.pk),
        {
            "name": "云洲实验学校",
            "administered_by": world.here.county.pk,
            "type": "NINE_YEAR",
            "stages": ["PRIMARY", "JUNIOR"],
            "opened_on": "2001-09-01",
        },
    )

    school.refresh_from_db()
    assert (school.name, school.type) == ("云洲实验学校", "NINE_YEAR")
    assert school.stage_codes == [Stage.PRIMARY, Stage.JUNIOR]


def test_school_people_do_not_correct_the_register(world: Any, signed_in: Any) -> None:
    client = signed_in(world.here.clerk)

    assert client.get(url("school-update", world.here.school.pk)).status_code == 403
    assert client.get(url("school-create")).status_code == 403
    assert client.get(url("stage-worklist")).status_code == 403


# --- stages to confirm -------------------------------------------------------------


def test_work_list_holds_the_unclear_schools_of_the_county(
    world: Any, signed_in: Any
) -> None:
    mine = UnclearSchoolFactory(region=world.here.county, name="云洲中学")
    theirs = UnclearSchoolFactory(region=world.there.county, name="彼岸中学")

    html = page(signed_in(world.here.bureau), url("stage-worklist"))

    assert mine.name in html
    assert theirs.name not in html
    assert world.here.school.name not in html


def test_stages_are_confirmed_one_by_one(world: Any, signed_in: Any) -> None:
    one, two = (UnclearSchoolFactory(region=world.here.county) for _n in range(2))

    signed_in(world.here.bureau).post(
        url("stage-worklist"), {f"{one.pk}-type": "JUNIOR", f"{two.pk}-type": ""}
    )

    assert School.objects.get(pk=one.pk).stage_codes == [Stage.JUNIOR]
    assert list(School.objects.to_confirm()) == [two]


def test_ticked_schools_are_confirmed_together(world: Any, signed_in: Any) -> None:
    schools = [UnclearSchoolFactory(region=world.here.county) for _n in range(3)]

    signed_in(world.here.bureau).post(
        url("stage-worklist"),
        {
            "bulk": "1",
            "type": "COMPLETE_SECONDARY",
            "ticked": [schools[0].pk, schools[2].pk],
        },
    )

    assert list(School.objects.to_confirm()) == [schools[1]]


@pytest.mark.parametrize(
    "data", [{}, {"bulk": "1", "type": "JUNIOR"}, {"bulk": "1", "type": "X"}]
)
def test_confirming_nothing_says_what_to_do(
    world: Any, signed_in: Any, data: dict
) -> None:
    UnclearSchoolFactory(region=world.here.county)

    answer = signed_in(world.here.bureau).post(url("stage-worklist"), data)

    assert answer.status_code == 200
    assert School.objects.to_confirm().count() == 1


def test_work_list_needs_a_fixed_number_of_queries(world: Any, signed_in: Any) -> None:
    client = signed_in(world.here.bureau)

    def count(more: int) -> int:
        for _n in range(more):
            UnclearSchoolFactory(region=world.here.county)
        with CaptureQueriesContext(connection) as queries:
            client.get(url("stage-worklist"))
        return len(queries)

    count(0)
    assert count(3) == count(27)


# --- labels and honours ------------------------------------------------------------


@pytest.mark.clause("BN-4.1.1a")
def test_label_is_recorded_with_its_proof_and_ended(world: Any, signed_in: Any) -> None:
    client, school = signed_in(world.here.bureau), world.here.school
    assert "仅供内部使用" in page(client, url("label-create", school.pk))

    client.post(
        url("label-create", school.pk),
        {
            "label": "QUALITY",
            "decided_by": "云洲区教委",
            "valid_from": "2024-09-01",
            "proof": SimpleUploadedFile("认定.txt", "认定文件".encode()),
        },
    )
    label = SchoolLabel.objects.get(school=school)
    assert label.evidence.name == "认定.txt"
    assert page(client, url("label-end", label.pk))
    client.post(
        url("label-end", label.pk), {"valid_to": "2026-09-01", "because": "复评未通过"}
    )

    label.refresh_from_db()
    assert label.valid_to == date(2026, 9, 1)


def test_overlapping_label_comes_back_with_the_reason(
    world: Any, signed_in: Any
) -> None:
    SchoolLabelFactory(school=world.here.school)

    answer = signed_in(world.here.bureau).post(
        url("label-create", world.here.school.pk),
        {"label": "QUALITY", "decided_by": "区教委", "valid_from": "2025-09-01"},
    )

    assert "该标签在这段时间内已登记" in answer.content.decode()


def test_honour_is_recorded(world: Any, signed_in: Any) -> None:
    client, school = signed_in(world.here.bureau), world.here.school
    assert page(client, url("honour-create", school.pk))

    client.post(
        url("honour-create", school.pk),
        {"kind": "CIVILISED", "level": "CITY", "year": 2025, "awarded_by": "市文明办"},
    )

    assert school.honours.get().year == 2025


# --- classes -----------------------------------------------------------------------


def class_rows(*rows: tuple[str, int, Any], total: int = 6, initial: int = 0) -> dict:
    data: dict[str, Any] = {
        "form-TOTAL_FORMS": max(total, len(rows)),
        "form-INITIAL_FORMS": initial,
    }
    for n, (grade, number, size) in enumerate(rows):
        data |= {
            f"form-{n}-grade": grade,
            f"form-{n}-number": number,
            f"form-{n}-headcount": size,
        }
    return data


@pytest.mark.clause("AK-1.2.1")
def test_clerk_enters_the_classes_of_the_year(world: Any, signed_in: Any) -> None:
    client, school = signed_in(world.here.clerk), world.here.school
    address = f"{url('class-update', school.pk)}?year={world.year.code}"
    assert "小学一年级" in page(
        client, url("class-update", school.pk), year=world.year.code
    )

    answer = client.post(
        address, class_rows(("PRIMARY:1", 1, 45), ("PRIMARY:1", 2, 57))
    )

    assert answer.status_code == 302
    kept = ClassSection.objects.of_year(world.year).filter(school=school)
    assert list(kept.values_list("number", "headcount")) == [(1, 45), (2, 57)]
    assert "大班额" in page(client, school.get_absolute_url(), tab="classes")


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([("PRIMARY:1", 1, 45), ("PRIMARY:1", 1, 50)], "已有这个班号"),
        ([("PRIMARY:1", 1, "")], "填齐"),
        ([("PRIMARY:1", 1, 301)], "300"),
        ([("SENIOR:10", 1, 45)], "有效"),
    ],
)
def test_bad_classes_come_back_named_and_nothing_is_stored(
    world: Any, signed_in: Any, rows: list, told: str
) -> None:
    answer = signed_in(world.here.clerk).post(
        f"{url('class-update', world.here.school.pk)}?year={world.year.code}",
        class_rows(*rows),
    )

    assert answer.status_code == 200
    assert told in answer.content.decode()
    assert not ClassSection.objects.exists()


def test_class_ticked_as_dissolved_goes(world: Any, signed_in: Any) -> None:
    ClassSectionFactory(school=world.here.school, year=world.year, number=1)

    signed_in(world.here.clerk).post(
        f"{url('class-update', world.here.school.pk)}?year={world.year.code}",
        {**class_rows(("PRIMARY:1", 1, 45), initial=1), "form-0-DELETE": "on"},
    )

    assert not ClassSection.objects.exists()


# --- returns -----------------------------------------------------------------------


def test_board_shows_who_has_returned_and_who_has_not(
    world: Any, signed_in: Any
) -> None:
    late = SchoolFactory(region=world.here.county, name="迟报小学")
    FullReturnFactory(school=world.here.school, year=world.year)
    client = signed_in(world.here.bureau)

    html = page(client, url("return-list"), year=world.year.pk)
    missing = page(client, url("return-list"), year=world.year.pk, state="NONE")

    assert "学校已确认" in html and "未开始" in html and late.name in html
    assert world.there.school.name not in html
    assert late.name in missing and f">{world.here.school.name}<" not in missing


def test_board_needs_a_fixed_number_of_queries(world: Any, signed_in: Any) -> None:
    client = signed_in(world.here.bureau)

    def count(more: int) -> int:
        for _n in range(more):
            school = SchoolFactory(region=world.here.county)
            FullReturnFactory(school=school, year=world.year)
        with CaptureQueriesContext(connection) as queries:
            client.get(url("return-list"), {"year": world.year.pk})
        return len(queries)

    count(0)
    assert count(3) == count(27)


def test_bureau_calls_for_returns(world: Any, signed_in: Any) -> None:
    client = signed_in(world.here.bureau)
    assert page(client, url("returns-open"))

    client.post(
        url("returns-open"), {"year": world.year.pk, "region": world.here.county.pk}
    )

    assert SchoolReturn.objects.get().school == world.here.school


def test_clerk_fills_a_return_and_submits_it(world: Any, signed_in: Any) -> None:
    client, school = signed_in(world.here.clerk), world.here.school
    FullReturnFactory(school=school, year=world.last_year, students=431)
    client.post(
        url("return-create", school.pk), {"year": world.year.code, "stage": "PRIMARY"}
    )
    row = SchoolReturn.objects.get(year=world.year)

    html = page(client, url("return-update", row.pk))
    client.post(url("return-update", row.pk), complete_figures())
    shown = page(client, row.get_absolute_url())
    confirm = page(client, url("return-move", row.pk, "submit"))
    client.post(url("return-move", row.pk, "submit"))

    row.refresh_from_db()
    assert "上年：431" in html and "户外活动场地" not in html
    assert "450" in shown and "报送" in shown
    assert "校长确认" in confirm
    assert (row.state, row.submitted_by) == ("SUBMITTED", world.here.clerk)


def test_contradicting_figures_come_back_beside_their_field(
    world: Any, signed_in: Any
) -> None:
    row = SchoolReturnFactory(school=world.here.school, year=world.year)

    answer = signed_in(world.here.clerk).post(
        url("return-update", row.pk), complete_figures(retained=76)
    )

    row.refresh_from_db()
    assert answer.status_code == 200
    assert "不能大于" in answer.content.decode()
    assert row.students is None


def test_submitted_return_sends_the_clerk_back_with_the_reason(
    world: Any, signed_in: Any
) -> None:
    row = FullReturnFactory(
        school=world.here.school, year=world.year, state="SUBMITTED"
    )

    answer = signed_in(world.here.clerk).get(url("return-update", row.pk), follow=True)

    assert "当前状态是“待校长确认”" in answer.content.decode()


def test_return_of_another_school_is_not_found(world: Any, signed_in: Any) -> None:
    row = FullReturnFactory(school=world.there.school, year=world.year)
    client = signed_in(world.here.clerk)

    for address in (
        url("return-detail", row.pk),
        url("return-update", row.pk),
        url("return-move", row.pk, "submit"),
    ):
        assert client.get(address).status_code == 404
    assert (
        client.post(
            url("return-create", world.there.school.pk),
            {"year": world.year.code, "stage": "PRIMARY"},
        ).status_code
        == 404
    )


def test_bureau_sends_back_with_a_reason(world: Any, signed_in: Any) -> None:
    row = FullReturnFactory(school=world.here.school, year=world.year)
    client = signed_in(world.here.bureau)

    refused = client.post(url("return-move", row.pk, "send_back"), {"reason": ""})
    client.post(url("return-move", row.pk, "send_back"), {"reason": "班级数有误"})

    row.refresh_from_db()
    assert refused.status_code == 200
    assert row.state == "RETURNED"


# --- inbox and search --------------------------------------------------------------


def test_many_returns_to_accept_are_one_item_that_leads_to_their_list(
    world: Any,
) -> None:
    here = world.here
    for _number in range(6):
        school = SchoolFactory(region=here.county)
        FullReturnFactory(school=school, year=world.year, state="CONFIRMED")

    (item, *_others) = inbox.get("schools").waiting(here.bureau)

    assert item.title == "6 份年度报表待验收"
    assert item.url == f"{reverse('schools:return-list')}?state=CONFIRMED"


def test_inbox_holds_what_waits_for_each_hand(world: Any) -> None:
    here = world.here
    FullReturnFactory(
        school=here.school, year=world.year, state="SUBMITTED", submitted_by=here.clerk
    )
    FullReturnFactory(school=here.school, year=world.last_year)
    UnclearSchoolFactory(region=here.county)
    source = inbox.get("schools")

    assert [i.action for i in source.waiting(here.principal)] == ["确认"]
    assert [i.action for i in source.waiting(here.bureau)] == ["验收", "确认"]
    assert source.waiting(world.there.bureau) == []
    assert [i.waiting_on for i in source.sent(here.clerk)] == ["校（园）长"]


def test_draft_waits_for_the_clerk(world: Any) -> None:
    SchoolReturnFactory(school=world.here.school, year=world.year)

    items = inbox.get("schools").waiting(world.here.clerk)

    assert [i.action for i in items] == ["填写"]


def test_search_finds_within_reach_only(world: Any) -> None:
    find = search.get("schools")

    assert [h.title for h in find(world.here.bureau, "云洲")] == [
        world.here.school.name
    ]
    assert [h.title for h in find(world.here.bureau, "yunz")] == [
        world.here.school.name
    ]
    assert find(world.here.bureau, "彼岸") == []
    assert find(world.here.bureau, " ") == []
