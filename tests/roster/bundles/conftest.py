"""The world of bundles."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.accounts.factories import user_with
from tests.roster.inbound.factories import make_world


@pytest.fixture
def world(db: None) -> SimpleNamespace:
    """Return a county with a program that may send, and two people of its bureau."""
    made = make_world()
    made.bureau = user_with("DISTRICT_EDU", made.here)
    made.other = user_with("DISTRICT_EDU", made.here)
    made.source = made.sender.source
    return made


@pytest.fixture
def capture(django_capture_on_commit_callbacks: Any) -> Any:
    """Run what waits for the commit."""
    return django_capture_on_commit_callbacks
