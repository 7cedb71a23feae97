"""A county ready to form groups."""

import pytest

from tests.groups.factories import Bureau


@pytest.fixture
def bureau(db: None) -> Bureau:
    """A county with people made on demand, modes, parameters and departments."""
    return Bureau()
