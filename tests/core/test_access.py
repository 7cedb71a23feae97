"""Grants reach rows by scope, by permission and by day."""

from datetime import date

import pytest
from django.db.models import Q

from accounts.models import RoleGrant
from core import access
from core.access import Grant
from core.registries import Reach, reach
from tests.accounts.factories import UserFactory

SCOPE = "tests.scope"


class Person:
    """A caller with given grants."""

    is_active = True

    def __init__(self, *grants: Grant) -> None:
        self._grants = list(grants)


def make(permission: str, start: date, end: date | None) -> Grant:
    return Grant("R", frozenset({permission}), SCOPE, 1, start, end)


@pytest.fixture
def reach_by_user(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = dict(reach._entries)
    entries[(SCOPE, "accounts.rolegrant")] = Reach(lambda ids: Q(reason="1"))
    monkeypatch.setattr(reach, "_entries", entries)


def row(
    reason: str, start: date = date(2025, 1, 1), end: date | None = None
) -> RoleGrant:
    return RoleGrant.objects.create(
        user=UserFactory(),
        role="AUDITOR",
        reason=reason,
        valid_from=start,
        valid_to=end,
    )


VIEW = "accounts.view_rolegrant"


@pytest.mark.django_db
def test_a_live_grant_reaches_its_scope_only(reach_by_user: None) -> None:
    mine, other = row("1"), row("2")
    person = Person(make(VIEW, date(2020, 1, 1), None))

    seen = list(RoleGrant.objects.visible_to(person))

    assert seen == [mine]
    assert other not in seen


@pytest.mark.django_db
def test_a_grant_without_the_permission_reaches_nothing(reach_by_user: None) -> None:
    row("1")
    person = Person(make("core.view_job", date(2020, 1, 1), None))

    assert not RoleGrant.objects.visible_to(person).exists()


@pytest.mark.django_db
def test_an_ended_grant_reads_rows_of_its_span_and_none_later(
    reach_by_user: None,
) -> None:
    earlier = row("1", date(2019, 1, 1), date(2020, 1, 1))
    inside = row("1", date(2021, 1, 1))
    later = row("1", date(2024, 1, 1))
    person = Person(make(VIEW, date(2020, 1, 1), date(2023, 1, 1)))

    seen = list(RoleGrant.objects.visible_to(person))

    assert seen == [inside]
    assert earlier not in seen and later not in seen


@pytest.mark.django_db
def test_looking_at_an_earlier_day_never_widens_reach(reach_by_user: None) -> None:
    row("1")
    person = Person(make(VIEW, date(2025, 6, 1), date(2025, 7, 1)))

    assert RoleGrant.objects.visible_to(person).on(date(2025, 3, 1)).exists()
    assert not access.holds(person, VIEW)


@pytest.mark.django_db
def test_an_ended_grant_never_writes(reach_by_user: None) -> None:
    kept = row("1")
    person = Person(
        make("accounts.change_rolegrant", date(2020, 1, 1), date(2025, 6, 1))
    )

    assert not access.reaches(person, "accounts.change_rolegrant", kept)
    assert not RoleGrant.objects.visible_to(
        person, "accounts.change_rolegrant"
    ).exists()


def test_an_inactive_user_has_no_grants() -> None:
    person = Person(make(VIEW, date(2020, 1, 1), None))
    person.is_active = False

    assert access.grants_of(person) == []
    assert not access.holds(person, VIEW)
