"""What became of the rows of a run: for JSON, and as a file."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from core.exports import rows_response
from core.tables import ExportColumn
from personnel.models import Teacher
from roster.choices import Collection
from roster.models import SyncRow, SyncRun
from schools.models import ClassSection

NAMED: dict[str, Any] = {
    Collection.USERS: Teacher,
    Collection.CLASSES: ClassSection,
}
"""Collections whose rows a person knows by name, and where the name stands."""


def names_of(
    run: SyncRun, rows: Iterable[SyncRow], user: Any
) -> dict[tuple[str, str], str]:
    """Return (collection, identifier) → who or what it is, of what the user may see.

    Pupils are not named.
    """
    ids: dict[str, list[str]] = {}
    for row in rows:
        ids.setdefault(row.collection, []).append(row.sourced_id)
    found = {}
    for collection, model in NAMED.items():
        held = model.objects.visible_to(user).filter(
            source=run.source.code, sourced_id__in=ids.get(collection, ())
        )
        for one in held.select_related("school"):
            name = _("%(name)s（%(school)s）") % {"name": one, "school": one.school}
            found[(str(collection), one.sourced_id)] = name
    return found


def row_as_dict(row: SyncRow) -> dict[str, Any]:
    """Return one row for JSON."""
    return {
        "collection": row.collection,
        "row": row.number,
        "sourcedId": row.sourced_id,
        "result": row.result,
        "errors": row.errors or [],
    }


def lines_of(rows: Iterable[SyncRow]) -> Iterator[dict[str, Any]]:
    """Yield one line for each sentence, one for a row without any."""
    for row in rows:
        for told in row.errors or [{}]:
            yield {**row_as_dict(row), "message": "", **told}


def _cell(name: str) -> Callable[[dict[str, Any]], Any]:
    return lambda line: line.get(name, "")


def results_response(
    run: SyncRun, rows: Iterable[SyncRow], fmt: str
) -> HttpResponseBase:
    """Return the rows as a CSV or XLSX file, safe to open in a spreadsheet."""
    kinds = {"row": "number"}
    names = ("collection", "row", "sourcedId", "result", "field", "code", "message")
    columns = [ExportColumn(n, kinds.get(n, "text"), _cell(n)) for n in names]
    title = _("同步结果_%s") % run.pk
    return rows_response(columns, lines_of(rows), fmt, name=title)
