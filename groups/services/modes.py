"""Load modes and checklists from data; switch a mode off in a region."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from bureau.authority import answers_for
from bureau.models import Region
from groups.models import GroupMode, ModeAvailability, TaskTemplate

DATA = Path(__file__).resolve().parent.parent / "data"


def _rows(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((DATA / name).read_text("utf-8"))
    return rows


@transaction.atomic
def load_modes() -> int:
    """Create or update the shipped modes and checklists; return how many modes.

    Safe to run again; a mode that a region switched off stays off.
    """
    rows = _rows("modes.json")
    for position, row in enumerate(rows, 1):
        values = {"position": position, **row}
        GroupMode.objects.update_or_create(code=values.pop("code"), defaults=values)
    load_task_templates()
    return len(rows)


@transaction.atomic
def load_task_templates() -> int:
    """Enter the shipped checklists; a changed text becomes a new version."""
    rows = _rows("tasks.json")
    for position, row in enumerate(rows, 1):
        _enter_template({"position": position, **row})
    return len(rows)


def _enter_template(values: dict[str, Any]) -> None:
    key = {name: values[name] for name in ("case_kind", "kind", "code")}
    last = TaskTemplate.objects.filter(**key).order_by("-version").first()
    if last and last.title == values["title"] and last.clause == values["clause"]:
        return
    if last:
        TaskTemplate.objects.filter(**key).update(is_retired=True)
    TaskTemplate.objects.create(version=last.version + 1 if last else 1, **values)


@transaction.atomic
def switch_mode(
    mode: GroupMode,
    region: Region,
    *,
    by: Any,
    is_enabled: bool,
    valid_from: date,
    reason: str,
) -> ModeAvailability:
    """Switch a mode off or on in a region from a day on (AK-1.3.2)."""
    if not answers_for(by, "groups.change_groupmode", region):
        raise PermissionDenied(_("由本地区教育行政部门决定（AK-1.3.2）"))
    standing = ModeAvailability.objects.select_for_update().filter(
        mode=mode, region=region
    )
    for row in standing.during(valid_from, None):
        if row.valid_from >= valid_from:
            row.delete()
        else:
            row.valid_to = valid_from
            row.save(update_fields=["valid_to"])
    switched = ModeAvailability.objects.create(
        mode=mode,
        region=region,
        is_enabled=is_enabled,
        valid_from=valid_from,
        reason=reason,
    )
    record(
        "groups.switch_mode",
        region,
        by=by,
        reason=reason,
        data={"mode": mode.pk, "enabled": is_enabled, "from": valid_from},
    )
    return switched
