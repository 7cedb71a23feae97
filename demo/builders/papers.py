"""Charters, development plans, work plans and agreements, filed through the bureau."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from demo.builders.classes import PRESENT_YEAR
from demo.clock import day_of, on
from demo.data import tree
from demo.papers import paper
from demo.people import bureau_of, office_of
from demo.world import World
from groups.choices import DocumentKind, Role
from groups.models import EducationGroup
from groups.services import draft_document, file_document, submit_document

PLAN_YEARS = 3
ON_TIME, LATE = timedelta(days=19), timedelta(days=47)
REVIEW = timedelta(days=6)
"""How long after its submission a paper is put on file."""
ENTERED = date(2023, 9, 4)
"""Papers of earlier years were entered on this day."""


def words_of(group: EducationGroup) -> dict[str, str]:
    """Return the words that texts about a group need."""
    members = group.memberships.select_related("school").order_by("role_order", "pk")
    names = [m.school.name for m in members if m.role != Role.LEAD]
    lead = next(m.school.name for m in members if m.role == Role.LEAD)
    return {
        "group": group.name,
        "lead": lead,
        "members": "、".join(names),
        "bureau": f"{group.region.name}教育局",
        "grounds": group.vision,
    }


def text_of(kind: str, words: Mapping[str, str]) -> dict[str, str]:
    """Return the sections of a paper in the group's own words."""
    return {
        heading: text.format_map(words)
        for heading, text in tree("texts.json")[kind].items()
    }


class Filing:
    """Drafts, submits and files papers of one group."""

    def __init__(self, world: World, group: EducationGroup) -> None:
        self.world = world
        self.group = group
        self.words = words_of(group)
        office = office_of(group.name, self.words["lead"])
        self.office = world.person(office.username)
        self.bureau = world.person(bureau_of(group.region.code).username)

    def file(
        self, kind: str, title: str, submitted: date, filed: date | None, **content: Any
    ) -> None:
        """Bring one paper into force; without a day of filing it waits for that."""
        words = {**self.words, **content.pop("words", {})}
        sections = text_of(kind.lower(), words)
        printed = content.pop("printed", True)
        with on(max(submitted, ENTERED)):
            file = printed and paper(title, self.group.name, submitted, sections)
            draft = draft_document(
                self.group,
                by=self.office,
                kind=kind,
                title=title,
                file=file or None,
                sections=sections,
                **content,
            )
            draft = submit_document(draft, by=self.office)
        if filed:
            start = content.get("valid_from")
            with on(max(filed, ENTERED)):
                file_document(draft, by=self.bureau, valid_from=start)
        self.world.ledger.note("documents", True)

    def charter(self, day: date) -> None:
        """File the charter."""
        title = f"{self.group.name}章程"
        self.file(DocumentKind.CHARTER, title, day, day + REVIEW, valid_from=day)

    def development_plan(self, start: date) -> None:
        """File a plan for three school years."""
        until = start.replace(year=start.year + PLAN_YEARS)
        self.file(
            DocumentKind.DEVELOPMENT_PLAN,
            f"{self.group.name}发展规划（{start.year}—{until.year}年）",
            start + timedelta(days=5),
            start + timedelta(days=12),
            valid_from=start,
            valid_to=until,
            printed=until > self.world.years[PRESENT_YEAR].starts_on,
        )

    def work_plan(self, code: str, submitted: date, filed: date | None) -> None:
        """Hand in the plan of one school year."""
        year = self.world.years[code]
        self.file(
            DocumentKind.WORK_PLAN,
            f"{self.group.name}{code}学年工作计划",
            submitted,
            filed,
            year=year,
            valid_from=year.starts_on,
            words={"year": code},
            printed=code == PRESENT_YEAR,
        )

    def filed_plan(self, code: str, after: timedelta) -> None:
        """File the plan of one school year, on time or not."""
        submitted = self.world.years[code].starts_on + after
        self.work_plan(code, submitted, submitted + REVIEW)

    def formation_plan(self, day: date) -> None:
        """File the formation scheme of a group that stood before the system."""
        title = f"{self.group.name}组建方案"
        self.file(DocumentKind.FORMATION_PLAN, title, day, day + REVIEW)

    def agreement(self, told: dict[str, str]) -> None:
        """File the agreement that an entrusted or introduced group needs."""
        start = date.fromisoformat(told["from"])
        self.file(
            DocumentKind.AGREEMENT,
            told["title"],
            start + timedelta(days=3),
            start + timedelta(days=10),
            valid_from=start,
            valid_to=date.fromisoformat(told["to"]),
            words={"from": told["from"], "to": told["to"]},
        )


def build_papers(
    world: World, group: EducationGroup, told: dict[str, Any], *, charter: bool = True
) -> None:
    """File everything that the data file tells of a group."""
    filing = Filing(world, group)
    if charter:
        build_charter(world, group, has_ended="wind_up" in told)
    if told.get("formation_plan"):
        filing.formation_plan(group.founded_on + timedelta(days=4))
    if "agreement" in told:
        filing.agreement(told["agreement"])
    for code in told.get("plans_on_time", []):
        filing.filed_plan(code, ON_TIME)
    for code in told.get("plans_late", []):
        filing.filed_plan(code, LATE)
    if "plan_waiting" in told:
        filing.work_plan(PRESENT_YEAR, day_of(told["plan_waiting"]), None)


def build_charter(
    world: World, group: EducationGroup, *, has_ended: bool = False
) -> None:
    """File the charter, the first development plan and the present one."""
    filing = Filing(world, group)
    filing.charter(group.founded_on + timedelta(days=20))
    first = group.founded_on.replace(month=9, day=1)
    present = world.years[PRESENT_YEAR].starts_on
    passed = (present.year - first.year) // PLAN_YEARS * PLAN_YEARS
    for start in sorted({first, first.replace(year=first.year + passed)}):
        if start == first or not has_ended:
            filing.development_plan(start)
