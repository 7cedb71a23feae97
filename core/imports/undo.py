"""Take an import back: remove what it added, restore what it changed."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import pghistory.models
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from core.copying import stored_fields
from core.imports import sql
from core.imports.engine import told_in_words
from core.imports.errors import ImportRefused, UndoBlocked
from core.imports.kinds import kind_of
from core.models import ImportEffect, ImportRun

NAMED = 10
OWN_RECORDS = {"audit.event", "core.importrun", "core.notification"}
"""Records about things that do not build on them."""
EDITED = """
SELECT e.object_id, e.number, m.id IS NULL
FROM core_importeffect e LEFT JOIN {table} m ON m.id = e.object_id
    CROSS JOIN LATERAL (SELECT to_jsonb(m) - %(_volatile)s::text[] AS row OFFSET 0) now
WHERE e.run_id = %(run)s AND e.model = %(_model)s AND e.action IN ('I', 'U')
    AND (CASE
        WHEN m.id IS NULL THEN e.action = 'U'
        WHEN e.after - %(_volatile)s::text[] = now.row THEN FALSE
        ELSE EXISTS (SELECT 1 FROM jsonb_each(e.after) a WHERE now.row ? a.key
            AND a.value IS DISTINCT FROM now.row -> a.key) END)
ORDER BY e.number LIMIT {limit}
"""
BUILT_ON = """
SELECT r.{pk}, e.object_id
FROM {table} r JOIN core_importeffect e ON e.object_id{cast} = r.{column}
WHERE e.run_id = %(run)s AND e.model = %(_model)s AND e.action = 'I' {about}
    AND NOT EXISTS (SELECT 1 FROM core_importeffect own WHERE own.run_id = %(run)s
        AND own.model = %(_other)s AND own.object_id = r.{pk} AND own.action = 'I')
ORDER BY 1 LIMIT {limit}
"""
REMOVE = """
DELETE FROM {table} m USING core_importeffect e
WHERE e.run_id = %(run)s AND e.model = %(_model)s AND e.action = 'I'
    AND e.object_id = m.id
"""
RESTORE = """
UPDATE {table} m SET {sets}
FROM (
    SELECT c.object_id, jsonb_object_agg(b.key, b.value ORDER BY c.id DESC) AS before
    FROM core_importeffect c, jsonb_each(c.before) b
    WHERE c.run_id = %(run)s AND c.model = %(_model)s AND c.action = 'U'
    GROUP BY c.object_id
) e, LATERAL jsonb_populate_record(NULL::{table}, e.before) p
WHERE e.object_id = m.id
"""
BRING_BACK = """
INSERT INTO {table} ({columns})
SELECT {values} FROM core_importeffect e,
    LATERAL jsonb_populate_record(NULL::{table}, e.before) p
WHERE e.run_id = %(run)s AND e.model = %(_model)s AND e.action = 'D'
"""


@dataclass
class UndoSummary:
    """What an undo did: rows removed, restored and brought back."""

    run_id: int
    removed: int = 0
    restored: int = 0
    returned: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return the summary for JSON."""
        found = asdict(self)
        found["run"] = found.pop("run_id")
        return found


def undo_import(run_id: int, *, by: Any = None) -> UndoSummary:
    """Undo an applied run in one transaction.

    Raises UndoBlocked naming later changes and whatever was built on the imported rows,
    and ImportRefused when there is no such run or it is not applied.
    """
    with transaction.atomic():
        run = (
            ImportRun.objects.select_for_update(of=("self",)).filter(pk=run_id).first()
        )
        if run is None:
            raise ImportRefused(_("没有编号为 %s 的导入") % run_id, "unknown_run")
        if run.state != ImportRun.State.APPLIED:
            raise ImportRefused(
                _("该次导入当前为“%s”，不能撤销") % run.get_state_display(),
                "not_applied",
            )
        if blocks := undo_blocks(run):
            raise UndoBlocked(blocks)
        with told_in_words():
            summary = _undo(run)
            sql.settle_constraints()
        _close(run, by, summary)
    return summary


def undo_blocks(run: ImportRun) -> list[str]:
    """Return in words what stands in the way of undoing the run."""
    blocks = [*kind_of(run.kind).undo_blocks(run)]
    for model in _models_of(run):
        blocks += _later_edits(run, model)
        blocks += _built_on(run, model)
    return blocks


def _models_of(run: ImportRun) -> list[type[models.Model]]:
    """Return the models the run wrote to, in the order of its first write."""
    rows = (
        ImportEffect.objects.filter(run=run)
        .values("model")
        .annotate(first=models.Min("pk"))
        .order_by("first")
    )
    return [apps.get_model(row["model"]) for row in rows]


def _params(run: ImportRun, model: type[models.Model], **more: Any) -> dict[str, Any]:
    return sql.parameters(run, {"_model": model._meta.label_lower, **more})


def _later_edits(run: ImportRun, model: type[models.Model]) -> list[str]:
    found = sql.fetch(
        EDITED.format(table=sql.table_of(model), limit=NAMED),
        _params(run, model, _volatile=sql.volatile_columns(model)),
    )
    names = _labels(model, [pk for pk, _number, gone in found if not gone])
    return [
        _("第 %(row)s 行：%(kind)s“%(name)s”导入后又有改动")
        % {"row": number, "kind": model._meta.verbose_name, "name": names[pk]}
        if not gone
        else _("第 %(row)s 行：%(kind)s已被删除")
        % {"row": number, "kind": model._meta.verbose_name}
        for pk, number, gone in found
    ]


def _labels(model: type[models.Model], ids: Iterable[Any]) -> dict[Any, str]:
    return {pk: str(obj) for pk, obj in model._base_manager.in_bulk(list(ids)).items()}


def _built_on(run: ImportRun, model: type[models.Model]) -> Iterator[str]:
    for other, column, about in _references(model):
        pk = other._meta.pk
        text = BUILT_ON.format(
            table=sql.table_of(other),
            pk=sql.quote(str(pk.column)),
            column=sql.quote(column.column),
            cast="" if "int" in (column.db_type(connection) or "") else "::text",
            about=f"AND r.{sql.quote(about)} = %(_type)s" if about else "",
            limit=NAMED,
        )
        params = _params(
            run,
            model,
            _other=other._meta.label_lower,
            _type=ContentType.objects.get_for_model(model).pk,
        )
        found = sql.fetch(text, params)
        theirs = _labels(other, [row[0] for row in found])
        ours = _labels(model, [row[1] for row in found])
        for row in found:
            yield _("%(ours)s已有%(kind)s“%(theirs)s”") % {
                "ours": ours[row[1]],
                "kind": other._meta.verbose_name,
                "theirs": theirs[row[0]],
            }


def _references(
    model: type[models.Model],
) -> Iterator[tuple[type[models.Model], Any, str]]:
    """Yield (model, field, content type column) of everything that can point here."""
    for other in apps.get_models(include_auto_created=True):
        if issubclass(other, pghistory.models.Event) or not other._meta.managed:
            continue
        if isinstance(other._meta.pk, models.CompositePrimaryKey):
            continue
        for field in other._meta.concrete_fields:
            if field.related_model is model and _points_to_key(field):
                yield other, field, ""
        if other._meta.label_lower in OWN_RECORDS:
            continue
        for generic in other._meta.private_fields:
            if isinstance(generic, GenericForeignKey):
                about: Any = other._meta.get_field(generic.ct_field)
                yield other, other._meta.get_field(generic.fk_field), about.column


def _points_to_key(field: Any) -> bool:
    return bool(field.target_field.primary_key)


def _undo(run: ImportRun) -> UndoSummary:
    """Remove what was added, then restore what was changed, then bring back the rest.

    In this order a restored key never cascades into rows that are about to go.
    """
    summary = UndoSummary(run.pk)
    models_written = _models_of(run)
    for model in reversed(models_written):
        text = REMOVE.format(table=sql.table_of(model))
        summary.removed += sql.execute(text, _params(run, model))
    for model in reversed(models_written):
        summary.restored += _restore(run, model)
    for model in models_written:
        summary.returned += _bring_back(run, model)
    return summary


def _restore(run: ImportRun, model: type[models.Model]) -> int:
    names = sql.fetch(
        "SELECT DISTINCT jsonb_object_keys(before) FROM core_importeffect"
        " WHERE run_id = %(run)s AND model = %(_model)s AND action = 'U'",
        _params(run, model),
    )
    if not names:
        return 0
    sets = [f"{sql.quote(n)} = now()" for n in sql.volatile_columns(model)]
    for (name,) in names:
        column, key = sql.quote(name), sql.literal(name)
        sets.append(
            f"{column} = CASE WHEN e.before ? {key} THEN p.{column} ELSE m.{column} END"
        )
    return sql.execute(
        RESTORE.format(table=sql.table_of(model), sets=", ".join(sets)),
        _params(run, model),
    )


def _bring_back(run: ImportRun, model: type[models.Model]) -> int:
    names = [sql.quote(field.column) for field in stored_fields(model)]
    text = BRING_BACK.format(
        table=sql.table_of(model),
        columns=", ".join(names),
        values=", ".join(f"p.{name}" for name in names),
    )
    return sql.execute(text, _params(run, model))


def _close(run: ImportRun, by: Any, summary: UndoSummary) -> None:
    run.state = ImportRun.State.UNDONE
    run.undone_at = timezone.now()
    run.undone_by = by if getattr(by, "pk", None) else None
    run.save()
    record("core.undo_import", run, by=by, data=summary.as_dict())
