"""The one import engine: any file of rows → staging → checks → preview → apply → undo.

Declare a kind of import in ``<app>/imports.py`` (discovered by itself) and register it;
pages, commands and the API then work alike::

    from core.imports import Check, Column, ImportKind, Preset, Question, Row, register

    @register
    class SchoolImport(ImportKind):
        key = "schools.school"               # also in the address: /imports/new/<key>/
        title = _("学校名录")
        permission = "schools.import_school"
        scope = "bureau.region"                # kind of scope, as in role grants
        model = "schools.School"               # what one row becomes
        columns = (
            Column("name", _("学校名称"), aliases=("校名", "单位名称"), required=True),
            Column("type", _("办学类型"), kind="choice", required=True,
                   choices={"小学": "PRIMARY", "初级中学": "JUNIOR"}),
            Column("county", _("所在区县"), aliases=("区县", "县区")),
            Column("opened_on", _("建校日期"), kind="date"),
        )
        presets = (Preset(_("全国学校代码表"), {"name": "学校（机构）名称"}),)
        natural_keys = (("school_code",), ("administered_by_id", "normalized_name"))
        duplicates = "ask"                     # the same key twice in one file

        def context(self, run):
            # Queries run here, once. ``run.scope`` is the region.
            return {"counties": {...}}

        def prepare(self, row: Row, context) -> None:
            # Python, row by row, no queries. ``row.values`` holds typed values of the
            # filled cells only. Add the columns of the model under their column names.
            county = row.get("county")
            region_id = context["counties"].get(county)
            if region_id is None:
                row.reject("county", "unknown_county", _("……不在本市"))
            row.values["administered_by_id"] = region_id
            row.values["normalized_name"] = normalize(row.get("name", ""))
            if row.get("type") == "SECONDARY":
                row.values["stage_to_confirm"] = True
                row.note("type", "stage_to_confirm", _("学段待确认"))

        def checks(self, run):
            # Set-based. The SQL sees ``staged(row_number, row_target, data jsonb)``
            # and, for a kind with a model, ``typed(row_number, row_target, row_data,
            # <columns of the model>)``: the rows not yet rejected. It returns row
            # number[, detail]; ``{detail}`` in the message is replaced. Parameters:
            # %(run)s, %(scope)s and ``params``. A literal % is written %%.
            yield Check("county", "region_ended", _("所在区县“{detail}”已撤并"),
                        "SELECT t.row_number, r.name FROM typed t JOIN bureau_region r"
                        " ON r.id = t.region_id WHERE r.valid_to <= %(day)s",
                        params={"day": today()})

        def questions(self, run):
            # Answered in the preview, row by row: same as a candidate, new, or skip.
            # The SQL returns row number, candidate id, candidate label.
            yield Question("homonym", "name", _("是否就是同名学校？"), "SELECT …")

        def apply(self, batch):
            batch.upsert()                     # the rows of ``model``; see Batch
            batch.insert("schools.SchoolStage",
                "SELECT row_number, row_target AS school_id, data->>'stage' AS stage"
                " FROM applied WHERE verdict = 'CREATED'")

What happens to one row: cells are typed by their ``Column`` (blank cells are absent
from ``values``, so a blank never overwrites), ``prepare`` completes them, the row is
copied to staging, checks run, ``natural_keys`` find the target, questions are asked,
and the verdict falls:
``CREATED``, ``UPDATED`` (some column differs; ``pinned`` columns stay), ``UNCHANGED``,
``REJECTED``, ``ASKED`` (waits for an answer, is left out until then), ``SKIPPED``.

A value in ``row.values`` whose name is a column of the model is written to it (give ids
as ``region_id``); other values stay in the row for checks, ``differences``, ``apply``.
Missing columns take the model's defaults. Constraints and triggers of the database have
the last word: a refusal rolls the whole import back and is told in plain words.

``Batch`` (in ``apply``) writes and journals what it writes, so that undo is exact:

- ``batch.upsert()`` inserts and updates the rows of ``model``;
- ``batch.insert(model, select)``: ``select`` returns row_number and columns to insert;
- ``batch.update(model, select)``: row_number, id and the columns to set;
- ``batch.delete(model, select)``: row_number, id;
- ``batch.rows("CREATED", "UPDATED")`` iterates staged rows; ``batch.created(number,
  obj)`` and ``batch.changed(number, obj, before)`` journal what a service wrote;
- ``batch.run``, ``batch.by``, ``batch.scope``, ``batch.context``.

The ``select`` statements see ``applied(row_number, row_target, verdict, data)`` (rows
that are created, updated or unchanged; ``row_target`` is the id, of new rows too once
``upsert`` ran) and ``typed`` with ``verdict`` besides; they take keyword parameters. A
kind without ``model`` (several rows for one object, written by services) gives
``matches`` and ``differences`` itself.

From code::

    summary = run_import("schools.school", path, scope=region, by=user, dry_run=False)
    summary.created, summary.updated, summary.unchanged, summary.rejected, summary.asked
    summary.rows      # [{"row": 7, "column": "办学类型", "code": "required", …}]
    undo_import(summary.run_id, by=user)      # UndoBlocked names what stands in the way

``source`` is a path, a ``(name, bytes)`` pair or an iterable of dicts. ``options``
reach the kind as ``run.options``; ``mapping={"name": "校名"}`` sets columns by head;
``answers={12: "new", 15: "skip", 18: "same:345"}`` answers questions by row number.
``ImportRefused`` (with a Chinese message and a ``code``) is raised when the file cannot
be read or the database refuses; nothing is stored then.

As a command::

    class Command(ImportCommand):
        kind = "schools.school"
"""

from core.imports import work as _work  # noqa: F401 - registers its jobs
from core.imports.batch import Batch
from core.imports.columns import Column, Preset
from core.imports.commands import ImportCommand
from core.imports.engine import run_import
from core.imports.errors import ImportRefused, UndoBlocked
from core.imports.kinds import Check, ImportKind, Question, Row, register
from core.imports.summary import ImportSummary
from core.imports.undo import UndoSummary, undo_import

__all__ = [
    "Batch",
    "Check",
    "Column",
    "ImportCommand",
    "ImportKind",
    "ImportRefused",
    "ImportSummary",
    "Preset",
    "Question",
    "Row",
    "UndoBlocked",
    "UndoSummary",
    "register",
    "run_import",
    "undo_import",
]
