"""Open the pages of a city: server time, queries, size, against their SQL alone.

The pages are drawn in this process for an official of a bureau with 100 groups and
1 000 schools, and a cycle with all its scores. The peer is the same page's statements,
run again with nothing around them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

from benchmarks.ground import opened_cycle, scratch
from benchmarks.harness import Report, run, timed

SIZE, REPEAT = "city", 30
MEDIAN, LATE, KIB = 0.060, 0.150, 120
LIST, DETAIL, HOME = 15, 25, 30


@dataclass(frozen=True)
class Opened:
    """One page that was opened many times."""

    name: str
    address: str
    most_queries: int
    median: float = MEDIAN


def official(region: Any) -> Any:
    """Return a signed-in browser of a bureau official."""
    from django.test import Client

    from accounts.models import User
    from accounts.services import grant_role

    user = User.objects.create(username="bench", full_name="评测")
    grant_role(user, "DISTRICT_EDU", region, by=None)
    client = Client(SERVER_NAME="localhost")
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    client.force_login(user, backend=backend)
    return client


def pages(cycle: Any) -> list[Opened]:
    """Return the pages people open all day; figures come by themselves, a bit later."""
    from django.urls import reverse

    from evaluation.models import Assessment
    from groups.models import EducationGroup
    from schools.models import School

    school, group = School.objects.latest("pk"), EducationGroup.objects.latest("pk")
    assessment = Assessment.objects.filter(cycle=cycle, group=group).get()
    return [
        Opened("home", reverse("portal:home"), HOME),
        Opened("figures of the home", reverse("portal:figures"), HOME, LATE),
        Opened("list of schools", reverse("schools:school-list"), LIST),
        Opened("list of groups", reverse("groups:group-list"), LIST),
        Opened("list of returns", reverse("schools:return-list"), LIST),
        Opened("list of assessments", reverse("evaluation:assessment-list"), LIST),
        Opened("a school", school.get_absolute_url(), DETAIL),
        Opened("a group", group.get_absolute_url(), DETAIL),
        Opened("a cycle", cycle.get_absolute_url(), DETAIL),
        Opened("an assessment", assessment.get_absolute_url(), DETAIL),
    ]


def statements(client: Any, address: str) -> tuple[list[str], int]:
    """Return the statements and the size in bytes of a page, which must open."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status_code}")
    return [q["sql"] for q in captured], len(answer.content)


def reading(asked: list[str]) -> list[str]:
    """Return those of a page's statements that only read."""
    return [s for s in asked if s.lstrip().upper().startswith(("SELECT", "WITH"))]


def again(asked: list[str]) -> None:
    """Run statements and fetch their rows, with nothing around them."""
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in asked:
            cursor.cursor.execute(statement)
            if cursor.description:
                cursor.fetchall()


def measure(report: Report, client: Any, page: Opened) -> None:
    """Open one page many times and note what it took."""
    client.get(page.address)
    asked, size = statements(client, page.address)
    taken = timed(lambda: client.get(page.address), repeat=REPEAT, warm_up=2)
    reads = reading(asked)
    alone = timed(lambda: again(reads), repeat=REPEAT)
    report.seconds(
        f"{page.name}: median",
        taken.median,
        at_most=page.median,
        ratio=taken.median / alone.median,
    )
    late = taken.quantile(0.95)
    report.seconds(f"{page.name}: 95 of 100", late, at_most=page.median + LATE - MEDIAN)
    report.add(f"{page.name}: queries", len(asked), "", at_most=page.most_queries)
    report.add(f"{page.name}: HTML", size / 1024, "KiB", at_most=KIB)


def bench(report: Report) -> None:
    """Open the pages of a city, in a database of its own that is dropped afterwards."""
    with scratch():
        cycle = settled_city()
        client = official(cycle.region)
        for page in pages(cycle):
            measure(report, client, page)


def settled_city() -> Any:
    """Return the cycle of a city whose rows the database has had time to tidy."""
    from django.db import connection

    from evaluation.computing import compute_scores

    cycle = opened_cycle(SIZE)
    compute_scores(cycle)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return cycle


if __name__ == "__main__":
    run(bench, dataset=SIZE)
