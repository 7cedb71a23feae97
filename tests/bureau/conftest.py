"""What comes with the product, loaded once for the tests of a class."""

from collections.abc import Iterator
from typing import Any

import pytest

from bureau.loading import load_parameters, load_policies, load_regions
from tests.kept import kept


@pytest.fixture(scope="class")
def country(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The regions of the country."""
    with kept(django_db_blocker):
        load_regions()
        yield


@pytest.fixture(scope="class")
def shipped(country: None) -> None:
    """The regions, the policies and the parameters."""
    load_policies()
    load_parameters()
