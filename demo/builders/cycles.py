"""Appraisal cycles: two published, one in self-evaluation, one in review."""

from datetime import date
from typing import Any

from accounts.models import User
from demo.builders.reports import Writing
from demo.builders.scores import Scoring
from demo.clock import day_of, on
from demo.data import tree
from demo.people import bureau_of, leading_group_of
from demo.world import CITY, PLACES, World
from evaluation.models import Assessment, Cycle, Framework, PeriodicReport
from evaluation.reports import compile_now
from evaluation.services import (
    accept_report,
    confirm_assessment,
    consolidate,
    create_cycle,
    lock_data,
    open_cycle,
    publicise,
    publish_cycle,
    return_report,
    start_review,
    start_self_evaluation,
    submit_report,
)


def build_cycles(world: World) -> None:
    """Lead every cycle as far as its story tells; a known one stays as it is."""
    held = set(
        Cycle.objects.filter(region__code__in=PLACES).values_list(
            "region__code", "year__code"
        )
    )
    for told in tree("cycles.json"):
        is_new = (told["region"], told["year"]) not in held
        world.ledger.note("cycles", is_new)
        if is_new:
            Course(world, told).go()


class Course:
    """Takes one cycle from its plan through the steps of its story."""

    def __init__(self, world: World, told: dict[str, Any]) -> None:
        self.world = world
        self.told = told
        self.region = world.regions[told["region"]]
        self.cycle: Cycle
        self.days = {name: day_of(self._day(name)) for name in STEPS if name in told}
        self.self_due_on = day_of(told["self_due_on"])
        self.review_due_on = day_of(told["review_due_on"])

    def _day(self, name: str) -> Any:
        step = self.told[name]
        if isinstance(step, dict):
            return step["on"]
        return step[0] if isinstance(step, list) else step

    @property
    def bureau(self) -> User:
        """Return the official who runs the cycle."""
        return self.world.person(bureau_of(self.told["region"]).username)

    def go(self) -> None:
        """Make every step on its day."""
        order = list(STEPS)
        for name in sorted(self.days, key=lambda n: (self.days[n], order.index(n))):
            with on(self.days[name]):
                STEPS[name](self)

    def create(self) -> None:
        """Plan the cycle on the city's framework."""
        self.cycle = create_cycle(
            by=self.bureau,
            framework=Framework.objects.get(
                region__code=CITY, code=self.told["framework"], version=1
            ),
            region=self.region,
            year=self.world.years[self.told["year"]],
            reference_day=date.fromisoformat(self.told["reference_day"]),
            targets=self.told["targets"],
            self_due_on=self.self_due_on,
            review_due_on=self.review_due_on,
        )

    def open(self) -> None:
        """Write down whom the cycle appraises."""
        self.cycle = open_cycle(self.cycle, by=self.bureau)

    def lock(self) -> None:
        """Lock the figures and score what the system computes."""
        self.cycle = lock_data(self.cycle, by=self.bureau)

    def self_evaluation(self) -> None:
        """Let the principals write."""
        self.cycle = start_self_evaluation(self.cycle, by=self.bureau)

    def drafts(self) -> None:
        """Begin some reports without submitting them."""
        for report in self._reports("drafts"):
            Writing(self.world, report).begin()

    def submit(self) -> None:
        """Write and submit the reports that the story names."""
        for report in self._reports("submit"):
            writing = Writing(self.world, report)
            submit_report(writing.complete(), by=writing.principal)
            self.world.ledger.note("reports", True)

    def accept(self) -> None:
        """Take submitted reports as complete."""
        for report in self._reports("accept"):
            accept_report(report, by=self.bureau)

    def send_back(self) -> None:
        """Return reports with the reason."""
        for report in self._reports("return"):
            return_report(report, by=self.bureau, reason=self.told["return"]["reason"])

    def _reports(self, step: str) -> list[PeriodicReport]:
        found = PeriodicReport.objects.filter(assessment__cycle=self.cycle)
        names = self.told[step]["groups"]
        if names != "all":
            found = found.filter(assessment__label__in=names)
        return list(
            found.select_related("assessment__cycle__year", "assessment__group")
        )

    def review(self) -> None:
        """Put the assessments on the scoring desk."""
        self.cycle = start_review(self.cycle, by=self.bureau)

    def score(self) -> None:
        """Score by hand: everything, or whom the story names whole and half."""
        step = self.told["score"]
        scoring = Scoring(self.world, self.told, by=self.bureau)
        rows = Assessment.objects.filter(cycle=self.cycle).order_by("pk")
        if isinstance(step, str):
            for assessment in rows:
                scoring.at_once(assessment)
            return
        for assessment in rows.filter(label__in=step["whole"]):
            scoring.whole(assessment)
        for assessment in rows.filter(label__in=step["half"]):
            scoring.half(assessment)

    def confirm(self) -> None:
        """Confirm the scores of everybody."""
        for assessment in Assessment.objects.filter(cycle=self.cycle).order_by("pk"):
            confirm_assessment(assessment, by=self.bureau)

    def consolidate(self) -> None:
        """Work out totals, grades and places."""
        self.cycle = consolidate(self.cycle, by=self.bureau)

    def publicity(self) -> None:
        """Put the results up for everybody to see."""
        start, end = (date.fromisoformat(day) for day in self.told["publicity"])
        self.cycle = publicise(
            self.cycle, by=self.bureau, publicity_from=start, publicity_to=end
        )

    def publish(self) -> None:
        """Let the leading group publish."""
        leading = self.world.person(leading_group_of(self.told["region"]).username)
        self.cycle = publish_cycle(self.cycle, by=leading)

    def compile(self) -> None:
        """Compile the booklets and the region's report."""
        job = compile_now(self.cycle, by=self.bureau)
        self.world.ledger.note("report_runs", True, job.done)


STEPS = {
    "create": Course.create,
    "open": Course.open,
    "lock": Course.lock,
    "self": Course.self_evaluation,
    "drafts": Course.drafts,
    "submit": Course.submit,
    "accept": Course.accept,
    "return": Course.send_back,
    "review": Course.review,
    "score": Course.score,
    "confirm": Course.confirm,
    "consolidate": Course.consolidate,
    "publicity": Course.publicity,
    "publish": Course.publish,
    "compile": Course.compile,
}
"""Step of a story → what is done; steps of one day follow this order."""
