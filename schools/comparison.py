"""Schools beside each other and beside themselves: similar ones, before and after."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bureau.models import AcademicYear
from bureau.parameters import parameters
from core.charts import Chart, Series, Threshold
from core.metrics import SCHOOL, Period
from schools.balance import WORDS
from schools.choices import COMPULSORY, RURAL, SchoolType
from schools.metrics.engine import base_params, fetch
from schools.metrics.resources import INDICATORS, SHARES
from schools.metrics.subjects import pairs_sql, school_joining
from schools.models import School, SchoolReturn

MOST = 5
"""How many similar schools stand beside one; a picture holds six series."""
NEAREST = """
WITH pairs AS MATERIALIZED ({pairs}), {shares}
SELECT subject_id, indicator, x FROM shares WHERE stage = %(stage)s
"""
JOINED = "SELECT min(joined_on) FROM ({joining}) j WHERE j.school_id = %(school)s"
Figure = Callable[[SchoolReturn], Decimal | None]


def place_of(school: School) -> str:
    """Return whether a school lies in a city, a town or the country."""
    code = school.urban_rural_code
    if not code:
        return ""
    return "RURAL" if code in RURAL else "CITY" if code.startswith("11") else "TOWN"


def _is_special(school: School) -> bool:
    return school.type == SchoolType.SPECIAL


def _count(name: str) -> Figure:
    def figure(row: SchoolReturn) -> Decimal | None:
        value = getattr(row, name)
        return None if value is None else Decimal(value)

    return figure


def _over(part: str, whole: str, times: int = 1) -> Figure:
    def figure(row: SchoolReturn) -> Decimal | None:
        top, bottom = getattr(row, part), getattr(row, whole)
        return times * Decimal(top) / bottom if top is not None and bottom else None

    return figure


def _large(row: SchoolReturn) -> Decimal | None:
    if row.class_56_65 is None or row.class_ge66 is None or not row.classes:
        return None
    return 100 * Decimal(row.class_56_65 + row.class_ge66) / row.classes


KEY_FIGURES: tuple[tuple[Any, Any, int, Figure], ...] = (
    (gettext_lazy("在校生"), gettext_lazy("人"), 0, _count("students")),
    (gettext_lazy("平均班额"), gettext_lazy("人"), 1, _over("students", "classes")),
    (gettext_lazy("生师比"), "", 1, _over("students", "full_time")),
    (gettext_lazy("56 人以上班级占比"), "%", 1, _large),
    (
        gettext_lazy("片区外入学占比"),
        "%",
        1,
        _over("out_of_zone", "new_intake", 100),
    ),
    (gettext_lazy("巩固率"), "%", 1, _over("retained", "cohort", 100)),
    (
        gettext_lazy("骨干教师占比"),
        "%",
        1,
        _over("backbone", "full_time", 100),
    ),
)
"""Name, unit, decimals and how a return gives the figure."""


@dataclass(frozen=True)
class Line:
    """One figure of several schools or years, with the line to be met if any."""

    name: Any
    unit: Any
    places: int
    values: Sequence[Decimal | None]
    line: Decimal | None = None

    @property
    def change(self) -> Decimal | None:
        """Return the last value minus the first; None where either is missing."""
        first, last = self.values[0], self.values[-1]
        return None if first is None or last is None else last - first


def returns_of(
    schools: Iterable[School], stage: str, year: AcademicYear | None
) -> dict[int, SchoolReturn]:
    """Return school → its confirmed return of one stage and year."""
    rows = SchoolReturn.objects.confirmed().filter(
        school__in=list(schools), stage=stage, year=year
    )
    return {row.school_id: row for row in rows}


def similar(
    school: School, candidates: Any, stage: str, year: AcademicYear | None
) -> list[School]:
    """Return the schools nearest to one: same stage, same kind of place, like size.

    ``candidates`` are the schools the viewer may know of. A school of special
    education stands beside an ordinary one only where there is no other, and one
    without figures only where no other has them.
    """
    rows = candidates.running().teaching(stage).exclude(pk=school.pk)
    found = list(rows.select_related("administered_by"))
    told = returns_of([school, *found], stage, year)
    own = told.get(school.pk)

    def distance(other: School) -> tuple[bool, bool, bool, int, str]:
        row = told.get(other.pk)
        if row is None or row.students is None or own is None or own.students is None:
            step = 10**9
        else:
            step = abs(row.students - own.students)
        apart = _is_special(other) != _is_special(school)
        elsewhere = place_of(other) != place_of(school)
        return apart, step == 10**9, elsewhere, step, other.pinyin

    return sorted(found, key=distance)[:MOST]


def key_lines(rows: Sequence[SchoolReturn | None]) -> list[Line]:
    """Return the key figures of returns side by side."""
    return [
        Line(name, unit, places, [figure(row) if row else None for row in rows])
        for name, unit, places, figure in KEY_FIGURES
    ]


def balance_lines(
    schools: Sequence[School], stage: str, period: Period, region: Any
) -> list[Line]:
    """Return the seven indicators of several schools with the lines that count."""
    if stage not in COMPULSORY or not schools:
        return []
    limits = parameters(
        [f"balance.{stage.lower()}.{name}" for name in INDICATORS], region, period.day
    )
    sql = NEAREST.format(pairs=pairs_sql(SCHOOL), shares=SHARES.strip())
    given = {**base_params([s.pk for s in schools], period), "stage": stage}
    held = {(pk, indicator): x for pk, indicator, x in fetch(sql, given)}
    return [
        Line(
            *WORDS[name],
            places=2,
            values=[held.get((school.pk, name)) for school in schools],
            line=limits[f"balance.{stage.lower()}.{name}"],
        )
        for name in INDICATORS
    ]


def balance_chart(
    schools: Sequence[School], lines: Sequence[Line], day: date
) -> Chart | None:
    """Return the seven indicators as shares of their lines, one bar a school."""
    if not any(value is not None for line in lines for value in line.values):
        return None

    def share(line: Line, at: int) -> float | None:
        value = line.values[at]
        return (
            float(100 * value / line.line) if value is not None and line.line else None
        )

    return Chart(
        "bar",
        _finding(schools[0], lines),
        categories=[line.name for line in lines],
        series=[
            Series(school.short_name or school.name, [share(one, at) for one in lines])
            for at, school in enumerate(schools)
        ],
        unit="%",
        thresholds=[Threshold(100, _("标准线"), "BN-4.1.2")],
        source=_("已确认的年度报表"),
        day=day,
        is_tall=True,
    )


def _finding(school: School, lines: Sequence[Line]) -> str:
    """Say how many lines the first school meets, and what the bars are."""
    met = [
        value >= line.line
        for line in lines
        if (value := line.values[0]) is not None and line.line is not None
    ]
    words = {
        "school": school.short_name or school.name,
        "met": sum(met),
        "all": len(met),
    }
    told_words = _("%(school)s %(all)s 项指标有 %(met)s 项达标（各校占标准线的百分比）")
    return told_words % words


def joined_on(school: School, day: date) -> date | None:
    """Return the day the school joined what it belongs to on the day."""
    parts = school_joining.values()
    if not parts:
        return None
    sql = JOINED.format(joining=" UNION ALL ".join(parts))
    return fetch(sql, {"day": day, "school": school.pk})[0][0]  # type: ignore[no-any-return]


@dataclass(frozen=True)
class BeforeAfter:
    """One stage of a school in the years before and after the day it joined."""

    stage: Any
    years: list[str]
    before: int
    lines: list[Line]


def before_after(school: School, joined: date, day: date) -> list[BeforeAfter]:
    """Return the stages with figures of a year before the joining and of one after."""
    rows = SchoolReturn.objects.confirmed().filter(
        school=school, year__starts_on__lte=day
    )
    by_stage: dict[str, list[SchoolReturn]] = {}
    for row in rows.select_related("year").order_by("year__starts_on"):
        by_stage.setdefault(row.stage, []).append(row)
    found = []
    for held in by_stage.values():
        early = [row for row in held if row.year.reference_day < joined][-2:]
        late = [row for row in held if row.year.reference_day >= joined]
        if early and late:
            shown = [*early, *late]
            years = [row.year.code for row in shown]
            stage = held[0].get_stage_display()
            found.append(BeforeAfter(stage, years, len(early), _changes(shown, early)))
    return found


def _changes(shown: list[SchoolReturn], early: list[SchoolReturn]) -> list[Line]:
    """Return the figures by year; the change is from the last year before."""
    skipped = len(early) - 1
    return [
        _Change(one.name, one.unit, one.places, one.values, skipped=skipped)
        for one in key_lines(shown)
    ]


@dataclass(frozen=True)
class _Change(Line):
    """A figure by year whose change begins with the last year before joining."""

    skipped: int = 0

    @property
    def change(self) -> Decimal | None:
        """Return the last value minus that of the last year before."""
        first, last = self.values[self.skipped], self.values[-1]
        return None if first is None or last is None else last - first
