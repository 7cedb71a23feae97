"""A live site, a live worker and a headless Chromium for the browser tests.

The database stays for one module and is emptied afterwards; each visitor is a
browser context of its own, signed in on the real sign-in page. What a visitor
notices (script errors, violations of the content policy, requests to other hosts,
unreadable pages) fails the test. Pictures of every page looked at lie under
``var/screenshots``; ``BROWSER_LOOK=0`` walks without looking, which is quicker.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.people import PASSWORD
from tests.browser.servers import empty_the_tables, live_site, live_worker
from tests.browser.visitor import Visitor

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SWITCHES = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=zh-CN",
]
FAILED = pytest.StashKey[bool]()
Enter = Callable[..., Visitor]


@pytest.fixture(autouse=True)
def _files_in_a_folder_of_the_test() -> None:
    """Keep the files where the worker, another process, finds them too."""


@pytest.fixture
def _django_db_helper() -> None:
    """Let the rows stay between the tests of a module: ``site`` empties the tables."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless Chromium; skips where the machine has none."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("no chromium on this machine")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=path, args=[*SWITCHES, *as_root]
            )
            yield browser
            browser.close()


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The address of the live site; its tables are emptied before and after."""
    with django_db_blocker.unblock():
        empty_the_tables()
        with live_site() as url:
            yield url
        empty_the_tables()


@pytest.fixture(scope="module")
def worker(site: str) -> Iterator[Any]:
    """A Celery worker on the same database and broker."""
    with live_worker() as process:
        yield process


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Remember whether a test failed, for the picture of its last page."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture
def enter(
    request: pytest.FixtureRequest, chromium: Browser, site: str
) -> Iterator[Enter]:
    """Open a browser for a person of this username, signed in; watch it."""
    visitors: dict[str, Visitor] = {}

    def enter_as(
        username: str = "", password: str = PASSWORD, *, scripts: bool = True
    ) -> Visitor:
        key = f"{username}|{scripts}"
        if key not in visitors:
            visitors[key] = Visitor(chromium, site, username, scripts=scripts)
            if username:
                visitors[key].sign_in(username, password)
        return visitors[key]

    yield enter_as
    faults = [fault for visitor in visitors.values() for fault in visitor.faults]
    for visitor in visitors.values():
        if request.node.stash.get(FAILED, False):
            visitor.show_last_page()
        visitor.close()
    assert not faults, "\n".join(dict.fromkeys(faults))
