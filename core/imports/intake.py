"""Take a file in: open it, find its heads, keep it, map its columns."""

from collections.abc import Mapping
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils.translation import gettext as _

from core import files
from core.imports.columns import match_heads, normal, signature
from core.imports.errors import ImportRefused
from core.imports.kinds import ImportKind, kind_of
from core.imports.readers import Layout, Source, Table, find_layout, open_table
from core.imports.staging import require_columns
from core.models import Attachment, ImportLayout, ImportRun

UPLOAD_TYPES = {
    b"PK": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    b"\xd0\xcf": "application/vnd.ms-excel",
}


def take_in(
    kind: ImportKind,
    source: Source,
    *,
    scope: models.Model | None,
    by: Any = None,
    options: Mapping[str, Any] | None = None,
    table: Table | None = None,
    keep_file: bool = True,
) -> ImportRun:
    """Find the heads of a source and begin a run with the likeliest mapping."""
    table = table or open_table(source)
    layout = find_layout(table, kind.columns)
    run = ImportRun(
        kind=kind.key,
        by=by if getattr(by, "pk", None) else None,
        scope_type=ContentType.objects.get_for_model(scope) if scope else None,
        scope_id=scope.pk if scope else None,
        file_name=source.name,
        file_sha256=source.sha256,
        layout=_layout_kept(kind, layout),
        options=dict(options or {}),
    )
    run.mapping = remembered_mapping(run) or match_heads(
        kind.columns, layout.heads, kind.presets
    )
    with transaction.atomic():
        run.save()
        if keep_file and source.content:
            keep_source(run, source)
    return run


def _layout_kept(kind: ImportKind, layout: Layout) -> dict[str, Any]:
    """Return the layout as the run keeps it: no sample rows where there are secrets."""
    kept = layout.as_dict()
    return {**kept, "sample": []} if kind.secrets else kept


def keep_source(run: ImportRun, source: Source) -> None:
    """Keep the file with the run, for staging again and for the result sheet."""
    Attachment.objects.create(
        subject_type=ContentType.objects.get_for_model(ImportRun),
        subject_id=run.pk,
        kind=Attachment.Kind.UPLOAD,
        name=source.name,
        sha256=files.store_content(source.content),
        size=len(source.content),
        mime=UPLOAD_TYPES.get(source.content[:2], "text/plain"),
        uploaded_by=run.by,
    )


def forget_source(run: ImportRun) -> None:
    """Remove the file of a run, and its content where nothing else refers to it."""
    for kept in Attachment.objects.about(run).filter(kind=Attachment.Kind.UPLOAD):
        kept.delete()
        transaction.on_commit(lambda kept=kept: files.drop_content(kept))  # type: ignore[misc]


def source_for(run: ImportRun) -> Source:
    """Return the file of a run; ImportRefused when it was not kept."""
    kept = Attachment.objects.about(run).filter(kind=Attachment.Kind.UPLOAD).first()
    if kept is None:
        raise ImportRefused(_("原文件没有保存，无法重新读取"), "no_file")
    return Source(kept.name, files.read(kept))


def open_run(run: ImportRun) -> Table:
    """Open the file of a run again."""
    return open_table(source_for(run))


def _scope_key(run: ImportRun) -> str:
    return f"{run.scope_type_id}:{run.scope_id}" if run.scope_id else ""


def remembered_mapping(run: ImportRun) -> dict[str, int]:
    """Return the mapping last confirmed for a file with these heads, if any."""
    found = ImportLayout.objects.filter(
        kind=run.kind,
        scope_key=_scope_key(run),
        signature=signature(run.layout["heads"]),
    ).first()
    return dict(found.mapping) if found else {}


def remember_mapping(run: ImportRun) -> None:
    """Keep the run's mapping for the next file with the same heads."""
    ImportLayout.objects.update_or_create(
        kind=run.kind,
        scope_key=_scope_key(run),
        signature=signature(run.layout["heads"]),
        defaults={"mapping": run.mapping},
    )


def choose_sheet(run: ImportRun, sheet: str, header_row: int = 0) -> None:
    """Read another sheet, or take another row as the heads, and map anew."""
    kind = kind_of(run.kind)
    layout = find_layout(
        open_run(run), kind.columns, sheet=sheet, header_row=header_row
    )
    run.layout = _layout_kept(kind, layout)
    run.mapping = remembered_mapping(run) or match_heads(
        kind.columns, layout.heads, kind.presets
    )
    _keep(run)


def set_mapping(run: ImportRun, mapping: Mapping[str, int]) -> None:
    """Say which column of the file fills which column of the kind, and remember it."""
    kind = kind_of(run.kind)
    width = len(run.layout["heads"])
    run.mapping = {
        name: at
        for name, at in mapping.items()
        if kind.column(name) and 0 <= at < width
    }
    require_columns(kind, run)
    _keep(run)
    remember_mapping(run)


def _keep(run: ImportRun) -> None:
    """Keep layout and mapping of an open run, which must be staged again after that."""
    run.state = ImportRun.State.STAGED
    kept = ImportRun.objects.filter(pk=run.pk, state__in=ImportRun.OPEN_STATES).update(
        layout=run.layout, mapping=run.mapping, state=run.state
    )
    if not kept:
        raise ImportRefused(_("该次导入已经结束，不能再次读取"), "closed")


def positions(run: ImportRun, mapping: Mapping[str, str]) -> dict[str, int]:
    heads = [normal(head) for head in run.layout["heads"]]
    found = {}
    for name, head in mapping.items():
        if normal(head) not in heads:
            raise ImportRefused(_("文件中没有“%s”这一列") % head, "unknown_head")
        found[name] = heads.index(normal(head))
    return found
