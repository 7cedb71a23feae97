"""The world of appraisal tests."""

import pytest

from tests.evaluation.factories import World, make_world


@pytest.fixture
def world(db: None) -> World:
    """A county with two groups of two schools and a published framework."""
    return make_world()
