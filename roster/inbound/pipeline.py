"""The engine behind every door: judge the staged rows, write them, tell the results.

A delivery is worked off in one transaction under its source's lock, collection by
collection in the order they build on each other, so that a row may refer to one that
came with it. A trial run, a held one and a refused atomic one do everything, keep the
results and take the writes back: what is shown is what would happen.
"""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from django.db import transaction

from bureau.models import Region
from core.imports.lane import drop_tables, learn, rows_of, run, table_as
from core.imports.sql import settle_constraints
from roster.choices import Collection, RowResult
from roster.inbound import (
    absence,
    classes,
    courses,
    enrolments,
    judging,
    known,
    orgs,
    roles,
    sessions,
    telling,
    users,
)
from roster.inbound.staging import kept_rows, raw
from roster.inbound.steps import Step
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
        with telling.kept_apart(self.sync.pk) as verdicts:
            try:
                with transaction.atomic():
                    self._work_off(is_approved)
                    if self.takes_back:
                        verdicts.take_out()
                        raise TakenBack
            except TakenBack:
                verdicts.put_back()

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
        may_lack = step.collection in self.whole & absence.LACKED
        fresh = judging.fresh(step, self._staged(step), may_lack=may_lack)
        table_as("fresh", fresh, self.params, ("sourced_id",))
        if may_lack:
            absence.set_apart(step)
        if step.prepare_fresh:
            step.prepare_fresh(self)
        table_as("judged", judging.judged(step), self.params, judging.KEYS)
        judging.settle_clashes(step)
        self._count(step, total)
        step.write(self)
        telling.tell(step, self.params, says_something=self.says_something)
        written = self.counts[step.collection]
        count = written[RowResult.CREATED] + written[RowResult.UPDATED]
        for table in step.tables:
            if count >= MANY and count > SHARE * rows_of(STANDING, {"t": table})[0][0]:
                learn(table)

    def _staged(self, step: Step) -> str:
        if step.collection == Collection.USERS and self.has_roles:
            return roles.with_roles()
        return kept_rows(step.collection)

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


def pupil_regions(scope: list[int]) -> list[int]:
    """Return the regions of a scope where the roster of pupils is switched on."""
    kept = PupilRoster.objects.on().values_list("region", flat=True)
    found = Region.objects.filter(pk__in=scope, lineage__overlap=list(kept))
    return list(found.values_list("pk", flat=True))
