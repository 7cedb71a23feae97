"""A pytest plugin: browser tests skip where there is no browser."""

from __future__ import annotations

import pytest

from . import browser


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what cannot run, with the command that mends it."""
    if browser.path():
        return
    reason = "no chromium on this machine; install it with: script/test --browser"
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=reason))
