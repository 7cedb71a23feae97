"""A sending system of the demo's district, and what it has delivered."""

from datetime import date
from typing import Any

from demo.clock import on
from demo.world import World
from roster.choices import Collection
from roster.inbound.receiving import receive_rows
from roster.models import Source

REGION, CODE = "990113", "demo-roster"
FIRST, LATER = date(2026, 9, 2), date(2026, 9, 9)
COURSES = {"CN": "语文", "MA": "数学", "EN": "英语", "PE": "体育与健康"}


def build_rosters(world: World) -> None:
    """Let a system send schools and courses twice, some rows of it in error."""
    region = world.regions[REGION]
    source, is_new = Source.objects.get_or_create(
        code=CODE, defaults={"region": region, "name": "智慧教育云平台"}
    )
    world.ledger.note("roster_sources", is_new)
    if not is_new:
        return
    with on(FIRST):
        receive_rows(source, Collection.ORGS, _orgs(world))
        receive_rows(source, Collection.COURSES, _courses(1))
    with on(LATER):
        receive_rows(source, Collection.COURSES, _courses(2))
    world.ledger.note("roster_runs", True, 3)


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
