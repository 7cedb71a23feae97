"""What happened to an object, in words, from its events."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from audit.models import Event
from core.registries import transition_tables
from core.registry import Registry

verbs: Registry[str, Any] = Registry("verbs")
"""Verb of an event → how a person would say it."""

for _verb, _words in {
    "core.attach_file": _("上传文件"),
    "core.create": _("新建"),
    "core.update": _("修改"),
    "core.delete": _("删除"),
    "core.export": _("导出"),
    "core.import_created": _("导入新增"),
    "core.import_changed": _("导入更新"),
    "core.apply_import": _("写入导入"),
    "core.undo_import": _("撤销导入"),
}.items():
    verbs.register(_verb, _words)


@dataclass(frozen=True)
class Entry:
    """One line of a timeline."""

    at: datetime
    who: str
    what: str
    reason: str
    to_state: str
    clause: str
    times: int = 1
    """How often in a row, where the same person did the same thing."""


def words_for(verb: str) -> str:
    """Return a verb in words: of a move its label, else as registered."""
    known = verbs.find(verb)
    if known:
        return str(known)
    model, _dot, name = verb.rpartition(".")
    table = transition_tables.find(model)
    if table and name in table.moves:
        return str(table[name].label)
    return name.replace("_", " ")


def entries(subject: Model, limit: int = 60) -> list[Entry]:
    """Return the newest events about an object, newest first (one query)."""
    rows = Event.objects.about(subject).select_related("by")[:limit]
    return _in_short(
        Entry(
            at=row.at,
            who=row.actor or str(_("系统")),
            what=words_for(row.verb),
            reason=row.reason,
            to_state=str(row.data.get("to", "")),
            clause=str(row.data.get("clause", "")),
        )
        for row in rows
    )


def _in_short(listed: Iterable[Entry]) -> list[Entry]:
    """Draw runs of the same doing by the same person together."""
    short: list[Entry] = []
    for entry in listed:
        last = short[-1] if short else entry
        same = (last.what, last.who, "") == (entry.what, entry.who, entry.reason)
        if short and same and not last.reason:
            short[-1] = replace(last, times=last.times + 1)
        else:
            short.append(entry)
    return short
