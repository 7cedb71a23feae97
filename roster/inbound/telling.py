"""Telling what became of each row, also when the writes are taken back."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import connection

from core.imports.lane import run, told
from core.personal import hidden
from roster.inbound.steps import Step

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
KEPT = {
    "roster_syncrow": "run_id, collection, number, sourced_id, result, errors",
    "roster_syncblock": "run_id, collection, numbers, sourced_ids",
}
"""The tables of verdicts and what is to be kept of them."""
MEMORY = 1 << 23


def tell(step: Step, params: Mapping[str, Any], *, says_something: bool) -> None:
    """Keep the verdicts of the judged rows.

    ``says_something`` tells whether any has more to say than that it came in as new.
    """
    if says_something:
        marked = "concat_ws(',', nullif(j.errors, ''), nullif(j.notes, ''))"
        rules = told(step.all_rules, "judged", marked)
        run(RESULTS.format(told=rules, told_id=TOLD_ID), params)
    run(NEW_ONES, params)


class KeptApart:
    """The verdicts of a run, kept outside the database while its writes are undone."""

    def __init__(self, run_id: int, spools: Mapping[str, Any]) -> None:
        self.run_id = int(run_id)
        self.spools = spools

    def take_out(self) -> None:
        """Copy the verdicts out of the database."""
        with connection.cursor() as cursor:
            for table, columns in KEPT.items():
                cursor.copy_expert(
                    f"COPY (SELECT {columns} FROM {table}"
                    f" WHERE run_id = {self.run_id} ORDER BY id) TO STDOUT",
                    self.spools[table],
                )

    def put_back(self) -> None:
        """Copy them in again."""
        with connection.cursor() as cursor:
            for table, columns in KEPT.items():
                self.spools[table].seek(0)
                statement = f"COPY {table} ({columns}) FROM STDIN"
                cursor.copy_expert(statement, self.spools[table])


@contextmanager
def kept_apart(run_id: int) -> Iterator[KeptApart]:
    """Lend a place to keep the verdicts of a run; in a file when they are many."""
    with ExitStack() as stack:
        spools = {
            table: stack.enter_context(tempfile.SpooledTemporaryFile(max_size=MEMORY))
            for table in KEPT
        }
        yield KeptApart(run_id, spools)
