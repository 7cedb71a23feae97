"""Which schools stand out by pressure or class size: one statement for any number.

The lines are read once for each region that runs schools; classes and returns are then
counted by school against the line of its region. ``schools.pressure`` says the same of
single schools in words.
"""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import BigIntegerField, Expression

from bureau.models import Region
from bureau.parameters import number_at
from schools.choices import CONFIRMED_STATES

if TYPE_CHECKING:
    from bureau.models import AcademicYear

LINES = {
    "large_line": "class.large_min",
    "oversize_line": "class.oversize_min",
    "seat_line": "pressure.seat_use_max",
    "zone_line": "pressure.out_of_zone_max",
}
CLASSES = """
SELECT c.school_id FROM schools_classsection c JOIN lines l ON l.id = c.region_id
WHERE c.year_id = %s AND c.removed_at IS NULL AND c.headcount >= {line}
GROUP BY c.school_id HAVING count(*) >= %s
"""
RETURNS = """
SELECT r.school_id FROM schools_schoolreturn r
JOIN schools_school s ON s.id = r.school_id JOIN lines l ON l.id = s.administered_by_id
WHERE r.year_id = %s AND r.state = ANY (%s)
GROUP BY r.school_id, l.{line}
HAVING sum(r.{whole}) > 0 AND sum(r.{part}) > sum(r.{whole}) * l.{line}
"""
FULL = {"part": "students", "whole": "seats", "line": "seat_line"}
CHOSEN = {"part": "out_of_zone", "whole": "new_intake", "line": "zone_line"}
SIZES = {
    "LARGE": "l.large_line",
    "OVERSIZE": "l.oversize_line",
    "CROWDED": "least(l.large_line, l.oversize_line)",
}
FINDINGS = ("LARGE", "OVERSIZE", "FULL", "CHOSEN")


class PressedSchools(Expression):
    """The ids of the schools with a finding in a year, as a subquery.

    ``ANY`` means any finding; ``least`` is the least number of large or over-size
    classes.
    """

    def __init__(
        self, finding: str, year: "AcademicYear | None", day: date, least: int = 1
    ) -> None:
        super().__init__(output_field=BigIntegerField())
        self.statement = _statement(finding, year, day, least)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Return the statement with its parameters."""
        return self.statement


def _statement(
    finding: str, year: "AcademicYear | None", day: date, least: int
) -> tuple[str, list[Any]]:
    wanted = ("CROWDED", "FULL", "CHOSEN") if finding == "ANY" else (finding,)
    texts, given = zip(*(_found(one, year, least) for one in wanted), strict=True)
    lines, params = _lines(day)
    text = f"(WITH lines AS MATERIALIZED ({lines}) {' UNION ALL '.join(texts)})"
    return text, [*params, *(value for part in given for value in part)]


def _found(finding: str, year: Any, least: int) -> tuple[str, list[Any]]:
    key = year.pk if year else None
    if finding in SIZES:
        return CLASSES.format(line=SIZES[finding]), [key, least]
    figures = FULL if finding == "FULL" else CHOSEN
    return RETURNS.format(**figures), [key, [str(s) for s in CONFIRMED_STATES]]


def _lines(day: date) -> tuple[str, tuple[Any, ...]]:
    running = apps.get_model("schools.School").objects.order_by()
    rows = Region.objects.filter(pk__in=running.values("administered_by"))
    lined = rows.order_by().annotate(
        **{name: number_at(key, "path", day) for name, key in LINES.items()}
    )
    text, params = lined.values("id", *LINES).query.sql_with_params()
    whole = "ceil(large_line)::int AS large_line, ceil(oversize_line)::int"
    shares = "oversize_line, seat_line, zone_line"
    return f"SELECT id, {whole} AS {shares} FROM ({text}) r", params  # noqa: S608
