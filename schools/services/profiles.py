"""Change name, code, type or county from a day on, and take the last change back."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from bureau.models.region import BEGINNING
from schools import permissions
from schools.models import School, SchoolProfile
from schools.models.profile import PROFILE_FIELDS
from schools.services.register import set_stages, stage_words, stages_for
from schools.services.saving import require, save, settle
from schools.services.succession import day_not_to_come, locked_schools, need_reason


@transaction.atomic
def change_profile(
    school: School,
    *,
    by: Any,
    day: date,
    reason: str,
    document_no: str = "",
    stages: Sequence[str] | None = None,
    **facts: Any,
) -> School:
    """Let new facts hold from the day on; the former ones stay true before it.

    ``facts`` are some of name, short_name, school_code, type, ownership and
    administered_by; without ``stages`` a new type brings its usual ones. A mistake of
    the register is corrected by ``change_school``.
    """
    need_reason(reason)
    day_not_to_come(day)
    locked = locked_schools([school])[school.pk]
    require(permissions.can_restructure_school(by, locked))
    target = facts.get("administered_by")
    if target and target.pk != locked.administered_by_id:
        require(permissions.can_register_school(by, target))
    changed = {n: v for n, v in facts.items() if getattr(locked, n) != v}
    taught = locked.stage_codes
    if "type" in changed:
        stages = stages_for(changed["type"], stages)
    elif stages is None:
        stages = taught
    if not changed and set(stages) == set(taught):
        raise ValidationError(_("没有变更：各项与现在相同"))
    former = _former(locked, day, reason, document_no)
    for name, value in changed.items():
        setattr(locked, name, value)
    save(former)
    save(locked)
    set_stages(locked, stages)
    settle()
    told = {n: [str(getattr(former, n)), str(v)] for n, v in changed.items()}
    if set(stages) != set(taught):
        told["stages"] = [stage_words(taught), stage_words(stages)]
    record(
        "schools.school.change_profile",
        locked,
        by=by,
        reason=reason,
        data={"day": day, "document_no": document_no, "changed": told},
    )
    return locked


def _former(school: School, day: date, reason: str, document_no: str) -> SchoolProfile:
    last = school.profiles.order_by("-valid_to").first()
    since = last.valid_to if last else (school.opened_on or BEGINNING)
    if day <= since:
        raise ValidationError(
            {
                "day": _("生效日期必须晚于开办日期和上一次变更（%(day)s）")
                % {"day": since.isoformat()}
            }
        )
    return SchoolProfile(
        school=school,
        valid_from=since,
        valid_to=day,
        changed_because=reason[:200],
        document_no=document_no,
        stages=school.stage_codes,
        **{name: getattr(school, name) for name in PROFILE_FIELDS},
    )


def rename_school(
    school: School,
    *,
    by: Any,
    day: date,
    name: str,
    reason: str,
    short_name: str | None = None,
    document_no: str = "",
) -> School:
    """Give a school a new name from the day on; its code stays (rule of the codes)."""
    facts = {"name": name}
    if short_name is not None:
        facts["short_name"] = short_name
    return change_profile(
        school, by=by, day=day, reason=reason, document_no=document_no, **facts
    )


@transaction.atomic
def undo_change(school: School, *, by: Any, reason: str) -> School:
    """Take the last change of name, type, stages or county back, as if it had not
    been."""
    need_reason(reason)
    locked = locked_schools([school])[school.pk]
    require(permissions.can_undo_change(by, locked))
    former: SchoolProfile = locked.profiles.order_by("-valid_to")[0]
    back = {n: getattr(former, n) for n in PROFILE_FIELDS}
    told = {n: [str(getattr(locked, n)), str(v)] for n, v in back.items()}
    stages = former.stage_codes
    if set(stages) != set(locked.stage_codes):
        told["stages"] = [stage_words(locked.stage_codes), stage_words(stages)]
    former.delete()
    for name, value in back.items():
        setattr(locked, name, value)
    save(locked)
    set_stages(locked, stages)
    settle()
    record(
        "schools.school.undo_change",
        locked,
        by=by,
        reason=reason,
        data={"changed": {n: pair for n, pair in told.items() if pair[0] != pair[1]}},
    )
    return locked
