"""Read the users of a county as OneRoster gives them: 500 000, page by page.

The limit is the same JSON written by PostgreSQL alone; the peer is a REST framework
viewset over the same table, with the framework's token check, count and serializer.
At the end two web processes answer over HTTP.
"""

from __future__ import annotations

import http.client
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import Any
from urllib.parse import urlsplit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
os.environ["ONEROSTER_PER_MINUTE"] = "0"

from benchmarks.ground import scratch, settle
from benchmarks.harness import ROOT, Report, run, timed

USERS, TEACHERS, SCHOOLS, CHANGED = 500_000, 20_000, 100, 5_000
REPEAT, SECONDS, READERS = 40, 6.0, 4
LIST = "/ims/oneroster/rostering/v1p2/users"
FAMILIES, GIVENS = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗",
    "明华军伟芳娜敏静丽强磊洋艳勇杰娟涛超",
)


def name(n: int) -> tuple[str, str]:
    """Return a made-up family and given name."""
    family = FAMILIES[n % len(FAMILIES)]
    given = GIVENS[n % len(GIVENS)] + GIVENS[n // 7 % len(GIVENS)]
    return family, given


def county() -> Any:
    """Fill a county with schools, teachers and pupils; return it."""
    from accounts.models import ImpactAssessment, User
    from bureau.models import Region
    from core.copying import copy_rows
    from personnel.models import Teacher
    from roster.models import Pupil, PupilRoster
    from schools.models import School

    province = Region.objects.create(
        code="990000",
        name="示范省",
        short_name="示范",
        level="PROVINCE",
        valid_from=date(1949, 10, 1),
    )
    region = Region.objects.create(
        code="990101",
        name="示范县",
        short_name="示范",
        level="COUNTY",
        parent=province,
        valid_from=date(1949, 10, 1),
    )
    user = User.objects.create(username="bench", full_name="评测")
    assessment = ImpactAssessment.objects.create(
        title="最小名册",
        conclusion="可行",
        decided_on=date(2025, 9, 1),
        decided_by=user,
    )
    PupilRoster.objects.create(
        region=region,
        assessment=assessment,
        switched_on_by=user,
        valid_from=date(2025, 9, 1),
    )
    schools = [
        School.objects.create(
            name=f"第{n}学校", region=region, administered_by=region
        ).pk
        for n in range(SCHOOLS)
    ]
    place = region.pk
    copy_rows(
        Teacher,
        [
            "school_id",
            "region_id",
            "name",
            "staff_no",
            "employment",
            "subject",
            "entered_on",
            "source",
            "sourced_id",
        ],
        (
            (
                schools[n % SCHOOLS],
                place,
                "".join(name(n)),
                f"T{n:06}",
                "ESTABLISHMENT",
                "MATHS",
                "2015-09-01",
                "hr",
                f"staff-{n:07}",
            )
            for n in range(TEACHERS)
        ),
    )
    copy_rows(
        Pupil,
        [
            "school_id",
            "region_id",
            "family_name",
            "given_name",
            "stage",
            "grade",
            "source",
            "sourced_id",
        ],
        (
            (
                schools[n % SCHOOLS],
                place,
                *name(n),
                "PRIMARY",
                n % 6 + 1,
                "xj",
                f"pupil-{n:07}",
            )
            for n in range(USERS - TEACHERS)
        ),
    )
    return region


def header(region: Any) -> dict[str, str]:
    """Register a program and return the header of its token."""
    from django.test import Client

    from bureau.services import create_client

    scope = "https://purl.imsglobal.org/spec/or/v1p2/scope/roster.readonly"
    made, secret = create_client("评测", region, [scope])
    answer = Client(SERVER_NAME="localhost").post(
        "/oauth/token/",
        {
            "grant_type": "client_credentials",
            "client_id": made.client_id,
            "client_secret": secret,
        },
    )
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


LIMIT = """
    SELECT string_agg(json_build_object(
        'sourcedId', t.public_id, 'status', 'active',
        'dateLastModified', t.changed_at, 'enabledUser', 'true',
        'givenName', substr(t.name, 2), 'familyName', left(t.name, 1),
        'roles', json_build_array(json_build_object(
            'roleType', 'primary', 'role', 'teacher',
            'org', json_build_object('href', 'http://localhost' || s.public_id,
                'sourcedId', s.public_id, 'type', 'org'),
            'beginDate', t.entered_on)),
        'identifier', t.staff_no,
        'primaryOrg', json_build_object('href', 'http://localhost' || s.public_id,
            'sourcedId', s.public_id, 'type', 'org'),
        'metadata', json_build_object('fullName', t.name, 'subject', t.subject)
        )::text, ',')
    FROM (SELECT * FROM personnel_teacher WHERE region_id = %s
          ORDER BY region_id, public_id LIMIT %s) t
    JOIN schools_school s ON s.id = t.school_id
"""


def alone(region: Any, limit: int) -> Callable[[], None]:
    """Return what has PostgreSQL alone write a first page."""
    from django.db import connection

    def work() -> None:
        with connection.cursor() as cursor:
            cursor.execute(LIMIT, [region.pk, limit])
            assert cursor.fetchone()[0]

    return work


def peer(headers: dict[str, str], limit: int) -> Callable[[], None]:
    """Return what has a plain viewset answer with a page of eight flat properties."""
    from django.test import RequestFactory
    from rest_framework.pagination import LimitOffsetPagination
    from rest_framework.permissions import IsAuthenticated
    from rest_framework.serializers import ModelSerializer
    from rest_framework.viewsets import ReadOnlyModelViewSet

    from accounts.clients import ClientTokenAuthentication
    from roster.models import Pupil

    class Plain(ModelSerializer):
        class Meta:
            model = Pupil
            fields = ["public_id", "changed_at", "removed_at", "is_enabled"]
            fields += ["given_name", "family_name", "grade", "school"]

    class Pages(LimitOffsetPagination):
        max_limit = 10_000

    class Naive(ReadOnlyModelViewSet):
        queryset = Pupil.objects.order_by("public_id")
        serializer_class = Plain
        pagination_class = Pages
        authentication_classes = [ClientTokenAuthentication]
        permission_classes = [IsAuthenticated]
        filter_backends: list[Any] = []
        throttle_classes: list[Any] = []

    view = Naive.as_view({"get": "list"})
    factory = RequestFactory(SERVER_NAME="localhost")

    def work() -> None:
        request = factory.get("/", {"limit": limit}, headers=headers)
        answer = view(request).render()
        assert answer.status_code == 200

    return work


def asked(headers: dict[str, str], wanted: int, **query: Any) -> Callable[[], None]:
    """Return what reads a page in this process and looks at its length."""
    from django.test import Client

    client = Client(SERVER_NAME="localhost")

    def work() -> None:
        answer = client.get(LIST, query, headers=headers)
        assert answer.status_code == 200, answer.content
        assert answer.content.count(b'"enabledUser"') == wanted

    return work


def in_process(report: Report, region: Any, headers: dict[str, str]) -> None:
    """Measure pages without a network."""
    for limit, most in ((1000, 0.012), (100, 0.003)):
        limit_alone = timed(alone(region, limit), repeat=REPEAT, warm_up=3)
        naive = timed(peer(headers, limit), repeat=7, warm_up=1)
        ours = timed(asked(headers, limit, limit=limit), repeat=REPEAT, warm_up=3)
        report.seconds(
            f"{limit} rows, to PostgreSQL alone",
            ours.median,
            at_most=most,
            ratio=ours.median / limit_alone.median,
            ratio_at_most=2.8 if limit == 1000 else None,
        )
        report.seconds(
            f"{limit} rows, times quicker than a viewset",
            ours.median,
            ratio=naive.median / ours.median,
            ratio_at_least=5,
        )
    for what, offset in (
        ("last page", USERS - 1000),
        ("page in the middle", USERS // 2),
    ):
        work = asked(headers, 1000, limit=1000, offset=offset)
        taken = timed(work, repeat=REPEAT, warm_up=2).median
        most = 0.040 if what == "last page" else None
        report.seconds(f"{what} of 1000", taken, at_most=most)
    report.seconds("page of 1000 changes", changes(headers), at_most=0.012)


def changes(headers: dict[str, str]) -> float:
    """Change 5 000 rows; return the time of a page of what changed since."""
    from django.db import connection
    from django.utils import timezone

    since = timezone.now().isoformat().replace("+00:00", "Z")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE roster_pupil SET grade = grade WHERE id IN"
            " (SELECT id FROM roster_pupil ORDER BY md5(id::text) LIMIT %s)",
            [CHANGED],
        )
    settle()
    time.sleep(0.01)
    text = f"dateLastModified>'{since}'"
    work = asked(headers, 1000, limit=1000, filter=text)
    return timed(work, repeat=REPEAT, warm_up=3).median


@contextmanager
def web() -> Iterator[int]:
    """Run the site with two web processes over this database; yield the port."""
    from django.db import connection

    address = urlsplit(os.environ["DATABASE_URL"])
    address = address._replace(path=f"/{connection.settings_dict['NAME']}")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi"]
    command += ["config.wsgi:application", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "2", "--no-ws", "--log-level", "error"]
    env = {**os.environ, "DATABASE_URL": address.geturl()}
    env["DJANGO_SETTINGS_MODULE"] = "config.settings.dev"
    process = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def wait_for(port: int) -> None:
    """Wait until the site answers."""
    for _attempt in range(200):
        try:
            one = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            one.request("GET", LIST)
            if one.getresponse().status == 401:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the web processes did not start")


def per_second(port: int, headers: dict[str, str], limit: int) -> float:
    """Read first pages from several connections; return the requests per second."""

    def read(until: float) -> int:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        count = 0
        while time.monotonic() < until:
            offset = random.randrange(10) * limit
            line.request(
                "GET", f"{LIST}?limit={limit}&offset={offset}", headers=headers
            )
            answer = line.getresponse()
            body = answer.read()
            if answer.status != 200 or len(body) <= limit * 300:
                raise SystemExit(f"{answer.status}: {body[:300]!r}")
            count += 1
        return count

    with ThreadPoolExecutor(READERS) as pool:
        list(pool.map(read, [time.monotonic() + 1.5] * READERS))
        began = time.monotonic()
        counts = list(pool.map(read, [began + SECONDS] * READERS))
        return sum(counts) / (time.monotonic() - began)


def bench(report: Report) -> None:
    """Fill a database of its own, read from it, drop it."""
    with scratch():
        region = county()
        settle()
        headers = header(region)
        in_process(report, region, headers)
        with web() as port:
            for limit, least in ((1000, 80), (100, 350)):
                rate = per_second(port, headers, limit)
                report.rate(f"pages of {limit} over HTTP", rate, "page", at_least=least)


if __name__ == "__main__":
    run(bench, dataset="500k users")
