"""Who sees which group, membership and case, and on which days."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groups.models import EducationGroup, GroupCase, Membership
from groups.services import load_modes
from schools.models import School
from tests.accounts.factories import UserFactory, grant, user_with
from tests.bureau.factories import CountyFactory
from tests.groups.factories import (
    FIRST_DAY,
    Bureau,
    GroupFactory,
    famous_draft,
    join,
    standing_group,
)
from tests.schools.factories import SchoolFactory


@pytest.fixture
def world(bureau: Bureau) -> dict[str, Any]:
    """Two groups in two counties of one city."""
    other = CountyFactory(parent=bureau.city)
    first = standing_group(bureau.county, members=2)
    second = standing_group(other, members=1)
    return {
        "first": first,
        "second": second,
        "other": other,
        "lead": first.memberships.leads().get().school,
        "member": first.memberships.members().first().school,
        "far": second.memberships.members().get().school,
    }


PEOPLE = [
    ("CITY_EDU", "city", {"first", "second"}, 5),
    ("CITY_SUPERVISION", "city", {"first", "second"}, 5),
    ("DISTRICT_EDU", "county", {"first"}, 3),
    ("LEADING_GROUP", "county", {"first"}, 3),
    ("DEPT_HR", "county", {"first"}, 3),
    ("DEPT_TAX", "county", set(), 0),
    ("DISTRICT_EDU", "other", {"second"}, 2),
    ("GROUP_HEAD", "first", {"first"}, 3),
    ("GROUP_OFFICE", "second", {"second"}, 2),
    ("COUNCIL_MEMBER", "first", {"first"}, 3),
    ("SCHOOL_PRINCIPAL", "lead", {"first"}, 3),
    ("SCHOOL_CLERK", "member", {"first"}, 3),
    ("SCHOOL_PRINCIPAL", "far", {"second"}, 2),
    ("TEACHER", "member", set(), 0),
]


@pytest.mark.parametrize(("role", "where", "groups", "rows"), PEOPLE)
def test_each_sees_the_groups_in_reach_and_no_other(
    bureau: Bureau,
    world: dict[str, Any],
    role: str,
    where: str,
    groups: set[str],
    rows: int,
) -> None:
    scopes = {"city": bureau.city, "county": bureau.county, **world}
    person = user_with(role, scopes[where])

    seen = set(EducationGroup.objects.visible_to(person))

    assert seen == {world[name] for name in groups}
    assert Membership.objects.visible_to(person).count() == rows


@pytest.mark.parametrize("where", ["first", "second"])
def test_a_hidden_group_is_404_and_a_seen_one_200(
    world: dict[str, Any], signed_in: Any, where: str
) -> None:
    client = signed_in(user_with("GROUP_OFFICE", world["first"]))

    response = client.get(world[where].get_absolute_url())

    assert response.status_code == (200 if where == "first" else 404)


def test_a_group_reaches_the_schools_of_its_members(world: dict[str, Any]) -> None:
    head = user_with("GROUP_HEAD", world["first"])

    names = set(School.objects.visible_to(head).values_list("pk", flat=True))

    assert names == set(world["first"].memberships.values_list("school", flat=True))


def test_a_county_sees_the_group_its_school_takes_part_in(
    bureau: Bureau, world: dict[str, Any]
) -> None:
    away = SchoolFactory(region=world["other"])
    join(world["first"], away)
    officer = user_with("DISTRICT_EDU", world["other"])

    assert world["first"] in EducationGroup.objects.visible_to(officer)
    seen = Membership.objects.visible_to(officer).filter(group=world["first"])
    assert [row.school for row in seen] == [away]


def test_a_school_that_left_keeps_what_stood_beside_it(world: dict[str, Any]) -> None:
    group, left = world["first"], SchoolFactory()
    own = join(group, left, end=date(2023, 9, 1))
    later = join(group, SchoolFactory(), start=date(2024, 9, 1))
    principal = user_with("SCHOOL_PRINCIPAL", left)

    seen = set(Membership.objects.visible_to(principal))

    assert own in seen and later not in seen
    assert len(seen) == 4
    assert group not in EducationGroup.objects.visible_to(principal)


def test_after_a_right_ends_its_holder_reads_its_span_and_nothing_later(
    world: dict[str, Any],
) -> None:
    group = world["first"]
    later = join(group, SchoolFactory(), start=date(2025, 9, 1))
    person = UserFactory()
    grant(person, "GROUP_OFFICE", group, FIRST_DAY, date(2024, 9, 1))

    seen = set(Membership.objects.visible_to(person))
    schools = School.objects.visible_to(person)

    assert group in EducationGroup.objects.visible_to(person)
    assert later not in seen and len(seen) == 3
    assert later.school not in schools and schools.count() == 3
    changing = EducationGroup.objects.visible_to(person, "groups.change_document")
    assert not changing.exists()


def test_a_former_principal_reads_the_groups_of_that_time(
    world: dict[str, Any],
) -> None:
    school = SchoolFactory()
    join(world["first"], school, end=date(2023, 9, 1))
    join(world["second"], school, start=date(2025, 9, 1))
    person = UserFactory()
    grant(person, "SCHOOL_PRINCIPAL", school, date(2022, 9, 1), date(2024, 9, 1))

    assert set(EducationGroup.objects.visible_to(person)) == {world["first"]}


def test_a_revoked_grant_sees_nothing(world: dict[str, Any]) -> None:
    from django.utils import timezone

    person = UserFactory()
    given_ = grant(person, "GROUP_OFFICE", world["first"])
    given_.revoked_at = timezone.now()
    given_.save()
    person.__dict__.pop("_grants", None)

    assert not EducationGroup.objects.visible_to(person).exists()


def test_a_case_is_seen_by_its_schools_and_its_county_only(
    bureau: Bureau, world: dict[str, Any]
) -> None:
    case = famous_draft(bureau)
    school = case.lines.filter(role="MEMBER").first().school

    for role, scope, expected in (
        ("SCHOOL_PRINCIPAL", school, 1),
        ("SCHOOL_PRINCIPAL", world["far"], 0),
        ("DISTRICT_EDU", bureau.county, 1),
        ("DISTRICT_EDU", world["other"], 0),
        ("CITY_EDU", bureau.city, 1),
        ("GROUP_HEAD", world["first"], 0),
    ):
        person = user_with(role, scope)
        assert GroupCase.objects.visible_to(person).count() == expected, role


def test_the_day_asked_for_never_widens_reach(
    bureau: Bureau, world: dict[str, Any], signed_in: Any
) -> None:
    school = world["far"]
    join(world["first"], SchoolFactory(), end=date(2023, 1, 1))
    client = signed_in(user_with("SCHOOL_PRINCIPAL", school))

    page = client.get(reverse("groups:group-list"), {"on": "2022-12-01"})

    assert world["first"].name not in page.content.decode()
    assert world["second"].name in page.content.decode()


# --- Any history, any day ------------------------------------------------------
DAYS = st.integers(min_value=0, max_value=60)
EVENTS = st.lists(
    st.tuples(
        st.integers(min_value=0, max_value=3),
        DAYS,
        st.one_of(st.none(), st.integers(min_value=1, max_value=30)),
    ),
    max_size=14,
)


@pytest.mark.django_db
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(history=EVENTS, asked=st.lists(DAYS, min_size=1, max_size=5))
def test_the_members_of_any_day_are_those_a_brute_force_finds(
    db: None, history: list[Any], asked: list[int]
) -> None:
    from datetime import timedelta

    from django.db import IntegrityError, transaction

    load_modes()
    group = GroupFactory()
    schools = [SchoolFactory() for _n in range(4)]
    kept: list[tuple[int, date, date | None]] = []
    for who, offset, length in history:
        start = FIRST_DAY + timedelta(offset)
        end = start + timedelta(length) if length else None
        free = all(
            other != who or not _meet(start, end, begun, ended)
            for other, begun, ended in kept
        )
        try:
            with transaction.atomic():
                join(group, schools[who], start=start, end=end)
        except IntegrityError:
            assert not free
        else:
            assert free
            kept.append((who, start, end))

    for offset in asked:
        day = FIRST_DAY + timedelta(offset)
        expected = {
            schools[who].pk
            for who, start, end in kept
            if start <= day and (end is None or day < end)
        }
        found = group.memberships.on(day).values_list("school", flat=True)
        counted = EducationGroup.objects.with_counts(day).get(pk=group.pk)
        assert set(found) == expected
        assert (counted.member_count or 0) == len(expected)
        left = set(group.memberships.left(day))
        joining = set(group.memberships.joining(day))
        assert len(left) + len(joining) + len(expected) == len(kept)


def _meet(a: date, b: date | None, c: date, d: date | None) -> bool:
    return (d is None or a < d) and (b is None or c < b)
