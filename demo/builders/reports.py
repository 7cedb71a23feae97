"""What lead schools write about their groups, with evidence."""

from typing import Any

from accounts.models import User
from core.days import today
from demo.builders.papers import words_of
from demo.data import tree
from demo.papers import paper
from demo.people import principal_of
from demo.world import World
from evaluation.models import PeriodicReport
from evaluation.services import add_evidence, save_sections

NOTED_LEAVES = 2
EVIDENCE_FILES = 1


class Writing:
    """Writes one self-evaluation report for the principal of the lead school."""

    def __init__(self, world: World, report: PeriodicReport) -> None:
        self.report = report
        self.assessment = report.assessment
        assert self.assessment.group  # noqa: S101 - only groups have a report
        self.words = words_of(self.assessment.group)
        self.words["year"] = self.assessment.cycle.year.code
        held = principal_of(self.words["lead"])
        self.principal: User = world.person(held.username)
        self.tree = list(self.assessment.framework.indicators.all())

    def begin(self) -> PeriodicReport:
        """Write the first dimensions only."""
        return self._write(self._dimensions()[:2])

    def complete(self) -> PeriodicReport:
        """Write every dimension and attach evidence."""
        report = self._write(self._dimensions())
        for indicator in self._noted()[:EVIDENCE_FILES]:
            title = f"{indicator.name_zh}佐证材料"
            text = {indicator.name: self._text("evidence")}
            file = paper(title, self.words["lead"], today(), text)
            add_evidence(
                report,
                by=self.principal,
                indicator=indicator,
                name=str(file.name),
                content=file.read(),
            )
        return report

    def _dimensions(self) -> list[Any]:
        return [node for node in self.tree if node.level == 1]

    def _noted(self) -> list[Any]:
        return [node for node in self.tree if node.level == 3][::7]

    def _text(self, name: str) -> str:
        text: str = tree("texts.json")[name]
        return text.format_map(self.words)

    def _write(self, dimensions: list[Any]) -> PeriodicReport:
        texts = tree("texts.json")
        sections = {
            node.code: {
                "text": texts["sections"][node.code].format_map(self.words),
                "leaves": {
                    leaf.code: {"note": texts["leaf_note"]}
                    for leaf in self._leaves(node.code)[:NOTED_LEAVES]
                },
            }
            for node in dimensions
        }
        return save_sections(self.report, by=self.principal, sections=sections)

    def _leaves(self, dimension: str) -> list[Any]:
        return [n for n in self.tree if n.level == 3 and n.code.startswith(dimension)]
