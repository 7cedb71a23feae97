"""What a delivery changed in one row, read from the history of the row itself."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from personnel.models import Teacher
from roster.choices import Collection, RowResult
from roster.models import Alias, SyncRow
from schools.models import ClassSection, School

KEPT: dict[str, type[models.Model]] = {
    Collection.ORGS: School,
    Collection.CLASSES: ClassSection,
    Collection.USERS: Teacher,
}
"""The collections whose rows have a history of their own."""
OF_THE_SYNC = frozenset(
    {
        *("source", "sourced_id", "source_hash", "changed_at", "removed_at"),
        *("pinned", "pinyin", "initials", "source_modified_at"),
    }
)
"""How the exchange keeps a row; nothing that it says."""


BEGUN_BEFORE = timedelta(minutes=1)
"""By how much the transaction that writes may have begun before the run was entered;
the history goes by its beginning."""


@dataclass(frozen=True)
class FieldChange:
    """One fact before and after."""

    label: Any
    before: str
    after: str


def target_of(row: SyncRow) -> models.Model | None:
    """Return the object a row was about: its own, or the one it is known by."""
    model = KEPT.get(row.collection)
    if model is None or not row.sourced_id:
        return None
    source = row.run.source
    own = model._default_manager.filter(source=source.code, sourced_id=row.sourced_id)
    found: models.Model | None = own.first()
    if found is not None:
        return found
    known = Alias.objects.filter(
        source=source,
        collection=row.collection,
        sourced_id=row.sourced_id,
        model=model._meta.label_lower,
    ).first()
    return model._default_manager.filter(pk=known.object_id).first() if known else None


def changes_of(row: SyncRow, target: models.Model) -> list[FieldChange]:
    """Return what the delivery changed; three queries, whatever its size.

    The history keeps what stood before; what came after is the next entry, or the row.
    """
    run = row.run
    if row.result != RowResult.UPDATED or run.finished_at is None:
        return []
    events: Any = type(target).pgh_event_models["update"]  # type: ignore[attr-defined]
    of_it = events.objects.filter(pgh_obj_id=target.pk).order_by("pgh_id")
    then = of_it.filter(
        pgh_created_at__gte=run.received_at - BEGUN_BEFORE,
        pgh_created_at__lte=run.finished_at,
    )
    last = then.last()
    if last is None:
        return []
    before = then.filter(pgh_created_at=last.pgh_created_at).first()
    after = of_it.filter(pgh_id__gt=last.pgh_id).first() or target
    return [
        FieldChange(field.verbose_name, _words(field, before), _words(field, after))
        for field in target._meta.concrete_fields
        if field.name not in OF_THE_SYNC
        and hasattr(before, field.attname)
        and getattr(before, field.attname) != getattr(after, field.attname)
    ]


def _words(field: Any, row: Any) -> str:
    value = getattr(row, field.attname)
    if value in (None, ""):
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if field.is_relation:
        named = field.related_model._default_manager.filter(pk=value).first()
        return str(named or value)
    return str(dict(field.flatchoices or ()).get(value, value))
