"""Fixtures of the provider's tests."""

from collections.abc import Iterator
from typing import Any

import pytest

from roster.provider import callers, pace, reading
from tests.roster.provider import factories
from tests.roster.provider.factories import ROOT, World


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    callers.forget()
    reading._known.clear()
    pace._counts.clear()
    yield
    callers.forget()


@pytest.fixture
def world(db: None) -> World:
    """Two counties of one city."""
    return factories.world()


class Api:
    """Reads as one program."""

    def __init__(self, client: Any, headers: dict[str, str]) -> None:
        self.client = client
        self.headers = headers

    def get(self, path: str, prefix: str = ROOT, **query: Any) -> Any:
        """Return the response of an address below the prefix."""
        return self.client.get(f"{prefix}/{path}", query, headers=self.headers)

    def list(self, path: str, prefix: str = ROOT, **query: Any) -> list[Any]:
        """Return the objects of a list."""
        answer = self.get(path, prefix, **query)
        assert answer.status_code == 200, answer.content.decode()
        return list(next(iter(answer.json().values())))


@pytest.fixture
def api(client: Any, world: World) -> Api:
    """A program of the first county."""
    return Api(client, factories.token(client, world.here.county))


@pytest.fixture
def city_api(client: Any, world: World) -> Api:
    """A program of the city."""
    return Api(client, factories.token(client, world.city))
