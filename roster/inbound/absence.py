"""What a complete file no longer names: removed within its reach, held when it is much.

The reach of a bundle is the schools it names and the school years of its classes.
People of these schools, classes of these schools and years, and the members of those
classes may be removed because a bulk file of theirs lacks them; organisations, sessions
and courses never are. Only rows the source brought itself are ever meant.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from bureau.parameters import parameters
from core.imports.lane import rows_of, run, table_as
from roster.choices import Collection, RowResult, RunKind
from roster.inbound import known
from roster.inbound.steps import Step

if TYPE_CHECKING:
    from roster.inbound.delivery import Delivery

SHARE, ROWS = "roster.hold_share", "roster.hold_rows"
SCHOOLS = {
    Collection.ORGS: "SELECT sourced_id AS ref FROM raw_orgs",
    Collection.CLASSES: "SELECT school FROM raw_classes",
    Collection.ENROLLMENTS: "SELECT school FROM raw_enrollments",
}
YEARS = {
    Collection.CLASSES: """
        SELECT s.year_id FROM (SELECT DISTINCT terms FROM raw_classes) r,
            unnest(string_to_array(r.terms, ',')) v
        JOIN known_session s ON s.ref = trim(v)""",
    Collection.SESSIONS: """
        SELECT s.year_id FROM raw_sessions r
        JOIN known_session s ON s.ref = r.sourced_id""",
    Collection.ENROLLMENTS: "SELECT year_id FROM known_section",
}


@dataclass(frozen=True)
class Kept:
    """A table whose rows may be removed by absence, and which of them are in reach."""

    collection: str
    table: str
    reach: str
    region: str = "region_id"
    only: str = "TRUE"


IN_YEAR = (
    "{0}.school_id IN (SELECT school_id FROM reach_school) AND {0}.year_id IN"
    " (SELECT year_id FROM reach_year)"
)
KEPT = (
    Kept(
        Collection.ENROLLMENTS,
        "roster_enrolment",
        "m.section_id IN (SELECT c.id FROM schools_classsection c WHERE "
        + IN_YEAR.format("c")
        + ")",
    ),
    Kept(Collection.CLASSES, "schools_classsection", IN_YEAR.format("m")),
    Kept(
        Collection.USERS,
        "personnel_teacher",
        "m.school_id IN (SELECT school_id FROM reach_school)",
        only="old_kind = 'T'",
    ),
    Kept(
        Collection.USERS,
        "roster_pupil",
        "m.school_id IN (SELECT school_id FROM reach_school)",
        only="old_kind = 'P'",
    ),
)
LACKED = {each.collection for each in KEPT}
"""The collections of which a complete file may lack rows."""
STOOD = (
    *KEPT,
    Kept(Collection.ORGS, "schools_school", "TRUE", "administered_by_id"),
    Kept(Collection.COURSES, "schools_course", "TRUE"),
)
"""The tables whose rows a row of a file may ask to be deleted."""
STANDING = """
FROM {table} m WHERE m.source = %(source)s AND m.{region} = ANY (%(scope)s)
    AND m.removed_at IS NULL AND {reach}
"""
GONE = "SELECT target_id AS id{keeps} FROM fresh WHERE row_no IS NULL"
ABSENT = """
SELECT '{table}'::text AS place, '{collection}'::text AS collection, m.id, m.sourced_id
{standing} AND m.id IN (SELECT id FROM {gone} WHERE {only})
"""
REMOVE = """
UPDATE {table} m SET removed_at = now() FROM absent a
WHERE a.place = '{table}' AND a.id = m.id
"""
NOTHING = """
SELECT NULL::text AS place, NULL::text AS collection, NULL::bigint AS id,
    NULL::text AS sourced_id WHERE FALSE
"""
COUNTS = "SELECT collection, count(*) FROM absent GROUP BY 1"
RESULTS = """
INSERT INTO roster_syncrow (run_id, collection, number, sourced_id, result)
SELECT %(run)s, collection, 0, sourced_id, 'deleted' FROM absent ORDER BY place, id
"""


def gone(collection: str) -> str:
    """Return the name of the table of stored rows that a complete file lacks."""
    return f"gone_{Collection(collection).name.lower()}"


def set_apart(step: Step) -> None:
    """Take the stored rows that the file lacks out of ``fresh``."""
    keeps = "".join(f", {name}" for name in step.keeps)
    if table_as(gone(step.collection), GONE.format(keeps=keeps)):
        run("DELETE FROM fresh WHERE row_no IS NULL")


def find(delivery: "Delivery") -> None:
    """Make ``absent``: the rows that the complete files no longer name."""
    _find_reach(delivery)
    kept = [each for each in KEPT if each.collection in delivery.whole]
    selects = [_absent(each) for each in kept] or [NOTHING]
    table_as("absent", " UNION ALL ".join(selects), delivery.params)


def _standing(each: Kept, *, is_whole: bool = True) -> str:
    reach = each.reach if is_whole else "TRUE"
    return STANDING.format(table=each.table, region=each.region, reach=reach)


def _absent(each: Kept) -> str:
    return ABSENT.format(
        table=each.table,
        collection=each.collection,
        standing=_standing(each),
        gone=gone(each.collection),
        only=each.only,
    )


def _find_reach(delivery: "Delivery") -> None:
    known.know_orgs(delivery)
    known.know_sessions(delivery)
    schools = [sql for name, sql in SCHOOLS.items() if name in delivery.staged]
    refs = " UNION ".join(schools) or "SELECT NULL::text AS ref WHERE FALSE"
    if delivery.staged == {Collection.USERS}:
        refs = "SELECT DISTINCT primary_org AS ref FROM raw_users"
    table_as(
        "reach_school",
        "SELECT DISTINCT k.school_id FROM known_org k"
        f" JOIN ({refs}) r(ref) ON k.ref = r.ref WHERE k.school_id IS NOT NULL",
    )
    years = [sql for name, sql in YEARS.items() if name in delivery.staged]
    found = " UNION ".join(years[:1]) or "SELECT NULL::bigint AS year_id WHERE FALSE"
    table_as("reach_year", found)


def hold(delivery: "Delivery") -> list[str]:
    """Return the sentences why a person must look first: much would be removed.

    What a bundle says is to be deleted counts as well as what its complete files lack.
    Removals are compared with the rows that stood before, in the reach of a complete
    file or of the source.
    """
    if delivery.sync.kind != RunKind.BUNDLE:
        return []
    going = {name: c[RowResult.DELETED] for name, c in delivery.counts.items()}
    if delivery.whole:
        for name, count in rows_of(COUNTS):
            going[name] += count
    if not any(going.values()):
        return []
    limits = parameters([SHARE, ROWS], delivery.source.region)
    share, rows = float(limits[SHARE]), int(limits[ROWS])
    standing = {name: _stood(delivery, name) for name in going if going[name]}
    return [
        _("%(what)s：将移除 %(gone)s 条，占现有 %(all)s 条的 %(share)s%%")
        % {
            "what": Collection(name).label,
            "gone": going[name],
            "all": total,
            "share": f"{100 * going[name] / total:.1f}",
        }
        for name, total in standing.items()
        if going[name] > share * total or going[name] > rows
    ]


def _stood(delivery: "Delivery", name: str) -> int:
    """Count the rows of a collection that stood before this delivery."""
    counts = delivery.counts[name]
    found = counts[RowResult.DELETED] - counts[RowResult.CREATED]
    for each in STOOD:
        if each.collection == name:
            where = _standing(each, is_whole=name in delivery.whole)
            found += rows_of(f"SELECT count(*) {where}", delivery.params)[0][0]
    return max(int(found), 1)


def remove(delivery: "Delivery") -> None:
    """Mark the absent rows as removed and tell of them."""
    for each in KEPT:
        if each.collection in delivery.whole:
            run(REMOVE.format(table=each.table))
    run(RESULTS, delivery.params)
    for name, count in rows_of(COUNTS):
        delivery.counts[name][RowResult.DELETED] += count
