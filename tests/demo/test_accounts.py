"""The accounts that anybody may try."""

import json
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import ROLES
from core.demo_accounts import demo_accounts as offered_on_the_sign_in_page
from core.models import Installation
from demo.accounts import demo_accounts, password_of
from demo.people import offered_posts
from tests.demo.conftest import Loaded

NAMES = [post.username for post in offered_posts()]


def _told(*args: str) -> str:
    out = StringIO()
    call_command("demo_accounts", *args, stdout=out)
    return out.getvalue()


@pytest.fixture
def visitor(demo: Loaded) -> Iterator[Client]:
    """A browser before sign-in."""
    yield Client()


def test_every_role_has_an_account(demo: Loaded) -> None:
    assert {post.role for post in offered_posts()} >= ROLES.keys() - {"PARTNER"}


@pytest.mark.parametrize("username", NAMES)
def test_account_signs_in_and_sees_its_home_and_its_inbox(
    visitor: Client, username: str
) -> None:
    # sign-ins are counted by address; everybody here has an own one
    address = f"10.0.0.{NAMES.index(username) + 1}"
    signed_in = visitor.post(
        reverse("account_login"),
        {"login": username, "password": password_of(username)},
        REMOTE_ADDR=address,
    )

    assert signed_in.status_code == 302
    for page in ("home", "inbox", "calendar", "notifications"):
        assert visitor.get(reverse(f"portal:{page}")).status_code == 200, page


def test_sign_in_page_offers_the_accounts_with_their_passwords(visitor: Client) -> None:
    page = visitor.get(reverse("account_login")).content.decode()

    assert offered_on_the_sign_in_page() == demo_accounts()
    for account in demo_accounts():
        assert account.username in page
        assert account.password in page


def test_passwords_differ_by_account_and_by_the_secret_of_the_installation() -> None:
    one = {password_of(name, key="one secret") for name in NAMES}
    another = {password_of(name, key="another secret") for name in NAMES}

    assert len(one) == len(set(NAMES))
    assert not one & another
    assert password_of("bn_edu", key="one secret") in one
    assert all(len(word) == 14 for word in one | another)


def test_passwords_are_never_kept_in_clear(demo: Loaded) -> None:
    words = {account.password for account in demo_accounts()}

    assert not words & set(User.objects.values_list("password", flat=True))


def test_people_of_the_records_cannot_sign_in(demo: Loaded) -> None:
    others = User.objects.exclude(username__in=NAMES)

    assert others.count() > 100
    assert not [user for user in others if user.has_usable_password()]


def test_a_new_secret_gives_new_passwords_at_the_next_load(
    demo: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    from demo import accounts
    from demo.loading import load

    monkeypatch.setattr(accounts, "secret", lambda base, name: "a new secret")

    told = load()

    assert told["tables"]["passwords"]["created"] == len(set(NAMES))
    assert User.objects.get(username="bn_edu").check_password(password_of("bn_edu"))


def test_command_prints_one_object_on_one_line(demo: Loaded) -> None:
    text = _told("--json")

    assert text.count("\n") == 1
    accounts = json.loads(text)["accounts"]
    first = accounts[0]
    assert [a["username"] for a in accounts] == NAMES
    assert first["username"] == "bn_edu"
    assert first["role"] == "DISTRICT_EDU"
    assert first["scope"] == "临江区"
    assert first["password"] == password_of("bn_edu")


def test_command_prints_a_line_for_each_account(demo: Loaded) -> None:
    lines = _told().splitlines()

    assert len(lines) == len(NAMES)
    assert "临江区" in lines[0]


@pytest.mark.parametrize("is_installed", [False, True])
def test_outside_a_demo_no_account_is_offered(
    empty_database: None, is_installed: bool
) -> None:
    if is_installed:
        Installation.objects.create(region_code="500113", is_demo=False)

    with pytest.raises(CommandError, match="演示"):
        _told()
    with pytest.raises(SystemExit):
        _told("--json")
    assert offered_on_the_sign_in_page() == []
