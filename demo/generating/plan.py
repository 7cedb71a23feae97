"""What the chapters of a generated installation hand on to each other."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from bureau.models import AcademicYear, Region
from demo.chance import dice
from demo.generating.sizes import Size
from schools.choices import DEFAULT_STAGES, Ownership, SchoolType


@dataclass(frozen=True)
class DrawnSchool:
    """One school as the dice made it; ``shares`` are those of an annual return."""

    pk: int
    number: int
    county: Region
    name: str
    type: SchoolType
    ownership: str
    label: str
    crowding: int
    shares: dict[str, str]

    @property
    def stages(self) -> Sequence[str]:
        """Return the stages that schools of this type teach."""
        return DEFAULT_STAGES[self.type]

    @property
    def is_public(self) -> bool:
        """Tell whether the school is a public one."""
        return self.ownership == Ownership.PUBLIC

    def dice(self, about: str) -> Random:
        """Return the school's own dice for one matter."""
        return dice("generate", about, self.number)


@dataclass
class Plan:
    """The places, years and schools that stand so far; each chapter adds its part.

    ``running`` counts the classes of the last year by school (key) and stage.
    """

    size: Size
    with_pupils: bool = False
    counties: list[Region] = field(default_factory=list)
    years: list[AcademicYear] = field(default_factory=list)
    schools: list[DrawnSchool] = field(default_factory=list)
    running: dict[tuple[int, str], int] = field(default_factory=dict)

    def schools_of(self, county: Region) -> list[DrawnSchool]:
        """Return the schools of one county in the order of their numbers."""
        return [school for school in self.schools if school.county is county]
