"""Administrators and finance set up a second factor before anything else."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core.models import Installation
from tests.accounts.factories import user_with
from tests.bureau.factories import CountyFactory

pytestmark = pytest.mark.django_db
HOME = "/"


@pytest.fixture(autouse=True)
def _asked_for(settings: Any) -> None:
    settings.SECOND_FACTOR = True


def holder(role: str) -> User:
    """Return a user of this role, in its scope if it has one."""
    return user_with(role, CountyFactory() if role.startswith("D") else None)


@pytest.mark.parametrize("role", ["SYS_ADMIN", "SEC_ADMIN", "AUDITOR", "DEPT_FINANCE"])
def test_a_role_that_needs_it_is_led_to_set_it_up(
    role: str, signed_in: Callable[[Any], Client]
) -> None:
    client = signed_in(holder(role))

    answer = client.get(HOME)

    assert answer.status_code == 302
    assert answer.url == reverse("mfa_activate_totp")
    assert client.get(reverse("account_logout")).status_code == 200


@pytest.mark.parametrize("role", ["SYS_ADMIN", "DEPT_FINANCE"])
def test_with_the_second_factor_the_desk_opens(
    role: str, signed_in: Callable[[Any], Client]
) -> None:
    user = holder(role)
    TOTP.activate(user, generate_totp_secret())

    assert signed_in(user).get(HOME).status_code == 200


def test_other_roles_are_not_asked(signed_in: Callable[[Any], Client]) -> None:
    assert signed_in(holder("DISTRICT_EDU")).get(HOME).status_code == 200


def test_a_demonstration_asks_nobody(signed_in: Callable[[Any], Client]) -> None:
    Installation.objects.create(region_code="990100", is_demo=True)

    assert signed_in(holder("SYS_ADMIN")).get(HOME).status_code == 200


def test_the_api_says_why_instead_of_leading_away(
    signed_in: Callable[[Any], Client],
) -> None:
    answer = signed_in(holder("DEPT_FINANCE")).get("/api/v1/schools/")

    assert answer.status_code == 403
    assert "两步验证" in answer.json()["detail"]
