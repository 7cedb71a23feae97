"""Every role on every page: expectations come from the permission each view names."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import RoleGrant
from accounts.roles import ROLES
from core.querysets import AccessQuerySet
from core.registries import reach
from core.views.page import SIGNED_IN
from tests.accounts.factories import UserFactory

OURS = {
    *("portal", "core", "accounts", "bureau", "schools", "groups", "personnel"),
    *("evaluation", "roster"),
}
PUBLIC = "*public*"
NOWHERE = {"pk": 999_999_999, "slug": "none", "token": "none", "clause_id": "XX-0"}
STYLEGUIDE = "styleguide"


def _patterns(
    resolver: URLResolver, space: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, entry.namespace or space)
        elif space in OURS:
            yield f"{space}:{entry.name}", entry


def _pages() -> list[tuple[str, Any, dict[str, Any]]]:
    pages = []
    for name, pattern in _patterns(get_resolver()):
        view = getattr(pattern.callback, "view_class", None)
        if STYLEGUIDE in name:
            continue
        kinds = pattern.pattern.converters
        args = {k: _argument(k, c) for k, c in kinds.items()}
        pages.append((name, view, args))
    return pages


def _argument(name: str, converter: Any) -> Any:
    if type(converter).__name__ == "IntConverter":
        return NOWHERE["pk"]
    return NOWHERE.get(name, "none")


PAGES = _pages()


@pytest.mark.parametrize(("name", "view", "args"), PAGES, ids=[p[0] for p in PAGES])
def test_every_page_names_its_permission(name: str, view: Any, args: Any) -> None:
    assert view is not None, f"{name} is not a class-based view"
    assert getattr(view, "permission", ""), f"{name} names no permission"


OF_WHO_BEGAN_IT = {"core.job"}
"""Rows that are shown to their person, whatever the scope."""


def test_every_model_with_a_page_is_reached_by_some_scope() -> None:
    models = {getattr(view, "model", None) for _name, view, _args in PAGES} - {None}
    narrowed = {
        model._meta.label_lower
        for model in models
        if isinstance(model._default_manager.none(), AccessQuerySet)
    }
    reached = {label for (_scope, label), _function in reach.items()}

    assert len(narrowed) > 20
    assert narrowed - reached == OF_WHO_BEGAN_IT


@pytest.fixture(scope="module")
def people(django_db_setup: Any, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    with django_db_blocker.unblock():
        made = {}
        for code, role in ROLES.items():
            user = UserFactory(username=f"matrix-{code}")
            kind = None
            if role.scope:
                kind = ContentType.objects.get_by_natural_key(*role.scope.split("."))
            RoleGrant.objects.create(
                user=user,
                role=code,
                scope_type=kind,
                scope_id=NOWHERE["pk"] if kind else None,
                valid_from=date(2020, 1, 1),
            )
            made[code] = user
        yield made
        RoleGrant.objects.filter(user__in=made.values()).delete()
        for user in made.values():
            user.delete()


def expected(view: Any, role: str, args: dict[str, Any]) -> set[int]:
    open_to_all = {PUBLIC, SIGNED_IN}
    if view.permission not in open_to_all | ROLES[role].permissions:
        return {403}
    if args:
        return {404, 405}
    return {200, 302, 405}


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(ROLES))
def test_each_role_meets_what_its_permissions_promise(
    role: str, people: dict[str, Any]
) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(
        people[role], backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    wrong = []

    for name, view, args in PAGES:
        status = client.get(reverse(name, kwargs=args)).status_code
        allowed = expected(view, role, args) | {EXCEPTIONS.get(name, 0)}
        if status not in allowed:
            wrong.append(f"{name}: {status}, expected {sorted(allowed)}")

    assert wrong == []


EXCEPTIONS: dict[str, int] = {
    # A spent link says so on the page with the form.
    "accounts:password-set": 200,
}


@pytest.mark.django_db
def test_a_visitor_meets_the_sign_in_page_everywhere_but_on_public_pages() -> None:
    client = Client()
    wrong = []

    for name, view, args in PAGES:
        response = client.get(reverse(name, kwargs=args))
        if view.permission == PUBLIC:
            fine = response.status_code in {200, 404}
        else:
            fine = response.status_code == 302 and "/accounts/login/" in response.url
        if not fine:
            wrong.append(f"{name}: {response.status_code}")

    assert wrong == []
