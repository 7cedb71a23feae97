"""Write the rows of a run into the register and journal every write."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models

from core.imports import sql
from core.models import ImportEffect, ImportRun, StagingRow

NEW_IDS = """
UPDATE core_stagingrow SET target_id = nextval(pg_get_serial_sequence(%(_table)s, 'id'))
WHERE run_id = %(run)s AND verdict = 'CREATED' AND target_id IS NULL
"""
UPSERT_NEW = """
{prelude}, fresh AS (
    INSERT INTO {table} (id, {columns})
    SELECT a.row_target, {values}
    FROM applied a, LATERAL jsonb_populate_record(NULL::{table},
        %(_defaults)s::jsonb || a.data) p
    WHERE a.verdict = 'CREATED'
)
INSERT INTO core_importeffect (run_id, number, model, object_id, action)
SELECT %(run)s, row_number, %(_model)s, row_target, 'I'
FROM applied WHERE verdict = 'CREATED' ORDER BY row_number
"""
INSERT = """
{prelude}, src AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence(%(_table)s, 'id')) AS _new_id, x.*
    FROM ({select}) x
), fresh AS (
    INSERT INTO {table} (id, {columns})
    SELECT src._new_id, {values}
    FROM src, LATERAL jsonb_populate_record(NULL::{table},
        %(_defaults)s::jsonb || (to_jsonb(src) - 'row_number' - '_new_id')) p
)
INSERT INTO core_importeffect (run_id, number, model, object_id, action)
SELECT %(run)s, row_number, %(_model)s, _new_id, 'I'
FROM src ORDER BY row_number, _new_id
"""
UPDATE = """
{prelude}, src AS MATERIALIZED ({select}), old AS MATERIALIZED (
    SELECT src.*, {old} AS _before FROM src JOIN {table} m ON m.id = src.id
    WHERE {differs}
), changed AS (
    UPDATE {table} m SET {sets} FROM old WHERE m.id = old.id
)
INSERT INTO core_importeffect (run_id, number, model, object_id, action, before)
SELECT %(run)s, row_number, %(_model)s, id, 'U', _before FROM old ORDER BY row_number
"""
DELETE = """
{prelude}, src AS MATERIALIZED ({select}), old AS (
    SELECT src.row_number, m.id, to_jsonb(m) AS before
    FROM {table} m JOIN (SELECT DISTINCT ON (id) * FROM src) src ON src.id = m.id
), gone AS (DELETE FROM {table} m USING old WHERE m.id = old.id)
INSERT INTO core_importeffect (run_id, number, model, object_id, action, before)
SELECT %(run)s, old.row_number, %(_model)s, old.id, 'D', old.before FROM old
ORDER BY old.row_number
"""
LEFT_INSERTED = """
UPDATE core_importeffect e SET after = to_jsonb(m) - %(_secrets)s::text[] FROM {table} m
WHERE e.run_id = %(run)s AND e.model = %(_model)s AND e.action = 'I'
    AND m.id = e.object_id
"""
LEFT_CHANGED = """
UPDATE core_importeffect e SET before = x.before, after = x.after
FROM (
    SELECT e.id, coalesce(jsonb_object_agg(b.key, b.value), '{{}}') AS before,
        coalesce(jsonb_object_agg(b.key, to_jsonb(m) -> b.key), '{{}}')
            - %(_secrets)s::text[] AS after
    FROM core_importeffect e JOIN {table} m ON m.id = e.object_id,
        jsonb_each(e.before) b
    WHERE e.run_id = %(run)s AND e.model = %(_model)s AND e.action = 'U'
        AND b.value IS DISTINCT FROM to_jsonb(m) -> b.key
    GROUP BY e.id
) x WHERE e.id = x.id
"""


class Written(Protocol):
    """A kind of import, as far as its rows are written by it."""

    @property
    def key(self) -> str:
        """Its name in the registry."""

    @property
    def model(self) -> str:
        """What one row becomes (``app.Model``), or nothing."""

    @property
    def label_column(self) -> str:
        """The column that names a row."""

    @property
    def records_events(self) -> bool:
        """Whether each written row is an event of the audit trail."""

    @property
    def secrets(self) -> Sequence[str]:
        """The columns that are kept nowhere but in the register."""

    def context(self, run: ImportRun) -> Any:
        """Load what rows are read against."""

    def target_model(self) -> type[models.Model] | None:
        """Return the class of ``model``."""


class Batch:
    """The hands of ``ImportKind.apply``: every write through it can be undone."""

    def __init__(self, run: ImportRun, kind: Written, by: Any) -> None:
        self.run = run
        self.kind = kind
        self.by = by
        self.scope = run.scope
        self.context = kind.context(run)

    def upsert(self) -> None:
        """Insert the created rows and change the updated rows of the kind's model."""
        model = self.kind.target_model()
        if model is None:
            raise TypeError(f"{self.kind.key} has no model to upsert")
        names = sql.written_names(model, self.run)
        self._insert_new(model, set(names))
        if names:
            kept = ", ".join(
                f"{sql.kept_value(n, model)} AS {sql.quote(n)}" for n in names
            )
            self.update(
                model,
                f"SELECT t.row_number, m.id, {kept} FROM typed t"  # noqa: S608 - names
                f" JOIN {sql.table_of(model)} m ON m.id = t.row_target"
                " WHERE t.verdict = 'UPDATED'",
            )

    def _insert_new(self, model: type[models.Model], names: set[str]) -> None:
        columns = sql.insert_columns(model, names)
        params = self._params(model, {"_defaults": sql.defaults_of(model)})
        sql.execute(NEW_IDS, params)
        sql.execute(self._text(UPSERT_NEW, model, columns=columns), params)

    def insert(self, model: Any, select: str, **params: Any) -> int:
        """Insert the rows of ``select`` (row_number and columns); return how many."""
        model = _model(model)
        names = self._names(select, params) - {"row_number"}
        columns = sql.insert_columns(model, names)
        all_params = self._params(
            model, {"_defaults": sql.defaults_of(model), **params}
        )
        return sql.execute(
            self._text(INSERT, model, columns=columns, select=select), all_params
        )

    def update(self, model: Any, select: str, **params: Any) -> int:
        """Set the columns of ``select`` (row_number, id, columns) where they differ."""
        model = _model(model)
        names = sorted(self._names(select, params) - {"row_number", "id"})
        if not names:
            return 0
        now = [f"{sql.quote(name)} = now()" for name in sql.volatile_columns(model)]
        sets = [f"{sql.quote(n)} = old.{sql.quote(n)}" for n in names]
        differs = [
            f"m.{sql.quote(n)} IS DISTINCT FROM src.{sql.quote(n)}" for n in names
        ]
        text = UPDATE.format(
            prelude=self._prelude(),
            select=select,
            table=sql.table_of(model),
            sets=", ".join([*sets, *now]),
            differs=" OR ".join(differs),
            old="(SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(m))"
            " WHERE key = ANY (%(_names)s))",
        )
        return sql.execute(text, self._params(model, {"_names": names, **params}))

    def delete(self, model: Any, select: str, **params: Any) -> int:
        """Remove the rows of ``select`` (row_number, id); return how many."""
        model = _model(model)
        return sql.execute(
            self._text(DELETE, model, select=select), self._params(model, params)
        )

    def rows(self, *verdicts: str) -> Iterator[StagingRow]:
        """Iterate the staged rows with these verdicts (by default to be written)."""
        wanted = verdicts or ("CREATED", "UPDATED")
        found = StagingRow.objects.filter(run_id=self.run.pk, verdict__in=wanted)
        return iter(found.order_by("number").iterator(chunk_size=2_000))

    def created(
        self, number: int, obj: models.Model, *, is_target: bool = True
    ) -> None:
        """Journal an object that was made in Python for the row."""
        self._journal(number, obj, ImportEffect.Action.INSERTED)
        if is_target:
            self.target(number, obj)

    def changed(
        self, number: int, obj: models.Model, before: Mapping[str, Any]
    ) -> None:
        """Journal the columns of an object changed in Python, as they were before."""
        self._journal(number, obj, ImportEffect.Action.CHANGED, dict(before))

    def target(self, number: int, obj: models.Model) -> None:
        """Say which object a row became."""
        StagingRow.objects.filter(run_id=self.run.pk, number=number).update(
            target_id=obj.pk
        )

    def _journal(
        self,
        number: int,
        obj: models.Model,
        action: str,
        before: dict[str, Any] | None = None,
    ) -> None:
        label = obj._meta.label_lower
        ImportEffect.objects.create(
            run=self.run,
            number=number,
            model=label,
            object_id=obj.pk,
            action=action,
            before=before,
        )

    def finish(self) -> None:
        """Keep on the journal how the run leaves each row it wrote."""
        labels = ImportEffect.objects.filter(run=self.run).order_by("model")
        for label in labels.values_list("model", flat=True).distinct():
            model = apps.get_model(label)
            params = self._params(model)
            table = sql.table_of(model)
            sql.execute(LEFT_INSERTED.format(table=table), params)
            sql.execute(LEFT_CHANGED.format(table=table), params)
            if self.run.created + self.run.updated >= sql.BULK:
                sql.analyze(table)
        if self.kind.records_events and self.kind.model:
            self._record_events()

    def _record_events(self) -> None:
        model = _model(self.kind.model)
        has_label = any(
            f.column == self.kind.label_column for f in model._meta.concrete_fields
        )
        label = (
            f"left(m.{sql.quote(self.kind.label_column)}::text, 250)"
            if has_label
            else "''"
        )
        kind = ContentType.objects.get_for_model(model)
        params = {
            "_type": kind.pk,
            "_by": self.by.pk if getattr(self.by, "pk", None) else None,
            "_actor": str(self.by or "")[:120],
        }
        sql.execute(
            EVENTS.format(table=sql.table_of(model), label=label),
            self._params(model, params),
        )

    def _prelude(self) -> str:
        return sql.prelude(self.kind.target_model(), applied=True)

    def _params(
        self, model: type[models.Model], more: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        own = {
            "_model": model._meta.label_lower,
            "_table": model._meta.db_table,
            "_secrets": list(self.kind.secrets),
        }
        return sql.parameters(self.run, {**own, **(more or {})})

    def _names(self, select: str, params: Mapping[str, Any]) -> set[str]:
        text = sql.empty(self._prelude(), select)
        return set(sql.names_of(text, sql.parameters(self.run, params)))

    def _text(
        self,
        template: str,
        model: type[models.Model],
        columns: list[str] | None = None,
        select: str = "",
    ) -> str:
        quoted = [sql.quote(name) for name in columns or []]
        return template.format(
            prelude=self._prelude(),
            table=sql.table_of(model),
            select=select,
            columns=", ".join(quoted),
            values=", ".join(f"p.{name}" for name in quoted),
        )


EVENTS = """
INSERT INTO audit_event (at, by_id, actor, verb, subject_type_id, subject_id,
    subject_label, reason, data)
SELECT now(), %(_by)s, %(_actor)s,
    CASE s.verdict WHEN 'CREATED' THEN 'core.import_created'
        ELSE 'core.import_changed' END,
    %(_type)s, m.id, {label}, '', jsonb_build_object('run', s.run_id, 'row', s.number)
FROM core_stagingrow s JOIN {table} m ON m.id = s.target_id
WHERE s.run_id = %(run)s AND s.verdict IN ('CREATED', 'UPDATED') ORDER BY s.number
"""


def _model(given: Any) -> type[models.Model]:
    return apps.get_model(given) if isinstance(given, str) else given
