"""Rename, split, merge, close and take back: history stays where it was reported."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from audit.services import record
from core.constraints import explain
from core.days import today
from core.lock import lock
from core.registries import blocked_by
from core.templatetags.formats import long_day
from core.transitions import MoveRefused
from core.verdict import Denied
from schools import permissions
from schools.choices import SchoolStatus
from schools.models import School, SchoolStage
from schools.references import references
from schools.services.register import set_stages, stages_for
from schools.services.saving import require, save, settle


def locked_schools(schools: Iterable[School]) -> dict[int, School]:
    """Lock the schools in one order and return them as they are now."""
    ids = {school.pk for school in schools}
    (rows,) = lock(School.objects.filter(pk__in=ids).select_related("administered_by"))
    if len(rows) < len(ids):
        raise ValidationError(_("其中一所学校的登记已不存在，请刷新页面"))
    return {row.pk: row for row in rows}


def need_reason(reason: str) -> None:
    """Refuse a change of the register that nobody gives a reason for."""
    if not reason.strip():
        raise ValidationError({"reason": _("请填写事由")})


def _stood_by(school: School, day: date) -> None:
    """Refuse a day before the school opened or before its last change of name."""
    last = school.profiles.aggregate(last=Max("valid_to"))["last"]
    if school.opened_on and day <= school.opened_on:
        raise ValidationError(
            {
                "day": _("生效日期必须晚于%(school)s的开办日期（%(day)s）")
                % {"school": school.name, "day": long_day(school.opened_on)}
            }
        )
    if last and day < last:
        raise ValidationError(
            {
                "day": _("生效日期不能早于%(school)s上一次变更（%(day)s）")
                % {"school": school.name, "day": long_day(last)}
            }
        )


def may_end(school: School, day: date) -> None:
    """Refuse the end of a school while something of an upper room still needs it."""
    standing = blocked_by(school, day)
    if standing:
        raise MoveRefused(
            Denied("；".join(standing), remedy=_("了结后再办理停办或合并"))
        )


def _end(school: School, day: date, status: str, successor: School | None) -> None:
    _stood_by(school, day)
    may_end(school, day)
    school.closed_on, school.status, school.successor = day, status, successor
    try:
        with transaction.atomic():
            school.campuses.open().update(valid_to=day)
    except IntegrityError as error:
        raise explain(error) from error
    save(school)


def _found(
    facts: Mapping[str, Any], *, day: date, like: School, predecessor: School | None
) -> School:
    """Enter the school that a split or a merger founds on the day."""
    given = {name: value for name, value in facts.items() if name != "stages"}
    given.setdefault("administered_by", like.administered_by)
    given.setdefault("region", like.region)
    given.setdefault("ownership", like.ownership)
    given.setdefault("urban_rural_code", like.urban_rural_code)
    founded = School(**given, opened_on=day, predecessor=predecessor)
    save(founded)
    set_stages(founded, stages_for(founded.type, facts.get("stages")))
    return founded


@transaction.atomic
def split_school(
    school: School,
    *,
    by: Any,
    day: date,
    reason: str,
    into: Sequence[Mapping[str, Any]],
    closes: bool = False,
    document_no: str = "",
) -> list[School]:
    """Found one or more schools out of this one on the day; it may end with that.

    ``into`` holds the facts of each new school; what is not said it has of this one.
    Classes, returns and members stay with this school.
    """
    need_reason(reason)
    locked = locked_schools([school])[school.pk]
    require(permissions.can_restructure_school(by, locked))
    _stood_by(locked, day)
    if not into:
        raise ValidationError(_("请填写分设的学校"))
    founded = [_found(f, day=day, like=locked, predecessor=locked) for f in into]
    if closes:
        _end(locked, day, SchoolStatus.CLOSED, None)
    settle()
    told = {"day": day, "document_no": document_no, "closes": closes}
    for new in founded:
        record(
            "schools.school.split_off",
            new,
            by=by,
            reason=reason,
            data={**told, "from": locked.name},
        )
    names = [new.name for new in founded]
    record(
        "schools.school.split",
        locked,
        by=by,
        reason=reason,
        data={**told, "into": names},
    )
    return founded


@transaction.atomic
def merge_schools(
    sources: Sequence[School],
    *,
    by: Any,
    day: date,
    reason: str,
    survivor: School | None = None,
    new: Mapping[str, Any] | None = None,
    document_no: str = "",
) -> School:
    """Merge schools into one that stands, or into one founded on that day.

    The sources end on the day and point to what they became; their classes, returns
    and results stay with them.
    """
    need_reason(reason)
    if (survivor is None) == (new is None):
        raise ValidationError(_("请选择并入哪所学校，或填写合并新设的学校"))
    rows = locked_schools([*sources, *([survivor] if survivor else [])])
    ending = [rows[pk] for pk in sorted({s.pk for s in sources})]
    for row in rows.values():
        require(permissions.can_restructure_school(by, row))
    if survivor and survivor.pk in {s.pk for s in ending}:
        raise ValidationError({"survivor": _("并入的学校不能同时是被合并的学校")})
    if len(ending) < (2 if new is not None else 1):
        raise ValidationError({"sources": _("请选择被合并的学校，新设合并至少两所")})
    if survivor:
        target = rows[survivor.pk]
        _stood_by(target, day)
    else:
        target = _found(new or {}, day=day, like=ending[0], predecessor=None)
    for school in ending:
        _end(school, day, SchoolStatus.MERGED, target)
    settle()
    told = {"day": day, "document_no": document_no}
    for school in ending:
        data = {**told, "into": target.name}
        record("schools.school.merge_into", school, by=by, reason=reason, data=data)
    names = [s.name for s in ending]
    record(
        "schools.school.take_over",
        target,
        by=by,
        reason=reason,
        data={**told, "from": names},
    )
    return target


@transaction.atomic
def close_school(
    school: School, *, by: Any, day: date, reason: str, document_no: str = ""
) -> School:
    """End a school on the day; its number is never given to another."""
    need_reason(reason)
    locked = locked_schools([school])[school.pk]
    require(permissions.can_restructure_school(by, locked))
    _end(locked, day, SchoolStatus.CLOSED, None)
    settle()
    record(
        "schools.school.close",
        locked,
        by=by,
        reason=reason,
        data={"day": day, "document_no": document_no},
    )
    return locked


def ended_together(school: School) -> list[School]:
    """Return the schools whose merger founded the same school, this one among them.

    A school that merged into one that stood before, or that closed, stands alone.
    """
    target = school.successor
    if target is None or target.opened_on != school.closed_on:
        return [school]
    return list(target.merged.filter(closed_on=school.closed_on).order_by("pk"))


def built_on_end(school: School) -> list[str]:
    """Return what has been built on the end of a school, in sentences."""
    found = [
        _("%(school)s是停办当日由本校分设的") % {"school": other.name}
        for other in school.offshoots.filter(opened_on=school.closed_on)
    ]
    target = school.successor
    if target is None:
        return found
    if target.has_ended:
        found.append(_("%(school)s其后已停办或合并") % {"school": target.name})
    if target.profiles.filter(valid_to__gt=school.closed_on).exists():
        found.append(_("%(school)s其后已更名或变更归属") % {"school": target.name})
    if len(ended_together(school)) > 1:
        found += [
            _("合并新设的%(school)s已有记录：%(what)s")
            % {"school": target.name, "what": str(reference)}
            for reference in references(target)
            if reference.link.name != "successor"
        ]
    return found


@transaction.atomic
def reopen_school(school: School, *, by: Any, reason: str) -> School:
    """Take back a closing or a merger while nothing has been built on it.

    A merger that founded a school is taken back as a whole: all its sources stand
    again and the founded school is removed.
    """
    need_reason(reason)
    together = ended_together(school)
    kin = [*together, *([school.successor] if school.successor else [])]
    rows = locked_schools(kin)
    locked = rows[school.pk]
    require(permissions.can_reopen_school(by, locked))
    built = built_on_end(locked)
    if built:
        raise MoveRefused(
            Denied("；".join(built), remedy=_("请先撤销这些办理，再撤销停办或合并"))
        )
    target = locked.successor if len(together) > 1 else None
    for other in together:
        row = rows[other.pk]
        was = {"status": row.status, "closed_on": row.closed_on}
        row.campuses.filter(valid_to=row.closed_on).update(valid_to=None)
        row.status, row.closed_on, row.successor = SchoolStatus.OPEN, None, None
        save(row)
        record("schools.school.reopen", row, by=by, reason=reason, data=was)
    if target:
        _remove(target)
    settle()
    return locked


def _remove(school: School) -> None:
    SchoolStage.objects.filter(school=school).delete()
    school.delete()


@transaction.atomic
def undo_split(school: School, *, by: Any, reason: str) -> School:
    """Take a split back from the school that came of it; return the one it left."""
    need_reason(reason)
    rows = locked_schools(
        [school, *([school.predecessor] if school.predecessor else [])]
    )
    locked = rows[school.pk]
    require(permissions.can_undo_split(by, locked))
    elder = rows[locked.predecessor_id or 0]
    built = references(locked)
    if built:
        raise MoveRefused(
            Denied(
                _("未能撤销分设：%(school)s已有记录（%(what)s）")
                % {"school": locked.name, "what": "、".join(map(str, built))},
                remedy=_("有记录的学校不能撤销，可办理合并或停办"),
            )
        )
    name = locked.name
    _remove(locked)
    settle()
    record(
        "schools.school.undo_split", elder, by=by, reason=reason, data={"school": name}
    )
    return elder


def day_not_to_come(day: date) -> None:
    """Refuse a change of name on a day still to come: the name would be wrong today."""
    if day > today():
        raise ValidationError(
            {"day": _("更名和归属变更在生效当日或之后登记，不能提前")}
        )
