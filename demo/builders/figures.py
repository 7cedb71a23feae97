"""The figures of one annual return, thrown around what the school is like."""

from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import Any

from demo.chance import dice
from schools.choices import SchoolType, Stage
from schools.figures import BY_STAGE

FIRST_TOLD = 2023
CLASS_SIZE = {
    Stage.KINDERGARTEN: 30,
    Stage.PRIMARY: 45,
    Stage.JUNIOR: 50,
    Stage.SENIOR: 50,
    Stage.VOCATIONAL: 50,
}
PUPILS_PER_TEACHER = {
    Stage.KINDERGARTEN: Decimal("10.5"),
    Stage.PRIMARY: Decimal("17.2"),
    Stage.JUNIOR: Decimal("12.6"),
    Stage.SENIOR: Decimal("11.8"),
    Stage.VOCATIONAL: Decimal("16.5"),
}
LINES: dict[str, dict[str, Decimal]] = {
    Stage.PRIMARY: {
        "above_degree": Decimal("0.042"),
        "backbone": Decimal("0.01"),
        "pe_arts": Decimal("0.009"),
        "teaching_area": Decimal("4.5"),
        "sports_area": Decimal("7.5"),
        "equipment_value": Decimal(2000),
        "multimedia_rooms": Decimal("0.023"),
    },
    Stage.JUNIOR: {
        "above_degree": Decimal("0.053"),
        "backbone": Decimal("0.01"),
        "pe_arts": Decimal("0.009"),
        "teaching_area": Decimal("5.8"),
        "sports_area": Decimal("10.2"),
        "equipment_value": Decimal(2500),
        "multimedia_rooms": Decimal("0.024"),
    },
}
"""The national lines per pupil around which the seven resources lie."""
MEASURED = {"teaching_area", "sports_area", "equipment_value"}
CARE_DAYS = 186


class Sheet:
    """Writes the return of one stage of one school in one school year."""

    def __init__(
        self, row: dict[str, str], stage: str, year: Any, sections: Sequence[Any]
    ) -> None:
        self.row = row
        self.stage = Stage(stage)
        self.passed = year.starts_on.year - FIRST_TOLD
        self.sections = sections
        self.chance: Random = dice("return", row["name"], stage, year.code)

    def figures(self) -> dict[str, Any]:
        """Return the figures that this stage returns, and no other."""
        every = {
            **self.pupils(),
            **self.bands(),
            **self.people(),
            **self.growing_up(),
            **(self.care() if self.stage == Stage.KINDERGARTEN else self.resources()),
        }
        return {name: every[name] for name in BY_STAGE[self.stage]}

    def share(self, told: str, rise: str = "0") -> Decimal:
        """Return a share of the school's row, a little better every year."""
        wobble = Decimal(self.chance.randint(-4, 4)) / 1000
        value = Decimal(self.row[told]) + Decimal(rise) * self.passed + wobble
        return min(max(value, Decimal(0)), Decimal(1))

    @property
    def students(self) -> int:
        """Return the pupils of all classes."""
        return sum(section.headcount for section in self.sections)

    def _in_grade(self, grade: int) -> int:
        return sum(s.headcount for s in self.sections if s.grade == grade)

    def pupils(self) -> dict[str, Any]:
        """Pupils, classes, seats and the intake with its zones."""
        intake = self._in_grade(min(s.grade for s in self.sections))
        outside = round(intake * self.share("out_of_zone", "-0.004"))
        seats = len(self.sections) * CLASS_SIZE[self.stage]
        if self.row["type"] == SchoolType.SPECIAL:
            seats = len(self.sections) * 12
        return {
            "students": self.students,
            "classes": len(self.sections),
            "seats": max(seats, self.students),
            "new_intake": intake,
            "in_zone": intake - outside,
            "out_of_zone": outside,
        }

    def bands(self) -> dict[str, int]:
        """Classes by size."""
        sizes = [section.headcount for section in self.sections]
        return {
            "class_le45": sum(n <= 45 for n in sizes),
            "class_46_50": sum(46 <= n <= 50 for n in sizes),
            "class_51_55": sum(51 <= n <= 55 for n in sizes),
            "class_56_65": sum(56 <= n <= 65 for n in sizes),
            "class_ge66": sum(n >= 66 for n in sizes),
        }

    @property
    def resource(self) -> Decimal:
        """Return how the school is equipped, 1 being on the line."""
        start = Decimal(self.row["resource"])
        rise = Decimal("0.04") if start < Decimal("1.1") else Decimal("0.01")
        return start + rise * self.passed

    @property
    def full_time(self) -> int:
        """Return the full-time teachers."""
        per = PUPILS_PER_TEACHER[self.stage]
        if self.row["type"] == SchoolType.SPECIAL:
            per = Decimal(3)
        return max(int(self.students / per) + 1, 6)

    def people(self) -> dict[str, int]:
        """Staff and what teachers are."""
        teachers = self.full_time
        care = self.stage == Stage.KINDERGARTEN
        staff = teachers + (
            max(teachers // 2, self.students // 6 - teachers)
            if care
            else teachers // 12
        )
        lines = LINES.get(self.stage, LINES[Stage.JUNIOR])
        return {
            "staff": max(staff, teachers),
            "full_time": teachers,
            **{
                name: min(self._line(lines[name]), teachers)
                for name in ("above_degree", "backbone", "pe_arts")
            },
        }

    def _line(self, per_pupil: Decimal) -> int:
        return int(self.students * per_pupil * self.resource) + 1

    def resources(self) -> dict[str, Any]:
        """Rooms, grounds, equipment."""
        lines = LINES.get(self.stage, LINES[Stage.JUNIOR])
        wobble = Decimal(self.chance.randint(-2, 2)) / 100
        found: dict[str, Any] = {}
        for name in ("teaching_area", "sports_area", "equipment_value"):
            value = self.students * lines[name] * (self.resource + wobble)
            found[name] = value.quantize(Decimal(1))
        found["multimedia_rooms"] = self._line(lines["multimedia_rooms"])
        return found

    def growing_up(self) -> dict[str, int]:
        """The starting cohort that stayed, and the fitness tests."""
        cohort = max(self._in_grade(max(s.grade for s in self.sections)), 1)
        tested = self.students * 97 // 100
        return {
            "cohort": cohort,
            "retained": round(cohort * self.share("retention", "0.001")),
            "fitness_tested": tested,
            "fitness_exc_good": round(tested * self.share("fitness", "0.02")),
        }

    def care(self) -> dict[str, Any]:
        """What only kindergartens return."""
        due = self.students * CARE_DAYS
        attended = Decimal(self.chance.randint(925, 960)) / 1000
        applicants = self._in_grade(1) + self.chance.randint(0, 4)
        return {
            "days_due": due,
            "days_attended": int(due * attended),
            "zone_applicants": applicants,
            "zone_admitted": applicants - self.chance.randint(0, 2),
            "indoor_area": (self.students * Decimal("4.1") * self.resource).quantize(
                Decimal(1)
            ),
            "play_area": (self.students * Decimal("4.3") * self.resource).quantize(
                Decimal(1)
            ),
            "is_full_day": True,
        }
