"""What quality monitoring says of a school: kept by its bureau, for its eyes only."""

from typing import Any

from django.db import transaction

from audit.services import record
from schools import permissions
from schools.models import QualityResult, School
from schools.services.saving import require, save


@transaction.atomic
def add_quality(school: School, *, by: Any, **fields: Any) -> QualityResult:
    """Enter the result of one subject; events name it, never its figures."""
    require(permissions.can_change_quality(by, school))
    row = QualityResult(school=school, **fields)
    save(row)
    _record("schools.school.add_quality", row, by)
    return row


@transaction.atomic
def change_quality(
    result: QualityResult, *, by: Any, is_gone: bool = False, **fields: Any
) -> QualityResult:
    """Correct a result, or take one off that ``is_gone``."""
    require(permissions.can_change_quality(by, result.school))
    rows = QualityResult.objects.select_for_update(of=("self",))
    locked: QualityResult = rows.get(pk=result.pk)
    if is_gone:
        locked.delete()
        _record("schools.school.remove_quality", locked, by)
        return locked
    for name, value in fields.items():
        setattr(locked, name, value)
    save(locked)
    _record("schools.school.change_quality", locked, by)
    return locked


def _record(verb: str, row: QualityResult, by: Any) -> None:
    told = {"year": row.year.code, "stage": row.stage, "subject": row.subject}
    record(verb, row.school, by=by, data=told)
