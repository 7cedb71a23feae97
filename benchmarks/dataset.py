"""A city for the benchmarks: groups of ten schools with three years of figures."""

from __future__ import annotations

from datetime import date
from typing import Any

SIZE = 10
YEARS = (2022, 2023, 2024)


def city(groups: int) -> Any:
    """Return an open cycle over so many groups of ten schools."""
    from bureau.loading import load_parameters, load_policies, load_regions
    from bureau.models import AcademicYear, Region
    from evaluation.loading import load_frameworks
    from evaluation.models import Cycle, Framework

    if not Region.objects.exists():
        load_regions()
        load_policies()
        load_parameters()
    region = Region.objects.get(code="500113")
    years = [
        AcademicYear.objects.get_or_create(
            code=f"{y}-{y + 1}",
            defaults={"starts_on": date(y, 9, 1), "ends_on": date(y + 1, 8, 31)},
        )[0]
        for y in YEARS
    ]
    load_frameworks(region, codes=["BN-5D"], publish=True)
    fill(region, years, groups)
    return Cycle.objects.create(
        framework=Framework.objects.get(region=region, code="BN-5D"),
        region=region,
        year=years[-1],
        name="bench",
        targets=["GROUP", "SCHOOL"],
        reference_day=years[-1].starts_on,
        self_due_on=date(2025, 9, 30),
        review_due_on=date(2025, 10, 31),
        state="OPEN",
    )


def fill(region: Any, years: list[Any], groups: int) -> None:
    """Write schools, returns, classes, groups and memberships by bulk."""
    from groups.models import EducationGroup, GroupPhase, Membership
    from schools.models import ClassSection, School, SchoolReturn, SchoolStage

    count = groups * SIZE
    schools = School.objects.bulk_create(
        School(
            name=f"评测第{n}小学",
            region=region,
            administered_by=region,
            type="PRIMARY",
            ownership="PUBLIC",
            pinyin=f"pingce {n:05}",
        )
        for n in range(count)
    )
    SchoolStage.objects.bulk_create(
        SchoolStage(school=s, stage="PRIMARY", school_type="PRIMARY") for s in schools
    )
    for turn, year in enumerate(years):
        SchoolReturn.objects.bulk_create(
            SchoolReturn(
                school=s,
                year=year,
                stage="PRIMARY",
                state="CONFIRMED",
                counted_on=year.starts_on,
                **figures(n, turn),
            )
            for n, s in enumerate(schools)
        )
        ClassSection.objects.bulk_create(
            (
                ClassSection(
                    school=s,
                    year=year,
                    stage="PRIMARY",
                    grade=g,
                    number=1,
                    headcount=38 + (n * 7 + g * 5 + turn) % 20,
                    counted_on=year.starts_on,
                )
                for n, s in enumerate(schools)
                for g in range(1, 7)
            ),
            batch_size=5000,
        )
    first = years[0].starts_on
    made = EducationGroup.objects.bulk_create(
        EducationGroup(
            code=f"BENCH-{n}",
            name=f"评测{n}集团",
            region=region,
            group_type="SCHOOL_COMMUNITY",
            founded_on=first,
            operating_from=first,
        )
        for n in range(groups)
    )
    Membership.objects.bulk_create(
        (
            Membership(
                group=made[n // SIZE],
                group_type="SCHOOL_COMMUNITY",
                school=s,
                school_ownership="PUBLIC",
                role="MEMBER" if n % SIZE else "LEAD",
                valid_from=first,
            )
            for n, s in enumerate(schools)
        ),
        batch_size=2000,
    )
    GroupPhase.objects.bulk_create(
        GroupPhase(group=g, state="ACTIVE", valid_from=first) for g in made
    )


def figures(n: int, turn: int) -> dict[str, Any]:
    """Return a school's figures, each school and year a little different."""
    students = 300 + n % 700
    return {
        "students": students,
        "classes": 6,
        "seats": students + 40,
        "new_intake": 60,
        "in_zone": 60 - n % 7,
        "out_of_zone": n % 7,
        "cohort": 60,
        "retained": 58 + (n + turn) % 3,
        "staff": 20 + n % 30,
        "full_time": 18 + n % 30,
        "above_degree": 12 + n % 6,
        "backbone": n % 6,
        "pe_arts": 2 + n % 4,
        "teaching_area": 1500 + n,
        "sports_area": 2500 + n,
        "equipment_value": 400_000 + 1000 * (n % 900),
        "multimedia_rooms": 6 + n % 8,
        "fitness_tested": students - 5,
        "fitness_exc_good": int(students * (30 + (n + turn) % 30) / 100),
    }
