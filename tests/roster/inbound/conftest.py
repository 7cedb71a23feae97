"""The world of rosters coming in."""

from types import SimpleNamespace

import pytest

from tests.roster.inbound.factories import make_world


@pytest.fixture
def world(db: None) -> SimpleNamespace:
    """Return a county with a program that may send, and a neighbour."""
    return make_world()
