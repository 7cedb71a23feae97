"""Walk every link that each account is shown, without a browser: what answers what."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

HREF = re.compile(r'<a\b[^>]*?\bhref="([^"#][^"]*)"')
ALIKE = 1
"""How many pages of one kind (same view, same tab) one account opens."""


@dataclass(frozen=True)
class Place:
    """A page: where it is, who found it, and what kind of page it is."""

    username: str
    path: str
    kind: tuple[str, ...]

    @property
    def picture(self) -> str:
        """The name of its pictures."""
        return "page-" + "-".join(part.replace(":", "-") for part in self.kind if part)


@dataclass
class Walk:
    """What one account met."""

    username: str
    places: list[Place] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def kind_of(url: str) -> tuple[str, ...] | None:
    """Return view name and tab of an address; None when it is not ours."""
    parts = urlsplit(url)
    try:
        match = resolve(parts.path)
    except Resolver404:
        return None
    tab = parse_qs(parts.query).get("tab", [""])[0]
    return (match.view_name, tab)


def links_of(html: str, base: str) -> Iterator[str]:
    """Yield the addresses a page links to; exports and other days left out."""
    for href in HREF.findall(html):
        url = urljoin(base, unescape(href))
        parts = urlsplit(url)
        if parts.netloc or not parts.path.startswith("/"):
            continue
        query = parse_qs(parts.query)
        if query.keys() & {"export", "on", "sort", "page", "size"}:
            continue
        yield url


def walk(user: Any) -> Walk:
    """Open every kind of page that the account's own pages lead to, once."""
    client = Client(raise_request_exception=False)
    client.force_login(
        user, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    found, opened = Walk(user.username), {}
    queue = deque([("/", "sign-in")])
    while queue:
        url, source = queue.popleft()
        kind = kind_of(url)
        if kind is None:
            found.faults.append(f"{source} links to {url}, which is no page")
            continue
        if opened.get(kind, 0) >= ALIKE:
            continue
        opened[kind] = opened.get(kind, 0) + 1
        answer = client.get(url, follow=True)
        if answer.status_code != 200:
            found.faults.append(f"{source} links to {url}: {answer.status_code}")
            continue
        if not answer.get("Content-Type", "").startswith("text/html"):
            continue
        found.places.append(Place(user.username, url, kind))
        html = answer.content.decode()
        queue.extend((link, url) for link in links_of(html, url))
    return found
