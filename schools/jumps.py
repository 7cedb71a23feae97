"""Figures of a return that jump against the last one of the same stage, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from bureau.models import PolicyParameter
from bureau.parameters import parameter_rows
from schools.models import SchoolReturn
from schools.models.returns import JUDGED, JUMP_FLOOR, JUMP_RATIO, LABELS

CLAUSE = "AK-1.2.1"
LONGEST = 300
COLONS = ("：", ":")


@dataclass(frozen=True)
class Limits:
    """Beyond which share and which amount a change has to be explained."""

    ratio: PolicyParameter
    floor: PolicyParameter

    def exceeded(self, now: Any, before: Any) -> bool:
        """Tell whether the step from last year's figure is a jump."""
        step, last = abs(Decimal(now) - Decimal(before)), Decimal(before)
        return bool(step > self.floor.typed and step > self.ratio.typed * last)


@dataclass(frozen=True)
class Jump:
    """One figure that jumps: both values, and the explanation given."""

    name: str
    now: Any
    before: Any
    why: str = ""

    @property
    def label(self) -> Any:
        """Return what the figure is called."""
        return LABELS[self.name]

    @property
    def step(self) -> Any:
        """Return by how much the figure changed."""
        return self.now - self.before

    @property
    def share(self) -> Decimal | None:
        """Return the change over last year's figure; None from nothing."""
        return Decimal(self.step) / Decimal(self.before) if self.before else None


def limits_of(region: Any, day: date | None = None) -> Limits | None:
    """Return the limits that count in the region; None where none are set."""
    found = parameter_rows([JUMP_RATIO, JUMP_FLOOR], region, day)
    if len(found) < 2:
        return None
    return Limits(found[JUMP_RATIO], found[JUMP_FLOOR])


def last_year_of(return_: SchoolReturn) -> SchoolReturn | None:
    """Return the confirmed return of the same stage before this one."""
    rows = SchoolReturn.objects.confirmed().filter(
        school=return_.school,
        stage=return_.stage,
        year__starts_on__lt=return_.year.starts_on,
    )
    return rows.select_related("year").order_by("-year__starts_on").first()


def jumps_between(
    figures: Mapping[str, Any],
    before: SchoolReturn | None,
    limits: Limits | None,
    explanations: Mapping[str, str] | None = None,
) -> dict[str, Jump]:
    """Return name → jump for the figures given that exceed the limits."""
    if before is None or limits is None:
        return {}
    told = explanations or {}
    found = {}
    for name in JUDGED:
        now, last = figures.get(name), getattr(before, name)
        if now is not None and last is not None and limits.exceeded(now, last):
            found[name] = Jump(name, now, last, str(told.get(name, "")).strip())
    return found


def jumps_of(return_: SchoolReturn) -> dict[str, Jump]:
    """Return the jumps of a return as the limits stand today."""
    figures = {name: getattr(return_, name) for name in JUDGED}
    limits = limits_of(return_.school.administered_by)
    return jumps_between(figures, last_year_of(return_), limits, return_.explanations)


def unexplained(return_: SchoolReturn) -> list[Jump]:
    """Return the jumps that nobody has explained yet."""
    return [jump for jump in jumps_of(return_).values() if not jump.why]


def as_lines(explanations: Mapping[str, str]) -> str:
    """Return explanations as the lines of a workbook's cell, one figure a line."""
    known = [n for n in JUDGED if explanations.get(n)]
    return "\n".join(f"{LABELS[n]}：{explanations[n]}" for n in known)


def from_lines(text: str) -> tuple[dict[str, str], list[str]]:
    """Return the explanations of such a cell, and the lines that name no figure."""
    labels = {str(LABELS[name]): name for name in JUDGED}
    found: dict[str, str] = {}
    strange = []
    for line in filter(None, (part.strip() for part in text.splitlines())):
        label, why = _halves(line)
        if label in labels and why and len(why) <= LONGEST:
            found[labels[label]] = why
        else:
            strange.append(line)
    return found, strange


def _halves(line: str) -> tuple[str, str]:
    at = min((line.find(c) for c in COLONS if c in line), default=-1)
    return (line[:at].strip(), line[at + 1 :].strip()) if at > 0 else ("", "")
