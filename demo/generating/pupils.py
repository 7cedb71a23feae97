"""A minimal roster of every pupil of the last year, where it is asked for."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from accounts.models import ImpactAssessment, User
from bureau.models import Region
from core.copying import copy_rows, reserve_ids
from demo.chance import dice
from demo.generating.names import draw_name
from demo.generating.plan import Plan
from roster.choices import EnrolmentRole
from roster.models import Enrolment, Pupil, PupilRoster
from schools.models import ClassSection

PUPIL_COLUMNS = (
    "id",
    "school_id",
    "region_id",
    "family_name",
    "given_name",
    "stage",
    "grade",
)
PLACE_COLUMNS = ("section_id", "region_id", "pupil_id", "role", "begins_on")


def build_pupils(plan: Plan) -> None:
    """Name as many pupils as every class of the last year counts, county by county."""
    if not plan.with_pupils:
        return
    _switch_on(plan)
    for county in plan.counties:
        rows = _classes(plan, county)
        total = sum(row["headcount"] for row in rows)
        keys = reserve_ids(Pupil, total)
        copy_rows(Pupil, PUPIL_COLUMNS, _pupils(rows, iter(keys)))
        copy_rows(Enrolment, PLACE_COLUMNS, _places(plan, rows, iter(keys)))


def _switch_on(plan: Plan) -> None:
    officer = User(username="privacy", full_name="", post_title="个人信息保护负责人")
    officer.set_unusable_password()
    officer.save()
    assessment = ImpactAssessment.objects.create(
        title="学生最小名册个人信息保护影响评估（演示）",
        conclusion="仅保存姓名、学校、年级和班级，不保存证件号码；数据均为虚构。",
        decided_on=plan.years[-1].starts_on,
        decided_by=officer,
    )
    PupilRoster.objects.create(
        region=Region.objects.get(code=plan.size.region),
        assessment=assessment,
        switched_on_by=officer,
        valid_from=plan.years[-1].starts_on,
    )


def _classes(plan: Plan, county: Region) -> list[dict[str, Any]]:
    found = ClassSection.objects.filter(region=county, year=plan.years[-1])
    key = ("school__school_code", "stage", "grade", "number")
    return list(
        found.order_by(*key).values(
            *("pk", "school_id", "region_id", "headcount", "school__school_code"),
            *("stage", "grade"),
        )
    )


def _pupils(rows: list[dict[str, Any]], keys: Iterator[int]) -> Iterator[tuple]:
    for number, row in enumerate(rows):
        chance = dice("generate", "pupils", row["school__school_code"], number)
        for _nth in range(row["headcount"]):
            family, given = draw_name(chance)
            yield (
                next(keys),
                row["school_id"],
                row["region_id"],
                family,
                given,
                row["stage"],
                row["grade"],
            )


def _places(
    plan: Plan, rows: list[dict[str, Any]], keys: Iterator[int]
) -> Iterator[tuple]:
    begins: date = plan.years[-1].starts_on
    for row in rows:
        for _nth in range(row["headcount"]):
            place = row["pk"], row["region_id"], next(keys)
            yield *place, EnrolmentRole.STUDENT, begins
