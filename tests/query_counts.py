"""Lists and pages ask the database as often for thirty rows as for three."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

LIST, DETAIL = 15, 25
"""The most queries of a list and of a page about one object."""


def asked_by(client: Any, url: str) -> tuple[int, Any]:
    """Return how many queries a warm page takes, and the page."""
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(url)
    assert answer.status_code == 200, url
    return len(asked), answer


def assert_fixed(
    client: Any, url: str, fill: Callable[[int], Any], most: int = LIST
) -> None:
    """Hold a page with 3 rows against the same with 30.

    ``fill`` makes one row and returns a word by which the page shows it, or nothing
    where the answer counts its rows itself (a list, or one over the API). Of a page
    that shows the first rows only, the newest has to be among them.
    """
    counted = []
    for numbers in (range(3), range(3, 30)):
        words = [fill(number) for number in numbers]
        count, answer = asked_by(client, url)
        assert_shows(answer, words[-1], numbers.stop)
        counted.append(count)

    assert counted[0] == counted[1], f"{url}: {counted}"
    assert counted[1] <= most, f"{url}: {counted[1]} queries"


def assert_shows(answer: Any, word: str | None, rows: int) -> None:
    """Make sure that the page has the rows that it is said to have."""
    if answer.headers["Content-Type"].startswith("application/json"):
        assert answer.json()["count"] >= rows
        return
    count = (answer.context or {}).get("count")
    assert word or count is not None
    if count is not None:
        assert count >= rows
    assert not word or word in answer.content.decode()
