"""What becomes of a staged row, in statements: what is new, what its result is."""

from core.imports.lane import FENCE, is_moment, marks, rows_of, run
from roster.inbound.staging import digest
from roster.inbound.steps import Clash, Step

MOMENT_MS = "(extract(epoch FROM {0}::timestamptz) * 1000)::bigint"
IS_STALE = (
    "CASE WHEN q.modified <> '' AND {good}"
    " AND split_part(coalesce(q.stored_hash, ''), ':', 1) <> ''"
    " THEN {ms} < split_part(q.stored_hash, ':', 1)::bigint ELSE FALSE END"
)
FRESH = """
SELECT r.*, m.id AS target_id, m.source_hash AS stored_hash,
    m.removed_at IS NOT NULL AS was_removed{keeps}
FROM (SELECT r.*, {digest} AS digest FROM ({staged}) r) r
{way} JOIN ({stored}) m ON m.sourced_id::text = r.sourced_id
WHERE m.id IS NULL OR r.status NOT IN ('', 'active') OR r.problems IS NOT NULL
    OR split_part(m.source_hash, ':', 2) <> r.digest
    OR CASE WHEN r.row_no IS NULL THEN m.removed_at IS NULL
        ELSE m.removed_at IS NOT NULL END
"""
"""The staged rows that are not as they are stored; of a complete file (FULL) the stored
rows that it lacks as well, which have no row number."""
JUDGED = """
SELECT x.*, CASE
    WHEN errors <> '' OR problems IS NOT NULL THEN 'rejected' {others}
    WHEN status = 'tobedeleted' AND (target_id IS NULL OR was_removed OR is_stale)
        THEN 'unchanged'
    WHEN status = 'tobedeleted' THEN 'deleted'
    WHEN is_stale OR linked_id IS NOT NULL THEN 'unchanged'
    WHEN target_id IS NULL THEN 'created' ELSE 'updated' END AS result
FROM (
    SELECT r.*, {errors} AS errors, {notes} AS notes,
        CASE WHEN {good} THEN {ms}::text ELSE '' END || ':' || r.digest AS mark
    FROM (SELECT q.*, {is_stale} AS is_stale FROM ({resolved} {fence}) q {fence}) r
    {fence}
) x {order}
"""
"""Rows go in the order of the unique index: entries beside each other cost half, and
what sorts them here is shared by processes, as no INSERT is."""
ARE_SEVERAL = """
SELECT count(*) > count(DISTINCT digest) FROM (
    SELECT hashtextextended({key}, 0) AS digest FROM judged WHERE {where} {fence}
) x
"""
"""Whether rows may clash at all: as many digests as rows, and no two are equal."""
KEYS = ("result", "notes", "target_id")
CLASH = """
UPDATE judged j SET result = 'rejected',
    errors = concat_ws(',', nullif(j.errors, ''), '{number}')
FROM (SELECT {named}, min(row_no) AS first FROM judged WHERE {where}
    GROUP BY {keys} HAVING count(*) > 1) c
WHERE {same} AND j.row_no <> c.first AND {where}
"""


def fresh(step: Step, staged: str, *, may_lack: bool) -> str:
    """Return the SELECT of the rows that are not as they are stored.

    ``staged`` selects the staged rows; ``may_lack`` asks for the stored rows that they
    lack as well.
    """
    return FRESH.format(
        digest=digest(step.collection),
        staged=staged,
        way="FULL" if may_lack else "LEFT",
        stored=step.stored,
        keeps="".join(f", m.{name}" for name in step.keeps),
    )


def judged(step: Step) -> str:
    """Return the SELECT of the fresh rows with their result, by the step's rules."""
    good = "r.modified <> ''"
    return JUDGED.format(
        others=step.others,
        errors=marks(step.all_rules, "error", "r.status = 'tobedeleted'"),
        notes=marks(step.all_rules, "note", "r.status = 'tobedeleted'"),
        good=f"{good} AND {_moment('r.modified')}",
        ms=MOMENT_MS.format("r.modified"),
        is_stale=IS_STALE.format(
            good=_moment("q.modified"), ms=MOMENT_MS.format("q.modified")
        ),
        resolved=step.resolved,
        fence=FENCE,
        order=f"ORDER BY {step.order}" if step.order else "",
    )


def _moment(column: str) -> str:
    return f"({is_moment(column)})"


def settle_clashes(step: Step) -> None:
    """Send back the judged rows that cannot stand beside an earlier one."""
    for clash in step.all_clashes:
        if not _may_clash(clash):
            continue
        number = step.all_rules.index(clash.rule)
        same = " AND ".join(f"j.{key} = c.{key}_" for key in clash.keys)
        run(
            CLASH.format(
                number=number,
                keys=", ".join(clash.keys),
                named=", ".join(f"{key} AS {key}_" for key in clash.keys),
                where=clash.where,
                same=same,
            )
        )


def _may_clash(clash: Clash) -> bool:
    key, *others = (f"{key}::text" for key in clash.keys)
    if others:
        key = f"concat_ws(chr(31), {key}, {', '.join(others)})"
    found = rows_of(ARE_SEVERAL.format(key=key, where=clash.where, fence=FENCE))
    return bool(found[0][0])
