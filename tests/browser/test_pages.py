"""Every page of every role, on a desk and on a phone."""

from collections.abc import Iterator

import pytest

from accounts.models import User
from accounts.roles import ROLES
from demo.accounts import password_of
from demo.loading import load
from demo.people import offered_posts
from tests.browser.conftest import Enter
from tests.browser.crawl import Place, Walk, walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def walks(site: str) -> list[Walk]:
    """What one account of each kind of role meets on every page it is shown."""
    load()
    posts = {post.role: post.username for post in reversed(offered_posts())}
    assert posts.keys() == ROLES.keys()
    alike = {(r.scope, r.permissions): posts[r.code] for r in ROLES.values()}
    return [walk(User.objects.get(username=name)) for name in alike.values()]


def _kinds(walks: list[Walk]) -> Iterator[Place]:
    """Yield each kind of page once, by the first account that met it, and all homes."""
    places = [place for found in walks for place in found.places]
    tabbed = {view for view, tab in (p.kind for p in places) if tab}
    seen: set[tuple[str, ...]] = set()
    for place in places:
        view, tab = place.kind
        kind = (view, place.username if place.path == "/" else tab)
        if kind not in seen and (tab or view not in tabbed):
            seen.add(kind)
            yield Place(place.username, place.path, kind)


def test_every_page_a_role_is_shown_opens_and_reads_well_on_desk_and_phone(
    walks: list[Walk], enter: Enter
) -> None:
    for place in _kinds(walks):
        visitor = enter(place.username, password_of(place.username))
        visitor.go(place.path)
        visitor.look(place.picture)

    assert [fault for found in walks for fault in found.faults] == []
    assert sum(len(found.places) for found in walks) > 300
