"""Aggregates of quality monitoring, which tell who improves and how gaps narrow."""

from collections.abc import Iterator
from decimal import Decimal

from bureau.models import AcademicYear
from demo.builders.classes import TOLD_YEARS, is_running
from demo.builders.figures import FIRST_TOLD
from demo.chance import dice
from demo.data import rows
from demo.world import PLACES, World
from schools.choices import SchoolType, Stage
from schools.models import QualityResult, School, SchoolReturn

SUBJECTS: dict[str, tuple[str, ...]] = {
    Stage.KINDERGARTEN: ("保教质量",),
    Stage.PRIMARY: ("语文", "数学", "科学"),
    Stage.JUNIOR: ("语文", "数学", "外语", "物理"),
    Stage.SENIOR: ("语文", "数学", "外语"),
    Stage.VOCATIONAL: ("语文", "数学", "专业技能"),
}
MEAN, DEVIATION = Decimal(72), Decimal(14)
PLACES_KEPT = Decimal("0.001")


def build_quality(world: World) -> None:
    """Enter the results of the complete school years."""
    held = set(
        QualityResult.objects.filter(
            school__administered_by__code__in=PLACES
        ).values_list("school__name", "year__code", "stage")
    )
    world.ledger.note("quality_results", False, len(held))
    made: list[QualityResult] = []
    for code in TOLD_YEARS:
        made += _of_year(world, world.years[code], held)
    QualityResult.objects.bulk_create(made, batch_size=500)
    world.ledger.note("quality_results", True, len(made))


def _of_year(
    world: World, year: AcademicYear, held: set[tuple[str, str, str]]
) -> Iterator[QualityResult]:
    pupils = {
        (r.school_id, r.stage): r.students
        for r in SchoolReturn.objects.filter(year=year)
    }
    for row in rows("schools.csv"):
        tested = row["type"] and row["type"] != SchoolType.SPECIAL
        if not tested or not is_running(row, year.starts_on):
            continue
        school = world.schools[row["name"]]
        for stage in school.stage_codes:
            if (row["name"], year.code, stage) not in held:
                number = pupils.get((school.pk, stage)) or 1
                yield from _of_stage(school, year, row, stage, number)


def _of_stage(
    school: School, year: AcademicYear, row: dict[str, str], stage: str, pupils: int
) -> Iterator[QualityResult]:
    for subject in SUBJECTS[stage]:
        yield QualityResult(
            school=school,
            year=year,
            stage=stage,
            subject=subject,
            tested=max(pupils * 96 // 100, 1),
            mean=(MEAN + DEVIATION * standing(row, year, subject)).quantize(
                PLACES_KEPT
            ),
            deviation=DEVIATION - 1,
            district_mean=MEAN,
            district_deviation=DEVIATION,
        )


def standing(row: dict[str, str], year: AcademicYear, subject: str) -> Decimal:
    """Return where a school stands, in standard deviations from the district's mean."""
    passed = year.starts_on.year - FIRST_TOLD
    wobble = Decimal(dice("quality", row["name"], year.code, subject).randint(-2, 2))
    return Decimal(row["z"]) + Decimal(row["gain"]) * passed + wobble / 100
