"""Rows of a run as a person reads them: what stands there, changes, is asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from core.copying import stored_fields
from core.imports.kinds import ImportKind, kind_of
from core.imports.result import found_problems, values_of
from core.models import ImportEffect, ImportRun, RowVerdict, StagingRow


@dataclass
class PreviewRow:
    """One row: number, cells by column name, sentences by level, question, object."""

    number: int
    verdict: str
    label: str
    cells: dict[str, str]
    errors: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    wrong: set[str] = field(default_factory=set)
    question: dict[str, Any] | None = None
    url: str = ""


def preview_rows(run: ImportRun, rows: Sequence[Any]) -> list[PreviewRow]:
    """Return staged or kept rows of one page for drawing (two queries at most)."""
    kind = kind_of(run.kind)
    targets = _targets(kind, rows)
    written = _written(run, kind, rows)
    return [_row(kind, row, targets.get(row.target_id), written) for row in rows]


def _targets(kind: ImportKind, rows: Sequence[Any]) -> dict[int, models.Model]:
    model = kind.target_model()
    if model is None:
        return {}
    ids = {row.target_id for row in rows if row.target_id}
    return dict(model._default_manager.in_bulk(ids)) if ids else {}


def _written(
    run: ImportRun, kind: ImportKind, rows: Sequence[Any]
) -> dict[int, list[tuple[str, Any, Any]]]:
    """Return row number → (column, before, after) of what an applied run changed."""
    if run.is_open or not kind.model:
        return {}
    effects = ImportEffect.objects.filter(
        run=run,
        model=kind.model.lower(),
        action=ImportEffect.Action.CHANGED,
        number__in=[row.number for row in rows],
    )
    return {
        effect.number: [
            (k, v, (effect.after or {}).get(k))
            for k, v in (effect.before or {}).items()
        ]
        for effect in effects
    }


def _row(
    kind: ImportKind,
    row: Any,
    target: models.Model | None,
    written: dict[int, list[tuple[str, Any, Any]]],
) -> PreviewRow:
    found = found_problems(row)
    errors = [problem for problem in found if problem["level"] == "error"]
    changes = written.get(row.number, [])
    if isinstance(row, StagingRow) and row.verdict == RowVerdict.UPDATED and target:
        changes = _differences(row, target)
    return PreviewRow(
        number=row.number,
        verdict=row.verdict,
        label=row.get_verdict_display(),
        cells={name: str(value) for name, value in values_of(row).items()},
        errors=[problem["message"] for problem in errors],
        notes=[problem["message"] for problem in found if problem["level"] == "note"],
        changes=[_sentence(kind, *change) for change in changes],
        wrong={problem["column"] for problem in errors},
        question=getattr(row, "question", None),
        url=_url(target),
    )


def _url(target: models.Model | None) -> str:
    if target is None or not hasattr(target, "get_absolute_url"):
        return ""
    return str(target.get_absolute_url())


def _differences(row: StagingRow, target: models.Model) -> list[tuple[str, Any, Any]]:
    pinned = getattr(target, "pinned", [])
    found = []
    for each in stored_fields(type(target)):
        if each.column not in row.data or each.column in pinned:
            continue
        before, after = getattr(target, each.attname), row.data[each.column]
        if _plain(before) != _plain(after):
            found.append((each.column, before, after))
    return found


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def _sentence(kind: ImportKind, name: str, before: Any, after: Any) -> str:
    """Say one change: ``来源：旧 → 新``."""
    field_of = _field(kind, name)
    column = kind.column(name)
    label = (
        str(column.label)
        if column
        else str(field_of.verbose_name if field_of else name)
    )
    words = dict(field_of.flatchoices) if field_of and field_of.choices else {}
    old, new = (
        str(words.get(value, _plain(value))) or _("空") for value in (before, after)
    )
    return _("%(label)s：%(old)s → %(new)s") % {"label": label, "old": old, "new": new}


def _field(kind: ImportKind, name: str) -> Any:
    model = kind.target_model()
    if model is None:
        return None
    return next((f for f in model._meta.concrete_fields if f.column == name), None)
