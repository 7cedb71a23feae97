"""Put two entries of one school together, or keep that they are two schools."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, transaction
from django.utils.translation import gettext as _

from audit.services import record
from core.constraints import CarriedKey, NoOverlap, check_deferred, explain
from schools import permissions
from schools.choices import ALLOWED_STAGES
from schools.duplicates import is_slip
from schools.models import (
    Campus,
    ConstructionProject,
    MergedRecord,
    NotDuplicate,
    School,
    SchoolHonour,
    SchoolLabel,
    SchoolProfile,
    SchoolStage,
)
from schools.names import normalize_name
from schools.references import OF_THE_SCHOOL_ITSELF, Link, links
from schools.services.saving import require, save, settle
from schools.services.succession import need_reason

MERGED_FIELDS = (
    *("name", "short_name", "distinguisher", "school_code"),
    *("administered_by", "region", "type", "ownership", "urban_rural_code"),
    *("is_legal_person", "opened_on", "address", "longitude", "latitude"),
)
"""What of an entry is shown side by side and may be taken from either."""
ORIGIN = ("source", "sourced_id")
"""By what name the system that brought the second entry goes on speaking of it."""
KEPT_ONCE = (Campus, ConstructionProject, SchoolHonour, SchoolLabel, SchoolProfile)
"""Facts about the school: what both entries say is kept once."""


@dataclass(frozen=True)
class FieldChoice:
    """One fact of both entries, and which of the two will stand."""

    name: str
    label: Any
    kept: Any
    dropped: Any
    takes: str
    """``kept`` or ``dropped``; empty for two codes until somebody chooses."""

    @property
    def differs(self) -> bool:
        """Tell whether there is anything to choose."""
        return self.kept != self.dropped and not _is_empty(self.dropped)

    @property
    def kept_words(self) -> str:
        """Return what the kept entry says, in words."""
        return _words(self.name, self.kept)

    @property
    def dropped_words(self) -> str:
        """Return what the second entry says, in words."""
        return _words(self.name, self.dropped)


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


def _words(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if _is_empty(value):
        return ""
    choices = dict(_field(School, name).flatchoices or ())
    return str(choices.get(value, value))


@dataclass
class Moved:
    """How many rows of one kind go over, and how many both entries had."""

    label: str
    count: int = 0
    same: int = 0


@dataclass
class MergePlan:
    """What putting two entries together will do."""

    fields: list[FieldChoice]
    moved: list[Moved] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)


def _is_empty(value: Any) -> bool:
    return value is None or value == ""


def choices_of(
    kept: School, dropped: School, takes: Mapping[str, str] | None = None
) -> list[FieldChoice]:
    """Return each fact of both; what the kept entry lacks comes from the other."""
    found = []
    for name in MERGED_FIELDS:
        mine, other = getattr(kept, name), getattr(dropped, name)
        usual = "dropped" if _is_empty(mine) and not _is_empty(other) else "kept"
        if name == "school_code" and has_two_codes(kept, dropped):
            usual = ""
        label = _field(School, name).verbose_name
        found.append(
            FieldChoice(name, label, mine, other, (takes or {}).get(name, usual))
        )
    return found


def plan_merge(
    kept: School, dropped: School, takes: Mapping[str, str] | None = None
) -> MergePlan:
    """Try the merge and take it back; tell what would move and what stands against."""
    plan = MergePlan(
        choices_of(kept, dropped, takes), conflicts=_against(kept, dropped)
    )
    if plan.conflicts:
        return plan
    with transaction.atomic():
        plan.moved = _move_all(kept, dropped, plan.conflicts)
        if not plan.conflicts:
            _try(lambda: _write(kept, dropped, plan.fields), plan.conflicts)
        transaction.set_rollback(True)
    kept.refresh_from_db()
    return plan


def _against(kept: School, dropped: School) -> list[str]:
    found = []
    if kept.pk == dropped.pk:
        found.append(_("两边是同一条登记"))
    if not _may_be_a_slip(kept, dropped):
        found.append(_("两所学校各有标识码，名称也不同，不是重复登记"))
    if kept.has_ended or dropped.has_ended:
        found.append(_("已停办或合并的学校不能按重复登记合并"))
    if {kept.predecessor_id, kept.successor_id} & {dropped.pk} or {
        dropped.predecessor_id,
        dropped.successor_id,
    } & {kept.pk}:
        found.append(_("两所学校有分设或合并关系，不是重复登记"))
    return found


def has_two_codes(kept: School, dropped: School) -> bool:
    """Tell whether one of the codes must have been entered wrongly."""
    return bool(kept.school_code and dropped.school_code)


def _may_be_a_slip(kept: School, dropped: School) -> bool:
    if not has_two_codes(kept, dropped):
        return True
    same = normalize_name(kept.name) == normalize_name(dropped.name)
    return same or is_slip(str(kept.school_code), str(dropped.school_code))


def _given_up(kept: School, dropped: School, takes: Mapping[str, str]) -> str | None:
    """Return the code that will not stand; which one, a person has to say."""
    if not has_two_codes(kept, dropped):
        return None
    chosen = takes.get("school_code")
    if chosen not in {"kept", "dropped"}:
        raise ValidationError(_("两份登记各有标识码，请选择保留哪一个"))
    return dropped.school_code if chosen == "kept" else kept.school_code


def _try(write: Callable[[], Any], conflicts: list[str]) -> None:
    """Write in a savepoint; say what the database refuses."""
    try:
        with transaction.atomic():
            write()
            check_deferred()
    except DatabaseError as error:
        conflicts += explain(error).messages
    except ValidationError as error:
        conflicts += error.messages


def _move_all(kept: School, dropped: School, conflicts: list[str]) -> list[Moved]:
    """Point every row at the kept entry; what cannot go over is named."""
    done: dict[str, Moved] = {}
    for link in links():
        if link.model in OF_THE_SCHOOL_ITSELF:
            continue
        rows = link.rows(dropped)
        count = rows.count()
        if not count:
            continue
        moved = done.setdefault(link.label, Moved(link.label))
        same = _clashing(link, kept, dropped)
        if same and link.model in KEPT_ONCE:
            moved.same += len(same)
            link.model._base_manager.filter(pk__in=[r.pk for r in same]).delete()
        elif same:
            conflicts.append(
                _("两所学校都有%(what)s：%(rows)s。请先处理其中一份")
                % {"what": link.label, "rows": "、".join(map(str, same[:5]))}
            )
            continue
        moved.count += count - len(same)
        before = len(conflicts)
        _try(lambda link=link: _repoint(link, kept, dropped), conflicts)  # type: ignore[misc]
        if len(conflicts) > before:
            conflicts[-1] = _("%(what)s不能转移：%(why)s") % {
                "what": link.label,
                "why": conflicts[-1],
            }
    return list(done.values())


def _repoint(link: Link, kept: School, dropped: School) -> None:
    """Let the rows refer to the kept entry, with what they carry of it."""
    carried = {
        name: getattr(kept, parent)
        for constraint in link.model._meta.constraints
        if isinstance(constraint, CarriedKey)
        and constraint.to == "schools.School"
        and link.name in constraint.fields
        for name, parent in zip(constraint.fields, constraint.to_fields, strict=True)
        if name != link.name
    }
    link.rows(dropped).update(**{link.id_column: kept.pk, **carried})


def _clashing(link: Link, kept: School, dropped: School) -> list[models.Model]:
    """Return the rows of the dropped entry that the kept one has as well."""
    found: dict[Any, models.Model] = {}
    for constraint in link.model._meta.constraints:
        if isinstance(constraint, NoOverlap) and link.name in constraint.fields:
            names = (*constraint.fields, *constraint.text_fields)
            clash: Callable[[Any, Any], bool] = _overlaps
        elif (
            isinstance(constraint, models.UniqueConstraint)
            and link.name in constraint.fields
        ):
            names, clash = tuple(constraint.fields), _always
        else:
            continue
        others = [_field(link.model, n).attname for n in names if n != link.name]
        condition = getattr(constraint, "condition", None) or models.Q()
        mine = list(link.rows(kept).filter(condition))
        for row in link.rows(dropped).filter(condition):
            key = [getattr(row, name) for name in others]
            if any(
                clash(row, other) and [getattr(other, n) for n in others] == key
                for other in mine
            ):
                found[row.pk] = row
    return list(found.values())


def _always(_row: Any, _other: Any) -> bool:
    return True


def _overlaps(row: Any, other: Any) -> bool:
    return (row.valid_to is None or row.valid_to > other.valid_from) and (
        other.valid_to is None or other.valid_to > row.valid_from
    )


def _write(kept: School, dropped: School, fields: Iterable[FieldChoice]) -> None:
    """Remove the second entry and let the first one say what was chosen."""
    stages = set(dropped.stages.values_list("stage", flat=True))
    NotDuplicate.objects.filter(first=dropped).delete()
    NotDuplicate.objects.filter(second=dropped).delete()
    SchoolStage.objects.filter(school=dropped).delete()
    School.objects.filter(pk=dropped.pk).delete()
    for choice in fields:
        if choice.takes == "dropped":
            setattr(kept, choice.name, choice.dropped)
    save(kept)
    held = set(kept.stages.values_list("stage", flat=True))
    fitting = set(ALLOWED_STAGES.get(kept.type, ())) & stages - held
    SchoolStage.objects.bulk_create(
        SchoolStage(school=kept, stage=stage, school_type=kept.type)
        for stage in sorted(fitting)
    )


def _locked(kept: School, dropped: School) -> tuple[School, School]:
    """Lock both entries against any row that would still refer to them."""
    ids = [kept.pk, dropped.pk]
    rows = School.objects.select_for_update(of=("self",)).order_by("pk")
    rows = rows.filter(pk__in=ids).select_related("administered_by", "region")
    found = {row.pk: row for row in rows}
    if len(found) < 2:
        raise ValidationError(_("其中一条登记已不存在，可能已经合并，请刷新页面"))
    return found[kept.pk], found[dropped.pk]


@transaction.atomic
def merge_duplicate(
    kept: School,
    dropped: School,
    *,
    by: Any,
    reason: str,
    takes: Mapping[str, str] | None = None,
) -> School:
    """Put the second entry of a school together with the first, all or nothing.

    ``takes`` says of a fact whether it comes from ``kept`` or ``dropped``. Every row
    that refers to the second entry goes over; its number leads to the first from now.
    """
    need_reason(reason)
    kept, dropped = _locked(kept, dropped)
    for school in (kept, dropped):
        require(permissions.can_restructure_school(by, school))
    fields = choices_of(kept, dropped, takes)
    facts = {c.name: str(c.dropped) for c in fields if not _is_empty(c.dropped)}
    facts |= {name: getattr(dropped, name) for name in ORIGIN if dropped.source}
    conflicts = _against(kept, dropped)
    moved = [] if conflicts else _move_all(kept, dropped, conflicts)
    if conflicts:
        raise ValidationError([_("未能合并：%s") % text for text in conflicts])
    given_up = _given_up(kept, dropped, takes or {})
    former, name = dropped.pk, dropped.name
    _write(kept, dropped, fields)
    told = {m.label: m.count for m in moved}
    MergedRecord.objects.create(
        school=kept,
        former_id=former,
        name=name,
        given_up_code=given_up,
        facts=facts,
        moved=told,
        reason=reason,
        merged_by=by if getattr(by, "pk", None) else None,
    )
    settle()
    record(
        "schools.school.merge_duplicate",
        kept,
        by=by,
        reason=reason,
        data={
            "former_id": former,
            "name": name,
            "given_up_code": given_up,
            "facts": facts,
            "moved": told,
        },
    )
    return kept


@transaction.atomic
def keep_apart(one: School, other: School, *, by: Any, reason: str) -> NotDuplicate:
    """Keep that two schools that look alike are two, so that nobody asks again."""
    need_reason(reason)
    for school in (one, other):
        require(permissions.can_restructure_school(by, school))
    first, second = sorted((one, other), key=lambda school: school.pk)
    row = NotDuplicate(first=first, second=second, reason=reason, decided_by=by)
    save(row)
    record(
        "schools.school.not_duplicate",
        first,
        by=by,
        reason=reason,
        data={"other": second.pk, "name": second.name},
    )
    return row
