"""Campuses, construction projects and partners: what holds, and their pages."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.models import Event
from core.registries import search
from core.transitions import MoveRefused
from groups.choices import GroupType
from groups.models import GroupMode
from groups.services import load_modes
from schools.choices import PartnerKind
from schools.credit import ALPHABET, check_character, is_credit_code
from schools.models import Campus, ConstructionProject, Partner, School
from schools.services import (
    add_campus,
    add_project,
    change_campus,
    change_partner,
    close_school,
    register_partner,
)
from tests.accounts.factories import user_with
from tests.schools.factories import SchoolFactory
from tests.schools.refusals import refused, sql

pytestmark = pytest.mark.django_db
SINCE = date(2015, 9, 1)
KNOWN = "91350100M000100Y43"
"""The worked example of the standard's annex."""


def url(name: str, *args: Any) -> str:
    return reverse(f"schools:{name}", args=args)


def page(client: Any, address: str, **query: Any) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


# --- campuses ------------------------------------------------------------------------


def test_a_campus_name_stands_once_a_day_but_may_come_back(world: Any) -> None:
    school = world.here.school
    add_campus(
        school,
        by=world.here.principal,
        name="东校区",
        valid_from=SINCE,
        valid_to=date(2018, 9, 1),
    )
    add_campus(
        school, by=world.here.principal, name="东校区", valid_from=date(2020, 9, 1)
    )
    twin = Campus(school=school, name="东校区", valid_from=date(2021, 1, 1))

    refused("campus_name_once_a_day", lambda: Campus.objects.bulk_create([twin]))


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("campus_named", {"name": ""}),
        ("campus_stages_known", {"stages": ["COLLEGE"]}),
        ("campus_on_earth", {"latitude": Decimal("29.5")}),
        ("schools_campus_from_before_to", {"valid_to": SINCE}),
    ],
)
def test_a_wrong_campus_is_refused(world: Any, rule: str, fields: dict) -> None:
    row = Campus(
        **{"school": world.here.school, "name": "东区", "valid_from": SINCE, **fields}
    )

    refused(rule, lambda: Campus.objects.bulk_create([row]))


def test_a_campus_is_not_used_after_its_school_ended(world: Any) -> None:
    school = SchoolFactory(region=world.here.county, opened_on=SINCE)
    campus = add_campus(
        school, by=world.here.bureau, name="东区", valid_from=date(2016, 9, 1)
    )
    refused(
        "campus_ends_with_school",
        lambda: School.objects.filter(pk=school.pk).update(
            status="CLOSED", closed_on=date(2020, 9, 1)
        ),
    )

    close_school(school, by=world.here.bureau, day=date(2020, 9, 1), reason="撤并")

    campus.refresh_from_db()
    assert campus.valid_to == date(2020, 9, 1)


def test_campuses_are_entered_changed_and_shown_by_the_school(
    world: Any, signed_in: Any
) -> None:
    school, client = world.here.school, signed_in(world.here.clerk)
    data = {"name": "东校区", "stages": ["PRIMARY"], "valid_from": "2015-09-01"}

    assert client.post(url("campus-create", school.pk), data).status_code == 302
    campus = Campus.objects.get()
    again = client.post(url("campus-create", school.pk), data)
    ended = {**data, "valid_to": "2022-09-01"}
    assert client.post(url("campus-update", campus.pk), ended).status_code == 302

    assert "同名校区" in again.content.decode()
    html = page(client, school.get_absolute_url())
    assert "东校区" in html and "不在用" in html
    api = client.get("/api/v1/campuses/", {"on": "2020-01-01"}).json()
    assert [row["name"] for row in api["results"]] == ["东校区"]
    api = client.get("/api/v1/campuses/", {"on": "2023-01-01"}).json()
    assert api["results"] == []


def test_another_school_does_not_touch_a_campus(world: Any, signed_in: Any) -> None:
    campus = add_campus(
        world.here.school, by=world.here.bureau, name="东区", valid_from=SINCE
    )
    client = signed_in(world.there.principal)

    assert client.get(url("campus-update", campus.pk)).status_code == 404
    assert client.get(url("campus-create", world.here.school.pk)).status_code == 404
    with pytest.raises(MoveRefused):
        change_campus(campus, by=world.there.principal, name="西区")


# --- construction projects -----------------------------------------------------------


def project(world: Any, **fields: Any) -> ConstructionProject:
    given = {
        "name": "教学楼",
        "kind": "NEW_BUILD",
        "programme": "STANDARD",
        "investment": Decimal("12000000"),
        "seats_added": 540,
        "started_on": date(2024, 3, 1),
        "planned_on": date(2025, 8, 1),
        **fields,
    }
    return add_project(world.here.school, by=world.here.bureau, **given)


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("project_money_not_negative", "investment = -1"),
        ("project_completed_after_start", "completed_on = '2020-01-01'"),
        ("project_planned_after_start", "planned_on = '2020-01-01'"),
        ("project_known", "programme = 'X'"),
        ("schools_constructionproject_seats_added_check", "seats_added = -1"),
    ],
)
def test_a_wrong_project_is_refused(world: Any, rule: str, change: str) -> None:
    project(world)

    refused(rule, sql(f"UPDATE schools_constructionproject SET {change}"))


@pytest.mark.clause("AK-4.2b")
def test_projects_are_context_on_the_schools_page_and_listed_by_programme(
    world: Any, signed_in: Any
) -> None:
    row = project(world)
    project(world, name="幼儿园扩建", programme="PRESCHOOL", planned_on=None)
    client = signed_in(world.here.bureau)

    html = page(client, world.here.school.get_absolute_url())
    assert "教学楼" in html and "学校标准化建设" in html
    late = page(client, url("project-list"), late="true")
    assert "教学楼" in late and "幼儿园扩建" not in late
    one = page(client, url("project-list"), programme="PRESCHOOL")
    assert "幼儿园扩建" in one and "教学楼" not in one
    assert "12,000,000.00" in page(client, row.get_absolute_url())
    api = client.get("/api/v1/construction-projects/", {"programme": "STANDARD"})
    assert [r["seats_added"] for r in api.json()["results"]] == [540]


def test_projects_are_kept_by_the_bureau(world: Any, signed_in: Any) -> None:
    row = project(world)
    data = {
        "name": "教学楼",
        "kind": "NEW_BUILD",
        "programme": "STANDARD",
        "started_on": "2024-03-01",
        "completed_on": "2024-01-01",
    }
    client = signed_in(world.here.bureau)

    wrong = client.post(url("project-update", row.pk), data)
    right = client.post(
        url("project-update", row.pk), {**data, "completed_on": "2025-07-01"}
    )
    signed_in(world.here.principal)

    row.refresh_from_db()
    assert "完工不早于开工" in wrong.content.decode()
    assert right.status_code == 302
    assert row.completed_on == date(2025, 7, 1)
    assert client.get(url("project-update", row.pk)).status_code == 403
    assert client.get(row.get_absolute_url()).status_code == 200


def test_project_of_another_county_is_not_found(world: Any, signed_in: Any) -> None:
    row = project(world)
    client = signed_in(world.there.bureau)

    assert client.get(row.get_absolute_url()).status_code == 404
    assert client.get(url("project-create", world.here.school.pk)).status_code == 404


# --- the credit code -----------------------------------------------------------------


def test_the_standards_own_example_checks_out() -> None:
    assert is_credit_code(KNOWN)
    assert not is_credit_code(KNOWN[:-1] + "4")


@settings(deadline=None)
@given(
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=11, max_size=11),
    st.sampled_from(ALPHABET),
    st.booleans(),
)
def test_python_and_the_database_agree_on_every_code(
    place: str, body: str, last: str, fitting: bool
) -> None:
    first = f"{body[:2]}{place}{body[2:]}"
    code = first + (check_character(first) if fitting else last)
    right = check_character(first) == code[-1]
    condition = next(
        c for c in Partner._meta.constraints if c.name == "partner_credit_code_checks"
    ).condition

    assert is_credit_code(code) == right
    assert condition.check({"credit_code": code}) == right


@pytest.mark.parametrize(
    "code", [KNOWN[:-1] + "4", "91350100I000100Y43", KNOWN.lower(), KNOWN[:17]]
)
def test_a_wrong_code_is_refused_by_form_and_database(world: Any, code: str) -> None:
    fields = {"region": world.here.county, "kind": "ENTERPRISE", "name": "甲公司"}

    with pytest.raises(ValidationError, match="18 位"):
        register_partner(by=world.here.bureau, credit_code=code, **fields)
    refused(
        "partner_credit_code_checks",
        lambda: Partner.objects.bulk_create([Partner(credit_code=code, **fields)]),
    )


# --- partners ------------------------------------------------------------------------


def partner(world: Any, **fields: Any) -> Partner:
    given = {
        "region": world.here.county,
        "kind": PartnerKind.PARK_ENTERPRISE,
        "name": "云洲精工有限公司",
        "credit_code": KNOWN,
        "contact_name": "联系人甲",
        "contact_phone": "023-00000000",
        **fields,
    }
    return register_partner(by=world.here.bureau, **given)


@pytest.mark.clause("BN-3.4")
def test_partners_are_never_counted_as_schools(world: Any) -> None:
    before = School.objects.count()

    partner(world)

    assert School.objects.count() == before
    assert School.objects.existing().run_by(world.here.county).count() == 1


@pytest.mark.clause("BN-4.1.3a")
def test_the_vocational_alliance_names_kinds_of_partner_that_can_be_entered(
    world: Any,
) -> None:
    load_modes()
    modes = GroupMode.objects.filter(group_type=GroupType.VOCATIONAL_ALLIANCE)
    wanted = {kind for mode in modes for kind in mode.partner_kinds}

    made = [
        partner(world, kind=kind, name=f"单位{kind}", credit_code=None)
        for kind in sorted(wanted)
    ]

    assert wanted == {"INSTITUTE", "ASSOCIATION", "PARK_ENTERPRISE"}
    assert {row.kind for row in made} == wanted


def test_a_partner_is_entered_once_in_a_region(world: Any) -> None:
    partner(world)
    twin = Partner(
        region=world.here.county, kind="ENTERPRISE", name="云洲 精工有限公司"
    )
    again = Partner(
        region=world.here.county, kind="ENTERPRISE", name="另一", credit_code=KNOWN
    )

    refused("partner_name_once", lambda: Partner.objects.bulk_create([twin]))
    refused("partner_credit_code_once", lambda: Partner.objects.bulk_create([again]))
    partner_there = Partner(region=world.there.county, kind="OTHER", name="云洲精工")
    Partner.objects.bulk_create([partner_there])


def test_whom_to_speak_to_is_for_those_who_keep_the_list(
    world: Any, signed_in: Any
) -> None:
    row = partner(world)
    watcher = user_with("DISTRICT_EDU", world.here.county)
    reader = user_with("LEADING_GROUP", world.here.county)

    assert "联系人甲" in page(signed_in(watcher), row.get_absolute_url())
    html = page(signed_in(reader), row.get_absolute_url())
    api = signed_in(watcher).get(f"/api/v1/partners/{row.pk}/").json()

    assert "联系人甲" not in html and "023-" not in html
    assert "contact_phone" not in api


def test_contact_details_leave_no_trace_in_history_or_events(world: Any) -> None:
    row = partner(world)

    change_partner(row, by=world.here.bureau, name="云洲精密", contact_phone="1")

    history = row.events.first()
    assert history.name == "云洲精工有限公司"
    assert not hasattr(history, "contact_phone")
    event = Event.objects.about(row).get(verb="schools.partner.change")
    assert "contact_phone" not in event.data["changed"]


def test_partners_are_entered_on_their_page_and_found(
    world: Any, signed_in: Any
) -> None:
    client = signed_in(world.here.bureau)
    data = {
        "kind": "INSTITUTE",
        "name": "示范农业科学院",
        "region": world.here.county.pk,
        "credit_code": KNOWN,
    }

    assert "还没有合作单位" in page(client, url("partner-list"))
    wrong = client.post(
        url("partner-create"), {**data, "credit_code": KNOWN[:-1] + "9"}
    )
    right = client.post(url("partner-create"), data)

    row = Partner.objects.get()
    assert "校验位" in wrong.content.decode()
    assert right.url == row.get_absolute_url()
    assert "示范农业科学院" in page(client, url("partner-list"), kind="INSTITUTE")
    hits = search.get("partners")(world.here.bureau, "农业科学")
    assert [hit.title for hit in hits] == ["示范农业科学院"]
    assert search.get("partners")(world.there.bureau, "农业科学") == []


def test_partner_of_another_county_is_not_found(world: Any, signed_in: Any) -> None:
    row = partner(world)
    client = signed_in(world.there.bureau)

    for name in ("partner-detail", "partner-update"):
        assert client.get(url(name, row.pk)).status_code == 404


@pytest.mark.parametrize("name", ["project-list", "partner-list"])
def test_lists_need_a_fixed_number_of_queries(
    world: Any, signed_in: Any, name: str
) -> None:
    client = signed_in(world.city_bureau)

    def count(rows: range) -> int:
        for n in rows:
            school = SchoolFactory(region=world.here.county)
            ConstructionProject.objects.create(
                school=school, name=f"楼{n}", kind="NEW_BUILD", programme="OTHER"
            )
            Partner.objects.create(
                region=world.here.county, kind="OTHER", name=f"单位{n}"
            )
        with CaptureQueriesContext(connection) as queries:
            client.get(url(name))
        return len([q for q in queries if "SAVEPOINT" not in q["sql"]])

    count(range(1))
    few, many = count(range(1, 3)), count(range(3, 30))

    assert few == many <= 15
