"""Formation cases, each walked as far as its story has come."""

from datetime import date, timedelta
from typing import Any

from accounts.models import User
from bureau.models import Department
from core.days import today
from demo.builders.accounts import build_group_posts
from demo.builders.groups import lead_of
from demo.builders.papers import build_charter, build_papers
from demo.clock import day_of, on
from demo.data import tree
from demo.papers import paper
from demo.people import Post, bureau_of, leading_group_of, post, principal_of
from demo.world import CITY, PLACES, World
from groups.choices import DocumentKind, TaskKind
from groups.models import CaseTask, EducationGroup, GroupCase, GroupMode
from groups.services import (
    approve_case,
    draft_document,
    file_with_city,
    give_city_opinion,
    give_consent,
    give_department_opinion,
    open_case,
    pass_pilot,
    pass_task,
    return_case,
    review_case,
    start_pilot,
    submit_case,
)

PROFILE = (
    "name",
    "group_type",
    "closeness",
    "operation_form",
    "bond_type",
    "formation_basis",
    "vision",
    "grounds",
)
ROLE_OF = {
    "ESTABLISHMENT": "DEPT_ESTABLISHMENT",
    "HR": "DEPT_HR",
    "FINANCE": "DEPT_FINANCE",
}
VOTES = (5, 0)


def build_cases(world: World) -> None:
    """Walk the cases; one whose name is known stays as it is."""
    held = set(
        GroupCase.objects.filter(region__code__in=PLACES).values_list("name", flat=True)
    )
    for told in tree("cases.json"):
        world.ledger.note("cases", told["name"] not in held)
        if told["name"] not in held:
            Walk(world, told).go()


class Walk:
    """Takes one case through the verbs that its story tells, each on its day."""

    def __init__(self, world: World, told: dict[str, Any]) -> None:
        self.world = world
        self.told = told
        self.region = world.regions[told["region"]]
        self.bureau = self._who(bureau_of(told["region"]))
        self.texts = tree("texts.json")
        self.now = today()
        self.case: GroupCase

    def _who(self, held: Post) -> User:
        return self.world.person(held.username)

    @property
    def applicant(self) -> User:
        """Return who opened the case: the bureau, or a lead school's principal."""
        told: str = self.told["opened_by"]
        if told == "bureau":
            return self.bureau
        return self._who(principal_of(told.removeprefix("principal:")))

    def go(self) -> None:
        """Make every step that the story tells, in the order of their days."""
        steps = sorted(
            (day_of(self._day(name)), position, name)
            for position, name in enumerate(STEPS)
            if name in self.told
        )
        for day, _position, name in steps:
            with on(day):
                STEPS[name](self)
        if "approve" in self.told:
            self._settle()

    def _day(self, name: str) -> Any:
        step = self.told[name]
        return step["on"] if isinstance(step, dict) else step

    def open(self) -> None:
        """Open the draft with its plan, and confirm that it is ripe."""
        told = self.told
        planned = told.get("planned_on")
        self.case = open_case(
            by=self.applicant,
            lines=[self._line(row) for row in told["lines"]],
            region=self.region,
            primary_mode=GroupMode.objects.get(pk=told["primary_mode"]),
            planned_on=date.fromisoformat(planned) if planned else None,
            **{name: told[name] for name in PROFILE},
        )
        self._add_plan()
        self._pass(TaskKind.READINESS, self.texts["readiness"], by=self.applicant)

    def _line(self, row: dict[str, str]) -> dict[str, Any]:
        mode = row.get("mode")
        return {
            "school": self.world.schools[row["school"]],
            "role": row.get("role", "MEMBER"),
            "mode": GroupMode.objects.get(pk=mode) if mode else None,
            "join_form": row.get("join_form", ""),
        }

    def _add_plan(self) -> None:
        title = f"{self.told['name']}组建方案"
        lead = lead_of(self.told)
        names = [r["school"] for r in self.told["lines"] if r["school"] != lead]
        words = {
            "lead": lead,
            "members": "、".join(names),
            "grounds": self.told["grounds"],
        }
        plan = self.texts["formation_plan"]
        sections = {name: text.format_map(words) for name, text in plan.items()}
        issuer = f"{self.region.name}教育局"
        draft_document(
            self.case,
            by=self.applicant,
            kind=DocumentKind.FORMATION_PLAN,
            title=title,
            sections=sections,
            file=paper(title, issuer, self.case.opened_on, sections, "docx"),
        )

    def _pass(
        self, kind: str, note: str, *, by: User, first: int | None = None
    ) -> None:
        for task in self._tasks(kind)[:first]:
            pass_task(task, by=by, note=note)

    def _tasks(self, kind: str) -> list[CaseTask]:
        return list(self.case.tasks.filter(kind=kind).order_by("position", "pk"))

    def consents(self) -> None:
        """Let schools say that they agree, after their meeting."""
        for name in self.told["consents"]["schools"]:
            give_consent(
                self.case,
                self.world.schools[name],
                by=self._who(principal_of(name)),
                verdict="AGREE",
                deciding_body=self.texts["consent_body"],
                decided_on=today() - timedelta(days=2),
                votes_for=VOTES[0],
                votes_against=VOTES[1],
                text=self.texts["consent"],
            )

    def submit(self) -> None:
        """Submit to the bureau."""
        self.case = submit_case(self.case, by=self.applicant)

    def review(self) -> None:
        """Take the case in."""
        self.case = review_case(self.case, by=self.bureau)

    def send_back(self) -> None:
        """Return the case to its applicant with the reason."""
        reason = self.told["return"]["reason"]
        self.case = return_case(self.case, by=self.bureau, reason=reason)

    def compliance(self) -> None:
        """Judge the legal checks, all of them or the first few."""
        first = self.told["compliance"].get("first")
        note = self.texts["compliance"]
        self._pass(TaskKind.COMPLIANCE, note, by=self.bureau, first=first)

    def opinions(self) -> None:
        """Let the departments that have answered give their opinion."""
        given = {k: v for k, v in self.told["opinions"].items() if k != "on"}
        for kind, verdict in given.items():
            department = Department.objects.get(region=self.region, kind=kind)
            give_department_opinion(
                self.case,
                department,
                by=self._who(post(ROLE_OF[kind], self.told["region"])),
                verdict=verdict,
                decided_on=today(),
                text=self.texts["opinion"][kind],
            )

    def city_opinion(self) -> None:
        """Let the city agree to a group across counties."""
        give_city_opinion(
            self.case,
            by=self._who(post("CITY_EDU", CITY)),
            verdict="AGREE",
            decided_on=today(),
            text=self.texts["city_opinion"],
        )

    def approve(self) -> None:
        """Let the leading group decide; the group is founded."""
        told = self.told["approve"]
        self.case = approve_case(
            self.case,
            by=self._who(leading_group_of(self.told["region"])),
            document_number=told["document_number"],
            effective_on=day_of(told["effective_on"], self.now),
            conditions=[
                {"text": c["text"], "due_on": day_of(c["due_on"], self.now)}
                for c in told["conditions"]
            ],
            reason=told["reason"],
        )

    @property
    def group(self) -> EducationGroup:
        """Return the group that the decision founded, as it stands now."""
        return EducationGroup.objects.get(pk=self.case.group_id or 0)

    def city_file(self) -> None:
        """Put the group on file with the city."""
        file_with_city(self.group, by=self._who(post("CITY_EDU", CITY)))

    def pilot(self) -> None:
        """Begin the pilot."""
        start_pilot(self.group, by=self.bureau)

    def condition_met(self) -> None:
        """Confirm that the conditions of the approval are met."""
        note = self.texts["condition_met"]
        self._pass(TaskKind.CONDITION, note, by=self.bureau)

    def activate(self) -> None:
        """Review the pilot and make the group active, its charter being on file."""
        build_group_posts(self.world, self.group, lead_of(self.told))
        build_charter(self.world, self.group)
        note = self.texts["pilot_review"]
        self._pass(TaskKind.PILOT_REVIEW, note, by=self.bureau)
        pass_pilot(self.group, by=self.bureau)

    def _settle(self) -> None:
        """Give the group its people and, once it works, the plans of its years."""
        build_group_posts(self.world, self.group, lead_of(self.told))
        self.world.ledger.note("groups", True)
        if "pilot" in self.told:
            is_pilot = "activate" not in self.told
            build_papers(self.world, self.group, self.told, charter=is_pilot)


STEPS = {
    "open": Walk.open,
    "consents": Walk.consents,
    "submit": Walk.submit,
    "return": Walk.send_back,
    "review": Walk.review,
    "compliance": Walk.compliance,
    "opinions": Walk.opinions,
    "city_opinion": Walk.city_opinion,
    "approve": Walk.approve,
    "city_file": Walk.city_file,
    "pilot": Walk.pilot,
    "condition_met": Walk.condition_met,
    "activate": Walk.activate,
}
"""Step of a story → what is done; steps of one day follow this order."""
