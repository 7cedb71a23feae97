"""Sending systems of the demo's district, what they delivered, and who may read."""

from datetime import date
from typing import Any

from bureau.models import ApiClient
from bureau.services import create_client, pause_client
from demo.builders.bundles import build_bundles
from demo.clock import on
from demo.data import tree
from demo.people import bureau_of
from demo.world import World
from roster.choices import Collection
from roster.inbound.receiving import receive_rows
from roster.models import PupilRoster, Source
from roster.pupils.services import switch_off, switch_on
from roster.services import register_source

REGION, CODE, FILES = "990113", "demo-roster", "demo-files"
FIRST, LATER = date(2026, 9, 2), date(2026, 9, 9)
COURSES = {"CN": "语文", "MA": "数学", "EN": "英语", "PE": "体育与健康"}


def build_rosters(world: World) -> None:
    """Let systems send rosters; some rows are in error, one bundle waits."""
    source, is_new = _source(world, "智慧教育云平台", CODE, with_client=True)
    if is_new:
        with on(FIRST):
            receive_rows(source, Collection.ORGS, _orgs(world))
            receive_rows(source, Collection.COURSES, _courses(1))
        with on(LATER):
            receive_rows(source, Collection.COURSES, _courses(2))
        world.ledger.note("roster_runs", True, 3)
    by_file, is_new = _source(world, "区学籍管理系统", FILES, with_client=False)
    if is_new:
        build_bundles(world, by_file)
    _clients(world)
    _pupils(world, tree("bundles.json")["pupils"])


def _bureau(world: World, code: str) -> Any:
    return world.person(bureau_of(code).username)


def _source(
    world: World, name: str, code: str, *, with_client: bool
) -> tuple[Source, bool]:
    found = Source.objects.filter(code=code).first()
    world.ledger.note("roster_sources", found is None)
    if found:
        return found, False
    region = world.regions[REGION]
    with on(FIRST):
        made, _secret = register_source(
            name, code, region, by=_bureau(world, REGION), with_client=with_client
        )
    return made, True


def _clients(world: World) -> None:
    """Register programs that read; one of them is paused."""
    for row in tree("bundles.json")["clients"]:
        region = world.regions[row["region"]]
        held = ApiClient.objects.filter(region=region, name=row["name"]).exists()
        world.ledger.note("api_clients", not held)
        if held:
            continue
        by = _bureau(world, row["region"])
        with on(date.fromisoformat(row["on"])):
            client, _secret = create_client(
                row["name"], region, row["scopes"], by=by, contact=row["contact"]
            )
            if row["paused"]:
                pause_client(client, by=by, reason=row["paused"])


def _pupils(world: World, told: dict[str, str]) -> None:
    """Switch the roster of pupils on in one zone for a while, and off again."""
    region = world.regions[told["region"]]
    held = PupilRoster.objects.filter(region=region).exists()
    world.ledger.note("pupil_rosters", not held)
    if held:
        return
    by = _bureau(world, told["region"])
    start, end = (date.fromisoformat(told[name]) for name in ("from", "until"))
    with on(start):
        row = switch_on(region, by=by, conclusion=told["conclusion"], decided_on=start)
    with on(end):
        switch_off(row, by=by, reason=told["reason"])


def _orgs(world: World) -> list[dict[str, Any]]:
    names = [s.name for s in world.schools.values() if s.administered_by.code == REGION]
    rows: list[dict[str, Any]] = [
        {"sourcedId": f"school-{n}", "name": name, "type": "school"}
        for n, name in enumerate(sorted(names), start=1)
    ]
    return [*rows, {"sourcedId": "school-0", "name": "", "type": "school"}]


def _courses(lesson: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {
            "sourcedId": f"course-{code}",
            "title": title,
            "courseCode": f"{code}-{lesson}",
        }
        for code, title in COURSES.items()
    ]
    wrong = {"subjects": ["音乐", "美术"], "subjectCodes": ["12"]}
    return [*rows, {"sourcedId": "course-ART", "title": "艺术", **wrong}]
