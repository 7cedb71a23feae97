"""Enrolment pressure and large classes: findings, since when, and plans' progress."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from bureau.models import AcademicYear
from bureau.parameters import number_at, parameters
from core.days import today
from schools.models import ClassReductionPlan, ClassSection, School

CLAUSE = "AK-1.2.1"
LARGE, OVERSIZE = "class.large_min", "class.oversize_min"
SEATS, ZONE = "pressure.seat_use_max", "pressure.out_of_zone_max"
LINES = (LARGE, OVERSIZE, SEATS, ZONE)
YEARS_BACK = 5


@dataclass(frozen=True)
class Remark:
    """Why a school is on the list: what, how bad, and since which school year."""

    code: str
    tone: str
    text: str
    since: str = ""


def share(part: Any, whole: Any) -> Decimal | None:
    """Return one figure over another; None where either is missing."""
    return Decimal(part) / Decimal(whole) if part is not None and whole else None


def large_since(
    schools: Iterable[int], year: AcademicYear, day: date
) -> dict[int, str]:
    """Return school → the year since which it has had large classes without a break."""
    first = year.starts_on.year - YEARS_BACK
    rows = ClassSection.objects.filter(
        school__in=list(schools),
        year__starts_on__year__gt=first,
        year__starts_on__lte=year.starts_on,
        removed_at__isnull=True,
    ).annotate(line=number_at(LARGE, "school__administered_by__path", day))
    held: dict[int, dict[int, str]] = defaultdict(dict)
    large = rows.filter(headcount__gte=F("line")).values_list(
        "school_id", "year__starts_on__year", "year__code"
    )
    for school, begun, code in large.order_by().distinct():
        held[school][begun] = code
    found = {}
    for school, codes in held.items():
        begun = year.starts_on.year
        while begun in codes:
            found[school] = codes[begun]
            begun -= 1
    return found


def remarks_of(school: Any, since: dict[int, str]) -> list[Remark]:
    """Return what stands out about a school of ``with_pressure``."""
    year, found = since.get(school.pk, ""), []
    if school.oversize:
        told = _("超大班额 %s 个班") % school.oversize
        found.append(Remark("OVERSIZE", "red", told, year))
    if school.large > school.oversize:
        told = _("大班额 %s 个班") % (school.large - school.oversize)
        found.append(Remark("LARGE", "amber", told, year))
    used = share(school.students, school.seats)
    if used is not None and school.seat_line is not None and used > school.seat_line:
        found.append(Remark("FULL", "amber", _("学位使用 %s") % _percent(used)))
    chosen = share(school.out_of_zone, school.new_intake)
    if (
        chosen is not None
        and school.zone_line is not None
        and chosen > school.zone_line
    ):
        told = _("片区外入学 %s") % _percent(chosen)
        found.append(Remark("CHOSEN", "amber", told))
    return found


def _percent(value: Decimal) -> str:
    return f"{value * 100:.1f} %"


@dataclass(frozen=True)
class Counted:
    """How many classes of a stage are large and over-size in one school year."""

    classes: int = 0
    large: int = 0
    oversize: int = 0


def counts_by_year(
    school: School, stage: str, lines: dict[str, Any]
) -> dict[int, Counted]:
    """Return year → the class counts of one stage of a school."""
    rows = ClassSection.objects.filter(
        school=school, stage=stage, removed_at__isnull=True
    )
    sums = (
        rows.order_by()
        .values("year_id")
        .annotate(
            n=Count("pk"),
            large=Count("pk", filter=Q(headcount__gte=lines[LARGE])),
            oversize=Count("pk", filter=Q(headcount__gte=lines[OVERSIZE])),
        )
    )
    return {r["year_id"]: Counted(r["n"], r["large"], r["oversize"]) for r in sums}


def large_now(school: School, day: date | None = None) -> dict[str, Counted]:
    """Return stage → the class counts of the present school year, where told."""
    day = day or today()
    year = AcademicYear.objects.current(day)
    lines = parameters([LARGE, OVERSIZE], school.administered_by, day)
    found = {s: counts_by_year(school, s, lines) for s in school.stage_codes}
    return {s: held[year.pk] for s, held in found.items() if year and year.pk in held}


@dataclass(frozen=True)
class StepProgress:
    """One term of a plan: what it leaves at most, and what the classes say."""

    step: Any
    now: Counted | None
    is_due: bool

    @property
    def is_met(self) -> bool | None:
        """Tell whether the target holds; None while nothing can be said."""
        if self.now is None or not self.is_due:
            return None
        step = self.step
        return (
            self.now.large <= step.large_most
            and self.now.oversize <= step.oversize_most
        )


def progress(plan: ClassReductionPlan, day: date | None = None) -> list[StepProgress]:
    """Return the terms of a plan with the class counts of their school years."""
    day = day or today()
    lines = parameters([LARGE, OVERSIZE], plan.school.administered_by, day)
    counts = counts_by_year(plan.school, plan.stage, lines)
    return [
        StepProgress(step, counts.get(step.term.year_id), step.term.starts_on <= day)
        for step in plan.steps.select_related("term__year")
    ]
