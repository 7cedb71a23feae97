"""The engine behind every door: judge the staged rows, write them, tell the results.

A delivery is worked off in one transaction under its source's lock, collection by
collection in the order they build on each other, so that a row may refer to one that
came with it. A trial run, a held one and a refused atomic one do everything, keep the
results and take the writes back: what is shown is what would happen.
"""

import tempfile
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from functools import cached_property
from typing import Any

from django.db import connection, transaction

from bureau.models import Region
from core.imports.lane import (
    FENCE,
    drop_tables,
    is_moment,
    learn,
    marks,
    rows_of,
    run,
    table_as,
    told,
)
from core.imports.sql import settle_constraints
from core.personal import hidden
from roster.choices import Collection, RowResult
from roster.inbound import (
    absence,
    classes,
    courses,
    enrolments,
    known,
    orgs,
    sessions,
    users,
)
from roster.inbound.staging import digest, kept_rows, raw
from roster.inbound.steps import Clash, Step
from roster.models import PupilRoster, Source, SyncRun
from roster.verdicts import forget_verdicts

STEPS: tuple[Step, ...] = (
    orgs.STEP,
    sessions.STEP,
    courses.STEP,
    classes.STEP,
    users.STEP,
    enrolments.STEP,
)
LOCK = 7_304_000_000
SETTINGS = """
SET LOCAL work_mem = '128MB';
SET LOCAL jit = off;
SET LOCAL parallel_tuple_cost = 0
"""
"""Judging costs more than handing a row on to another process, which the planner cannot
know of: it takes every function for equally dear."""
MEMORY = 1 << 23
MANY, SHARE = 5_000, 0.1
STANDING = "SELECT reltuples FROM pg_class WHERE oid = %(t)s::regclass"
"""So many rows, and more than this share of a table, call for new statistics of it."""
SCRATCH = (
    *("fresh", "judged", "spelled", "wanted", "org_region", "role_of", "raw_roles"),
    *("known_org", "known_session", "known_course", "known_section", "known_person"),
    *("reach_school", "reach_year", "absent", "taught", "known_list"),
    *("known_grade", "namesake"),
    *(raw(c) for c in Collection),
    *map(absence.gone, absence.LACKED),
)
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
JUDGED_KEYS = ("result", "notes", "target_id")
CLASH = """
UPDATE judged j SET result = 'rejected',
    errors = concat_ws(',', nullif(j.errors, ''), '{number}')
FROM (SELECT {named}, min(row_no) AS first FROM judged WHERE {where}
    GROUP BY {keys} HAVING count(*) > 1) c
WHERE {same} AND j.row_no <> c.first AND {where}
"""
RESULTS = """
INSERT INTO roster_syncrow (run_id, collection, number, sourced_id, result, errors)
SELECT %(run)s, %(collection)s, j.row_no, {told_id}, j.result,
    CASE WHEN j.problems IS NOT NULL THEN j.problems
        WHEN j.errors = '' AND j.notes = '' THEN NULL ELSE {told} END
FROM judged j WHERE j.result NOT IN ('unchanged', 'created') OR j.notes <> ''
ORDER BY j.row_no
"""
NEW_ONES = """
INSERT INTO roster_syncblock (run_id, collection, numbers, sourced_ids)
SELECT %(run)s, %(collection)s, array_agg(row_no), array_agg(sourced_id)
FROM judged WHERE result = 'created' AND notes = ''
GROUP BY row_no / 1000 ORDER BY row_no / 1000
"""
TOLD_ID = (
    f"CASE WHEN j.result = 'rejected' THEN {hidden('left(j.sourced_id, 120)')}"
    " ELSE left(j.sourced_id, 120) END"
)
LINKS = """
INSERT INTO roster_alias (source_id, collection, sourced_id, model, object_id)
SELECT %(source_id)s, %(collection)s, j.sourced_id, '{model}', j.linked_id
FROM judged j WHERE j.linked_id IS NOT NULL AND j.result = 'unchanged' AND {where}
ON CONFLICT (source_id, collection, sourced_id)
DO UPDATE SET model = excluded.model, object_id = excluded.object_id
WHERE roster_alias.object_id <> excluded.object_id
"""
Progress = Callable[[str], None]


class TakenBack(Exception):
    """The writes of a delivery are to be undone; its results stay."""


class Engine:
    """Staged rows of one run on their way into the register.

    ``whole`` names the collections that came complete (bulk files): what is missing in
    them may be removed. ``is_delta`` asks for status and moment on every row.
    """

    def __init__(
        self,
        sync: SyncRun,
        staged: Iterable[str],
        *,
        whole: Iterable[str] = (),
        deltas: Iterable[str] = (),
        has_roles: bool = False,
        tell: Progress = lambda message: None,
    ) -> None:
        self.sync = sync
        self.source: Source = sync.source
        self.staged = set(staged)
        self.whole, self.deltas = set(whole), set(deltas)
        self.has_roles = has_roles
        self.tell = tell
        self.counts: dict[str, dict[str, int]] = {}
        self.found: set[tuple[Any, ...]] = set()
        self.says_something = False
        self.held_for: list[str] = []
        self.collection = ""

    @cached_property
    def scope(self) -> list[int]:
        """Return the regions the source may write to."""
        return list(
            Region.objects.within(self.source.region).values_list("pk", flat=True)
        )

    @cached_property
    def _fixed(self) -> dict[str, Any]:
        return {
            "run": self.sync.pk,
            "source": self.source.code,
            "source_id": self.source.pk,
            "region": self.source.region_id,
            "province": self.source.region.province_code,
            "scope": self.scope,
            "pupil_regions": pupil_regions(self.scope),
        }

    @property
    def params(self) -> dict[str, Any]:
        """Return what every statement may name."""
        is_delta = self.collection in self.deltas
        return {**self._fixed, "collection": self.collection, "is_delta": is_delta}

    def know(self, courses: bool = False) -> None:
        """Make the tables of what references may lead to."""
        known.know_orgs(self)
        known.know_sessions(self)
        known.know_stages(self)
        if courses:
            known.know_courses(self)

    def link(self, model: str, where: str = "TRUE") -> None:
        """Keep the source's identifiers of rows that it does not own."""
        run(LINKS.format(model=model, where=where), self.params)

    def perform(self, *, is_approved: bool = False) -> None:
        """Judge and write everything; fill in ``counts`` and ``held_for``.

        Must run in a transaction. With something to hold (unless approved), on a trial
        run, or with a rejected row of an atomic run, the writes are taken back.
        """
        self._settle_down()
        with ExitStack() as stack:
            spools = {
                table: stack.enter_context(
                    tempfile.SpooledTemporaryFile(max_size=MEMORY)
                )
                for table in VERDICTS
            }
            try:
                with transaction.atomic():
                    self._work_off(is_approved)
                    if self.takes_back:
                        _results_out(self.sync.pk, spools)
                        raise TakenBack
            except TakenBack:
                _results_in(spools)

    @property
    def takes_back(self) -> bool:
        """Tell whether nothing is to be written after all."""
        bad = any(c[RowResult.REJECTED] for c in self.counts.values())
        return bool(self.sync.is_dry or self.held_for or (self.sync.is_atomic and bad))

    def _settle_down(self) -> None:
        run("SELECT pg_advisory_xact_lock(%(key)s)", {"key": LOCK + self.source.pk})
        run(SETTINGS)
        forget_verdicts([self.sync.pk])

    def _work_off(self, is_approved: bool) -> None:
        for step in STEPS:
            if step.collection in self.staged:
                self.collection = step.collection
                self.tell(str(Collection(step.collection).label))
                self._one(step)
        if self.whole:
            absence.find(self)
        held = absence.hold(self)
        if self.whole:
            absence.remove(self)
        self.held_for = [] if is_approved else held
        settle_constraints()

    def _one(self, step: Step) -> None:
        if step.prepare:
            step.prepare(self)
        total = rows_of(f"SELECT count(*) FROM {raw(step.collection)}")[0][0]
        table_as("fresh", self._fresh(step), self.params, ("sourced_id",))
        if self._may_lack(step):
            absence.set_apart(step)
        if step.prepare_fresh:
            step.prepare_fresh(self)
        table_as("judged", _judged(step), self.params, JUDGED_KEYS)
        _settle_clashes(step)
        self._count(step, total)
        step.write(self)
        self._tell_results(step)
        written = self.counts[step.collection]
        count = written[RowResult.CREATED] + written[RowResult.UPDATED]
        for table in step.tables:
            if count >= MANY and count > SHARE * rows_of(STANDING, {"t": table})[0][0]:
                learn(table)

    def _tell_results(self, step: Step) -> None:
        """Keep the verdicts: one row each where there is something to say."""
        if self.says_something:
            rules = told(
                step.all_rules,
                "judged",
                "concat_ws(',', nullif(j.errors, ''), nullif(j.notes, ''))",
            )
            run(RESULTS.format(told=rules, told_id=TOLD_ID), self.params)
        run(NEW_ONES, self.params)

    def _may_lack(self, step: Step) -> bool:
        return step.collection in self.whole & absence.LACKED

    def _fresh(self, step: Step) -> str:
        staged = kept_rows(step.collection)
        if step.collection == Collection.USERS and self.has_roles:
            staged = users.with_roles()
        keeps = "".join(f", m.{name}" for name in step.keeps)
        return FRESH.format(
            digest=digest(step.collection),
            staged=staged,
            way="FULL" if self._may_lack(step) else "LEFT",
            stored=step.stored,
            keeps=keeps,
        )

    def _count(self, step: Step, total: int) -> None:
        sorts = ", ".join(("result", "notes <> ''", *step.sorts))
        found = rows_of(f"SELECT count(*), {sorts} FROM judged GROUP BY {sorts}")
        self.found = {(result, *sort) for _count, result, _noted, *sort in found}
        self.says_something = any(
            is_noted or result not in {RowResult.CREATED, RowResult.UNCHANGED}
            for _count, result, is_noted, *_sort in found
        )
        counts = dict.fromkeys(RowResult.values, 0)
        for count, result, *_sorts in found:
            counts[result] += count
        told_of = sum(v for k, v in counts.items() if k != RowResult.UNCHANGED)
        counts[RowResult.UNCHANGED] = total - told_of
        self.counts[step.collection] = {"received": total, **counts}

    def clear(self) -> None:
        """Remove the temporary tables."""
        drop_tables(SCRATCH)


def _judged(step: Step) -> str:
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


def _settle_clashes(step: Step) -> None:
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


def pupil_regions(scope: list[int]) -> list[int]:
    """Return the regions of a scope where the roster of pupils is switched on."""
    kept = PupilRoster.objects.on().values_list("region", flat=True)
    found = Region.objects.filter(pk__in=scope, lineage__overlap=list(kept))
    return list(found.values_list("pk", flat=True))


VERDICTS = {
    "roster_syncrow": "run_id, collection, number, sourced_id, result, errors",
    "roster_syncblock": "run_id, collection, numbers, sourced_ids",
}


def _results_out(run_id: int, spools: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        for table, columns in VERDICTS.items():
            cursor.copy_expert(
                f"COPY (SELECT {columns} FROM {table} WHERE run_id = {int(run_id)}"
                " ORDER BY id) TO STDOUT",
                spools[table],
            )


def _results_in(spools: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        for table, columns in VERDICTS.items():
            spools[table].seek(0)
            cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", spools[table])
