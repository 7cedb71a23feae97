"""Enter schools, settle their stages, decide their labels."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from core.days import today
from schools import permissions
from schools.choices import ALLOWED_STAGES, DEFAULT_STAGES, Stage
from schools.models import School, SchoolHonour, SchoolLabel, SchoolStage
from schools.services.saving import require, save


def stages_for(type_: str, stages: Iterable[str] | None = None) -> list[str]:
    """Return the stages given, or those that schools of the type usually teach."""
    return list(stages or DEFAULT_STAGES.get(type_, ()))


def set_stages(school: School, stages: Sequence[str]) -> None:
    """Make the school teach exactly these stages; they must fit its type."""
    foreign = [s for s in stages if s not in ALLOWED_STAGES.get(school.type, ())]
    if foreign:
        message = _("%(type)s不开设：%(stages)s") % {
            "type": school.get_type_display() or _("学段待确认的学校"),
            "stages": stage_words(foreign),
        }
        raise ValidationError({"stages": message})
    held = set(school.stages.values_list("stage", flat=True))
    school.stages.exclude(stage__in=stages).delete()
    SchoolStage.objects.bulk_create(
        SchoolStage(school=school, stage=stage, school_type=school.type)
        for stage in stages
        if stage not in held
    )


@transaction.atomic
def register_school(
    *, by: Any, stages: Sequence[str] | None = None, **fields: Any
) -> School:
    """Enter a school into the register of the region that administers it (BN-0.3).

    ``fields`` are those of School; ``region`` defaults to ``administered_by``. Raises
    MoveRefused without the right, ValidationError with the field's message.
    """
    fields.setdefault("region", fields["administered_by"])
    require(permissions.can_register_school(by, fields["administered_by"]))
    school = School(**fields)
    save(school)
    set_stages(school, stages_for(school.type, stages))
    record("schools.school.register", school, by=by)
    return school


@transaction.atomic
def change_school(
    school: School, *, by: Any, stages: Sequence[str] | None = None, **fields: Any
) -> School:
    """Correct the facts of a school; its history stays readable."""
    require(permissions.can_change_school(by, school))
    locked: School = School.objects.select_for_update(of=("self",), no_key=True).get(
        pk=school.pk
    )
    target = fields.get("administered_by")
    if target and target.pk != locked.administered_by_id:
        require(permissions.can_register_school(by, target))
    changed = _changes(locked, fields)
    if stages is None and "type" not in changed:
        stages = list(locked.stages.values_list("stage", flat=True))
    for name, value in fields.items():
        setattr(locked, name, value)
    save(locked)
    set_stages(locked, stages_for(locked.type, stages))
    record("schools.school.change", locked, by=by, data={"changed": changed})
    return locked


def _changes(school: School, fields: dict[str, Any]) -> dict[str, list[str]]:
    return {
        name: [str(getattr(school, name)), str(value)]
        for name, value in fields.items()
        if getattr(school, name) != value
    }


@transaction.atomic
def confirm_stage(
    school: School,
    *,
    by: Any,
    type: str,
    stages: Sequence[str] | None = None,
    reason: str = "",
) -> School:
    """Settle what a school that only said 中学 really is."""
    locked: School = School.objects.select_for_update(of=("self",), no_key=True).get(
        pk=school.pk
    )
    require(permissions.can_confirm_stage(by, locked))
    locked.type = type
    save(locked)
    set_stages(locked, stages_for(type, stages))
    locked.refresh_from_db()
    record(
        "schools.school.confirm_stage",
        locked,
        by=by,
        reason=reason,
        data={"type": type, "stages": stages_for(type, stages)},
    )
    return locked


@transaction.atomic
def confirm_stages(choices: dict[School, str], *, by: Any) -> list[School]:
    """Settle several schools at once, all or none."""
    return [
        confirm_stage(school, by=by, type=type_)
        for school, type_ in sorted(choices.items(), key=lambda pair: pair[0].pk)
    ]


@transaction.atomic
def label_school(
    school: School,
    *,
    by: Any,
    label: str,
    decided_by: str,
    valid_from: date,
    valid_to: date | None = None,
    document_no: str = "",
    evidence: Any = None,
) -> SchoolLabel:
    """Record a dated label with the authority that decided it (BN-4.1.1a)."""
    require(permissions.can_label_school(by, school))
    row = SchoolLabel(
        school=school,
        label=label,
        decided_by=decided_by,
        valid_from=valid_from,
        valid_to=valid_to,
        document_no=document_no,
        evidence=evidence,
    )
    save(row)
    record("schools.school.label", school, by=by, data={"label": label})
    return row


@transaction.atomic
def end_label(
    label: SchoolLabel, *, by: Any, valid_to: date | None = None, because: str = ""
) -> SchoolLabel:
    """End a label from a day on; what it said before stays true."""
    require(permissions.can_label_school(by, label.school))
    locked: SchoolLabel = SchoolLabel.objects.select_for_update(of=("self",)).get(
        pk=label.pk
    )
    if locked.valid_to is not None:
        raise ValidationError(_("该标签已于 %(day)s 终止") % {"day": locked.valid_to})
    locked.valid_to, locked.ended_because = valid_to or today(), because
    save(locked)
    record(
        "schools.school.end_label",
        locked.school,
        by=by,
        reason=because,
        data={"label": locked.label, "valid_to": locked.valid_to},
    )
    return locked


@transaction.atomic
def add_honour(school: School, *, by: Any, **fields: Any) -> SchoolHonour:
    """Record an honour of the school."""
    require(permissions.can_label_school(by, school))
    row = SchoolHonour(school=school, **fields)
    save(row)
    record("schools.school.honour", school, by=by, data={"honour": str(row)})
    return row


def stage_words(stages: Iterable[str]) -> str:
    """Return stages in words for a message."""
    return "、".join(str(Stage(stage).label) for stage in stages)
